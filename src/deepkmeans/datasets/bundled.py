"""The small classics that come with scikit-learn, in one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets as bundled

__all__ = ["Dataset", "load_breast_cancer", "load_digits", "load_iris", "load_wine"]


@dataclass(frozen=True)
class Dataset:
    """Rows with known classes.

    Attributes
    ----------
    name : str
    X : ndarray of shape (n_samples, n_features), float32
    y : ndarray of shape (n_samples,), int64
        Classes, counted from 0. For judging a clustering, never for fitting one.
    feature_names, class_names : tuple of str
    """

    name: str
    X: NDArray[np.float32]
    y: NDArray[np.int64]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]

    @property
    def n_classes(self) -> int:
        """Number of known classes."""
        return len(self.class_names)


def load_iris() -> Dataset:
    """Fisher's iris: 150 flowers, 4 lengths in centimetres, 3 species."""
    return _from_bunch("iris", bundled.load_iris)


def load_wine() -> Dataset:
    """Wine: 178 bottles, 13 chemical figures on very different scales, 3 growers."""
    return _from_bunch("wine", bundled.load_wine)


def load_breast_cancer() -> Dataset:
    """Wisconsin breast cancer: 569 samples, 30 figures of cell nuclei, 2 diagnoses."""
    return _from_bunch("breast_cancer", bundled.load_breast_cancer)


def load_digits() -> Dataset:
    """Handwritten digits: 1,797 images of 8 x 8 pixels from 0 to 16, 10 digits."""
    return _from_bunch("digits", bundled.load_digits)


def _from_bunch(name: str, loader: Callable[[], Any]) -> Dataset:
    bunch = loader()
    return Dataset(
        name=name,
        X=np.ascontiguousarray(bunch.data, dtype=np.float32),
        y=np.asarray(bunch.target, dtype=np.int64),
        feature_names=tuple(str(feature) for feature in bunch.feature_names),
        class_names=tuple(str(label) for label in bunch.target_names),
    )
