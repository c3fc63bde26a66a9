"""Cells that no column of a table can hold are refused alike, whoever made the frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.given import given_input, given_rows, given_table
from deepkmeans.exceptions import InvalidCellError, InvalidDataError

S = ["x", "y", "z"]
ODD: dict[str, tuple[list[Any], str]] = {
    "struct": ([{"a": 1, "b": "u"}] * 3, "dictionaries, such as .'a': 1, .*json_normalize"),
    "bytes": ([b"x"] * 3, "bytes, such as b'x' in row 0.*str.decode"),
    "vector": ([[1, 2]] * 3, "lists of other things than texts.*2.*tolist"),
    "nested": ([[["u"], ["v"]]] * 3, "lists of other things than texts"),
}


def frames(cells: list[Any]) -> dict[str, Any]:
    """The same column of Python objects, of Arrow as a table and in pandas, of polars, and of NumPy arrays."""
    table = pa.table({"s": S, "v": cells})
    arrays = [np.array(cell, dtype=object) if isinstance(cell, list) else cell for cell in cells]
    return {
        "objects": pd.DataFrame({"s": S, "v": cells}), "Arrow": table, "pandas of Arrow": table.to_pandas(
            types_mapper=pd.ArrowDtype), "polars": pl.DataFrame({"s": S, "v": cells}),
        "arrays": pd.DataFrame({"s": S, "v": arrays}),
    }  # fmt: skip


@pytest.mark.parametrize("name", [*ODD])
def test_odd_cells_are_refused_by_the_name_of_their_column(name: str) -> None:
    cells, words = ODD[name]
    for frame in frames(cells).values():
        with pytest.raises(InvalidCellError, match=rf"Column 'v' of X holds {words}.*InputSpec\(columns=.'v': 'igno"):
            given_input(frame, InputSpec())
        with pytest.raises(InvalidCellError, match="Column 'v' of X"):
            given_table(frame, 2, ["s", "v"])
        assert given_input(frame, InputSpec(columns={"v": "ignored"})).kind == "table"  # type: ignore[union-attr]
        assert given_table(frame, 2, ["s"]).shape == (3, 2)  # type: ignore[union-attr]
        assert given_rows(frame).shape == (3, 2)  # which a transformer of the user's own may take


@pytest.mark.parametrize("cells", [[["a", "b"], ["b"], []], [["a", None], None, ["c"]]], ids=["texts", "some missing"])
def test_lists_of_texts_are_taken(cells: list[Any]) -> None:
    for frame in frames(cells).values():
        assert given_input(frame, InputSpec()).kind == "table"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([1j, 2j, 3j], "Complex data not supported: column 'v'"),
        (np.array([1j, None, "a"], dtype=object), "Complex data not supported: column 'v' .*row 0"),
        ([None, object(), "a"], "Column 'v' .*objects of type object.*row 1"),
        (pd.interval_range(0, 3), "Column 'v' .*intervals.*row 0.*mid, left and right"),
        ([np.float64(1.0), np.array(2.0), 3.0], "Column 'v' .*row 1"),
    ],
    ids=["complex", "one complex", "object", "interval", "array without dimension"],
)
def test_other_odd_cells(cells: object, words: str) -> None:
    with pytest.raises(InvalidDataError, match=words):
        given_input(pd.DataFrame({"s": S, "v": cells}), InputSpec())
