"""What "auto" stands for, at sizes from a handful to millions of rows."""

import pytest

from deepkmeans.estimators.sizing import batch_size_for, embedding_dim_for, epochs_for, hidden_sizes_for


@pytest.mark.parametrize(
    ("rows", "batch", "epochs"),
    [
        (50, 16, 200),  # 3 steps an epoch: 20 x 16, but ten times at most
        (1_797, 32, 20),  # 56 steps
        (5_620, 128, 22),  # 43 steps: 20 x 48 / 43
        (10_992, 256, 23),  # 42
        (70_000, 256, 13),  # 273: 20 x 180 / 273
        (1_000_000, 256, 5),  # 3,906: a quarter at least
    ],
)
def test_batches_and_epochs_by_the_number_of_rows(rows, batch, epochs):
    assert batch_size_for(rows) == batch
    assert epochs_for(20, rows, batch) == epochs


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
