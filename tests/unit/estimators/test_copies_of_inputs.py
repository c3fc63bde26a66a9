"""Rows of several inputs that are the same count as one row with their weight."""

import numpy as np

from deepkmeans import DeepKMeans

Y = np.arange(60) % 2


def inputs(times):
    random = np.random.RandomState(0)
    a, b = random.randn(60, 3) + 5 * Y[:, None], random.randn(60, 2) - 5 * Y[:, None]
    a[4], b[7] = np.nan, np.nan
    words = [["red", "apple"], ["fast", "car"]]
    titles = [None if row == 9 else f"{words[k][row % 2]} {words[k][0]}" for row, k in enumerate(Y)]
    rows = np.repeat(np.arange(60), times)
    return {"a": a[rows], "b": b[rows], "title": [titles[row] for row in rows]}


def test_copies_and_weights_give_the_same_fit():
    times = np.where(np.arange(60) % 3 == 0, 2, 1)
    model = DeepKMeans(2, max_epochs=2, random_state=0)
    weighted = model.fit(inputs(1), sample_weight=times)
    centers, labels = weighted.cluster_centers_, weighted.labels_
    assert weighted.report_["modalities"]["b"]["missing"] == 1
    copied = model.fit(inputs(times))
    assert np.array_equal(copied.cluster_centers_, centers)
    assert (copied.labels_ == np.repeat(labels, times)).all()
    assert copied.report_["modalities"]["a"]["missing"] == 1 and copied.report_["modalities"]["title"]["missing"] == 2
    assert (copied.predict(inputs(1)) == labels).all()
    assert copied.report_["cluster_sizes"] == [int((copied.labels_ == k).sum()) for k in range(2)]


def test_no_fewer_rows_than_clusters_are_left():
    a, b = np.repeat([[0.0], [1.0]], 10, axis=0), np.repeat([[1.0, 0.0], [0.0, 3.0]], 10, axis=0)
    model = DeepKMeans(3, max_epochs=1, random_state=0).fit({"a": a, "b": b})
    assert set(model.labels_[:10]).isdisjoint(model.labels_[10:])
