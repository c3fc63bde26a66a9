"""Files of a test, and what reading them should give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans.data.files import Table, read_table
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError

NAN = np.nan


def file_of(folder: Path, content: str | bytes, name: str = "customers.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def holds(table: Table, X: Any, names: list[str] | None) -> None:
    assert table.X.dtype == np.float32
    assert table.X.flags.c_contiguous
    np.testing.assert_array_equal(table.X, np.array(X, dtype=np.float32))
    assert table.feature_names == names


def cells(table: Table) -> dict[str, list[Any]]:
    """The columns of a table that is not all numbers, missing values as None."""
    assert isinstance(table.X, pd.DataFrame)
    return {
        str(name): [None if value != value else value for value in column.tolist()] for name, column in table.X.items()
    }


def refused(path: Path, words: str, error: type[Exception] = InvalidDataError, **options: Any) -> str:
    with pytest.raises(error) as caught:
        read_table(path, **options)
    message = str(caught.value)
    assert words in message
    assert path.name in message or error is InvalidParameterError
    assert "\n" not in message
    return message
