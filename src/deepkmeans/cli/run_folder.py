"""A run is a folder: model, labels, history and what produced them.

It is replaced as a whole (:mod:`deepkmeans.storage.folder_swap`): until the new results are complete, those of an
earlier run stay as they are. ``run.json`` is written last, so a folder that holds one is complete (or says
``"interrupted": true``). One process at a time writes it, and what killed ones left is removed by the next.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._quoting import csv_row
from ..exceptions import ModelFileError, OutputError
from .output_files import check_apart, check_place, taken
from .rescue import Part, find_kept, kept_text, raise_kept, run_parts
from .run_files import Labels, fingerprint, read_document, read_labels

if TYPE_CHECKING:
    from ..storage import FolderLock

__all__ = ["RUN_FILES", "UNFINISHED_MODEL", "RunFolder", "labels_text", "model_path"]

#: The model of a fit that ended with an error.
UNFINISHED_MODEL = "unfinished.dkm"
#: Is there while a fit that writes checkpoints is at work or was killed, whatever an earlier run left beside them.
_UNFINISHED = ".deepkmeans-unfinished"
#: What a run writes.
RUN_FILES = ("model.dkm", "history.jsonl", "labels.csv", "results.json", "run.json")
#: What a run may remove when it puts its own results in place.
_OWN = (*RUN_FILES, UNFINISHED_MODEL, _UNFINISHED)
_LEFTOVER = re.compile(r"\.deepkmeans-\w+|\.[0-9a-f]{12}\.new|\.new|\..*\.[0-9a-f]{12}\.tmp")
_CHECKPOINT = r"checkpoint-\d{6}\.ckpt"


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
        self._lock: FolderLock | None = None

    @property
    def place(self) -> Path:
        """The folder itself, where ``path`` is a link or relative."""
        return Path(os.path.realpath(self.path))

    @property
    def again(self) -> str:
        """The options with which a later ``fit`` puts kept results in place here."""
        taken = self.path.is_dir() and not self._is_empty()
        return "--resume --force" if taken and not (self._checkpoints() and self._can_continue()) else "--resume"

    def check(self, *, force: bool = False, resume: bool = False) -> None:
        """Refuse at once what :meth:`claim` would refuse; nothing is made, and torch is not needed.

        Raises
        ------
        OutputError
            If something is there and may not be replaced (``errno`` EEXIST), or another process writes it (EBUSY).
        """
        from ..storage import FolderLock, recover_folder

        if self.path.is_dir():
            lock = FolderLock(self.place, shown=self.path)
            try:
                with lock:
                    recover_folder(self.place, own=_OWN)
            except OutputError as error:
                if error.errno == errno.EBUSY:
                    raise
                self._refuse(force=force, resume=resume)  # the more telling reason, if there is one
                raise
        self._refuse(force=force, resume=resume)
        check_place(self.path, self._nearest())

    def check_apart(self, inputs: Mapping[str, Path | int | None]) -> None:
        """Refuse a folder in which a run would replace one of the ``inputs`` of :func:`.output_files.check_apart`."""
        for name in _OWN:
            check_apart(self.path / name, inputs, because=f"a run writes {name} into --out {self.path}")

    def check_place(self) -> None:
        """Refuse a place where no run could be, whatever may be replaced there; nothing is left or recovered.

        Raises
        ------
        OutputError
        """
        import tempfile

        self._refuse(force=True, resume=False)
        check_place(self.path, self._nearest())
        try:
            tempfile.TemporaryFile(dir=self._nearest()).close()
        except OSError as error:
            from ..storage import output_error

            raise output_error(self.path, error) from error

    @contextlib.contextmanager
    def claim(self, *, force: bool = False, resume: bool = False, checkpoints: bool = False) -> Iterator[None]:
        """Make the folder, or take over an existing one where that was asked for; hold it for the block.

        With ``checkpoints``, their folder is made at once: a fit killed before its first one can be resumed too.
        A folder that is empty afterwards is removed, if it was made here.

        Raises
        ------
        OutputError
            As :meth:`check`, or if the folder cannot be written.
        """
        from ..storage import FolderLock, recover_folder

        self.check(force=force, resume=resume)
        made = self._make()
        try:
            with FolderLock(self.place, shown=self.path) as self._lock:
                recover_folder(self.place, own=_OWN)
                self._refuse(force=force, resume=resume)  # whoever was quicker has ended by now
                self._clean(kept=resume and self._can_continue())
                try:
                    self._check_writable(checkpoints=checkpoints)
                    yield
                finally:
                    self._remove_what_is_empty()
        finally:
            for folder in made:
                with contextlib.suppress(OSError):
                    folder.rmdir()

    def write(
        self,
        document: Mapping[str, Any],
        *,
        model: Any,
        labels: str | None,
        history: Iterable[Mapping[str, Any]],
        results: Mapping[str, Any] | None = None,
        key: Callable[[], str] | None = None,
    ) -> None:
        """Write the results; ``labels=None`` (an interrupted fit) leaves no labels behind. The caller has the claim.

        Raises
        ------
        OutputError
            If they cannot be written. An earlier run is as it was, and the message says where the new results are kept:
            those that are complete in a folder of their own in the system's folder for temporary files, found again
            by what ``key`` returns.
        """
        parts = run_parts(document, model=model, labels=labels, history=history, results=results)
        self.put(parts, key=key)

    def put(
        self, parts: Mapping[str, Part], *, key: Callable[[], str] | None = None, kept: Path | None = None
    ) -> None:  # fmt: skip
        """Write files, each by its function of :func:`run_parts`, and put them in place as a whole.

        Those that are ``kept`` in a place already stay there, should they find no room.
        """
        from ..storage import commit_folder, discard_stage, new_stage, output_error

        stage = None
        try:
            self._make()  # somebody may have removed it since
            stage = new_stage(self.place)
            for name, write in parts.items():
                write(stage / name)
            commit_folder(self.place, stage, files=list(parts), own=_OWN, held=self._lock)
        except OSError as error:
            raised = error if isinstance(error, OutputError) else output_error(self.run, error)
            if kept is not None:
                raise raised from error
            written = None if stage is None else stage / self.model.name
            raise_kept(
                raised, self.place, parts, key=key, again=self.again, written=written,
                unfinished=self.path / UNFINISHED_MODEL,
            )  # fmt: skip
        finally:
            if stage is not None:
                discard_stage(stage, own=_OWN)

    def recover(self) -> None:
        """End or undo what a killed process left, before the folder is read; a folder that is at work stays."""
        from ..storage import FolderLock, needs_recovery, recover_folder

        if self.path.is_dir() and needs_recovery(self.place):
            with contextlib.suppress(OSError), FolderLock(self.place):
                recover_folder(self.place, own=_OWN)

    def read_document(self) -> dict[str, Any]:
        """``run.json``; errors as :func:`.run_files.read_document`."""
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
                "replaced or damaged; put the run's own file back, or fit again with --force"
            )

    def read_labels(self, document: Mapping[str, Any]) -> Labels:
        """``labels.csv`` of the run of ``document``, run.json; errors as :func:`.run_files.read_labels`."""
        source = document.get("data") or {}
        from_parquet = str(source.get("path")).lower().endswith(".parquet")
        return read_labels(
            self.labels, rows=source.get("rows"), left_out=source.get("rows_left_out") or (),
            index=source.get("index", "" if from_parquet else None), sizes=document.get("cluster_sizes"),
        )  # fmt: skip

    def _nearest(self) -> Path:
        """The folder itself, or the nearest above it that exists; those in between are made by a fit."""
        place = (self.path / "run.json").absolute()
        return next(folder for folder in place.parents if folder.exists())

    def _refuse(self, *, force: bool, resume: bool) -> None:
        if self.path.is_symlink() and not self.path.exists():
            raise taken(f"{self.path} is a link to nothing; give another --out")
        if self.path.exists() and not self.path.is_dir():
            raise taken(f"{self.path} is a file; a run is a folder: give another name with --out")
        if not self.path.exists() or self._is_empty():
            return
        for name in (*RUN_FILES, UNFINISHED_MODEL):
            if (self.path / name).is_dir():
                raise taken(f"{self.path / name} is a folder where a run has a file; move it, or give another --out")
        if self.checkpoints.exists() and not self.checkpoints.is_dir():
            raise taken(f"{self.checkpoints} is a file where a run has a folder; move it, or give another --out")
        if not self._is_run():
            self._refuse_foreign(force=force)
            return
        if force or (resume and self._can_continue()):
            return
        kept, hint = "is a finished run" if self._is_finished() else "exists", ""
        if resume:
            hint = " (--resume finds no checkpoints to continue in it)"
        elif self._can_continue():
            hint = " and its fit did not end: continue it with --resume"
        raise taken(
            f"{self.path} {kept}{hint}; give another --out, or replace its results with --force{self._rescued()}"
        )

    def _refuse_foreign(self, *, force: bool) -> None:
        """Of a folder that is not a run's nothing is replaced; with ``force`` a run may be written beside its files."""
        names = [name for name in RUN_FILES if os.path.lexists(self.path / name)]
        if force and not names:
            return
        what = "a folder with other files, not a run"
        if names:
            what += f": its {', '.join(names)} {'is' if len(names) == 1 else 'are'} of something else"
        raise taken(f"{self.path} is {what}; give --out a new name, such as {self.path / 'run'}{self._rescued()}")

    def _rescued(self) -> str:
        place = find_kept(self.place)
        return "" if place is None else f"; of a later fit {kept_text(place, '--resume --force')}"

    def _make(self) -> list[Path]:
        """Make the folder and those above it; returns what was made, the innermost first."""
        from ..storage import output_error

        missing = []
        folder = self.place
        while not folder.exists() and folder != folder.parent:
            missing.append(folder)
            folder = folder.parent
        try:
            self.place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise output_error(self.path, error) from error
        return missing

    def _clean(self, *, kept: bool) -> None:
        """Remove what killed processes left, and the checkpoints of another fit unless they are ``kept``."""
        from ..storage import discard_stage, remove_temporaries

        remove_temporaries(self.place, "|".join(map(re.escape, _OWN)))
        remove_temporaries(self.checkpoints, _CHECKPOINT)
        if (self.place / ".new").is_dir():  # of version 0.1.0
            discard_stage(self.place / ".new", own=_OWN)
        if not kept:
            for checkpoint in self._checkpoints():
                checkpoint.unlink(missing_ok=True)

    def _checkpoints(self) -> list[Path]:
        if not self.checkpoints.is_dir():
            return []
        return [path for path in self.checkpoints.iterdir() if re.fullmatch(_CHECKPOINT, path.name) and path.is_file()]

    def _remove_what_is_empty(self) -> None:
        if not self._checkpoints():
            with contextlib.suppress(OSError):
                (self.path / _UNFINISHED).unlink(missing_ok=True)
                self.checkpoints.rmdir()

    def _is_empty(self) -> bool:
        """Whether there is nothing to lose: no file but what a killed process may have left."""
        names = [entry.name for entry in os.scandir(self.path) if not _LEFTOVER.fullmatch(entry.name)]
        if names == [self.checkpoints.name] and self.checkpoints.is_dir():
            names = [entry.name for entry in os.scandir(self.checkpoints) if not _LEFTOVER.fullmatch(entry.name)]
        return not names

    def _is_run(self) -> bool:
        """Whether a fit made something here; names that other programs use, too, do not show it."""
        names = (self.run.name, self.model.name, UNFINISHED_MODEL, _UNFINISHED)
        return any(os.path.lexists(self.path / name) for name in names) or bool(self._checkpoints())

    def _can_continue(self) -> bool:
        return self.checkpoints.is_dir() and not self._is_finished()

    def _is_finished(self) -> bool:
        if (self.path / _UNFINISHED).exists():
            return False
        try:
            return not self.read_document().get("interrupted", False)
        except ModelFileError:
            return False

    def _check_writable(self, *, checkpoints: bool) -> None:
        """Find out before an hour of training, not after it."""
        import tempfile

        try:
            with tempfile.TemporaryFile(dir=self.path) as file:
                file.write(b"\0" * 4096)
            if checkpoints:
                self.checkpoints.mkdir(exist_ok=True)
                (self.path / _UNFINISHED).touch()
        except OSError as error:
            from ..storage import output_error

            raise output_error(self.run, error) from error


def model_path(run_or_model: Path) -> Path:
    """The model file meant by a run folder or a ``.dkm`` file."""
    RunFolder(run_or_model).recover()
    path = run_or_model / "model.dkm" if run_or_model.is_dir() else run_or_model
    if not path.exists():
        what = "holds no model.dkm" if run_or_model.is_dir() else "does not exist"
        raise ModelFileError(f"{run_or_model} {what}; give a folder that `deepkmeans fit` made, or a .dkm file")
    return path


def labels_text(rows: Iterable[Any], columns: Mapping[str, Iterable[Any]]) -> str:
    """The CSV ``row,label,...``; text cells are safe to open in a spreadsheet."""
    lines = [",".join(["row", *columns])]
    lines += [csv_row(cells) for cells in zip(rows, *columns.values(), strict=True)]
    return "\n".join(lines) + "\n"
