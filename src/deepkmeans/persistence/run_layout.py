"""What a run is on the disk, and how it is read: model, labels, history and what produced them, in one folder."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..exceptions import ModelFileError
from ..storage import FolderLock, file_path, needs_recovery, recover_folder
from .run_document import FIT_AGAIN, fingerprint, read_document
from .run_labels import Labels, read_labels

__all__ = [
    "CHECKPOINT", "REPORT", "RUN_FILES", "RUN_REPLACES", "UNFINISHED_MARKER", "UNFINISHED_MODEL", "RunLayout",
    "is_own_page", "model_path", "run_of",
]  # fmt: skip

#: The model of a fit that ended with an error.
UNFINISHED_MODEL = "unfinished.dkm"
#: Is there while a fit that writes checkpoints is at work or was killed, whatever an earlier run left beside them.
UNFINISHED_MARKER = ".deepkmeans-unfinished"
#: The page on what was found: written after the run is complete, and never part of what makes it so.
REPORT = "report.html"
#: What a run writes.
RUN_FILES = ("model.dkm", "history.jsonl", "labels.csv", "results.json", "run.json", REPORT)
#: What the pages of the package say near their beginning.
_GENERATOR = b'<meta name="generator" content="deepkmeans">'


def is_own_page(path: Path) -> bool:
    """Whether a file is a page that the package wrote, and no link to one."""
    with contextlib.suppress(OSError):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                return _GENERATOR in file.read(4096)
    return False


#: What a run may remove when it puts its own results in place; a report.html may also be somebody else's.
RUN_REPLACES = dict.fromkeys((*RUN_FILES, UNFINISHED_MODEL, UNFINISHED_MARKER)) | {REPORT: is_own_page}
_LEFTOVER = re.compile(r"\.deepkmeans-\w+|\.[0-9a-f]{12}\.new|\.new|\..*\.[0-9a-f]{12}\.tmp")
#: Names of checkpoints.
CHECKPOINT = r"checkpoint-\d{6}\.ckpt"


class RunLayout:
    """The files of one run, to be read.

    Parameters
    ----------
    path : path-like
        The folder; it need not exist.

    Raises
    ------
    InvalidParameterError
        If ``path`` is no path.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path = Path(file_path(path, "path", type(self).__name__))
        self.labels = path / "labels.csv"
        self.model = path / "model.dkm"
        self.history = path / "history.jsonl"
        self.run = path / "run.json"
        self.results = path / "results.json"
        self.report = path / REPORT
        self.checkpoints = path / "checkpoints"

    @property
    def place(self) -> Path:
        """The folder itself, where ``path`` is a link or relative."""
        return Path(os.path.realpath(self.path))

    def recover(self) -> None:
        """End or undo what a killed process left, before the folder is read; a folder that is at work stays."""
        if self.path.is_dir() and needs_recovery(self.place):
            with contextlib.suppress(OSError), FolderLock(self.place):
                recover_folder(self.place, removable=RUN_REPLACES)

    def read_document(self) -> dict[str, Any]:
        """``run.json``; errors as :func:`.run_document.read_document`."""
        return read_document(self.run)

    def check_model(self, document: Mapping[str, Any]) -> None:
        """Refuse a model.dkm that is not the one that ``document``, run.json, is about; older runs do not say.

        Raises
        ------
        ModelFileError
        """
        said = document.get("model_sha256")
        if said is not None and self.model.is_file() and fingerprint(self.model) != said:
            raise ModelFileError(
                f"{self.model} is not the model of this run: its SHA-256 is another one than run.json says, so it was "
                f"replaced or damaged; put the run's own file back, or {FIT_AGAIN}"
            )

    def read_labels(self, document: Mapping[str, Any]) -> Labels:
        """``labels.csv`` of the run of ``document``, run.json; errors as :func:`.run_labels.read_labels`."""
        source = document.get("data") or {}
        from_parquet = str(source.get("path")).lower().endswith(".parquet")
        return read_labels(
            self.labels, rows=source.get("rows"), left_out=source.get("rows_left_out") or (),
            index=source.get("index", "" if from_parquet else None), identifier=source.get("identifier"),
            sizes=document.get("cluster_sizes"), n_noise=document.get("n_noise", 0),
        )  # fmt: skip

    def checkpoint_files(self) -> list[Path]:
        """The checkpoints of a fit that has not ended, in no order."""
        if not self.checkpoints.is_dir():
            return []
        return [path for path in self.checkpoints.iterdir() if re.fullmatch(CHECKPOINT, path.name) and path.is_file()]

    def is_empty(self) -> bool:
        """Whether there is nothing to lose: no file but what a killed process may have left."""
        names = [entry.name for entry in os.scandir(self.path) if not _LEFTOVER.fullmatch(entry.name)]
        if names == [self.checkpoints.name] and self.checkpoints.is_dir():
            names = [entry.name for entry in os.scandir(self.checkpoints) if not _LEFTOVER.fullmatch(entry.name)]
        return not names

    def is_run(self) -> bool:
        """Whether a fit made something here; names that other programs use, too, do not show it."""
        names = (self.run.name, self.model.name, UNFINISHED_MODEL, UNFINISHED_MARKER)
        return any(os.path.lexists(self.path / name) for name in names) or bool(self.checkpoint_files())

    def can_continue(self) -> bool:
        """Whether a fit with checkpoints began here and did not end."""
        return self.checkpoints.is_dir() and not self.is_finished()

    def is_finished(self) -> bool:
        """Whether it holds the results of a fit that ended by itself."""
        if (self.path / UNFINISHED_MARKER).exists():
            return False
        try:
            return not self.read_document().get("interrupted", False)
        except ModelFileError:
            return False


def model_path(run_or_model: Path) -> Path:
    """The model file meant by a run folder or a ``.dkm`` file.

    Raises
    ------
    ModelFileError
        If there is none.
    """
    RunLayout(run_or_model).recover()
    path = run_or_model / "model.dkm" if run_or_model.is_dir() else run_or_model
    if not path.exists():
        what = "holds no model.dkm" if run_or_model.is_dir() else "does not exist"
        raise ModelFileError(f"{run_or_model} {what}; give the folder of a run, or a .dkm file")
    return path


def run_of(model: Path) -> RunLayout | None:
    """The run that a model file belongs to, if it does."""
    folder = RunLayout(model.parent)
    return folder if model.name == folder.model.name and folder.run.exists() else None
