"""``--resume`` with other options or rows than the fit that was killed: options, both values, and the right code."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from deepkmeans import DeepKMeans
from deepkmeans.cli import main
from deepkmeans.exceptions import CheckpointError
from deepkmeans.storage import read_container, write_container
from deepkmeans.training import Checkpoint

from .conftest import three_groups, write_csv

NETWORK = ("--embedding-dim", "2", "--batch-size", "64", "--device", "cpu", "--quiet")
FIT = ("--objective", "dec", *NETWORK)
ASKED = {"-k": "3", "--pretrain-epochs": "3", "--max-epochs": "4", "--seed": "0"}


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run as a killed process leaves it, and its rows."""
    folder = tmp_path_factory.mktemp("unfinished")
    write_csv(folder / "x.csv", three_groups(60)[0], None)
    write_csv(folder / "other.csv", three_groups(60, seed=1)[0], None)
    X = np.loadtxt(folder / "x.csv", delimiter=",", skiprows=1, dtype=np.float32)
    run = folder / "run"
    model = DeepKMeans(
        3, objective="dec", pretrain_epochs=3, max_epochs=4, embedding_dim=2, batch_size=64, random_state=0,
        device="cpu", callbacks=[Checkpoint(run / "checkpoints")],
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X)
    (run / ".deepkmeans-unfinished").touch()
    return folder


def resumed(
    folder: Path, capsys: pytest.CaptureFixture[str], code: int, *, data: str = "x.csv", fit: tuple[str, ...] = FIT,
    **changed: str,
) -> str:  # fmt: skip
    asked = ASKED | {f"--{name.replace('_', '-')}" if len(name) > 1 else f"-{name}": value
                     for name, value in changed.items()}  # fmt: skip
    pairs = [word for pair in asked.items() for word in pair]
    assert main(["fit", str(folder / data), "--out", str(folder / "run"), "--resume", *fit, *pairs]) == code
    return capsys.readouterr().err.strip()


def test_options_are_named_with_both_values(unfinished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = resumed(unfinished, capsys, 2, max_epochs="5", pretrain_epochs="6")
    assert f"the checkpoints in {unfinished / 'run' / 'checkpoints'} are of a fit with" in said
    assert "--pretrain-epochs 3 (this one has 6) and --max-epochs 4 (this one has 5); resume with the options" in said
    assert "max_epochs" not in said and said.endswith("or begin a new one with another --out")
    for changed, words in (
        ({"k": "4"}, "--clusters 3 (this one has 4);"),
        ({"learning_rate": "0.5"}, "(this one has 0.5);"),
        ({"scaling": "none"}, "(this one has none);"),
        ({"seed": "5"}, "are of a fit with another --seed;"),
    ):
        assert words in resumed(unfinished, capsys, 2, **changed), changed
    said = resumed(unfinished, capsys, 2, fit=("--objective", "dcn", *NETWORK))
    assert "of a fit with --objective dec (this one has dcn); resume" in said


def test_a_value_of_the_environment_says_so(
    unfinished: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPKMEANS_FIT_LEARNING_RATE", "0.5")
    said = resumed(unfinished, capsys, 2)
    assert "--learning-rate is from the environment variable DEEPKMEANS_FIT_LEARNING_RATE" in said


def test_other_rows_are_bad_data(unfinished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = resumed(unfinished, capsys, 3, data="other.csv")
    assert "are of other rows or columns; give the file and the columns of that fit" in said
    assert "are of other rows or columns" in resumed(unfinished, capsys, 3, columns="a,b,c")


def test_the_same_options_continue(unfinished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(unfinished, tmp_path / "copy")
    resumed(tmp_path / "copy", capsys, 0)


def test_in_python_both_values_are_said(unfinished: Path) -> None:
    X = np.loadtxt(unfinished / "x.csv", delimiter=",", skiprows=1, dtype=np.float32)
    model = DeepKMeans(
        3, objective="dec", pretrain_epochs=3, max_epochs=7, embedding_dim=2, batch_size=64, random_state=1,
        callbacks=[Checkpoint(unfinished / "run" / "checkpoints", resume=True)],
    )  # fmt: skip
    with pytest.raises(CheckpointError, match=r"fit: max_epochs is 4 there and 7 here; seed differs\. ") as told:
        model.fit(X)
    assert told.value.differences["max_epochs"] == (4, 7)


@pytest.mark.parametrize("change", [{"partition": None}, {"statistics": 1}, {"statistics": None}])
def test_a_checkpoint_of_a_version_of_other_numbers_is_refused(tmp_path: Path, change: dict[str, int | None]) -> None:
    X = np.random.RandomState(0).normal(size=(40, 3))
    given = {"objective": "dec", "pretrain_epochs": 1, "max_epochs": 2, "random_state": 0}
    DeepKMeans(3, callbacks=[Checkpoint(tmp_path)], **given).fit(X)  # type: ignore[arg-type]
    for path in tmp_path.glob("*.ckpt"):
        document, tensors = read_container(path, kind="checkpoint")
        known = {**document["fingerprint"], **change}
        document["fingerprint"] = {name: value for name, value in known.items() if value is not None}
        write_container(path, kind="checkpoint", document=document, tensors=tensors)
    with pytest.raises(CheckpointError, match="is of a version whose fits had other numbers"):
        DeepKMeans(3, callbacks=[Checkpoint(tmp_path, resume=True)], **given).fit(X)  # type: ignore[arg-type]


def test_other_weights_are_called_weights(tmp_path: Path) -> None:
    X, weight = np.random.RandomState(0).normal(size=(40, 3)), np.arange(1.0, 41)
    given = {"objective": "dec", "pretrain_epochs": 1, "max_epochs": 2, "random_state": 0}
    DeepKMeans(3, callbacks=[Checkpoint(tmp_path)], **given).fit(X, sample_weight=weight)  # type: ignore[arg-type]
    for other in (weight[::-1], None):
        with pytest.raises(CheckpointError, match=r"belongs to another fit: sample_weight differs\."):
            DeepKMeans(3, callbacks=[Checkpoint(tmp_path, resume=True)], **given).fit(X, sample_weight=other)  # type: ignore[arg-type]
