from __future__ import annotations

import numpy as np
import pytest

from deepkmeans.datasets import make_shapes
from deepkmeans.exceptions import InvalidParameterError

NAMES = ["anisotropic", "blobs", "circles", "moons", "varied"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n_samples", [6, 7, 501])
def test_shape_types_and_balance(name: str, n_samples: int) -> None:
    X, y = make_shapes(name, n_samples, random_state=0)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((n_samples, 2), np.float32, (n_samples,), np.int64)
    sizes = np.bincount(y)
    assert len(sizes) == (2 if name in ("circles", "moons") else 3)
    assert sizes.max() - sizes.min() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_seeded_and_without_side_effects(name: str) -> None:
    state = np.random.get_state()[1].tolist()  # type: ignore[index]
    first, second = make_shapes(name, 50, random_state=3), make_shapes(name, 50, random_state=3)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert not np.array_equal(first[0], make_shapes(name, 50, random_state=4)[0])
    assert np.random.get_state()[1].tolist() == state  # type: ignore[index]


def test_circles_have_the_radii_they_claim() -> None:
    X, y = make_shapes("circles", 2000, random_state=0)
    radius = np.linalg.norm(X, axis=1)
    assert radius[y == 0].mean() == pytest.approx(1.0, abs=0.01)
    assert radius[y == 1].mean() == pytest.approx(0.5, abs=0.01)


def test_varied_has_the_spreads_it_claims() -> None:
    X, y = make_shapes("varied", 6000, random_state=0)
    assert [X[y == group].std(axis=0).mean() for group in range(3)] == pytest.approx([1.0, 2.5, 0.5], rel=0.05)


def test_another_seed_is_another_draw_of_the_same_problem() -> None:
    means = [
        np.stack([X[y == group].mean(axis=0) for group in range(3)])
        for X, y in (make_shapes("blobs", 3000, random_state=seed) for seed in (0, 1))
    ]
    np.testing.assert_allclose(means[0], means[1], atol=0.2)


def test_errors() -> None:
    with pytest.raises(InvalidParameterError, match="'name' parameter must be one of .*moons.*Got 'moon'"):
        make_shapes("moon")
    for bad in (5, 10.0, True):
        with pytest.raises(InvalidParameterError, match="'n_samples' parameter must be an integer >= 6"):
            make_shapes("moons", bad)  # type: ignore[arg-type]
