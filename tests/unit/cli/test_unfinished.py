"""A fit that an error ends keeps what it has learnt, and says where."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deepkmeans
from deepkmeans.cli import main
from deepkmeans.exceptions import OutputError, TrainingDivergedError

from .conftest import QUICK


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What the second epoch of the clustering ends with."""
    from deepkmeans.cli import decisions

    errors: list[BaseException] = []

    def on_epoch_end(self: Any, state: Any) -> None:
        if state.phase == "cluster" and state.epoch == 2:
            raise errors[0]

    monkeypatch.setattr(decisions.Decisions, "on_epoch_end", on_epoch_end)
    return errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OutputError(errno.ENOSPC, "cannot write the checkpoint: the disk is full"), 5),
        (MemoryError("no room"), 5),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), 5),
        (TrainingDivergedError("The loss became non-finite"), 1),
    ],
)
def test_the_model_so_far_is_kept(
    failing: list[BaseException], error: BaseException, code: int, files: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    failing.append(error)
    run = tmp_path / "run"
    arguments = ["fit", str(files / "flowers.npz"), "-k", "3", "--objective", "dcn", "--out", str(run), *QUICK]
    assert main(arguments) == code
    said = capsys.readouterr().err
    assert said.splitlines()[-1].endswith(f"; the model of the last complete epoch is in {run / 'unfinished.dkm'}")
    assert said.count("deepkmeans: error: ") == 1
    assert [path.name for path in run.iterdir()] == ["unfinished.dkm"]
    assert deepkmeans.load(run / "unfinished.dkm").n_iter_ == 2
    assert main(arguments) == 2  # it is something to lose
    assert "--force" in capsys.readouterr().err


def test_labels_that_memory_does_not_hold_cost_the_labels_only(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def labels_of(model: Any) -> None:
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr("deepkmeans.cli.fit_run.labels_of", labels_of)
    run = tmp_path / "run"
    arguments = ["fit", str(files / "flowers.npz"), "-k", "3", "--objective", "dcn", "--out", str(run), "-q", *QUICK]
    assert main(arguments) == 5
    assert f"is in {run / 'unfinished.dkm'}" in capsys.readouterr().err
    assert len(deepkmeans.load(run / "unfinished.dkm").predict(np.zeros((3, 4)))) == 3


def test_a_name_that_is_no_text_costs_nothing(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "rows\udcff.npz"
    try:
        data.write_bytes((files / "flowers.npz").read_bytes())
    except OSError:
        pytest.skip("this file system takes no such name")
    run = tmp_path / "run"
    assert main(["fit", str(data), "-k", "3", "--objective", "dcn", "--out", str(run), *QUICK]) == 0
    assert main(["info", str(run)]) == 0
    assert "rows\\udcff.npz" in capsys.readouterr().out
    assert main(["evaluate", str(run)]) == 0
