"""Saved, loaded, the same: and everything that is not a saved model is refused by name."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.cluster import KMeans as TheirKMeans
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import Autoencoder, KMeans, load, save
from deepkmeans.exceptions import InvalidParameterError, ModelFileError, OutputError
from deepkmeans.storage import read_container, write_container
from tests.subprocesses import PATIENCE, environment

GOLDEN = Path(__file__).parent / "golden" / "kmeans_format1.dkm"

#: Three groups whose means can be seen: (0, 0), (10, 0) and (0, 10).
X = np.array([[-1, 0], [1, 0], [0, 1], [0, -1], [9, 0], [11, 0], [10, 1], [10, -1], [-1, 10], [1, 10], [0, 9], [0, 11]])
X = X.astype(np.float64)
GROUPS = np.repeat([0, 1, 2], 4)


def _fitted(**options: Any) -> KMeans:
    return KMeans(3, n_init=5, random_state=0, **options).fit(X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_loaded_model_is_the_saved_one(tmp_path: Path, dtype: type) -> None:
    model = KMeans(3, init="random", n_init=7, max_iter=50, tol=0.0, random_state=3).fit(X.astype(dtype))
    save(model, tmp_path / "a.dkm")
    back = load(tmp_path / "a.dkm")
    assert type(back) is KMeans
    assert back.cluster_centers_.dtype == dtype
    np.testing.assert_array_equal(back.cluster_centers_, model.cluster_centers_)
    np.testing.assert_array_equal(back.labels_, model.labels_)
    assert back.labels_.dtype == np.int32
    assert (back.inertia_, back.n_iter_, back.n_features_in_) == (model.inertia_, model.n_iter_, 2)
    for name in ("n_clusters", "init", "n_init", "max_iter", "tol"):
        assert getattr(back, name) == getattr(model, name)
    new = np.random.RandomState(0).uniform(-5, 15, (200, 2)).astype(dtype)
    np.testing.assert_array_equal(back.predict(new), model.predict(new))
    np.testing.assert_array_equal(back.transform(new), model.transform(new))
    save(back, tmp_path / "b.dkm")
    assert (tmp_path / "b.dkm").read_bytes() == (tmp_path / "a.dkm").read_bytes()
    back.fit(X)  # and it can be fitted again


def test_column_names_and_given_starts(tmp_path: Path) -> None:
    frame = pd.DataFrame(X, columns=["width", "height"])
    model = KMeans(3, init=X[[0, 4, 8]], n_init=1).fit(frame)
    save(model, tmp_path / "a.dkm")
    back = load(str(tmp_path / "a.dkm"))
    assert back.feature_names_in_.tolist() == ["width", "height"]
    np.testing.assert_array_equal(back.predict(frame), GROUPS)
    np.testing.assert_array_equal(back.init, X[[0, 4, 8]])
    with pytest.raises(ValueError, match="feature names"):
        back.predict(frame.rename(columns={"width": "length"}))


def test_a_fresh_process_predicts_the_same(tmp_path: Path) -> None:
    save(_fitted(), tmp_path / "a.dkm")
    save(Autoencoder(2, max_epochs=1, random_state=0).fit(X), tmp_path / "b.dkm")
    np.save(tmp_path / "x.npy", X)
    # A network is planned on torch's meta device, some operations on which import symbolic mathematics for seconds.
    code = (
        "import sys, numpy, deepkmeans; print(deepkmeans.load(sys.argv[1]).predict(numpy.load(sys.argv[2])).tolist())\n"
        "before = set(sys.modules); deepkmeans.load(sys.argv[3]); assert 'sympy' not in set(sys.modules) - before"
    )
    command = [sys.executable, "-c", code, *(str(tmp_path / name) for name in ("a.dkm", "x.npy", "b.dkm"))]
    run = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=PATIENCE)
    assert run.stdout.strip() == str(_fitted().labels_.tolist()), run.stderr


def test_the_first_format_keeps_loading() -> None:
    """The golden file was written by deepkmeans 0.1.0 and is never written again."""
    model = load(GOLDEN)
    assert type(model) is KMeans
    np.testing.assert_array_equal(model.labels_, GROUPS)
    np.testing.assert_array_equal(model.cluster_centers_, [[0, 0], [10, 0], [0, 10]])
    np.testing.assert_array_equal(model.predict(X + 0.25), GROUPS)
    np.testing.assert_allclose(model.transform([[3.0, 4.0]]), [[5.0, np.sqrt(65), np.sqrt(45)]], rtol=1e-12)
    assert model.inertia_ == pytest.approx(12.0)
    assert model.n_clusters == 3
    assert model.max_iter == 25


def test_existing_files(tmp_path: Path) -> None:
    target = tmp_path / "a.dkm"
    target.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists; choose another path or pass overwrite=True") as caught:
        save(_fitted(), target, overwrite=False)
    assert caught.value.errno == errno.EEXIST
    assert target.read_bytes() == b"precious"
    save(_fitted(), target)
    np.testing.assert_array_equal(load(target).predict(X), _fitted().labels_)
    save(_fitted(), tmp_path / "new.dkm", overwrite=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.dkm", "new.dkm"]


class MyKMeans(KMeans):
    """Its code is not in a file, so it would come back as its parent."""


@pytest.mark.parametrize(
    "model",
    [
        MyKMeans(2).fit(X),
        TheirKMeans(2, n_init=1).fit(X),
        make_pipeline(StandardScaler(), KMeans(2)).fit(X),
        torch.nn.Linear(2, 2),
        KMeans,
        None,
    ],
    ids=["subclass", "foreign", "pipeline", "module", "class", "none"],
)
def test_what_is_not_one_of_ours_is_not_saved(tmp_path: Path, model: Any) -> None:
    with pytest.raises(InvalidParameterError, match="one of Autoencoder, DeepKMeans, KMeans"):
        save(model, tmp_path / "a.dkm")
    assert list(tmp_path.iterdir()) == []


def test_unfitted_models_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        save(KMeans(2), tmp_path / "a.dkm")
    assert list(tmp_path.iterdir()) == []


def test_an_encoder_for_a_model_without_one(tmp_path: Path) -> None:
    save(_fitted(), tmp_path / "a.dkm")
    with pytest.raises(InvalidParameterError, match="KMeans, which has no encoder"):
        load(tmp_path / "a.dkm", encoder=torch.nn.Linear(2, 2))


def test_a_checkpoint_is_not_a_model(tmp_path: Path) -> None:
    write_container(tmp_path / "a", kind="checkpoint", document={}, tensors={})
    with pytest.raises(ModelFileError, match="it is a checkpoint, not a model"):
        load(tmp_path / "a")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "not a model that save"),
        ({"class": "KMeans"}, "not a model that save"),
        ({"class": "KMeans", "state": {}, "module": "os"}, "not a model that save"),
        ({"class": "KMeans", "state": []}, "not a model that save"),
        ({"class": "os.system", "state": {}}, "holds a 'os.system', which this version does not know"),
        ({"class": "SpectralKMeans", "state": {}}, "pip install --upgrade deepkmeans"),
        ({"class": ["KMeans"], "state": {}}, "does not know"),
        ({"class": "KMeans", "state": {}}, "the KMeans in it is damaged or forged: the model lacks 'parameters'"),
        ({"class": "Autoencoder", "state": {}}, "the Autoencoder in it is damaged or forged: the model lacks"),
        ({"class": "DeepKMeans", "state": {}}, "the DeepKMeans in it is damaged or forged: the model lacks"),
    ],
)
def test_documents_that_are_no_model(tmp_path: Path, document: dict[str, Any], words: str) -> None:
    write_container(tmp_path / "a.dkm", kind="model", document=document, tensors={})
    with pytest.raises(ModelFileError) as caught:
        load(tmp_path / "a.dkm")
    assert words in str(caught.value)
    assert str(tmp_path / "a.dkm") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_any_missing_or_changed_piece_of_a_model_ends_in_one_error_or_a_model(tmp_path: Path) -> None:
    save(_fitted(), tmp_path / "a.dkm")
    document, tensors = read_container(tmp_path / "a.dkm", kind="model")
    wrong_values: list[Any] = [None, -1, "x", [], {}, [[[]]], 1e300]
    for key in document["state"]:
        for value in wrong_values:
            state = {**document["state"], key: value}
            _loads_or_is_refused(tmp_path / "b.dkm", state, tensors)
        _loads_or_is_refused(tmp_path / "b.dkm", {k: v for k, v in document["state"].items() if k != key}, tensors)
    for name in tensors:
        others = {k: v for k, v in tensors.items() if k != name}
        if name == "counts":  # files of the first release have none
            assert _load(tmp_path / "b.dkm", document["state"], others).counts_.tolist() == [4.0, 4.0, 4.0]
            continue
        with pytest.raises(ModelFileError):
            _load(tmp_path / "b.dkm", document["state"], others)


def _load(path: Path, state: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Any:
    write_container(path, kind="model", document={"class": "KMeans", "state": state}, tensors=tensors)
    return load(path)


def _loads_or_is_refused(path: Path, state: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    try:
        model = _load(path, state, tensors)
    except ModelFileError:
        return
    assert type(model) is KMeans
