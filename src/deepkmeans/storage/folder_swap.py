"""Folders that are replaced as a whole: at every moment they hold the old files or the new ones, never some of each.

The new files are written to a *stage*, a folder beside the target, and flushed to the disk. A marker in the stage then
says that it is complete: from here on, :func:`recover_folder` finishes a commit that was cut short, the next time the
folder is used. The commit itself swaps the names of the two folders in one step. Afterwards the files of others
and those to be kept (checkpoints) move over from the old folder, and the old files are removed.

Where two folders cannot be swapped (a mount point, the current folder, a parent that cannot be written, a system
without such a call) the stage lies inside the target, and its files are renamed one by one, the last one of the list
(the one that makes the folder complete) removed first and put in place last.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import re
import secrets
import stat
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from .atomic import remove_temporaries, sync_folder, write_text
from .folder_lock import LOCK, FolderLock

__all__ = ["commit_folder", "discard_stage", "is_complete", "needs_recovery", "new_stage", "recover_folder"]

#: In a stage: its files are complete. In a target: files have still to move over from the old folder.
MARKER = ".deepkmeans-commit"
_AT_FDCWD = -100
_EXCHANGE, _SWAP = 2, 2


def new_stage(target: Path) -> Path:
    """Make an empty folder for the new files of ``target`` (an existing folder): beside it or, if that fails, in it.

    Raises
    ------
    OSError
        If neither can be made.
    """
    token = secrets.token_hex(6)
    if _can_move(target):
        with contextlib.suppress(OSError):
            stage = target.parent / f".{target.name}.{token}.new"
            stage.mkdir()
            return stage
    stage = target / f".{token}.new"
    stage.mkdir()
    return stage


def commit_folder(
    target: Path, stage: Path, *, files: Sequence[str], removable: Collection[str], held: FolderLock | None = None
) -> None:
    """Replace the files in ``target`` by those of ``stage``.

    Parameters
    ----------
    target : Path
    stage : Path
        Made by :func:`new_stage`; gone afterwards.
    files : sequence of str
        Names of the new files, each already flushed; readers take a folder with the last one as complete.
    removable : collection of str
        Names in ``target`` that a commit may remove when the new files have no file of that name. Everything else there
        is kept, and folders are. The value of a name in a mapping, if it has one, says of a path whether it is ours.
    held : FolderLock or None
        The caller's lock of ``target``; afterwards it locks the new folder.

    Raises
    ------
    OSError
        If the files cannot be replaced. Until the marker is written, ``target`` is unchanged; after that, the next
        :func:`recover_folder` finishes the commit.
    """
    with FolderLock(stage) as lock:
        write_text(stage / MARKER, json.dumps({"files": list(files), "stage": stage.name}))
        _install(target, stage, lock, files, removable)
        if held is not None and lock.folder == target:
            held.adopt(lock)


def recover_folder(target: Path, *, removable: Collection[str]) -> None:
    """Finish the commits of killed processes: put complete stages in place, remove the others.

    The caller holds the lock of ``target``. Nothing is removed but names in ``removable`` and those of this module.
    """
    ended = _read_marker(target)
    stages = list(_stages(target))
    if ended is not None:
        files, name = ended
        for stage in stages:
            if stage.name == name and _read_marker(stage) is None:
                _hand_over(stage, target, files, removable)
        _unlink(target / MARKER)
    for stage in stages:
        if not stage.is_dir():
            continue
        with contextlib.suppress(OSError), FolderLock(stage) as lock:  # locked: its writer is still running
            complete = _read_marker(stage)
            if complete is None:
                discard_stage(stage, removable=removable)
            else:
                _install(target, stage, lock, complete[0], removable)


def discard_stage(stage: Path, *, removable: Collection[str]) -> None:
    """Remove a stage that is not complete, unless it also holds files of others."""
    if is_complete(stage):
        return
    with contextlib.suppress(OSError):
        _remove(stage, removable)


def is_complete(stage: Path) -> bool:
    """Whether :func:`recover_folder` will put its files in place."""
    return _read_marker(stage) is not None


def needs_recovery(target: Path) -> bool:
    """Whether a process that was killed may have left something for :func:`recover_folder`."""
    return (target / MARKER).exists() or any(True for _ in _stages(target))


def _remove(stage: Path, removable: Collection[str]) -> None:
    remove_temporaries(stage, "|".join(map(re.escape, (*removable, MARKER))))
    for name in (*removable, MARKER, LOCK):
        if name in (MARKER, LOCK) or _is_ours(stage / name, removable):
            _unlink(stage / name)
    stage.rmdir()


def _install(target: Path, stage: Path, lock: FolderLock, files: Sequence[str], removable: Collection[str]) -> None:
    if stage.parent != target:
        there = target.exists()  # else somebody removed it during the fit
        if there:
            _copy_mode(target, stage)
        if _can_move(target) and _exchange(stage, target) if there else _rename(stage, target):
            lock.follow(target)
            with contextlib.suppress(OSError):  # the new files are in place: the rest can wait for the next start
                sync_folder(target.parent)
                if there:
                    _hand_over(stage, target, files, removable)
                _unlink(target / MARKER)
            return
        inside = target / f".{stage.name.split('.')[-2]}.new"
        os.rename(stage, inside)
        stage = inside
        lock.follow(inside)
    _move_files(stage, target, files, removable)


def _rename(stage: Path, target: Path) -> bool:
    os.rename(stage, target)
    return True


def _hand_over(old: Path, new: Path, files: Sequence[str], removable: Collection[str]) -> None:
    """Move everything that is not ours to remove from the replaced folder to the new one."""
    remove_temporaries(old, "|".join(map(re.escape, removable)))
    for entry in list(old.iterdir()):
        known = entry.name in files or entry.name in (MARKER, LOCK)
        if (known or _is_ours(entry, removable)) and (entry.is_symlink() or not entry.is_dir()):
            _unlink(entry)
        elif not os.path.lexists(new / entry.name):
            with contextlib.suppress(OSError):  # it stays in the old folder, which then stays as well
                os.rename(entry, new / entry.name)
    with contextlib.suppress(OSError):
        old.rmdir()
    sync_folder(new)


def _move_files(stage: Path, target: Path, files: Sequence[str], removable: Collection[str]) -> None:
    """Move the files one by one; calling it again finishes a move that was cut short."""
    *parts, last = files
    if (stage / last).exists():
        _unlink(target / last)
        for name in removable:
            if name not in files and name != LOCK and _is_ours(target / name, removable):
                _unlink(target / name)
        for name in parts:
            if (stage / name).exists():
                os.replace(stage / name, target / name)
        sync_folder(target)
        os.replace(stage / last, target / last)
        sync_folder(target)
    with contextlib.suppress(OSError):
        _remove(stage, removable)


def _stages(target: Path) -> Iterator[Path]:
    for folder, pattern in (
        (target.parent, rf"\.{re.escape(target.name)}\.[0-9a-f]{{12}}\.new"),
        (target, r"\.[0-9a-f]{12}\.new"),
    ):
        with contextlib.suppress(OSError):
            for entry in list(os.scandir(folder)):
                if re.fullmatch(pattern, entry.name) and entry.is_dir(follow_symlinks=False):
                    yield Path(entry.path)


def _read_marker(folder: Path) -> tuple[list[str], str] | None:
    """The files and the stage that a marker names; None without a valid marker."""
    try:
        marker = json.loads((folder / MARKER).read_bytes())
        files, stage = marker["files"], marker["stage"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(stage, str) or not files or not all(isinstance(name, str) and "/" not in name for name in files):
        return None
    return list(files), stage


def _can_move(target: Path) -> bool:
    """Whether another folder can take the name of this one."""
    with contextlib.suppress(OSError):
        return not (
            os.path.ismount(target)
            or os.path.samefile(target, os.curdir)
            or any(os.path.ismount(entry.path) for entry in os.scandir(target) if entry.is_dir(follow_symlinks=False))
        )
    return False


def _exchange(first: Path, second: Path) -> bool:
    """Swap the names of two folders in one step; False if the system cannot."""
    names = os.fsencode(first), os.fsencode(second)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, ctypes.c_uint(_SWAP))
        else:
            failed = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_EXCHANGE))
    except (AttributeError, OSError, TypeError):  # no such function, or no such library
        return False
    if failed and ctypes.get_errno() == errno.EIO:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(second))
    return not failed


def _copy_mode(source: Path, target: Path) -> None:
    """Permissions and owner of the folder that will be replaced."""
    if os.name == "nt":
        return
    status = source.stat()
    with contextlib.suppress(OSError):
        os.chown(target, status.st_uid, status.st_gid)
    with contextlib.suppress(OSError):
        os.chmod(target, stat.S_IMODE(status.st_mode))


def _is_ours(path: Path, removable: Collection[str]) -> bool:
    rule = removable.get(path.name) if isinstance(removable, Mapping) else None
    return path.name in removable and (rule is None or rule(path))


def _unlink(path: Path) -> None:
    """Remove a file if it exists; a folder of that name is not ours and stays."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except (IsADirectoryError, PermissionError):
        if not path.is_dir():
            raise
