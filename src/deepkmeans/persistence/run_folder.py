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
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..exceptions import ModelFileError, OutputError
from ..storage import (
    FolderLock,
    check_writable,
    commit_folder,
    discard_stage,
    exists_error,
    new_stage,
    output_error,
    read_document,
    recover_folder,
    remove_temporaries,
)
from .kept_results import find_kept, kept_text, raise_kept
from .run_layout import CHECKPOINT, RUN_FILES, RUN_REPLACES, UNFINISHED_MARKER, UNFINISHED_MODEL, RunLayout
from .run_parts import Part, run_parts

__all__ = ["RunFolder"]


class RunFolder(RunLayout):
    """The files of one run, to be written.

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
        super().__init__(path)
        self._lock: FolderLock | None = None

    @property
    def resume_takes_force(self) -> bool:
        """Whether a later fit puts kept results in place here only with ``force``, beside ``resume``."""
        is_taken = self.path.is_dir() and not self.is_empty()
        return is_taken and not (self.checkpoint_files() and self.can_continue())

    def check(self, *, force: bool = False, resume: bool = False) -> None:
        """Refuse at once what :meth:`claim` would refuse; nothing is made, and torch is not needed.

        Raises
        ------
        OutputError
            If something is there and may not be replaced (``errno`` EEXIST), or another process writes it (EBUSY).
        """
        if self.path.is_dir():
            lock = FolderLock(self.place, shown=self.path)
            try:
                with lock:
                    recover_folder(self.place, removable=RUN_REPLACES)
            except OutputError as error:
                if error.errno == errno.EBUSY:
                    raise
                self._refuse(force=force, resume=resume)  # the more telling reason, if there is one
                raise
        self._refuse(force=force, resume=resume)
        self._check_nearest()

    def check_place(self) -> None:
        """Refuse a place where no run could be, whatever may be replaced there; nothing is left or recovered.

        Raises
        ------
        OutputError
        """
        self._refuse(force=True, resume=False)
        self._check_nearest()

    def _check_nearest(self) -> None:
        """Refuse a place in which nothing can be made: a file is, and removed at once."""
        check_writable(self.path, self._nearest())
        try:
            tempfile.TemporaryFile(dir=self._nearest()).close()
        except OSError as error:
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
        self.check(force=force, resume=resume)
        made = self._make()
        try:
            with FolderLock(self.place, shown=self.path) as self._lock:
                recover_folder(self.place, removable=RUN_REPLACES)
                self._refuse(force=force, resume=resume)  # whoever was quicker has ended by now
                self._clean(kept=resume and self.can_continue())
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
        """Write files, each by its function of :func:`.run_parts.run_parts`, and put them in place as a whole.

        Those that are ``kept`` in a place already stay there, should they find no room.
        """
        stage = None
        try:
            self._make()  # somebody may have removed it since
            stage = new_stage(self.place)
            for name, write in parts.items():
                write(stage / name)
            commit_folder(self.place, stage, files=list(parts), removable=RUN_REPLACES, held=self._lock)
        except OSError as error:
            raised = error if isinstance(error, OutputError) else output_error(self.run, error)
            if stage is not None:
                raised = self._as_named(raised, stage)
            if kept is not None:
                raise raised from error
            written = None if stage is None else stage / self.model.name
            raise_kept(
                raised, self.place, parts, key=key, force=self.resume_takes_force, written=written,
                unfinished=self.path / UNFINISHED_MODEL,
            )  # fmt: skip
        finally:
            if stage is not None:
                discard_stage(stage, removable=RUN_REPLACES)

    def _as_named(self, error: OutputError, stage: Path) -> OutputError:
        """``error`` on a file of ``stage``, of which the user knows nothing, as one on this folder."""
        return OutputError(error.errno, str(error).replace(str(stage), str(self.path)))

    def _nearest(self) -> Path:
        """The folder itself, or the nearest above it that exists; those in between are made by a fit."""
        place = (self.path / "run.json").absolute()
        return next(folder for folder in place.parents if folder.exists())

    def _refuse(self, *, force: bool, resume: bool) -> None:
        if self.path.is_symlink() and not self.path.exists():
            raise exists_error(f"{self.path} is a link to nothing; name another folder")
        if self.path.exists() and not self.path.is_dir():
            raise exists_error(f"{self.path} is a file; a run is a folder: choose another name")
        if not self.path.exists() or self.is_empty():
            return
        for name in (*RUN_FILES, UNFINISHED_MODEL):
            if (self.path / name).is_dir():
                raise exists_error(
                    f"{self.path / name} is a folder where a run has a file; move it, or name another folder"
                )
        if self.checkpoints.exists() and not self.checkpoints.is_dir():
            raise exists_error(
                f"{self.checkpoints} is a file where a run has a folder; move it, or name another folder"
            )
        if not self.is_run():
            self._refuse_foreign(force=force)
            return
        if force or (resume and self.can_continue()):
            return
        kept, hint = "is a finished run" if self.is_finished() else "exists", ""
        if resume:
            hint = " (resume=True finds no checkpoints to continue in it)"
        elif self.can_continue():
            hint = " and its fit did not end"
            hint += ": continue it with resume=True" if self._is_readable() else ", but this version cannot continue it"
        raise exists_error(
            f"{self.path} {kept}{hint}; name another folder, or replace its results with force=True{self._rescued()}"
        )

    def _refuse_foreign(self, *, force: bool) -> None:
        """Of a folder that is not a run's nothing is replaced; with ``force`` a run may be written beside its files."""
        names = [name for name in RUN_FILES if os.path.lexists(self.path / name)]
        if force and not names:
            return
        what = "a folder with other files, not a run"
        if names:
            what += f": its {', '.join(names)} {'is' if len(names) == 1 else 'are'} of something else"
        raise exists_error(f"{self.path} is {what}; choose a new name, such as {self.path / 'run'}{self._rescued()}")

    def _is_readable(self) -> bool:
        """Whether this version reads a checkpoint of the fit, or there is none yet."""
        for checkpoint in self.checkpoint_files():
            try:
                read_document(checkpoint, kind="checkpoint")
            except ModelFileError:
                continue
            return True
        return not self.checkpoint_files()

    def _rescued(self) -> str:
        place = find_kept(self.place)
        return "" if place is None else f"; of a later fit {kept_text(place, force=True)}"

    def _make(self) -> list[Path]:
        """Make the folder and those above it; returns what was made, the innermost first."""
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
        remove_temporaries(self.place, "|".join(map(re.escape, RUN_REPLACES)))
        remove_temporaries(self.checkpoints, CHECKPOINT)
        if (self.place / ".new").is_dir():  # of version 0.1.0
            discard_stage(self.place / ".new", removable=RUN_REPLACES)
        if not kept:
            for checkpoint in self.checkpoint_files():
                checkpoint.unlink(missing_ok=True)

    def _remove_what_is_empty(self) -> None:
        if not self.checkpoint_files():
            with contextlib.suppress(OSError):
                (self.path / UNFINISHED_MARKER).unlink(missing_ok=True)
                self.checkpoints.rmdir()

    def _check_writable(self, *, checkpoints: bool) -> None:
        """Find out before an hour of training, not after it."""
        try:
            with tempfile.TemporaryFile(dir=self.path) as file:
                file.write(b"\0" * 4096)
            if checkpoints:
                self.checkpoints.mkdir(exist_ok=True)
                (self.path / UNFINISHED_MARKER).touch()
        except OSError as error:
            raise output_error(self.run, error) from error
