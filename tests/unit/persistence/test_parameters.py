"""A loaded model has the parameters it was made with, whatever they were; what is code comes back as documented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.decomposition import PCA, TruncatedSVD

from deepkmeans import Autoencoder, DeepKMeans, KMeans, load, save
from deepkmeans.cli.main import main
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.objectives import DCN, DEC, OBJECTIVES, Objective
from deepkmeans.storage import read_container, write_container
from deepkmeans.training import Callback
from tests.unit.persistence.models import KINDS, Net, fitted, needs, rows, without_doubt

X = rows("KMeans")
QUICK: dict[str, Any] = {"pretrain_epochs": 1, "max_epochs": 1}
MINUTES: dict[str, Any] = {"embedding_dim": 2, "max_epochs": 1}


def _again(model: Any, tmp_path: Path, **given: Any) -> Any:
    save(model, tmp_path / "a.dkm")
    return load(tmp_path / "a.dkm", **given)


def _same(a: Any, b: Any) -> bool:
    """Equal and of the same type, NumPy's numbers as plain ones; objects of this package by their own parameters."""
    a, b = (value.item() if isinstance(value, np.generic) else value for value in (a, b))
    if type(a) is not type(b):
        return False
    if isinstance(a, np.random.RandomState):
        return all(np.array_equal(x, y) for x, y in zip(a.get_state(), b.get_state(), strict=True))
    if isinstance(a, (np.ndarray, torch.Tensor)):
        return a.dtype == b.dtype and np.array_equal(np.asarray(a), np.asarray(b))
    return _same_params(a, b) if hasattr(a, "get_params") and not isinstance(a, type) else bool(a == b)


def _same_params(a: Any, b: Any) -> bool:
    first, second = a.get_params(), b.get_params()
    return first.keys() == second.keys() and all(_same(first[name], second[name]) for name in first)


class Pull(Objective):
    """An objective of the user's own."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, encoder: Any, batch: Any) -> Any:
        return OBJECTIVES["sequential"]().forward(encoder, batch)


@pytest.mark.parametrize(
    ("made", "changes"),
    [
        (KMeans, {"n_clusters": 3}),
        (KMeans, {"n_clusters": np.int64(3), "random_state": 7, "tol": 0.0, "verbose": False, "refine": False}),
        (KMeans, {"n_clusters": 3, "random_state": np.random.RandomState(5)}),
        (KMeans, {"n_clusters": 3, "init": X[:3]}),
        (KMeans, {"n_clusters": 3, "init": X[:3].tolist()}),
        (KMeans, {"n_clusters": 3, "init": torch.from_numpy(X[:3]).float()}),
        (KMeans, {"n_clusters": 3, "init": np.arange(12).reshape(3, 4)}),
        (KMeans, {"n_clusters": 3, "device": "cpu", "metric": "cosine"}),
        (KMeans, {"n_clusters": 3, "device": torch.device("cpu"), "init": "random", "n_init": 2}),
        (Autoencoder, {**MINUTES, "random_state": 0}),
        (Autoencoder, {**MINUTES, "hidden_sizes": (8,), "random_state": np.random.RandomState(1)}),
        (Autoencoder, {**MINUTES, "hidden_sizes": [8, 4], "device": "cpu", "learning_rate": 1}),
        (Autoencoder, {**MINUTES, "hidden_sizes": np.array([8, 4]), "device": torch.device("cpu")}),
        *((DeepKMeans, {"n_clusters": 3, "objective": name, "random_state": 3, **QUICK}) for name in OBJECTIVES),
        (DeepKMeans, {"n_clusters": 3, "objective": DCN(0.25), "random_state": np.random.RandomState(2), **QUICK}),
        (DeepKMeans, {"n_clusters": 3, "objective": DEC, "device": "cpu", **QUICK}),
        (DeepKMeans, {"n_clusters": "auto", "random_state": 0, "partition": "k-means", "embedding_dim": 3, **QUICK}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "-".join(sorted(value)),
)
@pytest.mark.filterwarnings("ignore")
def test_a_loaded_model_has_the_parameters_it_was_made_with(tmp_path: Path, made: Any, changes: Any) -> None:
    model = made(**changes).fit(X)
    back = _again(model, tmp_path)
    assert [name for name in changes if not _same(getattr(back, name), getattr(model, name))] == []
    assert _same_params(back, model)
    before = (tmp_path / "a.dkm").read_bytes()
    save(load(tmp_path / "a.dkm"), tmp_path / "b.dkm")
    assert (tmp_path / "b.dkm").read_bytes() == before


@pytest.mark.filterwarnings("ignore")
def test_it_fits_again_as_the_saved_one_would(tmp_path: Path) -> None:
    """A generator goes on where it stood when the model was saved."""
    for model in (
        KMeans(3, init="random", refine=False, n_init=1, random_state=np.random.RandomState(5)).fit(X),
        DeepKMeans(3, objective=DCN(0.25), random_state=np.random.RandomState(5), **QUICK).fit(X),
        DeepKMeans(3, objective="dkm", random_state=5, **QUICK).fit(X),
    ):
        back = _again(model, tmp_path)
        np.testing.assert_array_equal(back.fit(X).cluster_centers_, model.fit(X).cluster_centers_)
        clone(back)


@pytest.mark.filterwarnings("ignore")
def test_a_stream_goes_on_where_it_was(tmp_path: Path) -> None:
    model = KMeans(3, random_state=0).partial_fit(X).partial_fit(X)
    back = _again(model, tmp_path)
    assert back.n_steps_ == model.n_steps_ == 2
    np.testing.assert_array_equal(back.partial_fit(X[:9]).cluster_centers_, model.partial_fit(X[:9]).cluster_centers_)


@pytest.mark.filterwarnings("ignore")
def test_code_comes_back_as_the_documentation_says(tmp_path: Path) -> None:
    made = DeepKMeans(3, objective=lambda: DCN(0.4), callbacks=[Callback()], random_state=0, **QUICK).fit(X)
    back = _again(made, tmp_path)
    assert _same(back.objective, DCN(0.4))
    assert back.callbacks is None
    own = DeepKMeans(3, objective=Pull(2.0), random_state=0, **QUICK).fit(X)
    back = _again(own, tmp_path)
    assert repr(back.objective) == "<objective Pull, not in the file>"
    np.testing.assert_array_equal(back.predict(X), own.labels_)
    with pytest.raises(InvalidParameterError, match=r"set_params\(objective=Pull"):
        back.fit(X)
    net = Net()
    for model in (Autoencoder(2, encoder=net, max_epochs=1), DeepKMeans(3, objective="dcn", encoder=net, **QUICK)):
        assert _again(model.fit(X), tmp_path, encoder=net).encoder is net


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("reduce", [PCA(3), TruncatedSVD(3, random_state=4), TruncatedSVD(3)], ids=repr)
def test_a_transformer_comes_back_unfitted_and_without_the_seed_of_the_fit(tmp_path: Path, reduce: Any) -> None:
    model = DeepKMeans(3, objective="dcn", reduce=reduce, random_state=0, **QUICK).fit(X)
    back = _again(model, tmp_path, reduce=model.reducer_)
    assert back.reducer_ is model.reducer_
    assert _same_params(back, model)
    assert not hasattr(back.reduce, "components_")


def test_a_device_that_is_not_here_becomes_auto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = KMeans(3, random_state=0).fit(X).set_params(device="cuda:1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert _again(model, tmp_path).device == "cuda:1"
    assert _again(model.set_params(device=torch.device("cuda:1")), tmp_path).device == torch.device("cuda:1")
    monkeypatch.undo()
    if not torch.cuda.is_available():
        assert load(tmp_path / "a.dkm").device == "auto"


#: What a file of the first release has: the parameters of that time, and none of what "given" says.
_FIRST = {
    "KMeans": (
        {"parameters", "inertia", "n_iter", "n_clusters", "feature_names"}, {"decay_factor", "metric", "refine"},
    ),
    "Autoencoder": (
        {"architecture", "scaling", "n_features_in", "feature_names_in", "history", "parameters", "report"},
        {"device", "random_state"},
    ),
    "DeepKMeans": (
        {
            *("architecture", "scaling", "n_features_in", "feature_names_in", "history", "parameters", "report"),
            *("fitted", "objective"),
        },
        {"device", "noise", "partition", "random_state", "reduce"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not {"transformer", "tsne"} & {*kind.split()}])
def test_files_of_the_first_release_load(tmp_path: Path, kind: str) -> None:
    """The same model written without the keys that came later."""
    model = fitted(kind)
    save(model, tmp_path / "new.dkm")
    document, tensors = read_container(tmp_path / "new.dkm", kind="model")
    document, tensors = without_doubt(document, tensors)
    state, tensors = document["state"], dict(tensors)
    keys, later = _FIRST[document["class"]]
    state = {key: value for key, value in state.items() if key in keys}
    state["parameters"] = {name: value for name, value in state["parameters"].items() if name not in later}
    for name in ("given/random_state", "counts"):
        tensors.pop(name, None)
    write_container(
        tmp_path / "old.dkm", kind="model", document={"class": document["class"], "state": state}, tensors=tensors
    )
    back = load(tmp_path / "old.dkm", **needs(kind))
    answer = "predict" if hasattr(back, "predict") else "transform"
    np.testing.assert_array_equal(getattr(back, answer)(rows(kind)), getattr(model, answer)(rows(kind)))
    parameters = {name: value for name, value in back.get_params(deep=False).items() if name in state["parameters"]}
    assert json.loads(json.dumps(parameters, default=list)) == json.loads(json.dumps(state["parameters"]))
    if document["class"] == "DeepKMeans" and "own" not in kind:
        assert type(back.objective) is OBJECTIVES[state["objective"]["name"]]
    assert back.random_state == state["parameters"].get("random_state")


def test_info_says_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(fitted("DeepKMeans dcn"), tmp_path / "a.dkm")
    assert main(["info", str(tmp_path / "a.dkm")]) == 0
    said = capsys.readouterr().out
    assert "objective='dcn'" in said
    assert "random_state=0" in said
    assert main(["info", str(tmp_path / "a.dkm"), "--json"]) == 0
    parameters = json.loads(capsys.readouterr().out)["parameters"]
    assert (parameters["objective"], parameters["random_state"], parameters["encoder"]) == ("dcn", 0, "auto")


def test_predict_says_what_a_model_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "x.npy", X)
    for kind, more, words in [
        ("Autoencoder", [], "holds a fitted Autoencoder, which has no clusters"),
        ("KMeans", ["--proba"], "holds a fitted KMeans, which has no probabilities; leave out --proba"),
    ]:
        save(fitted(kind), tmp_path / "a.dkm")
        assert main(["predict", str(tmp_path / "a.dkm"), str(tmp_path / "x.npy"), *more]) == 4
        assert words in capsys.readouterr().err
