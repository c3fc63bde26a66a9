"""What a caller has set in torch, for its own work, neither changes nor breaks what is computed here."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.datasets import make_blobs
from torch import nn

from deepkmeans import Autoencoder, DeepKMeans, KMeans, load, save
from deepkmeans.encoders import ConvAutoencoder
from deepkmeans.inspection import project
from deepkmeans.kmeans import fit_kmeans, squared_distances
from deepkmeans.model_selection import make_label_free_scorer, select_embedding_dim, select_n_clusters
from deepkmeans.objectives import OBJECTIVES, Objective
from deepkmeans.runtime import plain_torch
from deepkmeans.testing import check_encoder, check_objective
from deepkmeans.training import Callback, Checkpoint
from deepkmeans.types import LossOutput

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::UserWarning")

X = make_blobs(150, centers=3, n_features=5, random_state=0)[0]
PICTURES = np.random.RandomState(0).rand(90, 8, 8).astype(np.float32) + np.repeat(np.eye(3, 8), 30, axis=0)[:, None]
QUICK: dict[str, Any] = {"pretrain_epochs": 2, "max_epochs": 2, "random_state": 0}


@contextlib.contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@contextlib.contextmanager
def default_device(device: str) -> Iterator[None]:
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


SETTINGS: dict[str, Any] = {
    "float64": lambda: default_dtype(torch.float64),
    "float16": lambda: default_dtype(torch.float16),
    "no_grad": torch.no_grad,
    "inference": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "meta": lambda: torch.device("meta"),
    "set_default_device": lambda: default_device("meta"),
}


@contextlib.contextmanager
def together() -> Iterator[None]:
    """All that belongs to the thread."""
    with torch.inference_mode(), torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16), torch.device("meta"):
        yield


def state() -> tuple[Any, ...]:
    return (
        torch.get_default_dtype(), torch.is_grad_enabled(), torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu"), torch.empty(0).device, torch.empty(0).dtype,
    )  # fmt: skip


def kmeans(folder: Any) -> list[Any]:
    model = KMeans(3, random_state=0).fit(X)
    sparse = KMeans(3, metric="cosine", random_state=0).fit(sp.csr_matrix(np.maximum(X, 0)))
    batch = KMeans(3, random_state=0).partial_fit(X[:80]).partial_fit(X[80:].astype(np.float32))
    given = KMeans(3, init=torch.from_numpy(X[:3].copy()).to("cpu").numpy(), random_state=0).fit(X)
    save(model, folder / "k.dkm")
    found = [model, sparse, batch, given, load(folder / "k.dkm")]
    scores = [one.score(X) for one in (model, batch)] + [model.transform(X).sum(), model.predict(X).sum()]
    return [one.cluster_centers_ for one in found] + [one.labels_ for one in found] + scores


def deep(objective: str) -> Any:
    def run(folder: Any) -> list[Any]:
        model = DeepKMeans(3, objective=objective, callbacks=[Checkpoint(folder)], **QUICK).fit(X)
        save(model, folder / "d.dkm")
        again = load(folder / "d.dkm")
        single = X.astype(np.float32)
        answers = [model.labels_, model.cluster_centers_, np.array([model.inertia_])]
        for one in (model, again):
            answers += [one.predict(single), one.transform(X), one.predict_proba(single), one.reconstruct(X)]
            answers += [one.decode(one.cluster_centers_), one.embed(single), np.array([one.score(X)])]
        return [*answers, *(weight.numpy() for weight in again.encoder_.state_dict().values())]

    return run


def pictures(folder: Any) -> list[Any]:
    model = DeepKMeans(3, **QUICK).fit(PICTURES)
    assert isinstance(model.encoder_.module, ConvAutoencoder)
    return [model.labels_, model.cluster_centers_, model.reconstruct(PICTURES)]


def autoencoder(folder: Any) -> list[Any]:
    model = Autoencoder(2, hidden_sizes=(8,), noise=0.1, max_epochs=2, random_state=0).fit(X)
    codes = model.transform(X)
    tied = Autoencoder(2, tied=True, loss="bce", output_activation="sigmoid", max_epochs=2, random_state=0).fit(X)
    return [codes, model.inverse_transform(codes), np.array([model.score(X)]), tied.transform(X)]


def choices(folder: Any) -> list[Any]:
    model = KMeans(3, random_state=0).fit(X)
    found = select_n_clusters(DeepKMeans(), X, k_range=range(1, 5), n_references=1, n_resamples=1)
    dims = select_embedding_dim(Autoencoder(max_epochs=2), X, dims=(1, 2), cv=2, random_state=0)
    counted = DeepKMeans("auto", objective="dcn", embedding_dim="intrinsic", **QUICK).fit(X)
    drawn = project(model, X, random_state=0)
    return [
        np.array([found.n_clusters, dims.embedding_dim, make_label_free_scorer("predictability")(model, X)]),
        counted.labels_, counted.cluster_centers_, drawn.raw, drawn.place(X).raw,
    ]  # fmt: skip


PARTS: dict[str, Any] = {
    "KMeans": kmeans, "Autoencoder": autoencoder, "pictures": pictures, "choices": choices,
    **{name: deep(name) for name in OBJECTIVES},
}  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    return {name: run(tmp_path_factory.mktemp(name)) for name, run in PARTS.items()}


CASES = [("float64", part) for part in PARTS]
CASES += [("together", part) for part in ("KMeans", "Autoencoder", "choices", "dcn", "vade", "selflabel")]
CASES += [(setting, part) for setting in SETTINGS if setting != "float64" for part in ("KMeans", "dcn")]


@pytest.mark.parametrize(("setting", "part"), CASES)
def test_results_are_those_of_a_plain_environment(setting, part, plain, tmp_path):
    with {**SETTINGS, "together": together}[setting]():
        before = state()
        found = PARTS[part](tmp_path)
        assert state() == before
    assert len(found) == len(plain[part])
    for one, other in zip(found, plain[part], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_state_comes_back_when_the_block_raises(setting):
    with SETTINGS[setting]():
        before = state()
        with pytest.raises(ZeroDivisionError), plain_torch():
            inside = state()
            raise ZeroDivisionError
        assert state() == before
    assert inside[1:4] == (True, False, False) and inside[5] == torch.device("cpu")
    assert inside[0] == before[0], "the default dtype belongs to the whole process"


def test_other_threads_see_nothing_of_the_block():
    inside, seen = threading.Event(), []

    def other() -> None:
        with torch.inference_mode(), torch.autocast("cpu"), torch.device("meta"):
            inside.wait(60)
            seen.append(state())

    with torch.inference_mode(), torch.autocast("cpu"), torch.device("meta"):
        wanted = state()
    thread = threading.Thread(target=other)
    thread.start()
    with plain_torch():
        inside.set()
        thread.join()
    assert seen == [wanted]


def test_a_fit_goes_on_from_a_checkpoint_of_another_environment(tmp_path):
    whole = DeepKMeans(3, objective="dcn", **QUICK | {"max_epochs": 4}).fit(X)

    class Stop(Callback):
        def on_epoch_end(self, state: Any) -> bool:
            if state.phase == "cluster" and state.epoch == 2:
                raise KeyboardInterrupt
            return False

    model = DeepKMeans(3, objective="dcn", **QUICK | {"max_epochs": 4})
    with SETTINGS["float64"](), pytest.raises(KeyboardInterrupt):
        model.set_params(callbacks=[Checkpoint(tmp_path), Stop()]).fit(X)
    with together():
        model.set_params(callbacks=[Checkpoint(tmp_path)]).fit(X)
    assert [record["epoch"] for record in model.history_] == [1, 2, 1, 2, 3, 4]
    np.testing.assert_array_equal(model.cluster_centers_, whole.cluster_centers_)


class Halves(nn.Module):
    def __init__(self, n_inputs: int, width: int) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(n_inputs, width), nn.Linear(width, n_inputs)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(x)

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        return self.up(z)


@pytest.mark.parametrize("setting", ["float64", "inference", "autocast", "meta"])
def test_a_network_of_ones_own_trains_in_any_of_them(setting, tmp_path):
    with SETTINGS[setting]():
        given = {"function": Halves} if setting == "meta" else {"function": Halves, "module": Halves(5, 2)}
        for encoder in given.values():
            model = DeepKMeans(3, objective="dcn", encoder=encoder, embedding_dim=2, **QUICK).fit(X)
            save(model, tmp_path / "own.dkm")
            again = load(tmp_path / "own.dkm", encoder=encoder)
            np.testing.assert_array_equal(again.predict(X), model.labels_)
            assert {weight.dtype for weight in again.encoder_.parameters()} == {torch.float32}
    if setting == "float64":
        assert given["module"].down.weight.dtype == torch.float64, "the user's own module stays as it was given"


class Own(Objective):
    """Says no dtype, and no device."""

    def setup(self, centers: torch.Tensor, n_rows: int) -> None:
        self.centers = nn.Parameter(torch.zeros(centers.shape) + centers)
        self.register_buffer("share", torch.ones(len(centers)) / len(centers))

    def forward(self, encoder: Any, batch: Any) -> LossOutput:
        z = encoder.encode(batch.inputs)
        away = squared_distances(z, self.centers) @ self.share + torch.zeros(len(z))
        return LossOutput(batch.mean(away), {}, z)


@pytest.mark.parametrize("setting", ["float64", "inference", "autocast", "meta"])
def test_an_objective_of_ones_own_meets_float32(setting):
    plain = DeepKMeans(3, objective=Own(), **QUICK).fit(X)
    with SETTINGS[setting]():
        model = DeepKMeans(3, objective=Own(), **QUICK).fit(X)
    assert {value.dtype for value in model.objective_.state_dict().values()} == {torch.float32}
    np.testing.assert_allclose(model.cluster_centers_, plain.cluster_centers_, atol=1e-4)


def test_a_default_dtype_that_another_thread_changes_all_the_time_changes_nothing():
    plain = DeepKMeans(3, objective="dcn", **QUICK).fit(X)
    done = threading.Event()

    def other() -> None:
        while not done.is_set():
            torch.set_default_dtype(torch.float64)
            time.sleep(1e-4)
            torch.set_default_dtype(torch.float32)
            time.sleep(1e-4)

    before, thread = torch.get_default_dtype(), threading.Thread(target=other)
    thread.start()
    try:
        models = [DeepKMeans(3, objective="dcn", **QUICK).fit(X) for _ in range(3)]
    finally:
        done.set()
        thread.join()
        torch.set_default_dtype(before)
    for model in models:
        np.testing.assert_array_equal(model.cluster_centers_, plain.cluster_centers_)


@pytest.mark.parametrize("setting", ["float64", "no_grad", "inference", "autocast", "meta"])
def test_functions_on_tensors_and_checks_of_ones_own_parts(setting):
    rows = torch.from_numpy(X)
    plain = fit_kmeans(rows, 3, generator=torch.Generator().manual_seed(0))
    with SETTINGS[setting]():
        found = fit_kmeans(rows, 3, generator=torch.Generator(device="cpu").manual_seed(0))
        assert torch.equal(found.centers.cpu(), plain.centers)
        if setting != "float64":
            check_objective(OBJECTIVES["dcn"]())
    check_encoder(Halves(5, 2), 5)
