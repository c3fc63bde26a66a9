"""Rows of any kind for a fit: recognised, preprocessed, and checked as rows of numbers are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...exceptions import InvalidDataError, InvalidParameterError
from ...runtime import Seeds
from ..given import GivenInput, given_input, given_rows, given_table
from ..given_frames import pandas_frame
from ..given_texts import given_texts
from ..input_spec import InputSpec
from ..reduction import is_transformer
from ..validation import CheckedInput, check_input, check_values
from ..weights import Sample, check_weight
from .base import Preprocessor
from .fit import fit_preprocessor
from .missing_cells import refuse_missing

__all__ = ["PreprocessedInput", "as_in_the_fit", "check_any_input", "checked_rows", "preprocessed"]

#: What a preprocessor takes, by its own kind; others say so.
_TAKEN = {"frozen": "text", "table": "table", "text": "text"}
#: Kinds of preprocessors that make a row of zeros of a text without content: no cluster is made of such rows.
_OF_TEXTS = ("frozen", "one text column", "text")


@dataclass(frozen=True)
class PreprocessedInput:
    """A table or texts of a fit: as given, as checked rows of numbers, and these with their weights."""

    given: GivenInput
    checked: CheckedInput
    sample: Sample


def preprocessed(
    X: Any, how: Any, *, encoder: Any = None, missing: str = "impute", sample_weight: Any = None,
    seeds: Seeds | None = None,
) -> PreprocessedInput | None:  # fmt: skip
    """A table or texts ``X`` as numbers; None for what is numbers already, and needs no preprocessor.

    Parameters
    ----------
    X : Any
    how : "auto", InputSpec or transformer
        The parameter ``preprocessor``.
    encoder : a pretrained encoder of texts, or None
    missing : {"impute", "error"}
    sample_weight : array of shape (n,) or None
        Rows of weight 0 are in no statistic.
    seeds : Seeds or None
        Of a transformer of the user's own.

    Raises
    ------
    InvalidDataError
        As :func:`.fit.fit_preprocessor`, and for missing cells with ``missing="error"``.
    InvalidParameterError
        As that, and for an encoder of texts where ``X`` is numbers.
    """
    spec = InputSpec() if isinstance(how, str) else how
    if encoder is not None and is_transformer(how):
        raise InvalidParameterError(
            "The 'preprocessor' parameter is a transformer, which makes numbers of the whole input, so that nothing is "
            "left for the 'encoder', a pretrained encoder of texts: leave out one of them."
        )
    given = given_rows(X) if is_transformer(how) else given_input(X, spec)
    made = None if given is None else _fitted(given, spec, encoder, missing, sample_weight, seeds or Seeds(0))
    if made is None and encoder is not None:
        raise InvalidParameterError(
            "The 'encoder' parameter is a pretrained encoder of texts, and X is numbers alone: give texts or a table "
            "with a column of texts, or leave out encoder=."
        )
    return made


def _fitted(
    given: GivenInput, how: Any, encoder: Any, missing: str, sample_weight: Any, seeds: Seeds
) -> PreprocessedInput | None:
    weight = check_weight(sample_weight, given)
    present = np.ones(len(given), dtype=bool) if weight is None else weight > 0
    every = bool(present.all())
    weight = None if weight is None else weight[present]
    weighed = given if every else given.take(np.flatnonzero(present))
    preprocessor, X = fit_preprocessor(weighed, how, encoder=encoder, weight=weight, seeds=seeds)
    if preprocessor is None:
        return None
    sample = Sample(X, X, weight, None if every else present)
    if not every:
        absent = preprocessor.transform(given.take(np.flatnonzero(~present)))
        sample = replace(sample, given=sample.merge(X, absent))
    checked = checked_rows(sample.given, preprocessor, given, missing)
    if encoder is not None:
        from .words_beside import encoded_texts

        sample = replace(sample, texts=encoded_texts(preprocessor, weighed))
    return PreprocessedInput(given, checked, sample.without_zeros() if preprocessor.kind in _OF_TEXTS else sample)


def check_any_input(
    X: Any, owner: str, how: Any = "auto", *, encoder: Any = None, missing: str = "impute", min_rows: int = 1
) -> CheckedInput:  # fmt: skip
    """:func:`~deepkmeans.data.check_input` that takes tables of any columns and texts, too, as a fit would."""
    made = preprocessed(X, how, encoder=encoder, missing=missing)
    if made is not None:
        return made.checked
    return check_input(X, owner, missing=missing, imputes=True, min_rows=min_rows, pictures=True)


def as_in_the_fit(X: Any, preprocessor: Any, n_features: int, owner: str) -> GivenInput:
    """``X`` for a model that was fitted with this preprocessor, on ``n_features`` columns.

    Raises
    ------
    InvalidDataError
        If it is of another kind.
    """
    kind = _TAKEN.get(preprocessor.kind) or preprocessor.takes
    given: GivenInput | None = None
    if kind == "rows":
        given = given_rows(X)
    elif kind == "table":
        given = given_table(X, n_features)
    else:
        frame = pandas_frame(X)
        texts = given_texts(X if frame is None or frame.shape[1] != 1 else frame.iloc[:, 0], allow="missing")
        given = None if texts is None else GivenInput("text", texts)
    if given is None or given.kind != kind:
        columns = "one column" if n_features == 1 else f"{n_features} columns"
        wanted = "texts" if kind == "text" else f"a table of {columns}"
        cure = "a list or series of str" if kind == "text" else "a data frame with the columns of the fit"
        shape = f" of shape {X.shape}" if hasattr(X, "shape") else ""
        raise InvalidDataError(
            f"{owner} was fitted on {wanted}, and X is another kind of input ({type(X).__name__}{shape}); give {cure}."
        )
    return given


def checked_rows(X: Any, preprocessor: Preprocessor, given: GivenInput, missing: str) -> CheckedInput:
    """What a preprocessor has made of ``given``, its values checked; with ``missing="error"`` none may be missing."""
    if missing == "error" and preprocessor.kind != "transformer":
        refuse_missing(given, getattr(preprocessor, "schema", None))
    check_values(X, preprocessor.feature_names, missing, True)
    return CheckedInput(X, names=preprocessor.feature_names, preprocessor=preprocessor, n_given=given.shape[1])
