"""The same contract on a CUDA device; skipped where there is none."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import adjusted_rand_score
from torch import nn

from deepkmeans import Autoencoder, DeepKMeans, KMeans, load, save
from deepkmeans.objectives import OBJECTIVES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
    pytest.mark.filterwarnings("ignore"),
]

DIGITS = load_digits().data[:700].astype(np.float32)
TABLE, CLASSES = make_blobs(500, 6, centers=4, cluster_std=1.0, random_state=0)


class Dropping(nn.Module):
    def __init__(self, d, e):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d, 20), nn.Dropout(0.2), nn.ReLU(), nn.Linear(20, e))
        self.decoder = nn.Linear(e, d)


@pytest.fixture(autouse=True)
def generators_stay():
    torch.manual_seed(5)
    before = torch.get_rng_state(), torch.cuda.get_rng_state()
    yield
    assert torch.equal(before[0], torch.get_rng_state())
    assert torch.equal(before[1], torch.cuda.get_rng_state())


def deep(X, k=10, **options):
    options = {"max_epochs": 3, "pretrain_epochs": 3, "random_state": 0, "device": "cuda"} | options
    return DeepKMeans(k, **options).fit(X)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_fit_predicts_its_labels_repeats_them_and_serves_elsewhere(objective, tmp_path):
    model = deep(DIGITS, objective=objective)
    assert next(model.encoder_.parameters()).device.type == "cuda"
    assert np.isfinite(model.cluster_centers_).all()
    assert (model.predict(DIGITS) == model.labels_).all()
    if objective != "selflabel":  # convolutions on a device add in any order, and their codes are cut anew
        again = deep(DIGITS, objective=objective)
        assert adjusted_rand_score(model.labels_, again.labels_) > 0.98
    save(model, tmp_path / "model.dkm")
    loaded = load(tmp_path / "model.dkm")
    assert (loaded.set_params(device="cuda").predict(DIGITS) == model.labels_).mean() > 0.995
    assert (loaded.set_params(device="cpu").predict(DIGITS) == model.labels_).mean() > 0.995


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "auto"])
def test_precisions(precision):
    model = deep(TABLE, 4, objective="dcn", precision=precision)
    assert adjusted_rand_score(CLASSES, model.labels_) > 0.9


def test_a_table_is_clustered_as_on_the_processor():
    model, other = deep(TABLE, 4), deep(TABLE, 4, device="cpu")
    assert adjusted_rand_score(model.labels_, other.labels_) > 0.99


def test_a_network_of_the_users_own_with_dropout():
    first, second = (deep(TABLE, 4, objective="dcn", encoder=lambda d, e: Dropping(d, e)) for _ in range(2))
    assert adjusted_rand_score(first.labels_, second.labels_) > 0.98
    torch.testing.assert_close(first.cluster_centers_, second.cluster_centers_, rtol=1e-3, atol=1e-3)


def test_fits_in_threads_are_the_fits_alone():
    fits = [
        lambda objective=objective, seed=seed: deep(DIGITS, objective=objective, random_state=seed)
        for objective in ("dcn", "vade", "dec") for seed in (0, 1)
    ]  # fmt: skip
    fits.append(lambda: deep(TABLE, 4, objective="dcn", encoder=lambda d, e: Dropping(d, e)))
    alone = [fit().labels_ for fit in fits]
    with ThreadPoolExecutor(6) as pool:
        together = [model.labels_ for model in pool.map(lambda fit: fit(), fits)]
    for a, b in zip(alone, together, strict=True):
        assert adjusted_rand_score(a, b) > 0.98


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("made", [np.asarray, sp.csr_matrix, lambda X: X.astype(np.float64), torch.from_numpy])
def test_kmeans_is_that_of_the_processor(made, metric):
    X = made(DIGITS + np.float32(metric == "cosine"))
    found = KMeans(10, metric=metric, random_state=0, device="cuda").fit(X)
    expected = KMeans(10, metric=metric, random_state=0).fit(X)
    assert found.inertia_ == pytest.approx(expected.inertia_, rel=5e-3)
    assert (found.predict(X) == found.labels_).all()


def test_tensors_on_the_device_are_taken():
    X = torch.from_numpy(DIGITS)
    assert (KMeans(5, random_state=0).fit(X.cuda()).labels_ == KMeans(5, random_state=0).fit(X).labels_).all()


def test_an_autoencoder():
    model = Autoencoder(3, noise=0.2, max_epochs=3, random_state=0, device="cuda").fit(DIGITS)
    assert np.isfinite(model.transform(DIGITS)).all()


def test_a_large_table():
    X, classes = make_blobs(200_000, 32, centers=20, cluster_std=2.0, random_state=0)
    model = KMeans(20, random_state=0, device="cuda").fit(X.astype(np.float32))
    assert adjusted_rand_score(classes, model.labels_) > 0.99
