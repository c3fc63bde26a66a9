"""``--resume`` with other options than the fit that wrote the checkpoints: an error with both values of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..exceptions import CheckpointError, InvalidDataError, InvalidParameterError

__all__ = ["checkpoints_in_flags"]

#: Settings in checkpoints that an option sets; the others follow from these and from the rows.
_OPTIONS = {
    "objective": "--objective", "n_clusters": "--clusters", "partition": "--partition", "scaling": "--scaling",
    "reduce": "--reduce", "embedding_dim": "--embedding-dim", "pretrain_epochs": "--pretrain-epochs",
    "max_epochs": "--max-epochs", "batch_size": "--batch-size", "learning_rate": "--learning-rate",
    "precision": "--precision", "seed": "--seed",
}  # fmt: skip


@contextmanager
def checkpoints_in_flags(checkpoints: Path) -> Iterator[None]:
    """Refuse ``checkpoints`` of another fit in the words of the command.

    Raises
    ------
    InvalidDataError
        If the rows differ.
    InvalidParameterError
        If only options differ.
    CheckpointError
        Any other such error, unchanged.
    """
    try:
        yield
    except CheckpointError as error:
        differ = error.differences
        if "data" in differ:
            raise InvalidDataError(
                f"--resume: the checkpoints in {checkpoints} are of other rows or columns; give the file and the "
                "columns of that fit, or begin a new one with another --out"
            ) from error
        # With another objective, nearly all settings differ as well.
        changed = ["objective"] if "objective" in differ else [name for name in _OPTIONS if name in differ]
        if not changed:
            raise
        words = [
            f"another {_OPTIONS[name]}" if name == "seed"
            else f"{_OPTIONS[name]} {differ[name][0]} (this one has {differ[name][1]})"
            for name in changed
        ]  # fmt: skip
        raise InvalidParameterError(
            f"--resume: the checkpoints in {checkpoints} are of a fit with {' and '.join(words)}; resume with the "
            "options of that fit, or begin a new one with another --out"
        ) from error
