"""What is left when a fit is stopped: Ctrl-C, SIGTERM, a full disk."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deepkmeans.cli import main
from tests.subprocesses import PATIENCE, environment

#: Long enough to be caught in the middle, short enough to be carried to the end.
LONG = (
    "-k", "3", "--objective", "dcn", "--pretrain-epochs", "150", "--max-epochs", "2", "--embedding-dim", "2",
    "--batch-size", "8", "--device", "cpu", "--checkpoint-every", "5",
)  # fmt: skip


def stop(folder: Path, arguments: list[str], number: signal.Signals) -> tuple[int, str]:
    """Start the command, send the signal once a new checkpoint is there, wait."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deepkmeans", *arguments], env=environment(), stderr=subprocess.PIPE, text=True
    )
    seen = set(folder.glob("checkpoints/*"))
    deadline = time.monotonic() + PATIENCE
    while not set(folder.glob("checkpoints/*.ckpt")) - seen and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, errors


@pytest.fixture(scope="module")
def stopped(files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], int, str]:
    folder = tmp_path_factory.mktemp("stop") / "run"
    arguments = ["fit", str(files / "flowers.npz"), "--out", str(folder), *LONG]
    code, errors = stop(folder, arguments, signal.SIGINT)
    return folder, arguments, code, errors


def test_ctrl_c_keeps_the_model_and_nothing_that_looks_finished(
    stopped: tuple[Path, list[str], int, str], files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _, code, errors = stopped
    assert code == 130, errors
    assert errors.splitlines()[-1] == "deepkmeans: error: interrupted"
    assert "Traceback" not in errors
    assert {path.name for path in folder.iterdir()} == {"checkpoints", "history.jsonl", "model.dkm", "run.json"}
    assert json.loads((folder / "run.json").read_text())["interrupted"] is True
    assert main(["predict", str(folder), str(files / "flowers.npz")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 241
    assert main(["info", str(folder)]) == 0
    assert "INTERRUPTED" in capsys.readouterr().out
    assert main(["evaluate", str(folder)]) == 3
    assert "no labels.csv" in capsys.readouterr().err


def test_resume_ends_as_if_never_stopped(
    stopped: tuple[Path, list[str], int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, arguments, _, _ = stopped
    code, errors = stop(folder, [*arguments, "--resume"], signal.SIGTERM)
    assert code == 143, errors
    assert errors.splitlines()[-1] == "deepkmeans: error: ended by SIGTERM"
    assert main([*arguments, "--resume"]) == 0
    assert json.loads((folder / "run.json").read_text())["interrupted"] is False

    whole = tmp_path / "whole"
    uninterrupted = [str(whole) if argument == str(folder) else argument for argument in arguments]
    assert main(uninterrupted) == 0
    assert (folder / "labels.csv").read_bytes() == (whole / "labels.csv").read_bytes()
    assert main([*arguments, "--resume"]) == 2
    assert "is a finished run" in capsys.readouterr().err


def test_a_full_disk_is_exit_5_and_leaves_no_result(files: Path, tmp_path: Path) -> None:
    def limit_file_size() -> None:  # a write beyond it fails as on a full disk, without needing one
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = subprocess.run(
        [sys.executable, "-m", "deepkmeans", "fit", str(files / "flowers.npz"), "-k", "3",
         "--out", str(tmp_path / "run"), "--pretrain-epochs", "1", "--max-epochs", "1", "--device", "cpu"],
        env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False, preexec_fn=limit_file_size,
    )  # fmt: skip
    assert done.returncode == 5, done.stderr
    assert done.stderr.splitlines()[-1].startswith("deepkmeans: error: cannot write")
    assert "bytes" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "run" / "run.json").exists()
    assert not (tmp_path / "run" / "model.dkm").exists()
    assert not (tmp_path / "run" / "labels.csv").exists()
