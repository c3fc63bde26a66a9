"""Views of rows by hand."""

import dataclasses

import numpy as np
import pytest
import torch

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.augmentation import AugmentedPictures, StepsToNeighbors
from deepkmeans.data.source import JoinedRows


def rows_of(X):
    X = np.asarray(X, dtype=float)
    return Rows(X, fit_scaling(X, "none"), device=torch.device("cpu"))


def drawn():
    return torch.Generator().manual_seed(3)


def test_pictures_are_moved_and_other_inputs_stay():
    augmentation = AugmentedPictures(lambda x, generator: x + torch.rand(1, generator=generator), "picture")
    inputs = {"picture": torch.zeros(2, 3), "table": torch.ones(2, 1)}
    views = augmentation(inputs, torch.arange(2), drawn())
    torch.testing.assert_close(views["picture"], torch.rand(1, generator=drawn()).expand(2, 3))
    assert views["table"] is inputs["table"] and float(inputs["picture"].sum()) == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        augmentation.name = "x"


def test_a_step_goes_part_of_the_way_to_a_neighbour():
    rows = rows_of([[0.0], [10.0], [100.0]])
    neighbors = torch.tensor([[1, 1], [2, 2], [0, 0]])
    inputs, _ = rows.inputs(torch.tensor([0, 2]))
    views = StepsToNeighbors(rows, neighbors, noise=0.0, step=0.5)(inputs, torch.tensor([0, 2]), drawn())
    first, second = views["x"][:, 0].tolist()
    assert 0 < first <= 5 and 50 <= second < 100
    still = StepsToNeighbors(rows, neighbors, noise=0.0, step=0.0)(inputs, torch.tensor([0, 2]), drawn())
    assert torch.equal(still["x"], inputs["x"])
    noisy = StepsToNeighbors(rows, neighbors, noise=2.0, step=0.0)(inputs, torch.tensor([0, 2]), drawn())
    torch.testing.assert_close(noisy["x"] - inputs["x"], 2 * torch.randn(2, 1, generator=drawn()))


def test_no_step_is_made_towards_an_input_that_the_neighbour_lacks():
    a, b = rows_of([[0.0], [10.0]]), rows_of([[0.0], [99.0]])
    source = JoinedRows({"a": a, "b": b}, {"a": torch.tensor([True, True]), "b": torch.tensor([True, False])})
    inputs, _ = source.inputs(torch.tensor([0]))
    step = StepsToNeighbors(source, torch.tensor([[1], [0]]), noise=0.0, step=1.0)
    views = step(inputs, torch.tensor([0]), drawn())
    assert float(views["a"]) > 0 and float(views["b"]) == 0
