"""Several inputs in the benchmark: gaps that leave a row one input at least, and the numbers the alternatives see."""

import numpy as np
import pytest

from benchmarks import joined


def load(data, limit):
    texts = [word for word in ("red apple", "green pear", "blue plum", "ripe fig") for _ in range(10)]
    pictures = np.random.RandomState(0).randint(0, 255, (40, 6, 6)).astype(np.uint8)
    return {"title": texts, "photo": pictures, "facts": np.random.RandomState(1).rand(40, 3)}, np.arange(40) // 10


def test_gaps_leave_one_input_at_least():
    X, y = joined._with_gaps(load, 0.7)(None, None)
    lacks = np.column_stack([
        [text is None for text in X["title"]], np.isnan(X["photo"]).all(axis=(1, 2)), np.isnan(X["facts"]).all(axis=1),
    ])  # fmt: skip
    assert len(y) == 40 and 0.4 < lacks.mean() < 0.75 and not lacks.all(axis=1).any()
    assert np.isfinite(load(None, None)[0]["facts"]).all()


def test_numbers_have_the_same_variance_and_the_mean_where_they_are_missing():
    X, _ = joined._with_gaps(load, 0.5)(None, None)
    for name, value in X.items():
        rows = joined._numbers(value)
        there = rows.any(axis=1)
        assert 10 < there.sum() < 40, name
        assert np.var(rows[there], axis=0).sum() == pytest.approx(1, rel=1e-3), name
    labels = joined._kmeans(X, 4, 0)
    assert labels.shape == (40,) and len(set(labels)) == 4
