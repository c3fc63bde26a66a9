"""Standard output and standard error that are closed, full or left by their reader."""

from __future__ import annotations

import errno
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deepkmeans.cli import main
from deepkmeans.cli.console import Console
from deepkmeans.cli.exit_codes import code_of_talk
from deepkmeans.cli.streams import watched
from deepkmeans.exceptions import OutputError
from tests.subprocesses import PATIENCE, environment

from .conftest import QUICK

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
CLOSED, FULL, LEFT = "closed", "full", "left"


def run(*arguments: str, out: str = "", err: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command in a process whose streams are in that state."""

    def close() -> None:
        for descriptor, state in ((1, out), (2, err)):
            if state == CLOSED:
                os.close(descriptor)

    streams = []
    for state in (out, err):
        if state == FULL:
            streams.append(os.open("/dev/full", os.O_WRONLY))
        elif state == LEFT:
            reader, writer = os.pipe()
            os.close(reader)
            streams.append(writer)
        else:
            streams.append(subprocess.PIPE)
    done = subprocess.run(
        [sys.executable, "-m", "deepkmeans", *arguments], env=environment(), stdout=streams[0], stderr=streams[1],
        timeout=PATIENCE, check=False, preexec_fn=close, cwd=cwd,
    )  # fmt: skip
    for stream in streams:
        if stream != subprocess.PIPE:
            os.close(stream)
    return done


@pytest.mark.parametrize(
    ("out", "code", "words"),
    [
        (CLOSED, 1, b"cannot write to standard output: it is closed"),
        (FULL, 5, b"cannot write to standard output: No space left on device"),
        (LEFT, 141, b""),
    ],
)
@pytest.mark.parametrize("arguments", [("--version",), ("--help",)])
def test_standard_output(arguments: tuple[str, ...], out: str, code: int, words: bytes) -> None:
    done = run(*arguments, out=out)
    assert done.returncode == code, done.stderr
    assert done.stderr == (b"deepkmeans: error: " + words + b"\n" if words else b"")


@pytest.mark.parametrize("err", [CLOSED, FULL, LEFT])
def test_standard_error(err: str) -> None:
    done = run("ft", "x.csv", err=err)
    assert (done.returncode, done.stdout) == (2, b"")  # the code of what went wrong, said or not
    done = run("--version", err=err)
    assert done.returncode == 0
    assert done.stdout.startswith(b"deepkmeans ")


def test_both_closed() -> None:
    assert run("--version", out=CLOSED, err=CLOSED).returncode == 1
    assert run("ft", out=CLOSED, err=CLOSED).returncode == 2


def test_talk_that_cannot_be_written_changes_the_exit_code_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full, monkeypatch.context() as patch:
        patch.setattr("sys.stderr", full)
        talk()


def talk() -> None:
    with watched():
        assert code_of_talk(0) == 0
        console = Console()
        console.note("a")
        console.warn("b")
        assert code_of_talk(0) == 5
        assert code_of_talk(3) == 3


def test_results_that_cannot_be_written_are_an_error_that_names_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stdout", full)
        with watched(), pytest.raises(OutputError, match="cannot write to standard output: No space left") as caught:
            Console().data("x")
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.setattr("sys.stdout", None)
    with watched(), pytest.raises(OutputError, match="standard output: it is closed"):
        Console().data("x")


def test_what_an_encoding_has_not_is_escaped_as_json_does(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    with watched():
        Console(json=True).result({"name": "é😀", "path": "\udcff"}, "")
    assert written.getvalue() == rb'{"name": "\u00e9\ud83d\ude00", "path": "\udcff"}' + b"\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_file_that_takes_a_part_of_the_results_is_no_success(tmp_path: Path, unbuffered: str) -> None:
    """The disk takes the first bytes of a long text, and no more."""
    code = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
from deepkmeans.cli.console import Console
from deepkmeans.cli.exit_codes import report
from deepkmeans.cli.streams import watched
with watched():
    try:
        Console().data("x" * 7000)
    except OSError as error:
        sys.exit(report(error))
"""
    with (tmp_path / "labels.csv").open("wb") as file:
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment(PYTHONUNBUFFERED=unbuffered), stdout=file,
            stderr=subprocess.PIPE, timeout=PATIENCE, check=False,
        )  # fmt: skip
    assert done.returncode == 5
    assert done.stderr == b"deepkmeans: error: cannot write to standard output: File too large\n"


@pytest.mark.slow
def test_a_run_is_complete_whatever_the_streams_are(files: Path, tmp_path: Path) -> None:
    fit = ["fit", str(files / "flowers.npz"), "-k", "3", "--objective", "dcn", *QUICK, "--no-report", "--out"]
    states = (CLOSED, "", 1), (FULL, "", 5), (LEFT, "", 141), ("", CLOSED, 0), ("", FULL, 5), ("", LEFT, 0)
    for out, err, code in states:
        name = f"run-{out}-{err}"
        done = run(*fit, name, out=out, err=err, cwd=tmp_path)
        assert done.returncode == code, (out, err, done.stderr)
        if code in (1, 5) and not err:
            assert re.search(rb"\ndeepkmeans: error: cannot write to standard output: .*\n$", done.stderr)
        if not err:
            assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr
        assert {path.name for path in (tmp_path / name).iterdir()} == {
            "labels.csv", "model.dkm", "history.jsonl", "run.json",
        }  # fmt: skip
        assert main(["info", str(tmp_path / name)]) == 0  # no descriptor of a stream went into the model
