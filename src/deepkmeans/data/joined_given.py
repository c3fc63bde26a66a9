"""Several inputs as a user gives them, by name: checked for a fit, and as the fit had them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from .._quoting import short
from .._validation import did_you_mean
from ..exceptions import InvalidDataError, InvalidParameterError
from ..runtime import Seeds
from .by_name import given_by_name
from .frame_inputs import as_frame
from .given import GivenInput
from .given_texts import is_missing, one_dimension
from .joined_input import JoinedInput, is_mapping_of_inputs
from .joined_pipeline import JoinedPipeline
from .joined_refusals import refuse_missing_everywhere, refuse_unlike_lengths, refuse_unlike_orders
from .pipeline import InputPipeline
from .preprocessing.given_fit import as_in_the_fit, checked_rows, preprocessed, transform_with_unknown_cells
from .preprocessing.missing_cells import rows_of_missing_cells
from .unknown_cells import UnknownCells
from .validation import CheckedInput, check_input
from .weights import Sample, check_weight

__all__ = ["FitInputs", "fit_inputs", "inputs_as_in_the_fit"]

#: Kinds of preprocessors that make a row of zeros of what has no content.
_OF_TEXTS = ("frozen", "one text column", "text")
_LONGEST_NAME = 100


@dataclass(frozen=True)
class FitInputs:
    """Several inputs of a fit: each checked, and their rows together with the weights."""

    checked: Mapping[str, CheckedInput]
    sample: Sample


def fit_inputs(
    X: Mapping[str, Any], owner: str, *, how: Any = "auto", encoder: Any = "auto", missing: str, sample_weight: Any,
    seeds: Seeds,
) -> FitInputs:  # fmt: skip
    """Check the inputs of a fit.

    Parameters
    ----------
    X : mapping of str to array, frame, texts, ...
        A row lacks an input where a list has None, and an array or frame nothing but missing cells.
    owner : str
        The estimator, for messages.
    how, encoder : "auto" or mapping of str to Any
        The parameters ``preprocessor`` and ``encoder``, by the name of the input.
    missing : {"impute", "error"}
        "error" refuses a row that lacks an input.
    sample_weight : array of shape (n,) or None
    seeds : Seeds

    Raises
    ------
    InvalidDataError
        For names that are none, inputs of unlike numbers of rows or of which no row has one, and what an input alone
        would be refused for.
    InvalidParameterError
        For a parameter of an input that is not there, or that cannot take it.
    """
    names = _names(X)
    refuse_unlike_orders(X, names)
    hows = given_by_name(owner, "preprocessor", how, names)
    encoders = given_by_name(owner, "encoder", encoder, names)
    checked, present = {}, {}
    for name in names:
        refuse_missing_everywhere(name, _is_absent(X[name]))
        with _errors_name(name):
            checked[name], present[name] = _one(X[name], owner, hows[name], encoders[name], sample_weight, seeds)
    refuse_unlike_lengths({name: len(there) for name, there in present.items()})
    for name, there in present.items():
        refuse_missing_everywhere(name, not there.any())
        if missing == "error" and not there.all():
            raise InvalidDataError(
                f"Input {name!r} of X is missing in row {int(np.argmin(there))} (counted from 0), the first of "
                f"{int((~there).sum())}; fill it, or use missing='impute'."
            )
    joined = JoinedInput({name: rows.X for name, rows in checked.items()}, present)
    if joined.empty.all():
        raise InvalidDataError("Every row of X lacks every input; give rows with one at least.")
    sample = Sample.of(joined, sample_weight)
    if joined.empty.any():  # they decide nothing, as rows of weight 0
        there = ~joined.empty & (np.ones(len(joined), dtype=bool) if sample.present is None else sample.present)
        weight = check_weight(sample_weight, joined)
        sample = Sample(joined, joined[there], None if weight is None else weight[there], there)
    for name in names:
        if not sample.X.present[name].any():
            raise InvalidDataError(f"Input {name!r} of X is missing in every row that has weight; leave it out.")
    return FitInputs(checked, sample)


def inputs_as_in_the_fit(
    X: Any, pipeline: JoinedPipeline, owner: str, missing: str
) -> tuple[JoinedInput, tuple[UnknownCells | str, ...]]:  # fmt: skip
    """Check rows against the inputs of a fit, and the rows and cells of which the fit tells nothing; an input may be
    absent.

    Raises
    ------
    InvalidDataError
        For what is no mapping, another input, none at all, and what an input alone would be refused for.
    """
    wanted = list(pipeline.pipelines)
    if not is_mapping_of_inputs(X):
        raise InvalidDataError(
            f"{owner} was fitted on the inputs {', '.join(map(repr, wanted))}; give them by name, as "
            f"{{{wanted[0]!r}: ...}}, all or some. Got {type(X).__name__} instead."
        )
    for name in _names(X):
        if name not in pipeline.pipelines:
            raise InvalidDataError(
                f"X has the input {short(name)}, and {owner} was fitted on {', '.join(map(repr, wanted))}"
                f"{did_you_mean(name, wanted)}; name it as in the fit, or leave it out."
            )
    refuse_unlike_orders(X, [name for name in wanted if name in X])
    parts: dict[str, Any] = {}
    present: dict[str, np.ndarray] = {}
    unknown: tuple[UnknownCells | str, ...] = ()
    for name, part in pipeline.pipelines.items():
        if name in X and _is_absent(X[name]):
            parts[name], present[name] = _lacking(len(X[name]), part)
        elif name in X:
            with _errors_name(name):
                value = X[name] if part.preprocessor is not None else _pictures(X[name], name, pipeline, owner)
                parts[name], present[name], cells = _as_fitted(value, part, pipeline.n_given[name], owner, missing)
            unknown = unknown + cells
    lengths = {name: len(there) for name, there in present.items()}
    refuse_unlike_lengths(lengths)
    n = next(iter(lengths.values()))
    if not n:
        raise InvalidDataError(f"Found array with 0 sample(s) while a minimum of 1 is required by {owner}.")
    for name, part in pipeline.pipelines.items():
        if name not in parts:
            parts[name], present[name] = _lacking(n, part)
    rows = JoinedInput({name: parts[name] for name in wanted}, {name: present[name] for name in wanted})
    if n_empty := int(rows.empty.sum()):
        rows_get = "row has none of the inputs and gets" if n_empty == 1 else "rows have none of the inputs and get"
        unknown = (f"{n_empty:,} {rows_get} the cluster nearest to the mean of each", *unknown)
    return rows, unknown


def _is_absent(value: Any) -> bool:
    """Whether this is a list, series or array of one dimension that says of every row that it lacks the input."""
    cells = one_dimension(value)
    return cells is not None and len(cells) > 0 and all(map(is_missing, cells))


def _lacking(count: int, part: InputPipeline) -> tuple[np.ndarray, np.ndarray]:
    """Rows of an input that none has, and which have it."""
    return np.zeros((count, len(part.scaling.fill)), dtype=np.float32), np.zeros(count, dtype=bool)


def _one(
    value: Any, owner: str, how: Any, encoder: Any, sample_weight: Any, seeds: Seeds
) -> tuple[CheckedInput, np.ndarray]:  # fmt: skip
    """An input of a fit, checked, and which rows have it."""
    value = _with_missing_rows(value)
    given = None if isinstance(encoder, str) and encoder == "auto" else encoder
    made = preprocessed(value, how, encoder=given, missing="impute", sample_weight=sample_weight, seeds=seeds)
    if made is None:
        checked = check_input(value, owner, missing="impute", imputes=True, pictures=True)
        return checked, _with_cells(checked.X)
    checked = made.checked
    return checked, _with_content(checked.X, made.given, checked.preprocessor)


def _as_fitted(
    value: Any, pipeline: InputPipeline, n_given: int, owner: str, missing: str
) -> tuple[Any, np.ndarray, tuple[UnknownCells, ...]]:  # fmt: skip
    """An input as numbers, as in its fit, which rows have it, and cells of which the fit tells nothing."""
    value, preprocessor = _with_missing_rows(value), pipeline.preprocessor
    if preprocessor is None:
        checked = check_input(_in_order(value, pipeline.names), owner, missing="impute", imputes=True, pictures=True)
        if checked.X.shape[1] != n_given:
            raise InvalidDataError(
                f"X has {checked.X.shape[1]} features, but {owner} is expecting {n_given} features as input."
            )
        return checked.X, _with_cells(checked.X), ()
    given = as_in_the_fit(value, preprocessor, n_given, owner)
    schema = getattr(preprocessor, "schema", None)
    if schema is not None and schema.named and given.kind == "table" and given.names is None:
        given = given.named(list(schema.sources))
    X, unknown = transform_with_unknown_cells(preprocessor, given)
    checked = checked_rows(X, preprocessor, given, missing)
    if preprocessor.kind == "series":  # a row that lacks one is none of which the fit tells nothing
        unknown = ()
    return checked.X, _with_content(checked.X, given, preprocessor), tuple(unknown)


def _pictures(value: Any, name: str, pipeline: JoinedPipeline, owner: str) -> Any:
    """Pictures of any kind as the array of the fit was, NaN where one is missing; all else as it is."""
    pictures = pipeline.pipelines[name].pictures
    made = None if pictures is None else pictures.taken(value, owner)
    return value if made is None else made.values


def _in_order(value: Any, names: Any) -> Any:
    """A frame with its columns in the order of the fit, where it has all of them by name."""
    frame = as_frame(value)
    if frame is None or names is None or not hasattr(frame, "columns"):
        return value
    if {*names} <= {*frame.columns}:
        return frame[list(names)]
    lacking = [name for name in names if name not in {*frame.columns}]
    raise InvalidDataError(f"X lacks the column {lacking[0]!r} of the fit; give the columns {list(names)}.")


def _with_cells(X: Any) -> np.ndarray:
    """Which rows (n,) of numbers have a cell that is known."""
    if sp.issparse(X):
        return np.ones(X.shape[0], dtype=bool)
    return np.asarray(~np.isnan(X).all(axis=1))


def _with_content(X: Any, given: GivenInput, preprocessor: Any) -> np.ndarray:
    """Which rows (n,) a preprocessor has found something in."""
    there = _with_cells(X)
    if preprocessor.kind in _OF_TEXTS:
        there &= np.asarray((X != 0).sum(axis=1)).ravel() > 0
    if preprocessor.kind == "table":
        there &= ~rows_of_missing_cells(given, preprocessor)
    return there


def _with_missing_rows(value: Any) -> Any:
    """A list of rows of numbers, or of pictures of one shape, some of which are None, as an array with rows of NaN."""
    if not isinstance(value, (list, tuple)) or not any(row is None for row in value):
        return value
    rows = [row for row in value if row is not None]
    if not rows or any(isinstance(row, (str, bytes, Mapping)) for row in rows):
        return value
    try:
        known = np.asarray(rows, dtype=np.float64)
    except (ValueError, TypeError):
        return value
    if known.ndim < 2:
        return value
    every = np.full((len(value), *known.shape[1:]), np.nan)
    every[[row is not None for row in value]] = known
    return every


def _names(X: Mapping[str, Any]) -> list[str]:
    """The names of the inputs, sorted: their order means nothing."""
    if not X:
        raise InvalidDataError("X is a mapping without inputs; give one at least, by name, as {'photo': ...}.")
    for name in X:
        if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            got = short(name) if isinstance(name, str) else f"{name!r:.60} ({type(name).__name__})"
            raise InvalidDataError(
                f"The names of inputs must be printable texts of at most {_LONGEST_NAME} characters. Got {got} instead."
            )
    return sorted(X)


@contextmanager
def _errors_name(name: str) -> Iterator[None]:
    """Errors that say which input they are about."""
    try:
        yield
    except (InvalidDataError, InvalidParameterError) as error:
        raise type(error)(f"Input {name!r}: {error}") from error
