"""A run is a folder: model, labels, history and what produced them.

``run.json`` is written last and removed first, so a folder that holds one is complete (or says
``"interrupted": true``). Until the new results exist, those of an earlier run stay as they are.
"""

from __future__ import annotations

import csv
import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .._quoting import csv_row, shell_word
from ..exceptions import InvalidDataError, InvalidParameterError, ModelFileError, OutputError
from .console import json_text

__all__ = ["RunFolder", "check_free", "fingerprint", "labels_text", "model_path"]

#: Version of the layout and of run.json's keys.
LAYOUT = 1


class RunFolder:
    """The files of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.labels = path / "labels.csv"
        self.model = path / "model.dkm"
        self.history = path / "history.jsonl"
        self.run = path / "run.json"
        self.results = path / "results.json"
        self.checkpoints = path / "checkpoints"
        self._created = False

    def prepare(self, *, force: bool = False, resume: bool = False, checkpoints: bool = False) -> None:
        """Make the folder, or take over an existing one where that was asked for.

        With ``checkpoints``, their folder is made at once: a fit killed before its first one can be resumed too.

        Raises
        ------
        OutputError
            If something is there and may not be replaced (``errno`` EEXIST), or the folder cannot be written.
        """
        self.check(force=force, resume=resume)
        if not self._continues(resume):
            self._make()
        self._check_writable()
        if checkpoints:
            self.checkpoints.mkdir(exist_ok=True)

    def check(self, *, force: bool = False, resume: bool = False) -> None:
        """Refuse what :meth:`prepare` would refuse, before anything is read, and change nothing.

        Raises
        ------
        OutputError
        """
        if self._is_there():
            if not self.path.is_dir():
                raise _exists(f"{self.path} is a file; a run is a folder: give another name with --out")
            if not force and not self._continues(resume):
                kept = "is a finished run" if self._is_finished() else "exists"
                hint = " (--resume finds no checkpoints to continue in it)" if resume else ""
                raise _exists(f"{self.path} {kept}{hint}; give another --out, or replace its results with --force")
        place = (self.path / "run.json").absolute()  # the folders in between are made
        _check_place(self.path, next(folder for folder in place.parents if folder.exists()))

    def _is_there(self) -> bool:
        return self.path.exists() or self.path.is_symlink()

    def _continues(self, resume: bool) -> bool:
        return resume and self.checkpoints.is_dir() and not self._is_finished()

    def _make(self) -> None:
        if self._is_there():
            for checkpoint in self.checkpoints.glob("checkpoint-*.ckpt"):  # of another fit, never to be continued
                checkpoint.unlink()
            return
        try:
            self.path.mkdir(parents=True)
        except OSError as error:
            from ..storage import output_error

            raise output_error(self.path, error) from error
        self._created = True

    def abandon(self) -> None:
        """Remove the folder of a fit that left nothing in it."""
        if self._created and self.path.is_dir():
            for folder in (self.checkpoints, self.path):
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()

    def write(
        self,
        document: Mapping[str, Any],
        *,
        model: Any,
        labels: str | None,
        history: Iterable[Mapping[str, Any]],
        results: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the results; ``labels=None`` (an interrupted fit) leaves no labels behind.

        They are written aside and then renamed, so that a full disk costs nothing of an earlier run.
        """
        from ..persistence import save
        from ..storage import write_text

        aside = self.path / ".new"
        shutil.rmtree(aside, ignore_errors=True)  # of a killed process
        new = RunFolder(aside)
        try:
            new.prepare()
            save(model, new.model)
            write_text(new.history, "".join(json_text(record) + "\n" for record in history))
            if labels is not None:
                write_text(new.labels, labels)
            if results is not None:
                write_text(new.results, json_text(results, indent=1) + "\n")
            write_text(new.run, json_text({"layout": LAYOUT, **document}, indent=1) + "\n")
            for stale in (self.run, self.labels, self.results):
                stale.unlink(missing_ok=True)
            for file in (new.model, new.history, new.labels, new.results, new.run):
                if file.exists():
                    file.replace(self.path / file.name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def read_document(self) -> dict[str, Any]:
        """``run.json``."""
        import json

        try:
            document = json.loads(self.run.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ModelFileError(
                f"{self.path} holds no run.json: it is not a run, or its fit did not end; "
                "fit again, or continue it with `deepkmeans fit ... --resume`"
            ) from None
        except (OSError, ValueError) as error:
            raise ModelFileError(f"{self.run} cannot be read ({error}); fit again with --force") from error
        if not isinstance(document, dict):
            raise ModelFileError(f"{self.run} is not a run's description; fit again with --force")
        return document

    def read_labels(self) -> list[str]:
        """The clusters of ``labels.csv``, in the order of the rows."""
        try:
            with self.labels.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file)
                if rows.fieldnames is None or "label" not in rows.fieldnames:
                    raise InvalidDataError(f"{self.labels} has no column 'label'; fit again with --force")
                return [row["label"] for row in rows]
        except FileNotFoundError:
            raise InvalidDataError(
                f"{self.path} holds no labels.csv (was its fit interrupted?); "
                f"make labels with `deepkmeans predict {shell_word(self.path)} DATA`"
            ) from None

    def _is_finished(self) -> bool:
        try:
            return not self.read_document().get("interrupted", False)
        except ModelFileError:
            return False

    def _check_writable(self) -> None:
        """Find out before an hour of training, not after it."""
        import tempfile

        try:
            with tempfile.TemporaryFile(dir=self.path) as file:
                file.write(b"\0" * 4096)
        except OSError as error:
            from ..storage import output_error

            self.abandon()
            raise output_error(self.run, error) from error


def model_path(run_or_model: Path) -> Path:
    """The model file meant by a run folder or a ``.dkm`` file."""
    path = run_or_model / "model.dkm" if run_or_model.is_dir() else run_or_model
    if not path.exists():
        what = "holds no model.dkm" if run_or_model.is_dir() else "does not exist"
        raise ModelFileError(f"{run_or_model} {what}; give a folder that `deepkmeans fit` made, or a .dkm file")
    return path


def check_free(path: Path, *, force: bool) -> None:
    """Refuse to write over a file that exists."""
    if path.exists() and not force:
        raise _exists(f"{path} exists; give another --out, or replace it with --force")
    if path.is_dir():
        raise InvalidParameterError(f"--out {path} is a folder; give the name of a file")
    _check_place(path, path.absolute().parent)


def _check_place(path: Path, folder: Path) -> None:
    """Refuse to begin where ``folder``, which is to hold ``path``, cannot be written."""
    if not folder.is_dir():
        code = errno.ENOTDIR if folder.exists() else errno.ENOENT
    elif not os.access(folder, os.W_OK | os.X_OK):
        code = errno.EACCES
    else:
        return
    from ..storage import output_error

    raise output_error(path, OSError(code, os.strerror(code), str(path)))


def labels_text(rows: Iterable[Any], columns: Mapping[str, Iterable[Any]]) -> str:
    """The CSV ``row,label,...``; text cells are safe to open in a spreadsheet."""
    lines = [",".join(["row", *columns])]
    lines += [csv_row(cells) for cells in zip(rows, *columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _exists(message: str) -> OutputError:
    return OutputError(errno.EEXIST, message)
