"""One pipeline from rows to inputs of a network: fitted once, applied, undone, written down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from deepkmeans.data import InputPipeline, Preparation, Sample, check_input
from deepkmeans.exceptions import InvalidDataError, ModelFileError
from deepkmeans.runtime import Seeds

CPU = torch.device("cpu")
FOR_GRAPH = {"compares_rows": True, "collapses_copies": True, "recognises_images": True}
X = np.random.RandomState(0).normal(size=(60, 4)) * [1, 10, 100, 1] + [0, 5, 0, -3]


def fitted(rows: Any, weight: Any = None, **asked: Any) -> tuple[InputPipeline, Any]:
    found = check_input(rows, "test", missing="impute", pictures=True)
    sample = Sample.of(found.X, weight)
    return InputPipeline.fit(
        sample, Preparation(**asked), Seeds(0), CPU, names=found.names, image_shape=found.image_shape
    )


def inputs(pipeline: InputPipeline, rows: Any, dtype: torch.dtype = torch.float64) -> np.ndarray:
    return torch.cat([*pipeline.transform(rows, device=CPU, dtype=dtype).chunks(7)]).numpy()


def test_by_hand() -> None:
    rows = np.array([[0.0, 1], [2, 1], [4, np.nan]])
    pipeline, prepared = fitted(rows, scaling="standard")
    deviation = np.sqrt(8 / 3)
    expected = [[-2 / deviation, 0, 0], [0, 0, 0], [2 / deviation, 0, 1]]  # the second column is constant, and flagged
    np.testing.assert_allclose(inputs(pipeline, rows), expected, atol=1e-12)
    back = pipeline.inverse(torch.tensor(expected, dtype=torch.float64))
    np.testing.assert_allclose(back, [[0, 1], [2, 1], [4, 1]], atol=1e-12)
    assert pipeline.imputed(rows) == {"1": 1}
    assert prepared.X is prepared.all_rows() and prepared.absent is None and prepared.copies is None


@pytest.mark.parametrize(
    "asked",
    [{"scaling": "standard"}, {"scaling": "robust"}, {"reduce": "pca"}, {"reduce": PCA(2)}, FOR_GRAPH],
    ids=str,
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_rows_of_the_fit_are_those_of_transform(asked: dict[str, Any], kind: Any) -> None:
    rows = np.vstack([X, X[:20], X[5:9]]).astype(kind)
    pipeline, prepared = fitted(rows, **asked)
    for scaling in (prepared.rows.network.scaling, prepared.rows.plain.scaling):
        own = pipeline.with_scaling(scaling)
        for dtype in (torch.float32, torch.float64):
            again = torch.cat([*own.of_fit(prepared, device=CPU, dtype=dtype).chunks(7)]).numpy()
            np.testing.assert_array_equal(again, inputs(own, rows, dtype))


def test_rows_that_are_the_same_numbers_are_not_scaled_again() -> None:
    rows = np.vstack([X, X[:20]]).astype(np.float32)
    pipeline, prepared = fitted(rows, scaling="standard")
    assert prepared.same_rows(pipeline.scaling, torch.float32) is prepared.rows.network
    assert prepared.same_rows(pipeline.scaling, torch.float64) is None
    pipeline, prepared = fitted(rows, scaling="standard", **FOR_GRAPH)
    assert len(prepared.rows.network) == 60
    same = prepared.same_rows(pipeline.scaling, torch.float32)
    assert same is not None and len(same) == 80
    pipeline, prepared = fitted(rows, reduce="pca", **FOR_GRAPH)  # products round by the place of a row
    assert prepared.same_rows(pipeline.scaling, torch.float32) is None


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
def test_rows_without_weight_are_fitted_on_by_nothing(make: Any) -> None:
    wide = make(np.tile(X, 70))
    weight = np.ones(60)
    weight[[0, 7, 59]] = 0
    pipeline, prepared = fitted(wide, weight, reduce=PCA(3) if make is np.asarray else "pca")
    alone, _ = fitted(wide[weight > 0], reduce=PCA(3) if make is np.asarray else "pca")
    for name, tensor in pipeline.scaling.to_tensors().items():
        np.testing.assert_array_equal(tensor, alone.scaling.to_tensors()[name])
    assert prepared.X.shape[0] == 57 and prepared.absent.shape[0] == 3
    every = prepared.all_rows()
    expected = pipeline.reduce(wide)
    np.testing.assert_allclose(*(rows.toarray() if sp.issparse(rows) else rows for rows in (every, expected)))


def test_merging_keeps_the_order() -> None:
    sample = Sample.of(np.arange(5.0)[:, None], [1, 0, 2, 0, 1])
    np.testing.assert_array_equal(sample.X[:, 0], [0, 2, 4])
    np.testing.assert_array_equal(sample.absent[:, 0], [1, 3])
    np.testing.assert_array_equal(sample.merge(np.array([0, 2, 4]), np.array([1, 3])), np.arange(5))
    whole = Sample.of(np.ones((3, 1)), [1, 2, 3])
    assert whole.X is whole.given and whole.absent is None and whole.merge("kept", None) == "kept"


def test_pictures() -> None:
    pictures = np.random.RandomState(0).rand(60, 8, 8).astype(np.float32)
    asked = {**FOR_GRAPH, "reduce": "auto", "clusters": 3}
    assert fitted(pictures, **asked)[1].image_shape == (8, 8, 1)
    assert fitted(pictures, **{**asked, "reduce": "pca"})[1].image_shape is None
    assert fitted(pictures.reshape(60, -1), **asked)[1].image_shape is None  # noise is no picture
    digits = load_digits().data[:400]
    assert fitted(digits, **asked)[1].image_shape == (8, 8, 1)
    for changes in ({"own_encoder": True}, {"scaling": "standard"}, {"recognises_images": False}):
        assert fitted(digits, **{**asked, **changes})[1].image_shape is None


@pytest.mark.parametrize("reduce", ["none", "pca", PCA(2)], ids=str)
def test_written_down_and_read(reduce: Any) -> None:
    pipeline, _ = fitted(X, reduce=reduce)
    document, tensors = pipeline.to_parts()
    transformer = None if pipeline.reduction is None else pipeline.reduction.transformer
    assert InputPipeline.check_parts(document, tensors)["n_features"] == 4
    again = InputPipeline.from_parts(document, tensors, transformer)
    np.testing.assert_array_equal(inputs(again, X), inputs(pipeline, X))
    with pytest.raises(ModelFileError, match="reduce"):
        InputPipeline.from_parts(document, tensors, PCA(3).fit(X) if transformer is None else None)


def test_rows_that_are_all_the_same_afterwards_are_refused_where_they_are_to_be_told_apart() -> None:
    rows = np.ones((10, 3)) * np.arange(1, 11)[:, None]
    with pytest.raises(InvalidDataError, match="scaling='cosine' leaves all rows of X the same"):
        fitted(rows, scaling="cosine", clusters=2)
    for clusters in (1, "auto", None):
        fitted(rows, scaling="cosine", clusters=clusters)
