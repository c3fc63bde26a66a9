"""Each error has its code and one line."""

from __future__ import annotations

import errno

import pytest

from deepkmeans.cli.exit_codes import Terminated, describe, exit_code
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


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TrainingDivergedError("diverged"), 1),
        (MissingDependencyError("install it"), 1),
        (OutputError(errno.EACCES, "no permission"), 1),
        (ValueError("a bug"), 1),
        (InvalidParameterError("k"), 2),
        (OutputError(errno.EEXIST, "it exists"), 2),
        (InvalidDataError("text in row 3"), 3),
        (ModelFileError("damaged"), 4),
        (CheckpointError("of another fit"), 4),
        (OutputError(errno.ENOSPC, "the disk is full"), 5),
        (OutputError(errno.EDQUOT, "the quota is used up"), 5),
        (OSError(errno.ENOSPC, "No space left on device"), 5),
        (MemoryError(), 5),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"), 5),
        (KeyboardInterrupt(), 130),
        (Terminated(), 143),
    ],
)
def test_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code
    line = describe(error)
    assert line
    assert "\n" not in line


def test_gpu_memory_is_memory() -> None:
    torch = pytest.importorskip("torch")
    assert exit_code(torch.OutOfMemoryError("CUDA out of memory")) == 5


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
