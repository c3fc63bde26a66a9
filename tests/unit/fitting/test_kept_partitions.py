"""Partitions that a fit of pictures has compared, in its checkpoints: doubt rests on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import CheckpointError
from deepkmeans.fitting import Course
from deepkmeans.fitting.result import ComparedPartitions
from deepkmeans.objectives import SelfLabel
from deepkmeans.storage import read_container, write_container
from deepkmeans.training import Callback, Checkpoint

INDEX = torch.tensor([0, 2, 5])
GOOD = torch.tensor([0, 1, 1], dtype=torch.int32)


def test_what_is_kept_comes_back() -> None:
    compared = ComparedPartitions(INDEX, {"graph/ward": np.array([0, 1, 1]), "graph/k-means": np.array([1, 0, 1])})
    first = Course([], [])
    assert first.kept == {}
    first.keep(compared)
    kept = {f"kept/{name}": each for name, each in first.kept.items()}
    again = Course([], [], ({"phase": "cluster"}, kept | {"labels": GOOD}))
    again.keep_again(INDEX, 2)
    assert again.compared is not None and again.compared.index is INDEX
    assert {name: each.tolist() for name, each in again.compared.partitions.items()} == {
        "graph/ward": [0, 1, 1], "graph/k-means": [1, 0, 1],
    }  # fmt: skip
    assert {name: each.tolist() for name, each in again.kept.items()} == {
        name: each.tolist() for name, each in first.kept.items()
    }  # fmt: skip
    earlier = Course([], [], ({"phase": "cluster"}, {"labels": GOOD}))
    earlier.keep_again(INDEX, 2)
    assert earlier.compared is None and earlier.kept == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD[1:], r"'kept/graph/ward' must be of shape \(3,\)"),
        (GOOD.double(), "must be of dtype int32"),
        (GOOD + 1, "holds 2, where all must be <= 1"),
        (GOOD - 1, "holds -1, where all must be >= 0"),
    ],
)
def test_what_are_no_partitions_of_the_rows_is_refused(wrong: torch.Tensor, said: str) -> None:
    course = Course([], [], ({"phase": "cluster", "source": "a.ckpt"}, {"kept/graph/ward": wrong}))
    with pytest.raises(CheckpointError, match=f"a.ckpt: .*{said}"):
        course.keep_again(INDEX, 2)


class _Stop(Callback):
    def on_epoch_end(self, state: Any) -> None:
        if state.phase == "cluster":
            raise KeyboardInterrupt


@pytest.mark.slow
def test_checkpoints_without_partitions_and_with_wrong_ones(tmp_path: Path) -> None:
    X = load_digits().images[:200]
    given: dict[str, Any] = {
        "objective": SelfLabel(n_rounds=1, round_epochs=1), "max_epochs": 2, "random_state": 0, "device": "cpu",
    }  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        DeepKMeans(10, callbacks=[Checkpoint(tmp_path), _Stop()], **given).fit(X)
    path = Checkpoint(tmp_path).paths()[-1]
    document, tensors = read_container(path, kind="checkpoint")
    kept = [name for name in tensors if name.startswith("kept/")]
    assert {name.split("/")[1] for name in kept} == {"graph", "deep-1"}

    def resumed(changes: dict[str, torch.Tensor]) -> DeepKMeans:
        for old in Checkpoint(tmp_path).paths():
            old.unlink()
        write_container(path, kind="checkpoint", document=document, tensors=changes)
        return DeepKMeans(10, callbacks=[Checkpoint(tmp_path, resume=True)], **given).fit(X)

    with pytest.raises(CheckpointError, match="must be of shape"):
        resumed({**tensors, kept[0]: tensors[kept[0]][1:]})
    whole = resumed(tensors)
    earlier = resumed({name: tensor for name, tensor in tensors.items() if name not in kept})
    np.testing.assert_array_equal(earlier.labels_, whole.labels_)
    np.testing.assert_array_equal(earlier.cluster_centers_, whole.cluster_centers_)
    assert earlier.report_["doubt"] != whole.report_["doubt"]  # candidates were made anew
