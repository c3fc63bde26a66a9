"""Levels become what the other columns make of them: chance levels out, levels that go with other columns stay."""

from __future__ import annotations

import numpy as np
import torch

from deepkmeans.graph.expected_levels import expected_levels


def test_by_hand() -> None:
    """Four rows: neighbours of each are the three others, of which two hold the level, or one."""
    X = torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    made = expected_levels(X, np.array([-1, 0]), np.array([1.0, 1.0, 1.0, 3.0]))
    # Means of the others, the last of which is three rows: 1 of 5, 2 of 5, 1 of 5, 2 of 3.
    torch.testing.assert_close(made[:, 1], torch.tensor([0.2, 0.4, 0.2, 2 / 3]))
    torch.testing.assert_close(made[:, 0], X[:, 0])


def _groups(level: np.ndarray) -> torch.Tensor:
    rng = np.random.default_rng(0)
    group = np.repeat([0.0, 8.0], 100)
    return torch.from_numpy(np.column_stack([group + rng.normal(size=200), level]))


def test_a_level_of_chance_no_longer_parts_the_rows() -> None:
    level = np.random.default_rng(1).integers(0, 2, 200).astype(float)
    made = expected_levels(_groups(level), np.array([-1, 5]), np.ones(200))[:, 1].numpy()
    assert made.std() < 0.35 * level.std()


def test_a_level_that_goes_with_a_number_stays() -> None:
    level = np.repeat([0.0, 1.0], 100)
    made = expected_levels(_groups(level), np.array([-1, 5]), np.ones(200))[:, 1].numpy()
    assert abs(made[:100].mean() - made[100:].mean()) > 0.95


def test_numbers_alone_and_a_level_alone_stay() -> None:
    X = _groups(np.arange(200) % 2.0)
    assert torch.equal(expected_levels(X, np.array([-1, -1]), np.ones(200)), X)
    assert torch.equal(expected_levels(X[:, 1:], np.array([0]), np.ones(200)), X[:, 1:])


def test_many_columns_are_left_out_together() -> None:
    rng = np.random.default_rng(2)
    levels = rng.integers(0, 2, (150, 40)).astype(float)
    X = torch.from_numpy(np.column_stack([rng.normal(size=(150, 2)), levels]))
    made = expected_levels(X, np.r_[-1, -1, np.arange(40)], np.ones(150)).numpy()
    assert np.array_equal(made[:, :2], X[:, :2].numpy())
    assert (made[:, 2:].std(axis=0) < 0.4 * levels.std(axis=0)).all()
