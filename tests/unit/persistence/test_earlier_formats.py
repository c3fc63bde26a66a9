"""Model files of every earlier format load and predict the labels they hold. The files are never written again.

Those of format 1 are of deepkmeans 0.1.0: every network of the package, a scaling with flags of missing cells, an
objective with parameters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris, make_moons

from deepkmeans import Autoencoder, DeepKMeans, load, save

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


@pytest.mark.parametrize("name", MODELS)
def test_deep_models_of_format_1(name: str, tmp_path: Path) -> None:
    rows, network = MODELS[name]
    X = rows()
    model = load(FOLDER / f"deepkmeans_{name}_format1.dkm", expected=DeepKMeans)
    assert type(model.encoder_.module).__name__ == network
    assert np.mean(model.predict(X) == model.labels_) > 0.99
    assert np.isfinite(model.decode(model.cluster_centers_)).all()
    save(model, tmp_path / "again.dkm")  # in the format of today
    again = load(tmp_path / "again.dkm", expected=DeepKMeans)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.objective_.get_params() == model.objective_.get_params()


def test_parameters_of_format_1() -> None:
    missing, dense = (load(FOLDER / f"deepkmeans_{n}_format1.dkm", expected=DeepKMeans) for n in ("missing", "dense"))
    assert (missing.objective.weight, missing.max_epochs, missing.n_iter_) == (0.5, 3, 3)
    assert dense.objective.sharpness == 1.5
    assert dense.n_clusters_ == 2


def test_an_autoencoder_of_format_1() -> None:
    X = _iris()
    model = load(FOLDER / "autoencoder_format1.dkm", expected=Autoencoder)
    assert model.transform(X).shape == (150, 2)
    assert model.score(X) == pytest.approx(-0.9696, abs=1e-3)
