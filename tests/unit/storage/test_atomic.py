"""Old bytes or new bytes, never others, never a leftover; and one line that says why not."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deepkmeans.exceptions import OutputError
from deepkmeans.storage import atomic, atomic_write, write_text
from tests.subprocesses import PATIENCE, environment

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals, permissions and limits")


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_new_file_and_replaced_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_text(target, "one\r\ntwo é\n")
    assert target.read_bytes() == "one\r\ntwo é\n".encode()
    with atomic_write(str(target)) as file:
        file.write(b"new")
        assert target.read_bytes() == "one\r\ntwo é\n".encode()  # until the block ends
    assert target.read_bytes() == b"new"
    assert _names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt()])
def test_an_error_in_the_block_changes_nothing(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def write_half() -> None:
        with atomic_write(target) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        write_half()
    assert target.read_bytes() == b"old"
    assert _names(tmp_path) == ["a"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    target = tmp_path / "a"
    target.write_bytes(b"old")
    monkeypatch.setattr(atomic.os, step, fail)
    with pytest.raises(OutputError, match="Input/output error") as caught:
        write_text(target, "new")
    assert caught.value.errno == errno.EIO
    assert target.read_bytes() == b"old"
    assert _names(tmp_path) == ["a"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_says_how_much_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    target = tmp_path / "model.dkm"
    target.write_bytes(b"old")
    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OutputError) as caught:
        write_text(target, "x" * 12345)
    message = str(caught.value)
    assert caught.value.errno == number
    assert "the disk is full" in message
    assert "needs 12,345 bytes" in message
    assert str(tmp_path) in message
    assert "\n" not in message
    assert target.read_bytes() == b"old"
    assert _names(tmp_path) == ["model.dkm"]


@posix
def test_a_real_limit_on_the_size_of_files(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from deepkmeans.storage import write_text; from deepkmeans.exceptions import OutputError\n"
        "try: write_text(sys.argv[1], 'x' * 1_000_000)\n"
        "except OutputError as error: print(error.errno, error)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True, env=environment())
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(f"{errno.EFBIG} ")
    assert "needs 1,000,000 bytes" in run.stdout
    assert target.read_bytes() == b"old"
    assert _names(tmp_path) == ["a"]


def test_target_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OutputError, match="is a folder; name a file") as caught:
        write_text(tmp_path / "a", "x")
    assert caught.value.errno == errno.EISDIR
    assert _names(tmp_path / "a") == []


def test_missing_folder_and_file_as_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist; create it") as caught:
        write_text(tmp_path / "no" / "a", "x")
    assert caught.value.errno == errno.ENOENT
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="is not a folder") as caught:
        write_text(tmp_path / "file" / "a", "x")
    assert caught.value.errno == errno.ENOTDIR


@posix
def test_read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.getuid() == 0:  # permissions do not bind root: the refusal of the system is put in by hand
        real = os.open

        def refuse(path: object, flags: int, *rest: object) -> int:
            if flags & os.O_CREAT:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            return real(path, flags, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(atomic.os, "open", refuse)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="no permission to write") as caught:
            write_text(tmp_path / "a", "x")
    finally:
        tmp_path.chmod(0o700)
    assert caught.value.errno == errno.EACCES
    assert _names(tmp_path) == []


@posix
def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "a"
    write_text(target, "x")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
    target.chmod(0o640)
    (tmp_path / "link").symlink_to("a")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@posix
def test_leftovers_of_killed_writers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    left, locked = (tmp_path / f".a.{number:012x}.tmp" for number in range(2))
    others = [tmp_path / name for name in (".a.tmp", ".a.notes.tmp", ".b.000000000000.tmp", ".a.00000000000g.tmp")]
    for path in (left, locked, *others):
        path.write_bytes(b"x")
    with open(locked, "rb") as writer:  # another process that is still writing
        atomic.fcntl.flock(writer, atomic.fcntl.LOCK_EX)
        write_text(tmp_path / "a", "new")
    assert _names(tmp_path) == sorted(["a", locked.name, *(path.name for path in others)])


@posix
def test_a_temporary_that_is_taken_for_a_leftover_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, taken = atomic.fcntl.flock, []

    def late(descriptor: int, operation: int) -> None:
        if not taken:  # another writer finds the file in the moment before it is locked
            taken.append(os.readlink(f"/proc/self/fd/{descriptor}") if sys.platform == "linux" else _only(tmp_path))
            os.unlink(taken[0])
        real(descriptor, operation)

    monkeypatch.setattr(atomic.fcntl, "flock", late)
    write_text(tmp_path / "a", "new")
    assert taken
    assert (tmp_path / "a").read_text() == "new"
    assert _names(tmp_path) == ["a"]


def _only(folder: Path) -> str:
    (path,) = folder.iterdir()
    return str(path)


def test_names_that_utf_8_has_no_bytes_for_are_written(tmp_path: Path) -> None:
    write_text(tmp_path / "a", '{"path": "\udcff.csv"}')
    assert (tmp_path / "a").read_bytes() == rb'{"path": "\udcff.csv"}'


@posix
def test_a_pipe_is_written_to_and_a_device_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    write_text(pipe, "new")
    assert reader.communicate(timeout=PATIENCE)[0] == b"new"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert _names(tmp_path) == ["pipe"]
    if os.path.exists("/dev/full"):
        with pytest.raises(OutputError, match="no space is left on the device /dev/full") as caught:
            write_text("/dev/full", "x")
        assert caught.value.errno == errno.ENOSPC
        assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@posix
def test_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "a"
    # One process imports the package and forks the writers, as an import takes longer than all the kills.
    code = """
import os, random, signal, sys, time, warnings
from deepkmeans.storage import atomic_write
warnings.simplefilter("ignore")
draw, seen = random.Random(0), set()
parent = os.getpid()
written = lambda: os.stat(sys.argv[1]).st_mtime_ns if os.path.exists(sys.argv[1]) else 0
for attempt in range(20):
    before = written()
    child = os.fork()
    if child == 0:
        number = attempt
        while os.getppid() == parent:
            number = (number + 1) % 256
            with atomic_write(sys.argv[1]) as file:
                for _ in range(16):
                    file.write(bytes([number]) * 65536)
    while written() == before:  # however long a busy machine takes
        time.sleep(0.005)
    time.sleep(0.06 * draw.random())
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    content = open(sys.argv[1], "rb").read() if os.path.exists(sys.argv[1]) else b""
    assert len(content) in (0, 16 * 65536) and len(set(content)) <= 1, len(content)
    seen.add(content[:1])
print(len(seen))
"""
    run = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True, env=environment())
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 3  # the kills came while files were being replaced
    write_text(target, "x")
    assert _names(tmp_path) == ["a"]
