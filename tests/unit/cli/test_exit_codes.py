"""Each error has its code and one line; the codes stand in one table."""

from __future__ import annotations

import ctypes
import errno
import mmap
import re
import resource
import subprocess
import sys

import pytest

from deepkmeans.cli import main
from deepkmeans.cli.exit_codes import EXIT_CODES, describe, exit_code
from deepkmeans.cli.signals import HungUp, Terminated
from deepkmeans.cli.streams import ReaderLeftError
from deepkmeans.exceptions import (
    CheckpointError,
    InvalidDataError,
    InvalidParameterError,
    MissingDependencyError,
    ModelFileError,
    OutputError,
    TrainingDivergedError,
)
from deepkmeans.storage import output_error
from tests.architecture._sources import ROOT
from tests.subprocesses import PATIENCE, environment

CASES = [
    (TrainingDivergedError("diverged"), 1),
    (MissingDependencyError("install it"), 1),
    (OutputError(errno.EACCES, "no permission"), 1),
    (OSError(errno.EBUSY, "Device or resource busy", "x.csv"), 1),
    (ValueError("a bug"), 1),
    (InvalidParameterError("k"), 2),
    (OutputError(errno.EEXIST, "it exists"), 2),
    (OutputError(errno.EBUSY, "somebody writes it"), 2),
    (InvalidDataError("text in row 3"), 3),
    (InvalidDataError("the column 'out of memory' holds text"), 3),
    (ModelFileError("damaged"), 4),
    (CheckpointError("of another fit"), 4),
    (OutputError(errno.ENOSPC, "the disk is full"), 5),
    (OutputError(errno.EDQUOT, "the quota is used up"), 5),
    (OSError(errno.ENOSPC, "No space left on device"), 5),
    (MemoryError(), 5),
    (RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"), 5),
    (RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"), 5),
    (RuntimeError("could not create a primitive"), 5),
    (RuntimeError("std::bad_alloc"), 5),
    (RuntimeError("can't start new thread"), 5),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), 5),
    (ImportError("libtorch_cpu.so: failed to map segment from shared object"), 5),
    (HungUp(), 129),
    (KeyboardInterrupt(), 130),
    (ReaderLeftError(), 141),
    (Terminated(), 143),
]


@pytest.mark.parametrize(("error", "code"), CASES, ids=[f"{code}-{type(error).__name__}" for error, code in CASES])
def test_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code
    line = describe(error)
    assert line
    assert "\n" not in line


def test_the_table_has_every_code_once() -> None:
    codes = [entry.code for entry in EXIT_CODES]
    assert codes == sorted(set(codes))
    assert set(codes) == {0} | {code for _, code in CASES}


def test_help_and_page_say_what_the_table_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Exit codes: {', '.join(f'{entry.code} {entry.name}' for entry in EXIT_CODES)}." in said
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8").split("## Exit codes")[1]
    rows = re.findall(r"^\| (\d+) \| ([^|]*) \| (.*) \|$", page, flags=re.MULTILINE)
    assert rows == [(str(entry.code), entry.name, entry.meaning.replace("|", "\\|")) for entry in EXIT_CODES]


def test_memory_that_ran_out_is_known_behind_the_words_of_a_reader() -> None:
    def read(error: BaseException) -> BaseException:
        try:
            try:
                raise error
            except BaseException as inner:
                raise InvalidDataError("x.csv cannot be read as a table") from inner
        except InvalidDataError as outer:
            return outer

    full = OSError(errno.ENOMEM, "Cannot allocate memory")
    for error in (MemoryError(), RuntimeError("C error: out of memory"), full):
        assert exit_code(read(error)) == 5
        assert describe(read(error)).startswith("out of memory (")
    assert exit_code(read(ValueError("a cell"))) == 3
    assert exit_code(read(read(MemoryError()))) == 5


def test_memory_errors_that_libraries_really_raise() -> None:
    numpy = pytest.importorskip("numpy")
    torch = pytest.importorskip("torch")
    assert exit_code(torch.OutOfMemoryError("CUDA out of memory")) == 5
    for allocate in (
        lambda: numpy.empty(2**62, numpy.uint8),
        lambda: torch.empty(2**62, dtype=torch.uint8),
        lambda: mmap.mmap(-1, 2**62),
        lambda: bytearray(2**62),
        lambda: ctypes.create_string_buffer(2**62),
    ):
        with pytest.raises((MemoryError, RuntimeError, OSError)) as caught:
            allocate()
        assert exit_code(caught.value) == 5, caught.value


@pytest.mark.skipif(sys.platform != "linux", reason="a limit that others do not keep")
def test_a_limit_that_libraries_do_not_survive_is_refused() -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (300 * 2**20,) * 2)

    done = subprocess.run(
        [sys.executable, "-m", "deepkmeans", "info", "x"], env=environment(), capture_output=True, text=True,
        timeout=PATIENCE, check=False, preexec_fn=limit,
    )  # fmt: skip
    assert done.returncode == 5
    assert done.stderr.startswith("deepkmeans: error: out of memory (the limit on the memory of this process, 300 MiB,")
    assert done.stderr.count("\n") == 1


def test_an_error_of_the_system_is_said_without_its_number() -> None:
    raised = output_error("model.dkm", OSError(errno.ENOSPC, "No space left on device"), needed=4096)
    assert exit_code(raised) == 5
    assert describe(raised).startswith("cannot write 'model.dkm': the disk is full")
    assert "[Errno" not in describe(raised)
    assert describe(OSError(errno.EIO, "Input/output error", "x.csv")) == "Input/output error: x.csv"


def test_a_bug_says_how_to_see_it() -> None:
    line = describe(KeyError("centers"))
    assert "KeyError" in line
    assert "--debug" in line


def test_lines_are_joined() -> None:
    assert describe(InvalidDataError("first\n   second")) == "first second"
