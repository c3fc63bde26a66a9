"""An explanation that is given to a page must be of its model and rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans

from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.inspection import explain
from deepkmeans.report import write_report


def test_an_explanation_of_something_else_is_refused(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(60, 3))
    model, other = KMeans(3, n_init=1, random_state=0).fit(X), KMeans(4, n_init=1, random_state=0).fit(X)
    path = tmp_path / "page.html"
    with pytest.raises(InvalidParameterError, match="of another model, of other rows, or of clusters"):
        write_report(other, X, path, explanation=explain(model, X))
    with pytest.raises(InvalidParameterError, match=r"must be what explain\(model, X\) returns"):
        write_report(model, X, path, explanation=3)
    with pytest.raises(InvalidParameterError, match="'path' parameter of write_report"):
        write_report(model, X, None)  # type: ignore[arg-type]
    assert not path.exists()
