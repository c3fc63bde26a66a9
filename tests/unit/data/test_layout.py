"""Rows laid out by t-SNE or UMAP before they are clustered: which rows, how seen, where placed, and as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import make_blobs

from deepkmeans.data import Preparation, layout
from deepkmeans.data.layout import Layout
from deepkmeans.data.reductions import check_reduction, restore_reduction
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from deepkmeans.runtime import Seeds
from deepkmeans.storage.schema import MismatchError

X, Y = make_blobs(90, 6, centers=3, random_state=0)


def laid_out(rows: Any, weight: Any = None, method: str = "tsne", **asked: Any) -> Layout:
    return Layout.fit(rows, weight, Preparation(reduce=method, **asked), Seeds(0))


@pytest.fixture(scope="module")
def found() -> Layout:
    return laid_out(X)


def test_rows_are_seen_standardised_and_lie_where_they_were_put(found: Layout) -> None:
    assert (found.scaling.kind, found.rows.shape, found.coordinates.shape) == ("standard", (90, 6), (90, 2))
    standardised = (X - X.mean(axis=0)) / X.std(axis=0)
    placed = found.transform(X)
    assert placed.dtype == np.float64 and found.transform(X.astype(np.float32)).dtype == np.float32
    of_row = [int(np.abs(found.rows - row).sum(axis=1).argmin()) for row in standardised]
    assert sorted(of_row) == [*range(90)]
    np.testing.assert_allclose(found.rows[of_row], standardised, atol=1e-6)
    np.testing.assert_array_equal(placed, found.coordinates[of_row].astype(np.float64))


def test_groups_stay_together_and_new_rows_join_theirs(found: Layout) -> None:
    places = found.transform(X)
    centers = np.stack([places[Y == group].mean(axis=0) for group in range(3)])
    moved = found.transform(X + 0.05)
    for where in (places, moved):
        assert (((where[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1) == Y).all()


def test_copies_weights_order_and_unit_do_not_move_it(found: Layout) -> None:
    weight = np.random.RandomState(0).randint(1, 4, len(X)).astype(float)
    weighted, repeated = laid_out(X, weight), laid_out(np.repeat(X, weight.astype(int), axis=0))
    np.testing.assert_array_equal(weighted.coordinates, repeated.coordinates)
    np.testing.assert_array_equal(weighted.rows, repeated.rows)
    assert not np.array_equal(weighted.rows, found.rows)  # weights count in the scaling
    shuffled = laid_out(X[np.random.RandomState(1).permutation(len(X))])
    np.testing.assert_array_equal(shuffled.coordinates, found.coordinates)
    np.testing.assert_array_equal(laid_out(8 * X).coordinates, found.coordinates)


def test_the_seed_decides(found: Layout) -> None:
    np.testing.assert_array_equal(laid_out(X).coordinates, found.coordinates)
    other = Layout.fit(X, None, Preparation(reduce="tsne"), Seeds(1))
    assert not np.array_equal(other.coordinates, found.coordinates)
    np.testing.assert_array_equal(other.rows, found.rows)


def test_of_many_rows_a_sample_is_laid_out(monkeypatch: pytest.MonkeyPatch, found: Layout) -> None:
    monkeypatch.setattr(layout, "_MOST_ROWS", 40)
    some = laid_out(X)
    assert some.rows.shape == (40, 6) and some.report()["layout"]["n_rows"] == 40
    assert {row.tobytes() for row in some.rows} < {row.tobytes() for row in found.rows}
    places = some.transform(X)
    assert sum(any((place == own).all() for own in some.coordinates) for place in places) >= 40
    centers = np.stack([places[Y == group].mean(axis=0) for group in range(3)])
    assert (((places[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1) == Y).all()


def test_many_columns_are_projected_pictures_are_pixels_and_sparse_rows_stay_sparse() -> None:
    draw = np.random.RandomState(0)
    wide = draw.normal(size=(60, 80)) + 5 * (np.arange(60) % 2)[:, None]
    assert laid_out(wide).rows.shape == (60, 50)
    words = sp.csr_matrix(draw.poisson(np.where(np.arange(300) % 2 == np.arange(60)[:, None] % 2, 0.3, 0.02)))
    counted = laid_out(words.astype(np.float64))
    assert counted.scaling.kind == "counts" and counted.rows.shape == (60, 50)
    assert counted.transform(words.astype(np.float32)).shape == (60, 2)
    pictures = Layout.fit(draw.rand(40, 64), None, Preparation(reduce="tsne"), Seeds(0), image_shape=(8, 8, 1))
    assert (pictures.scaling.kind, pictures.rows.shape[1]) == ("pixels", 40)
    assert laid_out(X, scaling="robust").scaling.kind == "robust"


def test_missing_cells_are_filled_with_the_mean() -> None:
    holes = X.copy()
    holes[::9, 2] = np.nan
    found = laid_out(holes)
    assert found.filled.tolist() == [2] and found.rows.shape == (90, 6)
    filled = np.where(np.isnan(holes), np.nanmean(holes, axis=0), holes)
    np.testing.assert_array_equal(found.transform(holes), found.transform(filled))


@pytest.mark.parametrize("power", [-60, 40])
def test_of_any_unit(power: int) -> None:
    standardised = ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32)
    far = laid_out(np.ldexp(standardised, power), scaling="none")
    np.testing.assert_array_equal(far.coordinates, laid_out(standardised, scaling="none").coordinates)
    assert np.unique(far.transform(np.ldexp(standardised, power)), axis=0).shape == (90, 2)


@pytest.mark.parametrize("n", [1, 2, 4, 5])
def test_few_rows_keep_their_distances(n: int) -> None:
    few = laid_out(np.repeat(X[:n], 2, axis=0))
    assert few.rows.shape[0] == n
    if n < 5:
        apart = np.linalg.norm(few.rows[:, None] - few.rows[None], axis=2)
        np.testing.assert_allclose(
            np.linalg.norm(few.coordinates[:, None] - few.coordinates[None], axis=2), apart, atol=1e-5
        )
    else:
        assert few.coordinates.shape == (5, 2)


def test_there_is_no_way_back_and_nothing_to_see_in_one_point() -> None:
    one = laid_out(np.ones((6, 2)), clusters=1)
    with pytest.raises(InvalidParameterError, match="reduce='tsne' an embedding cannot be decoded .* use reduce='pca'"):
        one.invert(np.zeros((1, 2)))
    with pytest.raises(InvalidDataError, match="sees all 6 rows as one"):
        one.refuse_constant(np.zeros((6, 2)))


def test_it_is_the_same_from_its_parts() -> None:
    holes = X.copy()
    holes[::9, 2] = np.nan
    found = laid_out(holes)
    document, tensors = found.to_parts()
    sizes = check_reduction(document, tensors, {"n_columns": 2})
    assert (sizes["n_features"], sizes["n_laid_out"]) == (6, 90)
    again = restore_reduction(document, tensors)
    np.testing.assert_array_equal(again.transform(holes + 0.01), found.transform(holes + 0.01))
    np.testing.assert_array_equal(again.filled, found.filled)
    with pytest.raises(ModelFileError, match="load it without reduce="):
        restore_reduction(document, tensors, transformer=found)
    flagged = {**tensors, "reduce/scaling/flagged": tensors["reduce/filled"]}
    with pytest.raises(MismatchError, match="'reduce/scaling/flagged' must be empty"):
        check_reduction(document, flagged, {"n_columns": 2})
    with pytest.raises(MismatchError, match="must be of shape"):
        check_reduction(document, tensors, {"n_columns": 3})


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")
def test_by_umap() -> None:
    pytest.importorskip("umap")
    found = laid_out(X, method="umap")
    np.testing.assert_array_equal(laid_out(X, method="umap").coordinates, found.coordinates)
    places = found.transform(X + 0.05)
    centers = np.stack([found.transform(X)[Y == group].mean(axis=0) for group in range(3)])
    assert (((places[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1) == Y).all()
    assert laid_out(X[:5], method="umap").coordinates.shape == (5, 2)
