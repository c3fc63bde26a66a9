from __future__ import annotations

import numpy as np
import pytest

from deepkmeans import datasets


@pytest.mark.parametrize(
    ("name", "shape", "sizes"),
    [
        ("iris", (150, 4), [50, 50, 50]),
        ("wine", (178, 13), [59, 71, 48]),
        ("breast_cancer", (569, 30), [212, 357]),
        ("digits", (1797, 64), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
    ],
)
def test_published_counts(name: str, shape: tuple[int, int], sizes: list[int]) -> None:
    data = getattr(datasets, f"load_{name}")()
    assert (data.name, data.X.shape) == (name, shape)
    assert np.bincount(data.y).tolist() == sizes
    assert data.n_classes == len(data.class_names) == len(sizes)
    assert len(data.feature_names) == shape[1]
    assert (data.X.dtype, data.y.dtype) == (np.float32, np.int64)


def test_iris_is_the_one_with_the_known_first_flower() -> None:
    assert datasets.load_iris().X[0].tolist() == pytest.approx([5.1, 3.5, 1.4, 0.2])
