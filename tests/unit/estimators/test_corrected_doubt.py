"""Probabilities of a model whose clusters a person has corrected."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.fitting import with_label_ahead

CENTERS = np.array([[0, 0], [3, 0], [20, 0], [40, 0], [40, 6]])
ROWS = CENTERS[np.repeat(range(5), [50, 40, 30, 20, 20])] + 0.4 * np.random.RandomState(0).randn(160, 2)


def test_what_a_label_keeps_when_others_are_more_probable_together() -> None:
    merged = torch.tensor([[0.4, 0.6]], dtype=torch.float64)
    ahead = with_label_ahead(merged, torch.tensor([0]))
    assert torch.allclose(ahead, torch.tensor([[0.5005, 0.4995]], dtype=torch.float64))


@pytest.mark.parametrize("given", [{}, {"noise": 0.05}, {"balance": 0.9}], ids=["plain", "noise", "balanced"])
def test_the_label_is_the_most_probable_cluster_after_any_correction(given: dict[str, Any]) -> None:
    fitted = DeepKMeans(4, partition="k-means", random_state=0, device="cpu", **given).fit(ROWS)
    for pair in [(0, 1), (0, 2), (1, 2), (2, 3), (0, 3)]:
        model = copy.deepcopy(fitted).merge(list(pair)).split(0, ROWS, n_clusters=2)
        labels, probable = model.predict(ROWS), model.predict_proba(ROWS)
        known = labels >= 0
        np.testing.assert_array_equal(probable.argmax(1)[known], labels[known])
        np.testing.assert_allclose(probable.sum(1), 1)


def test_one_cluster_is_certain_of_its_rows() -> None:
    model = DeepKMeans(2, partition="k-means", random_state=0, device="cpu").fit(ROWS).merge([0, 1])
    np.testing.assert_allclose(model.predict_proba(ROWS), 1)
