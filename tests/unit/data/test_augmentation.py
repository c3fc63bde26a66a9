"""Views of rows by hand."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.augmentation import AugmentedPictures, StepsToNeighbors
from deepkmeans.data.source import JoinedRows
from deepkmeans.types import Batch


def rows_of(X):
    X = np.asarray(X, dtype=float)
    return Rows(X, fit_scaling(X, "none"), device=torch.device("cpu"))


def drawn():
    return torch.Generator().manual_seed(3)


def batch(inputs, index):
    return Batch(index, inputs, generator=drawn())


def test_pictures_are_moved_and_other_inputs_stay():
    augmentation = AugmentedPictures(lambda x, generator: x + torch.rand(1, generator=generator), "picture")
    inputs = {"picture": torch.zeros(2, 3), "table": torch.ones(2, 1)}
    views = augmentation(batch(inputs, torch.arange(2)))
    torch.testing.assert_close(views["picture"], torch.rand(1, generator=drawn()).expand(2, 3))
    assert views["table"] is inputs["table"] and float(inputs["picture"].sum()) == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        augmentation.name = "x"


def test_a_step_goes_part_of_the_way_to_a_neighbour():
    rows = rows_of([[0.0], [10.0], [100.0]])
    neighbors = torch.tensor([[1, 1], [2, 2], [0, 0]])
    inputs, _ = rows.inputs(torch.tensor([0, 2]))
    views = StepsToNeighbors(rows, neighbors, noise=0.0, step=0.5)(batch(inputs, torch.tensor([0, 2])))
    first, second = views["x"][:, 0].tolist()
    assert 0 < first <= 5 and 50 <= second < 100
    still = StepsToNeighbors(rows, neighbors, noise=0.0, step=0.0)(batch(inputs, torch.tensor([0, 2])))
    assert torch.equal(still["x"], inputs["x"])
    noisy = StepsToNeighbors(rows, neighbors, noise=2.0, step=0.0)(batch(inputs, torch.tensor([0, 2])))
    torch.testing.assert_close(noisy["x"] - inputs["x"], 2 * torch.randn(2, 1, generator=drawn()))


def test_no_step_is_made_towards_an_input_that_the_neighbour_lacks():
    a, b = rows_of([[0.0], [10.0]]), rows_of([[0.0], [99.0]])
    source = JoinedRows({"a": a, "b": b}, {"a": torch.tensor([True, True]), "b": torch.tensor([True, False])})
    inputs, _ = source.inputs(torch.tensor([0]))
    step = StepsToNeighbors(source, torch.tensor([[1], [0]]), noise=0.0, step=1.0)
    views = step(batch(inputs, torch.tensor([0])))
    assert float(views["a"]) > 0 and float(views["b"]) == 0


def test_a_sample_without_neighbours_steps_towards_itself():
    rows = rows_of([[0.0], [10.0]])
    inputs = {"x": torch.tensor([[3.0], [5.0]])}
    step = StepsToNeighbors(rows, torch.tensor([[-1, -1], [1, 1]]), noise=0.0, step=1.0)
    alone, other = step(batch(inputs, torch.arange(2)))["x"][:, 0].tolist()
    assert alone == 3 and 5 < other <= 10


@pytest.mark.parametrize("augmentation", ["steps", "pictures"])
def test_shares_of_a_batch_are_augmented_from_draws_that_stay_alike(augmentation):
    """Steps are those of the whole batch; what draws as it likes has a generator of its own in each process."""
    rows = rows_of(np.arange(12.0)[:, None])
    neighbors = (torch.arange(12)[:, None] + torch.tensor([[1, 2]])) % 12
    noisy = AugmentedPictures(lambda x, generator: x + torch.rand(x.shape, generator=generator))

    def views(index, **shared):
        own = StepsToNeighbors(rows, neighbors[index], noise=0.3, step=0.5) if augmentation == "steps" else noisy
        inputs, _ = rows.inputs(index)
        share = Batch(torch.arange(len(index)), inputs, generator=drawn(), **shared)
        return own(share)["x"], float(torch.rand(1, generator=share.generator))

    whole, _ = views(torch.arange(12))
    after, found = set(), []
    for rank, index in enumerate((torch.arange(5), torch.arange(5, 12), torch.arange(0))):
        group = SimpleNamespace(rank=rank, size=3)
        part, then = views(index, collective=group, positions=index, n_samples=12)
        found.append(part)
        after.add(then)
    assert len(after) == 1
    if augmentation == "steps":
        torch.testing.assert_close(torch.cat(found), whole)
    else:
        assert not torch.equal(found[0] - torch.arange(5.0)[:, None], (found[1] - torch.arange(5.0, 12)[:, None])[:5])
