"""Steps along the row, projections, and pictures: by hand, dense = sparse, there and back."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.datasets import load_digits

from deepkmeans.data import Rows, Scaling, find_image_shape, fit_projection, fit_scaling


@pytest.fixture(scope="module")
def counts():
    random = np.random.RandomState(0)
    rate = random.gamma(0.3, 2.0, 80) * np.r_[20.0, np.ones(79)]
    return random.poisson(rate * random.uniform(0.2, 3.0, (120, 1))).astype(np.float64)


def test_counts_by_hand():
    X = np.array([[1.0, 3.0], [10.0, 10.0], [0.0, 0.0]])
    scaling = fit_scaling(X, "counts")
    assert scaling.size == 12  # median of 4 and 20; the empty row has no say
    expected = np.log1p([[3.0, 9.0], [6.0, 6.0], [0.0, 0.0]])
    np.testing.assert_allclose(scaling.shift, expected.mean(0))
    scaled = scaling.apply(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(scaled * scaling.scale.numpy() + scaling.shift.numpy(), expected)
    assert len(set(scaling.scale.tolist())) == 1
    np.testing.assert_allclose(scaling.invert(torch.from_numpy(scaled)), np.expm1(expected), atol=1e-12)


def test_cosine_by_hand():
    scaling = fit_scaling(np.array([[3.0, 4.0], [0.0, 2.0]]), "cosine")
    np.testing.assert_allclose(scaling.invert(scaling.apply(torch.tensor([[30.0, 40.0]]))), [[0.6, 0.8]], rtol=1e-6)


@pytest.mark.parametrize("layout", [np.asarray, sp.csr_array])
@pytest.mark.parametrize(("dtype", "factors"), [(np.float32, (1e19, 1e-30)), (np.float64, (1e160, 1e300, 1e-200))])
def test_cosine_does_not_depend_on_magnitude(dtype, factors, layout):
    X = np.array([[3.0, 4], [0, 2], [0, 0], [5, 12]])

    def scaled(factor):
        rows = layout((X * factor).astype(dtype))
        return torch.cat([*Rows(rows, fit_scaling(rows, "cosine"), device=torch.device("cpu")).chunks(2)])

    for factor in factors:
        torch.testing.assert_close(scaled(factor), scaled(1), rtol=1e-5, atol=1e-6)


def test_a_single_grey_stays_finite():
    scaling = fit_scaling(np.ones((1, 64)), "pixels")
    np.testing.assert_array_equal(scaling.apply(torch.ones(2, 64)), torch.zeros(2, 64))


def test_pixels_have_one_mean_and_one_deviation():
    X = np.random.RandomState(0).rand(50, 9) * np.arange(9)
    scaling = fit_scaling(X, "pixels")
    np.testing.assert_allclose(scaling.apply(torch.from_numpy(X)), (X - X.mean()) / X.std(), rtol=1e-10)


def test_what_the_table_is_is_seen(counts):
    random = np.random.RandomState(0)
    assert fit_scaling(counts, rows=True).kind == "counts"
    assert fit_scaling(sp.csr_matrix(counts), rows=True).kind == "counts"
    words = sp.random(200, 90, 0.05, random_state=0, format="csr")
    assert fit_scaling(words, rows=True).kind == "cosine"
    directions = random.randn(100, 60)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    assert fit_scaling(directions, rows=True).kind == "cosine"
    assert fit_scaling(load_digits().data, rows=True).kind == "shared"  # whole numbers, many zeros, but one range
    assert fit_scaling(random.randn(100, 60), rows=True).kind in ("shared", "standard")
    assert fit_scaling(counts).kind != "counts"  # unless allowed: the row's sum cannot be brought back


@pytest.mark.parametrize("kind", ["counts", "cosine"])
def test_sparse_rows_are_dense_rows(counts, kind):
    sparse = sp.csr_matrix(counts)
    dense, other = fit_scaling(counts, kind), fit_scaling(sparse, kind)
    np.testing.assert_allclose(other.shift, dense.shift, atol=1e-12)
    np.testing.assert_allclose(other.scale, dense.scale)
    components = fit_projection(counts, dense, 5, np.random.RandomState(0))
    scaling = dense.with_projection(components)
    a = Rows(counts, scaling, device=torch.device("cpu"), dtype=torch.float64)
    b = Rows(sparse, scaling, device=torch.device("cpu"), dtype=torch.float64)
    index = torch.arange(len(counts))
    assert a.take(index).shape == (120, 5) and a.n_inputs == 5
    np.testing.assert_allclose(a.take(index), b.take(index), atol=1e-10)


def test_a_projection_finds_the_plane_that_the_rows_lie_in():
    random = np.random.RandomState(0)
    X = random.randn(200, 2) @ random.randn(2, 30) + 5
    scaling = fit_scaling(X, "shared")
    scaling = scaling.with_projection(fit_projection(X, scaling, 2, np.random.RandomState(0)))
    z = scaling.apply(torch.from_numpy(X))
    assert z.shape == (200, 2)
    np.testing.assert_allclose(scaling.invert(z), X, rtol=1e-4, atol=1e-4)
    again = Scaling.from_tensors(scaling.kind, scaling.to_tensors())
    assert torch.equal(again.apply(torch.from_numpy(X)), z)


def test_missing_cells_are_flagged_behind_a_projection():
    X = np.random.RandomState(0).randn(60, 12)
    X[3, 4] = np.nan
    scaling = fit_scaling(X, "standard")
    scaling = scaling.with_projection(fit_projection(np.nan_to_num(X), scaling, 3, np.random.RandomState(0)))
    scaled = scaling.apply(torch.from_numpy(X))
    assert scaled.shape == (60, 4) and scaled[:, 3].nonzero().flatten().tolist() == [3]


def smooth_pictures(height, width, channels, n=300):
    random = np.random.RandomState(0)
    pictures = random.randn(n, height, width, channels) + random.randn(n, height, width, 1)
    for axis in (1, 2):
        pictures = pictures + np.roll(pictures, 1, axis) + np.roll(pictures, -1, axis)
    return pictures.reshape(n, -1)


@pytest.mark.parametrize("shape", [(12, 12, 1), (16, 12, 1), (10, 14, 3)])
def test_pictures_are_seen_in_flat_rows(shape):
    assert find_image_shape(smooth_pictures(*shape)) == shape


def test_digits_are_pictures_and_tables_curves_and_noise_are_not():
    random = np.random.RandomState(0)
    assert find_image_shape(load_digits().data) == (8, 8, 1)
    digits = load_digits().data
    assert find_image_shape(digits[:, random.permutation(64)]) is None
    assert find_image_shape(random.randn(300, 144)) is None
    assert find_image_shape(random.randn(300, 144).cumsum(1)) is None
    assert find_image_shape(random.randn(300, 4) @ random.randn(4, 64)) is None
    assert find_image_shape(sp.csr_matrix(digits)) is None
    assert find_image_shape(digits[:20]) is None  # too few to tell
