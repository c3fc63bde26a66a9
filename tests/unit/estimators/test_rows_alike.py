"""Rows that are the same to the clustering: the message names the true cause, and a cure that is not in use already."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, MissingValuesWarning

HOLE = [[1.5]] * 9 + [[np.nan]]
LONGER = np.arange(1.0, 41)[:, None] * (np.arange(60) % 3 == 0)
MISSING_ALONE = r"differ only in which cells are missing \(column {}\), .* n_clusters=1, or"


@pytest.mark.parametrize("scaling", ["auto", "standard", "robust", "shared", "none", "unit"])
def test_missing_cells_alone_are_no_difference(scaling):
    with pytest.raises(InvalidDataError, match=MISSING_ALONE.format(0)) as refused:
        DeepKMeans(2, scaling=scaling, random_state=0).fit(HOLE)
    assert "scaling" not in str(refused.value)


def test_the_columns_with_missing_cells_are_named():
    frame = pd.DataFrame({"size": [2.0, None, 2, 2], "age": [5.0, 5, 5, 5], "cost": [1.0, 1, 1, None]})
    with pytest.raises(InvalidDataError, match=MISSING_ALONE.format("'size', 'cost'")):
        DeepKMeans(2, random_state=0).fit(frame)
    with pytest.raises(InvalidDataError, match=MISSING_ALONE.format("0, 2")):
        DeepKMeans(2, random_state=0).fit(sp.csr_matrix(frame.to_numpy()))
    assert set(DeepKMeans(1, random_state=0).fit(frame).labels_) == {0}
    with pytest.warns(MissingValuesWarning):
        assert len(DeepKMeans(2, random_state=0).fit(frame.assign(more=[1, 1, 9, 9])).labels_) == 4


@pytest.mark.parametrize(
    ("make", "scaling", "words"),
    [
        (np.asarray, "cosine", "scaling='cosine' leaves all rows of X the same: they differ only in their length; use"),
        (np.asarray, "counts", "scaling='counts' leaves all rows of X the same: they differ only in their sum"),
        (lambda X: sp.csr_matrix(np.tile(X, 5) / 7), "auto", "scaling='auto', here 'cosine' leaves all rows"),
        (lambda X: 1e-200 * X, "none", "scaling='none' leaves all rows .* so little that float32 loses it; .* units"),
    ],
)
def test_a_scaling_that_takes_the_difference_away(make, scaling, words):
    with pytest.raises(InvalidDataError, match=words) as refused:
        DeepKMeans(2, scaling=scaling, random_state=0).fit(make(LONGER))
    assert "use scaling='standard'" in str(refused.value)
    assert "'auto' or" not in str(refused.value)
