"""What "auto" stands for, at sizes from a handful to millions of rows."""

import pytest

from deepkmeans.fitting.sizing import batch_size_for, embedding_dim_for, epochs_for, hidden_sizes_for


@pytest.mark.parametrize(
    ("rows", "batch", "epochs"),
    [
        (50, 16, 200),  # 120 times, but ten at most
        (1_797, 64, 67),  # 20 x 6,000 / 1,797
        (5_620, 128, 21),
        (10_992, 256, 20),
        (70_000, 256, 13),  # 20 x 46,000 / 70,000
        (1_000_000, 256, 5),  # a quarter at least
    ],
)
def test_batches_and_epochs_by_the_number_of_rows(rows, batch, epochs):
    assert batch_size_for(rows) == batch
    assert epochs_for(20, rows) == epochs


def test_an_epoch_is_never_rounded_away():
    assert epochs_for(1, 10**7) == 1


@pytest.mark.parametrize(("columns", "width"), [(1, 1), (2, 2), (4, 2), (5, 3), (19, 10), (784, 10)])
def test_codes_by_the_number_of_columns(columns, width):
    assert embedding_dim_for(columns) == width


@pytest.mark.parametrize(("rows", "hidden"), [(150, (64, 64)), (1_000, (256, 256, 512)), (4_000, (500, 500, 2000))])
def test_layers_by_the_number_of_rows(rows, hidden):
    assert hidden_sizes_for(rows) == hidden
