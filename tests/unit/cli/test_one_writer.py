"""Two processes and one --out: the second is refused at once and told whose it is; a killed one holds nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deepkmeans.cli import main
from deepkmeans.exceptions import OutputError
from deepkmeans.persistence import RunFolder
from deepkmeans.storage import FolderLock, folder_lock
from tests.subprocesses import environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="folders are not locked there")

HOLD = """
import sys
from pathlib import Path
from deepkmeans.persistence import RunFolder
with RunFolder(Path(sys.argv[1])).claim(force=True):
    print("held", flush=True)
    sys.stdin.read()
"""
#: Runs the command, then tells which heavy packages came with it.
PROBE = """
import json, sys
from deepkmeans.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted({"torch", "sklearn", "pandas"} & set(sys.modules))]), file=sys.stderr)
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "run")], env=environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_is_refused_and_told_by_whom(holder: subprocess.Popen[str], files: Path, tmp_path: Path) -> None:
    before = sorted(path.name for path in (tmp_path / "run").iterdir())
    for more in ([], ["--force"], ["--resume"], ["--resume", "--force"]):
        arguments = ["fit", str(files / "flowers.csv"), "-k", "3", "--out", str(tmp_path / "run"), *more]
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *arguments], env=environment(), capture_output=True, text=True, check=True
        )
        *_, said, probed = done.stderr.splitlines()
        assert json.loads(probed) == [2, []]  # refused before anything that takes time
        assert f"is being written by process {holder.pid} on {os.uname().nodename}, since 20" in said
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == before


def test_a_lock_of_a_killed_process_is_taken_over(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(OutputError, match=f"process {holder.pid}"):
        folder.check(force=True)
    holder.kill()
    holder.wait()
    assert (tmp_path / "run" / folder_lock.LOCK).exists()
    folder.check()
    with folder.claim():
        pass
    assert list((tmp_path / "run").iterdir()) == []


def test_other_verbs_read_a_run_that_is_being_written(
    holder: subprocess.Popen[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = tmp_path / ".run.0123456789ab.new"
    stage.mkdir()
    assert main(["info", str(tmp_path / "run")]) == 4
    assert "holds no model.dkm" in capsys.readouterr().err
    assert stage.is_dir()  # it may be that process's


def test_where_the_system_has_no_locks_the_owner_counts_while_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(descriptor: int, operation: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(folder_lock.fcntl, "flock", none)
    lock = tmp_path / folder_lock.LOCK
    ended = subprocess.Popen(["true"])
    ended.wait()
    here = os.uname().nodename
    for pid, host, held in ((os.getppid(), here, True), (ended.pid, here, False), (1, "elsewhere", True)):
        lock.write_text(json.dumps({"pid": pid, "host": host, "since": "now"}))
        if held:
            with pytest.raises(OutputError, match=f"process {pid} on {host}, since now"):
                FolderLock(tmp_path).acquire()
        else:
            with FolderLock(tmp_path):
                assert json.loads(lock.read_text())["pid"] == os.getpid()
            assert not lock.exists()
    for text in ("", "[]", "[" * 10_000, '{"pid": "x"}', "\0"):
        lock.write_text(text)
        if text == '{"pid": "x"}':
            continue  # of a machine without a name: it counts
        with FolderLock(tmp_path):
            assert lock.exists()


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / folder_lock.LOCK).symlink_to(tmp_path / "victim")
    with pytest.raises(OutputError):
        FolderLock(tmp_path / "run").acquire()
    assert (tmp_path / "victim").read_text() == "mine"
