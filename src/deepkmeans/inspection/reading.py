"""The rows of a model as its user knows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..data import CheckedInput, check_input
from ..data.cells.kind import Column
from ..data.given import GivenInput, given_input
from ..data.images import find_image_shape
from ..data.input_spec import InputSpec
from ..data.joined_given import inputs_as_in_the_fit
from ..data.joined_input import is_mapping_of_inputs
from ..data.preprocessing.given_fit import as_in_the_fit
from ..data.preprocessing.one_text_column import texts_of
from ..data.schema import Schema
from ..exceptions import InvalidDataError
from .joined_rows import joined_rows
from .media_rows import media_rows, rows_of_pictures
from .original import OriginalColumn, OriginalRows
from .spaces import Clusterer

__all__ = ["original_rows"]

#: A sparse matrix of more columns is shown by those of the most cells.
_MOST_COLUMNS = 1000
#: Seconds below which a length of time is not told in hours and minutes.
_SHORT = 60.0


def original_rows(model: Any, X: Any, *, feature_names: Sequence[str] | None = None) -> OriginalRows:
    """Rows ``X`` in the user's own columns, units and words, as texts, or as pictures.

    Parameters
    ----------
    model : fitted clusterer
        Ours read their rows as their fit did. For others a table of any columns is recognised anew, and numbers are
        taken as they are.
    X : array, data frame, sparse matrix, texts or pictures of n rows
    feature_names : sequence of str or None
        Names of the columns of an array; a frame has its own. None: those of the fit, or x0, x1, ...

    Returns
    -------
    OriginalRows

    Raises
    ------
    InvalidDataError
    """
    clusterer = Clusterer(model)
    if clusterer.joined is not None:
        return _of_inputs(clusterer, clusterer.in_memory(X))
    X = clusterer.in_memory(X)
    if is_mapping_of_inputs(X):
        raise InvalidDataError(
            f"X is a mapping of the inputs {', '.join(map(repr, X)) or 'of none'}, and the model was fitted on one "
            "input without a name; give its rows themselves."
        )
    given = clusterer.as_given(X)
    preprocessor = clusterer.preprocessor
    if preprocessor is None and given is None:
        # Numbers: a frame of a foreign model, too, whose every column that model has seen.
        given = None if _is_numbers(X) else given_input(X, InputSpec())
    if given is not None and (given.kind != "series" or preprocessor is not None):
        rows = _of_given(given, preprocessor, X)
        if rows is not None:
            return rows
    return _of_numbers(clusterer, X, feature_names)


def _is_numbers(X: Any) -> bool:
    kinds = getattr(X, "dtypes", None)
    if kinds is not None and hasattr(X, "columns"):
        return all(getattr(kind, "kind", "O") in "biuf" for kind in kinds)
    return False


def _of_given(given: GivenInput, preprocessor: Any, X: Any) -> OriginalRows | None:
    """A table, texts or pictures; None where a transformer takes rows that are numbers already."""
    if given.kind == "rows":
        again = None if _is_numbers(given.rows) else given_input(given.rows, InputSpec())
        if again is None:
            return None
        given = again
    if given.kind == "text":
        return OriginalRows(len(given), texts=tuple(given.rows))
    if given.kind in ("image", "audio", "series"):
        return media_rows(given, preprocessor)
    schema = getattr(preprocessor, "schema", None) or Schema.recognise(given.rows)
    if getattr(preprocessor, "kind", "") == "one text column":
        return OriginalRows(len(given), texts=tuple(texts_of(schema, given).rows))
    values = schema.read(given.rows).columns
    columns = tuple(_column(column, values[column.name], named=schema.named) for column in schema.kept)
    items = getattr(getattr(X, "dtypes", None), "items", None)
    lasting = {str(name) for name, kind in items() if getattr(kind, "kind", "") == "m"} if callable(items) else set()
    return OriginalRows(len(given), tuple(_lasting(each) if each.name in lasting else each for each in columns))


def _lasting(column: OriginalColumn) -> OriginalColumn:
    """A column of lengths of time, which are read in seconds: told in hours and minutes unless all are short."""
    if column.kind != "number":
        return column
    if np.nanmax(np.abs(column.values), initial=0.0) < _SHORT:
        return replace(column, unit="s")
    return replace(column, options={**column.options, "duration": True})


def _column(column: Column, values: Any, *, named: bool) -> OriginalColumn:
    options, kind, name = column.options, column.kind, column.name if named else f"x{column.name}"
    if kind == "category":
        cells = np.array(values, dtype=object)
        cells[values.codes < 0] = None
        return OriginalColumn(name, kind, cells, options=options)
    if kind == "text":
        return OriginalColumn(name, kind, np.array([text or None for text in values], dtype=object), options=options)
    if kind == "list":
        cells = np.empty(len(values), dtype=object)
        cells[:] = values
        return OriginalColumn(name, kind, cells, options=options)
    levels: tuple[str, ...] = ()
    if kind == "ordinal" and options.get("period"):  # of days of the week none is low
        return OriginalColumn(name, "category", _words(values, options["levels"]), options=options)
    if kind == "ordinal":
        levels = tuple(map(str, options["levels"]))
    elif kind == "boolean" and options.get("true") and options.get("false"):
        levels = (str(options["false"][0]), str(options["true"][0]))
    return OriginalColumn(name, kind, np.asarray(values), levels, str(options.get("unit", "")), options)


def _words(ranks: Any, levels: Sequence[Any]) -> np.ndarray:
    """The levels (n,) of ranks, None where one is missing."""
    cells = np.full(len(ranks), None, dtype=object)
    for row in np.flatnonzero(~np.isnan(np.asarray(ranks, dtype=np.float64))).tolist():
        cells[row] = str(levels[round(float(ranks[row]))])
    return cells


def _of_inputs(clusterer: Clusterer, X: Any) -> OriginalRows:
    """Several inputs, each as it is alone, and the columns of all."""
    owner, pipeline = type(clusterer.model).__name__, clusterer.joined
    checked, _ = inputs_as_in_the_fit(X, pipeline, owner, "impute")
    networks = clusterer.model._architecture["inputs"]
    inputs: dict[str, OriginalRows] = {}
    for name, part in pipeline.pipelines.items():
        if name not in X:
            continue
        read = None
        if part.preprocessor is not None:
            given = as_in_the_fit(X[name], part.preprocessor, pipeline.n_given[name], owner)
            read = _of_given(given, part.preprocessor, X[name])
        if read is None:
            numbers, shape = checked.parts[name], networks[name].get("image_shape")
            read = _of_checked(CheckedInput(numbers, names=part.names), None if shape is None else tuple(shape))
        inputs[name] = read
    return joined_rows(inputs)


def _of_numbers(clusterer: Clusterer, X: Any, feature_names: Sequence[str] | None) -> OriginalRows:
    checked = check_input(X, "explain", missing="impute", keep_sparse=True, pictures=True)
    shape = checked.image_shape or clusterer.image_shape
    if shape is None and checked.frame is None and feature_names is None:
        shape = find_image_shape(checked.X)
    return _of_checked(checked, shape, feature_names, clusterer.feature_names)


def _of_checked(
    checked: CheckedInput, shape: tuple[int, int, int] | None, given_names: Sequence[str] | None = None,
    of_fit: Any = None,
) -> OriginalRows:  # fmt: skip
    """Numbers as pictures of this ``shape`` (height, width, channels), or as a table."""
    numbers, names = checked.X, checked.names
    if shape is not None and not sp.issparse(numbers) and int(np.prod(shape)) == numbers.shape[1]:
        height, width, channels = shape
        pictures = numbers.reshape(len(numbers), height, width, channels)
        return rows_of_pictures(pictures[..., 0] if channels == 1 else pictures)
    if names is None and checked.frame is not None and hasattr(checked.frame, "columns"):
        names = [str(name) for name in checked.frame.columns]
    names = _names(numbers.shape[1], given_names, names, of_fit)
    kept = np.arange(numbers.shape[1])
    if sp.issparse(numbers) and len(kept) > _MOST_COLUMNS:
        most = np.argsort(-np.bincount(numbers.indices, minlength=numbers.shape[1]), kind="stable")
        kept = np.sort(most[:_MOST_COLUMNS])
        numbers = numbers[:, kept]
    dense = (numbers.toarray() if sp.issparse(numbers) else numbers).astype(np.float64)
    columns = tuple(OriginalColumn(names[at], "number", dense[:, i]) for i, at in enumerate(kept.tolist()))
    return OriginalRows(dense.shape[0], columns, n_left_out=len(names) - len(kept))


def _names(n_features: int, given: Sequence[str] | None, of_frame: Any, of_fit: Any) -> list[str]:
    if given is not None:
        names = [str(name) for name in given]
        if len(names) != n_features or len({*names}) < len(names):
            raise InvalidDataError(
                f"'feature_names' must be {n_features} different names, one a column of X. Got {len(names)} names, "
                f"{len({*names})} of them different."
            )
        return names
    for names in (of_frame, of_fit):
        if names is not None and len(names) == n_features:
            return [str(name) for name in names]
    return [f"x{position}" for position in range(n_features)]
