"""Model files of every format load and predict the labels they hold. The files are never written again.

The same models in each format, of deepkmeans 0.1.0: every network of the package, a scaling with flags of missing
cells, an objective with parameters; from format 3 on a table of any columns, and texts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits, load_iris, make_moons

from deepkmeans import Autoencoder, DeepKMeans, KMeans, load, save
from deepkmeans.exceptions import CheckpointError, ModelFileError
from deepkmeans.storage import FORMAT, container, read_container, write_container
from deepkmeans.training import Checkpoint
from tests.unit.estimators.given import mixed, texts
from tests.unit.persistence.models import as_format_1

FOLDER = Path(__file__).parent / "golden"


def _iris(missing: bool = False) -> np.ndarray:
    X = load_iris().data.copy()
    if missing:
        X[::7, 2] = np.nan
    return X


#: The training rows, and the network.
MODELS: dict[str, tuple[Any, str]] = {
    "convolutional": (lambda: load_digits().images[:300], "ConvAutoencoder"),
    "dense": (lambda: make_moons(200, noise=0.05, random_state=0)[0], "DenseAutoencoder"),
    "missing": (lambda: _iris(missing=True), "DenseAutoencoder"),
    "variational": (_iris, "VariationalAutoencoder"),
}


every_format = pytest.mark.parametrize("number", range(1, FORMAT + 1))


@every_format
@pytest.mark.parametrize("name", MODELS)
def test_deep_models(name: str, number: int, tmp_path: Path) -> None:
    rows, network = MODELS[name]
    X = rows()
    model = load(FOLDER / f"deepkmeans_{name}_format{number}.dkm", expected=DeepKMeans)
    assert type(model.encoder_.module).__name__ == network
    assert np.mean(model.predict(X) == model.labels_) > 0.99
    assert np.isfinite(model.decode(model.cluster_centers_)).all()
    save(model, tmp_path / "again.dkm")  # in the format of today
    again = load(tmp_path / "again.dkm", expected=DeepKMeans)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.objective_.get_params() == model.objective_.get_params()


@pytest.mark.parametrize("number", range(3, FORMAT + 1))
@pytest.mark.parametrize(("name", "rows"), [("table", mixed), ("texts", texts)])
def test_models_of_tables_and_texts(name: str, rows: Any, number: int, tmp_path: Path) -> None:
    X = rows()
    model = load(FOLDER / f"deepkmeans_{name}_format{number}.dkm", expected=DeepKMeans)
    assert np.mean(model.predict(X) == model.labels_) > 0.95
    save(model, tmp_path / "again.dkm")
    np.testing.assert_array_equal(load(tmp_path / "again.dkm").predict(X), model.predict(X))


@every_format
def test_parameters(number: int) -> None:
    missing, dense = (
        load(FOLDER / f"deepkmeans_{name}_format{number}.dkm", expected=DeepKMeans) for name in ("missing", "dense")
    )
    assert (missing.objective.weight, missing.max_epochs, missing.n_iter_) == (0.5, 3, 3)
    assert dense.objective.sharpness == 1.5
    assert dense.n_clusters_ == 2


@every_format
def test_an_autoencoder(number: int) -> None:
    X = _iris()
    model = load(FOLDER / f"autoencoder_format{number}.dkm", expected=Autoencoder)
    assert model.transform(X).shape == (150, 2)
    assert model.score(X) == pytest.approx(-0.9696, abs=1e-3)


@every_format
def test_k_means(number: int) -> None:
    model = load(FOLDER / f"kmeans_format{number}.dkm", expected=KMeans)
    assert model.cluster_centers_.shape[0] == model.n_clusters
    np.testing.assert_array_equal(model.predict(model.cluster_centers_), np.arange(model.n_clusters))


def test_the_format_of_today_has_other_names_and_the_same_numbers() -> None:
    for path in FOLDER.glob("*_format1.dkm"):
        old, new = (read_container(FOLDER / path.name.replace("1.dkm", f"{n}.dkm"), kind="model") for n in (1, 2))
        again = as_format_1(*new)[1]
        assert old[0]["class"] == new[0]["class"] and old[1].keys() == again.keys() - {"counts"}  # a later addition
        assert all(torch.equal(again[name], tensor) for name, tensor in old[1].items())


@pytest.mark.parametrize(
    ("name", "words"),
    [("convolutional", "the layer 'decoder_out' is unknown"), ("dense", "the layer 'encoder_layers' is unknown")],
)
def test_no_file_of_format_1_has_the_names_of_format_2(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, tensors = read_container(FOLDER / f"deepkmeans_{name}_format2.dkm", kind="model")
    old, old_tensors = read_container(FOLDER / f"deepkmeans_{name}_format1.dkm", kind="model")
    new_layer = next(key for key in tensors if words.split("'")[1] in key)
    monkeypatch.setattr(container, "FORMAT", 1)
    for changed in (tensors, {**old_tensors, new_layer: tensors[new_layer]}):
        write_container(tmp_path / "a.dkm", kind="model", document=old, tensors=changed)
        with pytest.raises(ModelFileError, match="is unknown in a file of format 1; save the model again"):
            load(tmp_path / "a.dkm")
    write_container(tmp_path / "a.dkm", kind="model", document=document, tensors=old_tensors)
    with pytest.raises(ModelFileError, match="the hyper-parameter 'bootstrap_weight' is unknown in a file of format 1"):
        load(tmp_path / "a.dkm")
    monkeypatch.setattr(container, "FORMAT", 2)
    for parts in ((old, tensors), (document, old_tensors)):
        write_container(tmp_path / "a.dkm", kind="model", document=parts[0], tensors=parts[1])
        with pytest.raises(ModelFileError, match="hyper-parameters of the objective|is (unknown|missing)"):
            load(tmp_path / "a.dkm")


def test_a_checkpoint_of_an_earlier_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X = _iris()
    with monkeypatch.context() as earlier:
        earlier.setattr(container, "FORMAT", 1)
        given = {"objective": "dcn", "pretrain_epochs": 1, "max_epochs": 1, "random_state": 0}
        DeepKMeans(3, callbacks=[Checkpoint(tmp_path, keep=1)], **given).fit(X)
    with pytest.raises(CheckpointError) as caught:
        DeepKMeans(3, callbacks=[Checkpoint(tmp_path, resume=True)], **given).fit(X)
    words = str(caught.value)
    assert "it was written in format 1 by an earlier deepkmeans" in words
    assert words.endswith("start the fit again in an empty folder") and "\n" not in words
