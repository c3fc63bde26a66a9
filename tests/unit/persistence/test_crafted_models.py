"""Files whose checksums hold and whose content is no model's: refused by name, whatever part it is."""

from __future__ import annotations

import copy
import itertools
import math
import re
import tracemalloc
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from deepkmeans.encoders import dense
from deepkmeans.estimators import network_state
from deepkmeans.exceptions import InvalidDataError, ModelFileError
from deepkmeans.storage import FORMAT, atomic, container
from tests.unit.persistence.models import KINDS, crafted, fitted, rows, saved

NAN, INF, DELETED = math.nan, math.inf, object()
LAYER = "encoder/module.encoder_layers.0"


@pytest.fixture(autouse=True, params=range(1, FORMAT + 1), ids="format {}".format)
def of_every_format(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "FORMAT", request.param)


def _changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    document = copy.deepcopy(document)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    if value is DELETED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return document


def _refused(tmp_path: Path, kind: str, document: Any, tensors: Any) -> str:
    with pytest.raises(ModelFileError) as caught:
        crafted(tmp_path / "a.dkm", kind, document, tensors)
    words = str(caught.value)
    assert str(tmp_path / "a.dkm") in words
    assert words.isprintable()
    assert len(words) < 700
    return words


@pytest.mark.parametrize(
    ("kind", "path", "value", "words"),
    [
        ("KMeans", "parameters", [], "'parameters'"),
        ("KMeans", "parameters", {}, "'parameters' lacks"),
        ("KMeans", "parameters.n_clusters", 0, "'n_clusters' parameter of KMeans must be an integer >= 1. Got 0"),
        ("KMeans", "parameters.n_clusters", DELETED, "'parameters' lacks 'n_clusters'"),
        ("KMeans", "parameters.tol", NAN, "'tol' parameter of KMeans must be a number >= 0. Got nan"),
        ("KMeans", "parameters.init", [], "'init'] is no table of finite numbers"),
        ("KMeans", "parameters.init", [None], "'init'] is no table of finite numbers"),
        ("KMeans", "parameters.init", [[1.0, 2.0], [3.0]], "'init'] is no table of finite numbers"),
        ("KMeans", "parameters.metric", "manhattan", "'metric' parameter of KMeans must be one of"),
        ("KMeans", "parameters.device", "\x1b[31m", r"must be one of 'auto', 'cpu'. Got '\x1b[31m' instead"),
        ("KMeans", "parameters.random_state", -1, "Got -1"),
        ("KMeans", "parameters.\x1b[31m", 1, r"unknown key '\x1b[31m'"),
        ("KMeans", "inertia", NAN, "['inertia'] must be a number >= 0. Got nan"),
        ("KMeans", "n_clusters", 4, "'n_clusters' is 4, but the tensors in the file have 3"),
        ("KMeans", "more", 1, "has the unknown key 'more'"),
        ("KMeans", "n_iter", DELETED, "lacks 'n_iter'"),
        ("KMeans names RandomState", "feature_names", ["a", "b"], "must be null or a list of 4 entries"),
        ("KMeans names RandomState", "feature_names", ["a", "b", "c", 4], "must be a string. Got 4"),
        ("KMeans names RandomState", "given.random_state.position", 625, "must be an integer from 0 to 624. Got 625"),
        ("KMeans float32 starts", "given.init", "pickle", "must be one of 'list', 'tensor'. Got 'pickle'"),
        ("Autoencoder names deep", "architecture.activation", "exec", "must be one of"),
        ("Autoencoder names deep", "architecture.network", "os", "must be one of 'custom', 'convolutional'"),
        ("Autoencoder names deep", "architecture.tied", 1, "must be a bool. Got 1"),
        ("Autoencoder names deep", "architecture.embedding_dim", 3, "is 3, but the tensors in the file have 2"),
        ("Autoencoder names deep", "architecture.n_inputs", 2**40, "but the tensors in the file have 4"),
        ("Autoencoder names deep", "architecture.hidden_sizes", [6, 2**40], "are not those of the tensors"),
        ("Autoencoder names deep", "architecture.hidden_sizes", [5, 6], "must be of shape"),
        ("Autoencoder names deep", "feature_names_in", ["a"] * 5, "a list of 4 entries"),
        ("Autoencoder names deep", "n_features_in", 5, "'n_features_in' is 5, but the tensors in the file have 4"),
        ("Autoencoder names deep", "scaling", "log", "'scaling' must be one of"),
        ("Autoencoder names deep", "history", {}, "must be a list"),
        ("Autoencoder own", "architecture.class", "\x1b]0;x\x07", "a printable name"),
        ("DeepKMeans dcn", "fitted.variance", 0.0, "['variance'] must be a number from"),
        ("DeepKMeans dcn", "fitted.variance", -1.0, "Got -1.0"),
        ("DeepKMeans dcn", "fitted.variance", NAN, "Got nan"),
        ("DeepKMeans dcn", "fitted.variance", INF, "Got inf"),
        ("DeepKMeans dcn", "objective.name", "\x1b[31m", "a printable name"),
        ("DeepKMeans dcn", "objective.parameters", {}, "hyper-parameters of the objective 'dcn' are not ['weight']"),
        ("DeepKMeans dcn", "objective.parameters.weight", "x", "must be a finite number. Got 'x'"),
        ("DeepKMeans dcn", "objective.parameters.weight", -1, "'weight' parameter of DCN must be a number >= 0"),
        ("DeepKMeans dcn", "given.objective.name", "os.system", "'os.system', which is no objective"),
        ("DeepKMeans dcn", "parameters.objective", "dcn", "unknown key 'objective'"),
        ("DeepKMeans dcn", "parameters.max_epochs", 0, "'max_epochs' parameter of DeepKMeans"),
        ("DeepKMeans dcn", "report.chosen", ["k-means"], "['chosen'] must be a string"),
        ("DeepKMeans pictures", "architecture.image_shape", [8, 8], "three positive integers"),
        ("DeepKMeans pictures", "architecture.image_shape", [2**40, 8, 1], "has more than 64 pixels"),
        ("DeepKMeans pictures", "architecture.image_shape", DELETED, "lacks 'image_shape'"),
        ("DeepKMeans pictures", "pictures.shape", [8, "x", 1], "'pictures'['shape']"),
        ("DeepKMeans pictures", "pictures.shape", [4, 8, 1], "has other than 64 pixels"),
        ("DeepKMeans pictures", "pictures.unit.white", 2.0, "'pictures'['unit'] is known, and white in it is not 1"),
        ("DeepKMeans transformer", "reduce.sparse", 0, "must be a bool"),
        ("DeepKMeans transformer", "reduce.class", "a\nb", "a printable name"),
        ("DeepKMeans tsne holes", "reduce.method", "pca", "['reduce']['method'] must be one of 'tsne', 'umap'"),
        ("DeepKMeans tsne holes", "reduce.method", DELETED, "['reduce'] lacks 'class'"),
        ("DeepKMeans tsne holes", "reduce.scaling", "auto", "'scaling' must be one of"),
        ("DeepKMeans tsne holes", "reduce.rule", "x", "['reduce'] has the unknown key 'rule'"),
    ],
)
def test_a_value_that_no_model_has_is_named(tmp_path: Path, kind: str, path: str, value: Any, words: str) -> None:
    document, tensors = saved(kind)
    changed = _changed(document, ("state", *path.split(".")), value)
    assert words in _refused(tmp_path, kind, changed, tensors)


def _tensor(kind: str, name: str) -> torch.Tensor:
    return saved(kind)[1][name].clone()


@pytest.mark.parametrize(
    ("kind", "name", "change", "words"),
    [
        ("KMeans", "cluster_centers", lambda t: t * NAN, "'cluster_centers' holds NaN"),
        ("KMeans", "cluster_centers", lambda t: t * INF, "'cluster_centers' holds"),
        ("KMeans", "cluster_centers", lambda t: t[:0], "'cluster_centers' is empty"),
        ("KMeans", "cluster_centers", lambda t: t.half(), "of dtype float64 or float32"),
        ("KMeans", "cluster_centers", lambda t: t.long(), "of dtype float64 or float32"),
        ("KMeans", "cluster_centers", lambda t: t[0], "of shape (n_clusters, n_features)"),
        ("KMeans", "labels", lambda t: t + 1, "'labels' holds 3, where all must be <= 2"),
        ("KMeans", "labels", lambda t: t - 1, "'labels' holds -1"),
        ("KMeans", "labels", lambda t: t.long(), "of dtype int32"),
        ("KMeans", "labels", lambda t: t[:0], "'labels' is empty"),
        ("KMeans", "counts", lambda t: -t, "where all must be >= 0"),
        ("KMeans", "counts", lambda t: t[1:], "'counts' must be of shape (3,)"),
        ("KMeans names RandomState", "given/random_state", lambda t: t[1:], "624 words"),
        ("KMeans names RandomState", "given/random_state", lambda t: t * 0 - 1, "where all must be >= 0"),
        ("Autoencoder", "scaling/scale", torch.zeros_like, "'scaling/scale' holds 0, where all must be > 0"),
        ("Autoencoder", "scaling/shift", lambda t: t[1:], "must be of shape"),
        ("Autoencoder", "scaling/fill", lambda t: t * NAN, "'scaling/fill' holds NaN"),
        ("Autoencoder", f"{LAYER}.weight", lambda t: t * NAN, "holds NaN"),
        ("Autoencoder", f"{LAYER}.weight", lambda t: t.T.contiguous(), "must be of shape"),
        ("Autoencoder", f"{LAYER}.weight", lambda t: t.double(), "of dtype float32"),
        ("Autoencoder", f"{LAYER}.bias", lambda t: t * 0 + 3.4e38, "no finite embedding of the mean row"),
        ("DeepKMeans dcn", "centers", lambda t: t * NAN, "'centers' holds NaN"),
        ("DeepKMeans dcn", "centers", lambda t: t[:, :1], "'centers' must be of shape"),
        ("DeepKMeans dcn", "centers", lambda t: t[:2], "'labels' holds 2, where all must be <= 1"),
        ("DeepKMeans dcn", "centers", lambda t: t.double(), "of dtype float32"),
        ("DeepKMeans holes", "scaling/flagged", lambda t: t + 9, "where all must be <= 3"),
        ("DeepKMeans pictures", "encoder/module.hidden_norm.running_var", lambda t: -1 - t, "where all must be >= 0"),
        ("DeepKMeans sparse", "scaling/components", lambda t: t[:, 1:].contiguous(), "'architecture'['n_inputs']"),
        ("DeepKMeans own", "encoder/module.down.weight", lambda t: t * NAN, "holds NaN"),
        ("DeepKMeans transformer", "reduce/fill", lambda t: t[1:], "must be of shape"),
        ("DeepKMeans transformer", "reduce/answer", lambda t: t[:, 1:].contiguous(), "must be of shape"),
        ("DeepKMeans tsne holes", "reduce/coordinates", lambda t: t * NAN, "'reduce/coordinates' holds NaN"),
        ("DeepKMeans tsne holes", "reduce/coordinates", lambda t: t[1:], "'reduce/coordinates' must be of shape"),
        ("DeepKMeans tsne holes", "reduce/rows", lambda t: t[:, 1:].contiguous(), "'reduce/rows' must be of shape"),
        ("DeepKMeans tsne holes", "reduce/filled", lambda t: t + 9, "where all must be <= 3"),
        ("DeepKMeans tsne holes", "reduce/scaling/scale", torch.zeros_like, "holds 0, where all must be > 0"),
    ],
)
def test_a_tensor_that_no_model_has_is_named(tmp_path: Path, kind: str, name: str, change: Any, words: str) -> None:
    document, tensors = saved(kind)
    if name == f"{LAYER}.bias":  # so that finite numbers add up to none
        tensors = {**tensors, "encoder/metric": torch.full_like(tensors["encoder/metric"], 3.0)}
    assert words in _refused(tmp_path, kind, document, {**tensors, name: change(_tensor(kind, name))})
    others = {other: tensor for other, tensor in tensors.items() if other != name}
    if name != "counts":  # files of the first release have none
        _refused(tmp_path, kind, document, others)
    assert "unknown" in _refused(tmp_path, kind, document, {**tensors, "more": torch.zeros(2)})


def test_layers_are_not_made_before_the_file_has_their_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand layers in 200 KB cost 37 s and 1.3 GB before they were refused."""

    def never(*_: Any) -> None:
        raise AssertionError("a network was made")

    monkeypatch.setattr(network_state, "make_network", never)
    document, tensors = saved("Autoencoder names deep")
    for sizes, words in [
        ([1] * 100_000, "at most 1,000 positive integers"),
        ([6] * 1_000, "are not those of the tensors in the file"),
        ([10**9, 10**9], "are not those of the tensors in the file"),
        ([6, 0], "positive integers"),
    ]:
        changed = _changed(document, ("state", "architecture", "hidden_sizes"), sizes)
        assert words in _refused(tmp_path, "Autoencoder names deep", changed, tensors)
    assert dense.HIDDEN_SIZES.accepts([1] * 1_000)


@pytest.mark.parametrize(
    ("changes", "without"),
    [
        ({"labels": torch.tensor([0, 2**31 - 1], dtype=torch.int32)}, "counts"),  # 16 GB of counts
        ({"cluster_centers": torch.empty(2**40, 0, dtype=torch.float64)}, "counts"),
        ({"init": torch.empty(2**40, 0, dtype=torch.float64)}, "counts"),
    ],
)
def test_memory_follows_the_file_and_not_what_it_says(tmp_path: Path, changes: Any, without: str) -> None:
    document, tensors = saved("KMeans")
    tensors = {name: tensor for name, tensor in {**tensors, **changes}.items() if name != without}
    tracemalloc.start()
    _refused(tmp_path, "KMeans", document, tensors)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, entry in inner:
        yield from _places(entry, (*path, key))


VALUES: list[Any] = [
    None, True, -1, 0, 1, 2**40, 2**63 - 1, 0.5, 1e300, NAN, INF, "", "x", "\x1b[31m\n", "auto", [], {}, [1] * 3000,
    [[[[]]]], {"x": 1}, DELETED,
]  # fmt: skip


def _tensor_changes(t: torch.Tensor) -> Iterator[torch.Tensor | None]:
    yield None
    yield from (t.to(dtype) for dtype in (torch.float64, torch.float16, torch.int64, torch.bool) if dtype != t.dtype)
    yield t[None]
    if t.dim():
        yield from (t[:0], t[1:], torch.cat([t, t]), t[..., :0], t.flatten()[:, None])
    extremes = (NAN, INF, -INF, 3e38, 1e-40, -1.0) if t.is_floating_point() else (-1, 3, 2**31 - 1)
    for value in extremes if t.numel() and t.dtype != torch.bool else ():
        yield torch.full_like(t, value)
        one = t.clone()
        one.view(-1)[-1] = value
        yield one


def _answers_as_a_model(model: Any, X: Any) -> None:
    try:
        if not hasattr(model, "predict"):
            assert np.isfinite(model.transform(X)).all()
            return
        labels = model.predict(X)
    except InvalidDataError as error:  # finite numbers whose product with these rows is none, or other names
        assert re.search("no finite embedding|feature names|so far from the rows of the fit", str(error))
        return
    assert labels.dtype == np.int32
    assert labels.shape == (X.shape[0],)
    assert labels.min() >= 0
    assert labels.max() < len(model.cluster_centers_)
    if hasattr(model, "predict_proba"):
        assert np.isfinite(model.predict_proba(X)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_file_is_refused_or_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:  # fmt: skip
    """A sample of all changes of all places, drawn alike each time."""
    monkeypatch.setattr(atomic.os, "fsync", lambda _: None)
    document, tensors = saved(kind)
    of_document = [("document", place, value) for place, value in itertools.product(_places(document), VALUES)]
    of_tensors = [("tensor", name, change) for name, t in tensors.items() for change in _tensor_changes(t)]
    draw = np.random.RandomState(7)
    cases = [of_document[i] for i in draw.choice(len(of_document), 25, replace=False)]
    cases += [of_tensors[i] for i in draw.choice(len(of_tensors), 15, replace=False)]
    refused = 0
    for what, place, value in cases:
        parts = (_changed(document, place, value), tensors) if what == "document" else (document, {**tensors})
        if what == "tensor":
            parts[1].pop(place) if value is None else parts[1].update({place: value.contiguous()})
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = crafted(tmp_path / "a.dkm", kind, *parts)
        except ModelFileError as error:
            refused += 1
            assert str(error).isprintable(), (place, error)
            assert "cannot be rebuilt" not in str(error), (place, error)
            continue
        _answers_as_a_model(model, rows(kind))
    assert refused > 5  # changes of the report, which is for people, are taken


def test_an_unchanged_file_is_the_model(tmp_path: Path) -> None:
    for kind in KINDS:
        model = crafted(tmp_path / "a.dkm", kind, *saved(kind))
        answer = "predict" if hasattr(model, "predict") else "transform"
        np.testing.assert_array_equal(
            getattr(model, answer)(rows(kind)), getattr(fitted(kind), answer)(rows(kind)), err_msg=kind
        )
