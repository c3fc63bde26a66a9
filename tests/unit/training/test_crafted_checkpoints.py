"""Checkpoints whose checksums hold and whose content no fit has written: refused before they change anything."""

from __future__ import annotations

import copy
import math
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.cli.main import main
from deepkmeans.exceptions import CheckpointError
from deepkmeans.storage import read_container, write_container
from deepkmeans.training import Callback, Checkpoint

LAYER = "encoder/module.encoder_layers.2.bias"
X = (6.0 * np.random.RandomState(1).randn(3, 4)[np.arange(90) % 3] + np.random.RandomState(0).randn(90, 4)).astype("f4")
QUICK: dict[str, Any] = {"pretrain_epochs": 2, "max_epochs": 3, "random_state": 0, "tol": 0.0, "batch_size": 32}


class Stop(Callback):
    """Ctrl-C after so many epochs of a phase."""

    def __init__(self, phase: str, epoch: int) -> None:
        self.place = (phase, epoch)

    def on_epoch_end(self, state: Any) -> None:
        if (state.phase, state.epoch) == self.place:
            raise KeyboardInterrupt


def _fit(folder: Path, objective: str, *more: Any, resume: bool = True) -> DeepKMeans:
    callbacks = [Checkpoint(folder, keep=1, resume=resume), *more]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return DeepKMeans(3, objective=objective, callbacks=callbacks, **QUICK).fit(X)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The folder of a fit that was stopped in a phase, made once."""
    made: dict[tuple[str, str], Path] = {}

    def folder(objective: str, phase: str) -> Path:
        if (objective, phase) not in made:
            made[objective, phase] = tmp_path_factory.mktemp("stopped")
            with pytest.raises(KeyboardInterrupt):
                _fit(made[objective, phase], objective, Stop(phase, 1), resume=False)
        return made[objective, phase]

    return folder


def _craft(source: Path, target: Path, change: Callable[[dict[str, Any], dict[str, torch.Tensor]], object]) -> Path:
    (path,) = Checkpoint(source).paths()
    document, tensors = read_container(path, kind="checkpoint")
    document, tensors = copy.deepcopy(document), dict(tensors)
    change(document["state"], tensors)
    target.mkdir(exist_ok=True)
    write_container(target / path.name, kind="checkpoint", document=document, tensors=tensors)
    return target / path.name


@pytest.mark.parametrize(
    ("objective", "change", "words"),
    [
        ("dcn", lambda d, t: d.update(phase="\x1b[31m"), "['phase'] must be a printable name"),
        ("dcn", lambda d, t: d.update(phase="over-1"), "'phase' must be one of 'pretrain', 'cluster'. Got 'over-1'"),
        ("dcn", lambda d, t: d.update(epoch="1"), "['epoch'] must be an integer >= 1. Got '1'"),
        ("dcn", lambda d, t: d.update(epoch=4), "'epoch' is 4, and the phase ends after 3"),
        ("dcn", lambda d, t: d.update(learning_rate=-1.0), "['learning_rate'] must be a finite number > 0. Got -1.0"),
        ("dcn", lambda d, t: d.update(learning_rate=1e300), "'learning_rate' is 1e+300, above"),
        (
            "dcn",
            lambda d, t: t.update({LAYER: t[LAYER] * 0 + 3e38}),
            "its network makes an embedding that is not finite",
        ),
        ("dcn", lambda d, t: d.update(converged=1), "['converged'] must be a bool"),
        ("dcn", lambda d, t: d.update(history=[{"phase": 1}]), "['history'][0]"),
        ("dcn", lambda d, t: d["history"][-1].update(changed="all"), "['changed'] must be a number. Got 'all'"),
        ("dcn", lambda d, t: d.update(code="import os"), "has the unknown key 'code'"),
        ("dcn", lambda d, t: d.pop("root"), "lacks 'root'"),
        ("dcn", lambda d, t: d.update(notes={"max_epochs": "x"}), "'notes' has the unknown key 'max_epochs'"),
        ("dcn", lambda d, t: t.update(labels=t["labels"] + 1), "'labels' holds 3, where all must be <= 2"),
        ("dcn", lambda d, t: t.update(labels=t["labels"][1:]), "'labels' must be of shape (90,)"),
        ("dcn", lambda d, t: t.pop("labels"), "'labels' is missing"),
        ("dcn", lambda d, t: t.update({"objective/centers": t["objective/centers"] * math.nan}), "holds NaN"),
        ("dcn", lambda d, t: t.update({"objective/centers": t["objective/centers"][1:]}), "must be of shape (3, "),
        ("dcn", lambda d, t: t.update({"objective/centers": t["objective/centers"] * 0 + 3e38}), "must be <= 1e+15"),
        ("dcn", lambda d, t: t.update({"optimizer/0/exp_avg": t["optimizer/0/exp_avg"] * 0 + 3e38}), "must be <= 10"),
        ("dcn", lambda d, t: t.update({"objective/counts": -t["objective/counts"]}), "where all must be > 0"),
        ("dcn", lambda d, t: t.pop("objective/counts"), "'objective/counts' is missing"),
        ("dcn", lambda d, t: t.pop("encoder/shift"), "'encoder/shift' is missing"),
        ("dcn", lambda d, t: t.update({"encoder/shift": t["encoder/shift"].double()}), "must be of dtype float32"),
        ("dcn", lambda d, t: t.update({"optimizer/0/exp_avg": torch.zeros(1)}), "'optimizer/0/exp_avg' must be of"),
        ("dcn", lambda d, t: t.update({"optimizer/0/exp_avg_sq": -1 - t["optimizer/0/exp_avg_sq"]}), "must be >= 0"),
        ("dcn", lambda d, t: t.update({"optimizer/0/step": t["optimizer/0/step"] * 0}), "must be >= 1"),
        ("dcn", lambda d, t: t.update({"optimizer/999/step": torch.tensor(1.0)}), "belong to no parameter"),
        ("dcn", lambda d, t: t.update({"optimizer/x/step": torch.tensor(1.0)}), "belong to no parameter"),
        ("dcn", lambda d, t: t.update({"optimizer/0/code": torch.tensor(1.0)}), "is unknown"),
        ("dcn", lambda d, t: t.update({"more/x": torch.tensor(1.0)}), "the tensors 'more/' are unknown"),
        (
            "deepcluster",
            lambda d, t: t.update({"objective/pseudo_labels": t["objective/pseudo_labels"] + 7}),
            "'objective/pseudo_labels' holds 9, where all must be <= 2",
        ),
    ],
)
def test_what_no_fit_writes_is_named(
    tmp_path: Path, stopped: Callable[[str, str], Path], objective: str, change: Any, words: str
) -> None:
    path = _craft(stopped(objective, "cluster"), tmp_path / "checkpoints", change)
    model = None
    with pytest.raises(CheckpointError) as caught:
        model = _fit(path.parent, objective)
    assert model is None
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(("objective", "phase"), [("dcn", "pretrain"), ("vade", "cluster"), ("dec", "cluster")])
def test_what_a_fit_writes_is_continued(
    tmp_path: Path, stopped: Callable[[str, str], Path], objective: str, phase: str
) -> None:
    _craft(stopped(objective, phase), tmp_path / "checkpoints", lambda d, t: None)
    resumed = _fit(tmp_path / "checkpoints", objective)
    whole = _fit(tmp_path / "whole", objective, resume=False)
    np.testing.assert_array_equal(resumed.cluster_centers_, whole.cluster_centers_)
    np.testing.assert_array_equal(resumed.labels_, whole.labels_)


def test_the_one_before_a_crafted_one_is_taken(tmp_path: Path, stopped: Callable[[str, str], Path]) -> None:
    folder = tmp_path / "checkpoints"
    shutil.copytree(stopped("dcn", "cluster"), folder)
    (good,) = Checkpoint(folder).paths()
    bad = _craft(folder, tmp_path / "bad", lambda d, t: d.update(n_no_improvement=-1))
    shutil.copy(bad, folder / "checkpoint-000009.ckpt")
    words = r"\['n_no_improvement'\] must be an integer >= 0. Got -1.*again\. Trying the checkpoint before"
    with pytest.warns(UserWarning, match=words):
        found = Checkpoint(folder, resume=True).open(read_container(good, kind="checkpoint")[0]["fingerprint"])
    assert found is not None
    assert found[0]["source"] == str(good)


def test_checkpoints_none_of_which_can_be_read_are_an_error(tmp_path: Path) -> None:
    """A fit that was to be continued does not start from its beginning without a word."""
    for number in (1, 2):
        (tmp_path / f"checkpoint-00000{number}.ckpt").write_bytes(b"PK damaged")
    with (
        pytest.warns(UserWarning, match=r"checkpoint-000002\.ckpt.*Trying the checkpoint before it"),
        pytest.raises(CheckpointError, match=r"checkpoint-000001\.ckpt: the file is damaged"),
    ):
        Checkpoint(tmp_path, resume=True).open({})
    assert Checkpoint(tmp_path / "empty", resume=True).open({}) is None


def test_the_command_ends_with_code_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "x.npy", X)
    folder = tmp_path / "run" / "checkpoints"
    folder.mkdir(parents=True)
    write_container(folder / "checkpoint-000001.ckpt", kind="checkpoint", document={"state": {}}, tensors={})
    command = ["fit", str(tmp_path / "x.npy"), "-k", "3", "--out", str(tmp_path / "run"), "--resume", "--device", "cpu"]
    assert main([*command, "--pretrain-epochs", "1", "--max-epochs", "1", "--objective", "dcn"]) == 4
    assert "damaged or forged: the document lacks 'fingerprint'" in capsys.readouterr().err.splitlines()[-1]
