"""A LIL matrix whose rows were taken away."""

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans import KMeans
from deepkmeans.exceptions import InvalidDataError


@pytest.mark.parametrize("part", ["rows", "data"])
@pytest.mark.parametrize("value", [None, 5])
def test_rows_that_are_no_lists_are_damage(part, value):
    X = sp.lil_matrix(np.eye(5))
    getattr(X, part)[1] = value
    with pytest.raises(InvalidDataError, match="damaged .*: row 1 is no list"):
        KMeans(2).fit(X)
