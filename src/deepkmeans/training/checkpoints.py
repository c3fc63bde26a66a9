"""Checkpoints: everything a killed fit needs to end bit for bit as if it had not been killed.

A checkpoint is not a model: it holds optimiser state and history, belongs to one fit (same data, same
parameters) and is read only by the same minor version. Models are written by ``deepkmeans.save``.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from torch import Tensor

from .._caller import caller_level
from .._validation import Constraint, Instance, Interval, validate_parameters
from ..exceptions import CheckpointError, InvalidParameterError
from ..storage import file_path, output_error, read_container, remove_temporaries, write_container
from ..storage.schema import MismatchError
from .callbacks import Callback
from .stored_state import check_checkpoint

if TYPE_CHECKING:
    from .state import TrainingState

__all__ = ["Checkpoint"]

#: What a fit is known by without being said.
_DIGESTS = ("data", "sample_weight", "seed")
_NAME = re.compile(r"checkpoint-(\d{6})\.ckpt")


class Checkpoint(Callback):
    """Write the state of the training every few epochs; continue from the newest readable one.

    Parameters
    ----------
    folder : path
        Made when missing. Files ``checkpoint-NNNNNN.ckpt``, numbered by epochs trained in all phases.
    every : int
        Epochs between checkpoints.
    keep : int
        Newest checkpoints kept.
    resume : bool
        Continue from the newest readable checkpoint in ``folder`` if there are any; it must come from a fit of
        the same data with the same parameters.

    Raises
    ------
    InvalidParameterError
        When an argument is none of these; of a fit that several processes share, when training begins.
    OutputError
        When the folder cannot be made, or a checkpoint cannot be written (full disk, read-only folder): a fit that
        believes itself safe and is not would be worse. The estimator is finalised with what it has before the error
        leaves ``fit``.
    """

    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "every": [Interval(int, 1, None)],
        "keep": [Interval(int, 1, None)],
        "resume": [Instance(bool, "a bool")],
    }

    def __init__(self, folder: str | os.PathLike[str], *, every: int = 1, keep: int = 2, resume: bool = False) -> None:
        self.folder = Path(file_path(folder, "folder", "Checkpoint"))
        self.every, self.keep, self.resume = every, keep, resume
        validate_parameters("Checkpoint", self._constraints, vars(self))
        self._fingerprint: dict[str, Any] = {}

    def open(self, fingerprint: dict[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Tensor]] | None:
        """Called by ``fit`` before the first phase; returns the state to continue from, or None without checkpoints.

        Raises
        ------
        CheckpointError
            If none of the checkpoints can be read, or the newest readable one is of another fit.
        """
        self._fingerprint = fingerprint
        self._make_folder()  # before hours of training, rather than after the first epoch
        remove_temporaries(self.folder, _NAME.pattern)  # of processes that were killed while writing one
        paths = self.paths() if self.resume else []
        for number, path in reversed([*enumerate(paths)]):
            try:
                document, tensors = _read(path)
            except CheckpointError as error:
                if not number:
                    raise
                said = f"{str(error).rstrip('.')}. Trying the checkpoint before it."
                warnings.warn(said, UserWarning, stacklevel=caller_level())
                continue
            stored = document["fingerprint"]
            if fingerprint.keys() - stored.keys() or stored.get("statistics") != fingerprint.get("statistics"):
                raise CheckpointError(
                    f"The checkpoint {path} is of a version whose fits had other numbers, and cannot be continued by "
                    "this one; start the fit again in an empty folder."
                )
            other = {key: (stored[key], fingerprint[key]) for key in sorted(fingerprint)}
            other = {key: (there, here) for key, (there, here) in other.items() if there != here}
            if other:
                raise _of_another_fit(path, other)
            return {**document["state"], "source": str(path)}, tensors
        return None

    def paths(self) -> list[Path]:
        """Checkpoints in the folder, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())

    def _make_folder(self) -> None:
        try:
            os.makedirs(self.folder, exist_ok=True)
        except OSError as error:
            raise output_error(self.folder, error) from error

    def setup(self, state: TrainingState) -> None:
        if state.collective.size > 1:  # they would have to agree on the epoch to continue from
            raise InvalidParameterError(
                f"Checkpoint is for fits in one process, and {state.collective.size} share the rows of this one; "
                "leave it out, and keep the result with deepkmeans.save."
            )

    def on_epoch_end(self, state: TrainingState) -> bool | None:
        if state.epoch % self.every and not state.converged and state.epoch < state.max_epochs:
            return None
        document, tensors = state.to_parts()
        self._make_folder()
        write_container(
            self.folder / f"checkpoint-{len(state.history):06d}.ckpt",
            kind="checkpoint",
            document={"fingerprint": self._fingerprint, "state": document},
            tensors=tensors,
        )
        for old in self.paths()[: -self.keep]:
            old.unlink(missing_ok=True)
        return None


def _of_another_fit(path: Path, differences: dict[str, tuple[Any, Any]]) -> CheckpointError:
    said = {
        key for key, values in differences.items()
        if key not in _DIGESTS and max(len(repr(value)) for value in values) < 40
    }  # fmt: skip
    words = [f"{key} is {there!r} there and {here!r} here" for key, (there, here) in differences.items() if key in said]
    others = [key for key in differences if key not in said]
    if others:
        words.append(f"{', '.join(others)} differ{'s' if len(others) == 1 and others != ['data'] else ''}")
    error = CheckpointError(
        f"The checkpoint {path} belongs to another fit: {'; '.join(words)}. "
        "Resume with the same data and parameters, or choose an empty folder."
    )
    error.differences = differences
    return error


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    document, tensors = read_container(path, kind="checkpoint")
    try:
        check_checkpoint(document)
    except MismatchError as error:
        raise CheckpointError(
            f"{path}: the checkpoint in it is damaged or forged: {error}; start the fit again"
        ) from error
    return document, tensors
