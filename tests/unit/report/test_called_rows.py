"""What rows are called on a page: by an identifier, an index, or what the caller says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.report import write_report
from deepkmeans.report.called_rows import CalledRows
from tests.unit.report.explained import explained
from tests.unit.report.test_page import elements


@pytest.fixture(scope="module")
def table() -> tuple[pd.DataFrame, Any]:
    """60 customers of two kinds, with an identifier and a text."""
    random, kind = np.random.RandomState(0), np.arange(60) % 2
    said = np.array([["the delivery was late", "where is my parcel"], ["great advice", "nice people in the shop"]])
    frame = pd.DataFrame({
        "customer_id": [f"K{number:04d}" for number in 1000 + random.permutation(60)],
        "age": np.where(kind, 60.0, 25.0) + random.normal(0, 3, 60).round(),
        "comment": [f"{said[k][random.randint(2)]}, customer {i} says" for i, k in enumerate(kind)],
    })  # fmt: skip
    return frame, DeepKMeans(2, partition="k-means", random_state=0).fit(frame)


def test_rows_have_their_identifier_and_texts_on_the_page(tmp_path: Path, table: Any) -> None:
    frame, model = table
    explanation = explained(model, frame)
    path = write_report(model, frame, tmp_path / "page.html", explanation=explanation)
    text, data = path.read_text("utf-8"), elements(path).data()
    assert data["names"] == frame["customer_id"].tolist() and data["called"] == "customer_id"
    assert '<th scope="col">customer_id</th>' in text and '<th scope="col">comment</th>' in text
    row = explanation.clusters[0].exemplars.exemplars[0]
    assert f'<th scope="row">{frame["customer_id"][row]}</th>' in text
    assert f'{frame["comment"][row]}</td>' in text


@pytest.mark.parametrize(
    ("given", "X", "names", "column"),
    [
        (None, pd.DataFrame({"a": [1.0, 2.0]}), None, ""),
        (None, pd.DataFrame({"a": [1.0, 2.0]}, index=pd.Index(["x", "y"], name="shop")), ("x", "y"), "shop"),
        (None, pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "x"]), None, ""),
        (None, np.eye(2), None, ""),
        (["u", "v  w"], np.eye(2), ("u", "v w"), ""),
        (pd.Series([7.0, 8.0], name="id"), np.eye(2), ("7", "8"), "id"),
    ],
)
def test_names_of_rows(given: Any, X: Any, names: Any, column: str) -> None:
    called = CalledRows.of(given, X, {}, 2)
    assert (called.names, called.column) == (names, column)
    assert called.of_row(1) == (names[1] if names else "1")


def test_names_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidDataError, match="one name for each of the 2 rows; it has 3"):
        CalledRows.of(list("abc"), np.eye(2), {}, 2)
    for given in ("customer_id", 3):
        with pytest.raises(InvalidParameterError, match="'row_names' parameter of write_report"):
            CalledRows.of(given, np.eye(2), {}, 2)


def test_names_take_their_share_of_the_room(tmp_path: Path) -> None:
    """10,000 rows with long identifiers still make a page of less than a megabyte."""
    from sklearn.cluster import KMeans

    X = pd.DataFrame(np.random.RandomState(0).normal(size=(10_000, 20)))
    model = KMeans(5, n_init=1, random_state=0).fit(X.to_numpy())
    names = [f"{row:032x}" for row in range(10_000)]
    path = tmp_path / "page.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deepkmeans.report.map_coordinates._FEWEST_TSNE", 10**6)
        write_report(model, X.to_numpy(), path, explanation=explained(model, X.to_numpy()), row_names=names)
    data = elements(path).data()
    assert path.stat().st_size < 1_000_000
    assert data["names"][17] == names[17] and data["without_room"] > 0
