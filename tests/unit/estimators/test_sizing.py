"""What "auto" stands for, at sizes from a handful to millions of rows."""

import pytest

from deepkmeans.estimators.sizing import batch_size_for, embedding_dim_for, epochs_for, hidden_sizes_for


@pytest.mark.parametrize(
    ("rows", "batch", "epochs"),
    [
        (50, 16, 300),  # 3 steps an epoch: 60 x 8, but five times at most
        (1_797, 64, 60),  # 28 steps
        (10_992, 256, 60),  # 42
        (70_000, 256, 13),  # 273: 60 x 60 / 273
        (1_000_000, 256, 10),  # 3,906: a sixth at least
    ],
)
def test_batches_and_epochs_by_the_number_of_rows(rows, batch, epochs):
    assert batch_size_for(rows) == batch
    assert epochs_for(60, rows, batch) == epochs


def test_an_epoch_is_never_rounded_away():
    assert epochs_for(1, 10**7, 256) == 1


@pytest.mark.parametrize(("columns", "width"), [(1, 1), (2, 2), (4, 2), (5, 3), (19, 10), (784, 10)])
def test_codes_by_the_number_of_columns(columns, width):
    assert embedding_dim_for(columns) == width


@pytest.mark.parametrize(
    ("rows", "hidden"), [(150, (64, 64)), (1_000, (256, 256, 512)), (4_000, (500, 500, 2000))]
)
def test_layers_by_the_number_of_rows(rows, hidden):
    assert hidden_sizes_for(rows) == hidden
