"""What is neither a table nor texts, and what to give instead."""

from __future__ import annotations

import datetime
import numbers
import os
from collections.abc import Iterator, Mapping, Sequence, Set, ValuesView
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .._quoting import printable
from ..exceptions import InvalidDataError
from .given_paths import lost_path
from .given_texts import is_missing, one_dimension
from .joined_input import is_mapping_of_inputs
from .media.folders import folder_kind

__all__ = ["refuse_no_rows"]

_SHOWN = 40


def refuse_no_rows(X: Any, *, may_be_texts: bool = True, in_fit: bool = True) -> None:
    """Refuse an ``X`` that can be no rows of any kind; nothing for what may be rows.

    Parameters
    ----------
    X : Any
    may_be_texts : bool
        Whether a column of cells of which some are texts was meant to be texts.
    in_fit : bool
        Whether ``X`` may still be said to be of another kind.

    Raises
    ------
    InvalidDataError
    """
    if (problem := _as_a_whole(X, may_be_texts)) is not None:
        raise InvalidDataError(f"X {problem}.")
    if isinstance(X, (list, tuple)) and (problem := _in_rows(X, in_fit)) is not None:
        raise InvalidDataError(f"X {problem}.")
    if in_fit and (cells := one_dimension(X)) is not None and (problem := _in_arrays(cells)) is not None:
        raise InvalidDataError(f"X {problem}.")
    cells = one_dimension(X) if may_be_texts else None
    if cells is not None and (problem := _in_texts(X, cells, in_fit)) is not None:
        raise InvalidDataError(f"X {problem}.")


def _as_a_whole(X: Any, may_be_texts: bool) -> str | None:
    kind = type(X).__name__
    if isinstance(X, (str, os.PathLike)) and os.path.isdir(X):
        if folder_kind(Path(X)) == "audio":
            return (
                f"is the folder {_shown(X)}, of whose files less than half are recordings: "
                "preprocessor=InputSpec(kind='audio') reads them"
            )
        return (
            f"is the folder {_shown(X)}, which holds neither pictures nor recordings: give a folder of these, or rows, "
            "such as [path.read_text() for path in sorted(Path(X).glob('*.txt'))] of files of texts"
        )
    if (problem := lost_path(X)) is not None:
        texts = ", or, if it is one text, give a list of texts, one a row" if may_be_texts and kind == "str" else ""
        return f"{problem}: check the path{texts}"
    if isinstance(X, (str, bytes, os.PathLike)):
        is_file = not isinstance(X, bytes) and os.path.exists(X)
        what = f"the file {_shown(X)}" if is_file else f"one text, {_shown(X)} (no folder or file is called so)"
        return (
            f"is {what}, not rows: {'give a list of texts, one a row, or ' if may_be_texts else ''}read a "
            "file first, with deepkmeans.datasets.read_table(path)"
        )
    if is_mapping_of_inputs(X):
        return f"is a {kind}, whose entries are no rows: give pandas.DataFrame(X) if they are columns"
    if isinstance(X, Set):
        return f"is a {kind}, whose entries have no order, so that labels could not be matched to them: give sorted(X)"
    odd_sequence = isinstance(X, Sequence) and not isinstance(X, (list, tuple, range, memoryview))
    if isinstance(X, ValuesView) or (odd_sequence and any(isinstance(cell, (str, list, tuple)) for cell in X)):
        return f"is a {kind}: give list(X)"
    for method in ("read_all", "to_table"):  # of Arrow's readers and data sets
        if type(X).__module__.startswith("pyarrow") and hasattr(X, method) and not hasattr(X, "to_pandas"):
            return f"is a {kind}, whose rows are not read yet: give X.{method}()"
    if isinstance(X, Iterator):
        return f"is a {kind}, which can be read only once: give list(X)"
    if isinstance(X, type):
        return f"is the class {X.__name__}: give rows, as a list, an array or a data frame"
    if isinstance(X, (list, tuple)) and not X:
        return f"is an empty {kind}: give at least one row"
    return None


def _in_arrays(cells: list[Any]) -> str | None:
    """What is wrong with a list of arrays, each of which is a picture, a series or a recording; None if none is one."""
    arrays = {row: cell for row, cell in enumerate(cells) if isinstance(cell, (np.ndarray, torch.Tensor))}
    odd = next((row for row, cell in arrays.items() if not _is_numeric(cell)), None)
    if odd is not None and (arrays[odd].ndim > 1 or _holds_complex(arrays[odd])):
        return (
            f"holds an array of {_type_of(arrays[odd])} in row {odd} (counted from 0), which is neither a picture nor "
            "a series: give arrays of real numbers"
        )
    if not arrays or not any(cell.ndim > 1 for cell in arrays.values()):
        return None
    odd = next((row for row, cell in arrays.items() if _is_no_picture_or_series(cell)), None)
    if odd is not None:
        return (
            f"holds an array of shape {tuple(arrays[odd].shape)} in row {odd} (counted from 0), which is neither a "
            "picture (height, width) or (height, width, channels) of 1, 3 or 4 channels nor a time series (times, "
            "channels): give such arrays, or numpy.stack(X) if X is pictures of other channels and of one size"
        )
    shapes = {tuple(cell.shape): row for row, cell in reversed(arrays.items())}
    shown = " and ".join(f"{shape} in row {row}" for shape, row in sorted(shapes.items(), key=lambda each: each[1])[:2])
    others = len(cells) - len(arrays) - sum(map(is_missing, cells))
    beside = f" beside {others:,} row{'s' if others > 1 else ''} of another type" if others else ""
    return (
        f"is a list of arrays, {shown} (counted from 0){beside}, and nothing says what each is. Give pictures (height, "
        "width) or (height, width, channels) with preprocessor=InputSpec(kind='image'), time series (times, channels) "
        "with preprocessor=InputSpec(kind='series')"
    )


def _is_no_picture_or_series(cell: Any) -> bool:
    channels = {1, 3, 4} & {cell.shape[0], cell.shape[-1]} if cell.ndim else None
    return cell.ndim > 3 or (cell.ndim == 3 and not channels)


def _is_numeric(cell: Any) -> bool:
    return not cell.is_complex() if isinstance(cell, torch.Tensor) else cell.dtype.kind in "biuf"


def _holds_complex(cell: Any) -> bool:
    return bool(cell.is_complex()) if isinstance(cell, torch.Tensor) else bool(cell.dtype.kind == "c")


def _type_of(cell: Any) -> str:
    kind = (
        "complex numbers" if _holds_complex(cell) else {"U": "texts", "S": "bytes", "O": "objects"}.get(cell.dtype.kind)
    )
    return kind or str(cell.dtype)


def _in_rows(X: Sequence[Any], in_fit: bool) -> str | None:
    """What is wrong with a list of rows; None if nothing is, or if it is no list of rows."""
    kinds = set(map(type, X))
    if all(issubclass(kind, Mapping) for kind in kinds):
        return f"is a {type(X).__name__} of dictionaries: give pandas.DataFrame(X)"
    if all(issubclass(kind, Set) for kind in kinds):
        return (
            f"is a {type(X).__name__} of sets, whose entries have no order: give a data frame with a column of lists, "
            "pandas.DataFrame({'tags': map(sorted, X)})"
        )
    if all(hasattr(row, "to_frame") and getattr(row.dtype, "kind", "") == "O" for row in X):
        return f"is a {type(X).__name__} of series: give pandas.DataFrame(X)"
    rows = {row: cells for row, cells in enumerate(X) if not is_missing(cells)}
    if not rows or not all(isinstance(cells, (list, tuple)) or _is_vector(cells) for cells in rows.values()):
        return None
    first, *others = rows
    odd = next((row for row in others if len(rows[row]) != len(rows[first])), None)
    of_numbers = all(map(_holds_numbers, (rows[first], rows[first if odd is None else odd])))
    cure = "; if each row is a time series, preprocessor=InputSpec(kind='series')" if in_fit and of_numbers else ""
    if odd is not None:
        return (
            f"is no table, as its rows have different lengths: {len(rows[first])} in row {first} and {len(rows[odd])} "
            f"in row {odd} (counted from 0). Give one row per sample, all of the same length, with None where a cell "
            f"is missing{cure}"
        )
    if len(rows) < len(X):
        lost = next(row for row in range(len(X)) if row not in rows)
        return (
            f"is no table, as row {lost} (counted from 0) is {X[lost]!r}. Leave it out, or give as many cells as the "
            f"others have, all None{cure}"
        )
    return _in_cells(X) if all(issubclass(kind, (list, tuple)) for kind in kinds) else None


def _is_vector(cells: Any) -> bool:
    return len(getattr(cells, "shape", ())) == 1


def _holds_numbers(cells: Any) -> bool:
    if hasattr(cells, "dtype"):
        return getattr(cells.dtype, "kind", "f") in "biuf"
    return all(isinstance(cell, numbers.Real) or is_missing(cell) for cell in cells)


def _in_cells(X: Sequence[Any]) -> str | None:
    """What is wrong with rows of which some cells hold several things, and others one; None if there are none."""
    for row, cells in enumerate(X):
        several = [isinstance(cell, (list, tuple, Set, Mapping)) for cell in cells]
        if any(several) and not all(several):
            column = several.index(True)
            return (
                f"has a cell of several things in row {row}, column {column} (counted from 0): "
                f"{_shown(cells[column])}. Give a data frame, whose cells may be lists of texts, or one thing a cell"
            )
    return None


def _in_texts(X: Any, cells: list[Any], in_fit: bool) -> str | None:
    """What is wrong with a column of cells of which some are texts, or all are missing."""
    if cells and all(map(is_missing, cells)):
        return f"has {len(cells):,} rows, all of them missing (None or NaN): there is nothing to cluster; give rows"
    there = [cell for cell in cells if not is_missing(cell)]
    odd = [row for row, cell in enumerate(cells) if not isinstance(cell, str) and not is_missing(cell)]
    if not odd:
        return None
    texts, first = len(there) - len(odd), cells[odd[0]]
    if not texts:
        several = all(isinstance(cell, (list, tuple)) or _is_vector(cell) for cell in there)
        if several and not isinstance(X, (list, tuple)) and all(map(_holds_numbers, there)):
            as_table = f"a table, numpy.array(X.{'to_list' if hasattr(X, 'to_list') else 'tolist'}())"
            cures = [as_table] if len(set(map(len, there))) == 1 else [] if in_fit else ["a data frame"]
            cures += ["preprocessor=InputSpec(kind='series'), if each is a time series"] if in_fit else []
            return f"is a column of which each cell holds several numbers, {_shown(first)}: give {', or '.join(cures)}"
        kinds = {type(cell) for cell in there}
        if hasattr(X, "to_frame") and all(issubclass(kind, (list, tuple, set, frozenset, Mapping)) for kind in kinds):
            give = "pandas.DataFrame(X.tolist())" if any(issubclass(kind, Mapping) for kind in kinds) else (
                "a table with this column, X.to_frame('tags')"
            )  # fmt: skip
            return f"is a series of which each cell holds several things, {_shown(first)}: give {give}"
        return _without_texts(kinds, first)
    return (
        f"has {texts:,} text{'s' if texts > 1 else ''} and {len(odd):,} row{'s' if len(odd) > 1 else ''} of another "
        f"type, the first in row {odd[0]} (counted from 0): {_shown(first)} ({type(first).__name__}). Give texts "
        "alone, None where one is missing; preprocessor=InputSpec(kind='text') takes every cell as it is written"
    )


def _without_texts(kinds: set[type], first: Any) -> str | None:
    """What is wrong with a column of cells of which none is a text; None where they may be numbers or rows."""
    if all(issubclass(kind, (datetime.date, datetime.time, datetime.timedelta)) for kind in kinds):
        return "is one column of dates or durations: give a table, pandas.DataFrame({'when': X})"
    if all(issubclass(kind, (bytes, os.PathLike)) for kind in kinds):
        cure = "[cell.decode() for cell in X]" if isinstance(first, bytes) else "list(map(str, X))"
        return f"holds no texts but {_shown(first)} ({type(first).__name__}) and others: give texts, {cure}"
    return None


def _shown(value: Any) -> str:
    text = " ".join(repr(value).split())
    return printable(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")
