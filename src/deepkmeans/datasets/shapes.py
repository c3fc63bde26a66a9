"""Generated shapes: some suit K-Means, some do not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.utils import check_random_state

from ..exceptions import InvalidParameterError

__all__ = ["make_shapes"]

_NAMES = ("anisotropic", "blobs", "circles", "moons", "varied")


def make_shapes(
    name: str, n_samples: int = 1000, random_state: int | np.random.RandomState | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Rows in the plane, of one of the shapes that clustering methods are told apart by.

    Parameters
    ----------
    name : {"anisotropic", "blobs", "circles", "moons", "varied"}
        ``"blobs"``: three round groups; ``"anisotropic"``: the same, sheared; ``"varied"``: round groups of
        standard deviations 1, 2.5 and 0.5; ``"moons"``: two half circles, noise 0.05; ``"circles"``: one circle within
        another, half its size, noise 0.05.
    n_samples : int, default=1000
        At least 6; groups are of equal size, up to one row.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    X : ndarray of shape (n_samples, 2), float32
    y : ndarray of shape (n_samples,), int64

    Raises
    ------
    InvalidParameterError
        For an unknown name or fewer than 6 rows.

    Examples
    --------
    >>> from deepkmeans.datasets import make_shapes
    >>> X, y = make_shapes("moons", 200, random_state=0)
    >>> X.shape, sorted(set(y.tolist()))
    ((200, 2), [0, 1])
    """
    if name not in _NAMES:
        raise InvalidParameterError(f"The 'name' parameter must be one of {', '.join(_NAMES)}. Got {name!r} instead.")
    if isinstance(n_samples, bool) or not isinstance(n_samples, (int, np.integer)) or n_samples < 6:
        raise InvalidParameterError(f"The 'n_samples' parameter must be an integer >= 6. Got {n_samples!r} instead.")
    random = check_random_state(random_state)
    X, y = _draw(name, int(n_samples), random)
    return np.ascontiguousarray(X, dtype=np.float32), np.asarray(y, dtype=np.int64)


def _draw(name: str, n_samples: int, random: np.random.RandomState) -> tuple[Any, Any]:
    if name == "moons":
        return make_moons(n_samples, noise=0.05, random_state=random)
    if name == "circles":
        return make_circles(n_samples, noise=0.05, factor=0.5, random_state=random)
    # The centres are fixed: another seed draws other rows of the same problem.
    centers = np.array([[-6.0, -6.0], [0.0, 6.0], [6.0, -4.0]])
    deviation = [1.0, 2.5, 0.5] if name == "varied" else 1.0
    X, y = make_blobs(n_samples, centers=centers, cluster_std=deviation, random_state=random)
    return (X @ np.array([[0.6, -0.6], [-0.4, 0.8]]), y) if name == "anisotropic" else (X, y)
