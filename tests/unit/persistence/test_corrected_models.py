"""Corrections of a person in a model file: what comes back, and what is refused."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans, load, save
from deepkmeans.exceptions import ModelFileError
from deepkmeans.storage import container, read_container, write_container
from tests.subprocesses import PATIENCE, environment

GOLDEN = Path(__file__).parent / "golden" / "deepkmeans_corrected_format4.dkm"
GROUP = np.repeat([0, 1, 2, 3], [50, 40, 30, 20])


def rows() -> np.ndarray:
    places = np.array([[0, 0], [3, 0], [20, 0], [40, 0]])[GROUP]
    return (places + 0.3 * np.random.RandomState(0).randn(len(GROUP), 2)).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    """Two clusters merged, the merged one split, and one of its parts split again; two have names."""
    made = DeepKMeans(3, partition="k-means", scaling="none", random_state=0, device="cpu").fit(rows())
    made.merge([0, 1]).split(0, rows(), 2).split(0, rows(), 2)
    return made.rename({0: "Night owls", 3: "夜猫子"})


@pytest.fixture
def path(model: DeepKMeans, tmp_path: Path) -> Path:
    save(model, tmp_path / "model.dkm")
    return tmp_path / "model.dkm"


def same(one: DeepKMeans, other: DeepKMeans) -> None:
    X = rows()
    for method in ("predict", "transform", "predict_proba"):
        np.testing.assert_array_equal(getattr(one, method)(X), getattr(other, method)(X))
    np.testing.assert_array_equal(one.cluster_centers_, other.cluster_centers_)
    np.testing.assert_array_equal(one.labels_, other.labels_)
    assert one.cluster_names_ == other.cluster_names_ and one.n_clusters_ == other.n_clusters_ == 4
    assert one.report_["corrections"] == other.report_["corrections"]
    assert one.inertia_ == other.inertia_ and one.score(X) == other.score(X)


def test_all_comes_back_and_goes_on(model: DeepKMeans, path: Path, tmp_path: Path) -> None:
    again = load(path, expected=DeepKMeans)
    same(again, model)
    save(again, tmp_path / "again.dkm")
    assert (tmp_path / "again.dkm").read_bytes() == path.read_bytes()
    further = copy.deepcopy(model).merge([1, 2]).rename({0: None})
    np.testing.assert_array_equal(again.merge([1, 2]).rename({0: None}).labels_, further.labels_)
    assert again.cluster_names_ == further.cluster_names_ == {2: "夜猫子"}
    again.fit(rows())
    assert again.n_clusters_ == 3 and again.cluster_names_ == {}


def test_another_process_predicts_the_same(model: DeepKMeans, path: Path) -> None:
    np.save(path.with_name("rows.npy"), rows())
    code = (
        "import numpy as np; from deepkmeans import load; m = load('model.dkm'); X = np.load('rows.npy');"
        "np.savez('said.npz', predict=m.predict(X), proba=m.predict_proba(X)); print(ascii(m.cluster_names_))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=path.parent, env=environment(), timeout=PATIENCE, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ascii(model.cluster_names_)
    said = np.load(path.with_name("said.npz"))
    np.testing.assert_array_equal(said["predict"], model.labels_)
    np.testing.assert_allclose(said["proba"], model.predict_proba(rows()), atol=1e-6)


def test_a_file_that_was_written_once() -> None:
    old = load(GOLDEN, expected=DeepKMeans)
    assert old.cluster_names_ == {0: "Night owls", 3: "夜猫子"} and old.n_clusters_ == 4
    np.testing.assert_array_equal(old.labels_, np.array([0, 3, 2, 1])[GROUP])
    assert np.mean(old.predict(rows()) == old.labels_) > 0.99


def test_a_model_without_corrections_has_none_in_its_file(tmp_path: Path) -> None:
    plain = DeepKMeans(3, partition="k-means", random_state=0).fit(rows())
    save(plain, tmp_path / "a.dkm")
    document, tensors = read_container(tmp_path / "a.dkm", kind="model")
    assert "corrections" not in document["state"] and not [name for name in tensors if name.startswith("corr")]
    assert load(tmp_path / "a.dkm")._corrections is None


def test_no_file_of_format_3_has_corrections(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, tensors = read_container(path, kind="model")
    monkeypatch.setattr(container, "FORMAT", 3)
    write_container(path, kind="model", document=document, tensors=tensors)
    with pytest.raises(ModelFileError, match="'corrections' is unknown in a file of format 3; save the model again"):
        load(path)


def _with(state: dict[str, Any], keys: list[Any], value: Any) -> None:
    inner: Any = state
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        (["steps"], {}, r"'corrections'\['steps'\] must be a list"),
        (["more"], 1, "'corrections' has the unknown key 'more'"),
        (["steps", 0], {}, "must be a merge with shares, or a split"),
        (["steps", 0, "split"], 1, "must be a merge with shares, or a split"),
        (["steps", 0, "merge"], [1, 0], "must be different clusters of 3, in ascending order"),
        (["steps", 0, "merge"], [0], "must be different clusters of 3"),
        (["steps", 0, "merge"], [0, 3], "must be different clusters of 3"),
        (["steps", 0, "shares"], [1.0], r"'shares'\] must be 2 numbers whose sum is 1"),
        (["steps", 0, "shares"], [0.4, 0.4], "must be 2 numbers whose sum is 1"),
        (["steps", 0, "shares"], [-1.0, 2.0], r"\[0\] must be a number from 0 to 1"),
        (["steps", 1, "split"], 2, "must split one of 2 clusters into two parts or more"),
        (["steps", 1, "n_parts"], 1, "must split one of 2 clusters"),
        (["steps", 1, "n_parts"], 3, "holds 4 parts, where the corrections have 5"),
        (["steps", 1, "variance"], 0.0, "must be a finite number > 0"),
        (["names"], {"4": "x"}, "must name clusters from 0 to 3, each by a name of its own"),
        (["names"], {"0": "x", "1": "x"}, "each by a name of its own"),
        (["names"], {"0": "a\nb"}, "each by a name of its own"),
        (["names"], {"00": "x"}, "must name clusters from 0 to 3"),
        (["names"], {"0": 1}, "must be a string"),
    ],
)
def test_what_no_model_can_hold(path: Path, keys: list[Any], value: Any, said: str) -> None:
    document, tensors = read_container(path, kind="model")
    _with(document["state"], ["corrections", *keys], value)
    write_container(path, kind="model", document=document, tensors=tensors)
    with pytest.raises(ModelFileError, match=said):
        load(path)


def test_tensors_that_no_model_can_hold(path: Path) -> None:
    document, tensors = read_container(path, kind="model")
    parts = tensors["corrections/parts"]
    for name, value, said in (
        ("corrections/parts", parts[:3], "holds 3 parts|must be of shape"),
        ("corrections/parts", parts[:, :1].contiguous(), "must be of shape"),
        ("corrections/part_centers", parts / 0, "all numbers must be finite"),
        ("corrections/other", parts, "is unknown"),
        ("labels", torch.full_like(tensors["labels"], 4), "all must be <= 3"),
    ):
        write_container(path, kind="model", document=document, tensors={**tensors, name: value})
        with pytest.raises(ModelFileError, match=said):
            load(path)
    without = {name: tensor for name, tensor in tensors.items() if not name.startswith("corrections/")}
    write_container(path, kind="model", document=document, tensors=without)
    with pytest.raises(ModelFileError, match="holds 0 parts, where the corrections have 4"):
        load(path)
    del document["state"]["corrections"]
    write_container(path, kind="model", document=document, tensors=tensors)
    with pytest.raises(ModelFileError, match="there are parts of clusters, but no 'corrections'|all must be <="):
        load(path)
