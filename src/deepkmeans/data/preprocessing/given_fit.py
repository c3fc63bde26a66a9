"""Rows of any kind for a fit: recognised, preprocessed, and checked as rows of numbers are."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..._quoting import short
from ...encoders.pretrained import PretrainedEncoder
from ...exceptions import InvalidDataError, InvalidParameterError
from ...runtime import Seeds
from ..given import GivenInput, given_input, given_rows, given_table, series_in
from ..given_frames import pandas_frame
from ..given_refusals import refuse_no_rows
from ..given_texts import given_texts
from ..input_spec import InputSpec
from ..media.audio_files import given_recordings
from ..media.folders import refuse_empty_path
from ..media.mixed_files import refuse_mixed_files
from ..media.picture_files import given_pictures
from ..media.recordings import Recordings
from ..reduction import is_transformer
from ..unknown_cells import UnknownCells
from ..validation import CheckedInput, check_input, check_values
from ..weights import Sample, check_weight
from .base import Preprocessor
from .fit import fit_preprocessor
from .frozen_kinds import is_module_of_media
from .missing_cells import refuse_missing, refuse_unreadable, rows_without_cells

__all__ = [
    "PreprocessedInput", "as_in_the_fit", "check_any_input", "checked_rows", "maker", "preprocessed",
    "transform_with_unknown_cells",
]  # fmt: skip

#: What the report says of rows that are in no statistic, as rows of weight 0 are in none.
_EMPTY_ROW = "1 row without a single cell that is known decides nothing; it gets the nearest cluster"
_EMPTY_ROWS = "{:,} rows without a single cell that is known decide nothing; each gets the nearest cluster"
#: What a preprocessor takes, by its own kind; others say so.
_TAKEN = {"audio": "audio", "frozen": "text", "image": "image", "table": "table", "text": "text"}
#: What a model was fitted on, by that kind, and what to give it.
_WANTED = {
    "text": ("texts", "a list or series of str"),
    "image": ("pictures", "a folder, or a list of paths, PIL images or arrays"),
    "audio": ("recordings", "a folder, or a list of paths or of (rate, samples)"),
    "series": ("time series", "an array of shape (n, T) or (n, T, channels), or a list of arrays"),
}
#: Kinds of inputs whose rows are read one by one, and of which some may be unreadable.
_MEDIA = ("audio", "image")
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
    encoder : a pretrained encoder, a module that is one where X is pictures or recordings, or None
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
    may_be = is_module_of_media(encoder)
    if encoder is not None and not may_be and is_transformer(how):
        raise InvalidParameterError(
            "The 'preprocessor' parameter is a transformer, which makes numbers of the whole input, so that nothing is "
            "left for the 'encoder', a pretrained one: leave out one of them."
        )
    given = given_rows(X) if is_transformer(how) else _given(X, spec, encoder)
    if may_be and (given is None or given.kind not in _MEDIA or is_transformer(how)):
        encoder = None
    if (given is None or given.kind == "text") and not is_transformer(how) and spec.kind == "auto":
        refuse_mixed_files(X)
    if given is None:
        refuse_no_rows(X)
    made = None if given is None else _fitted(given, spec, encoder, missing, sample_weight, seeds or Seeds(0))
    if made is None and encoder is not None:
        raise InvalidParameterError(
            "The 'encoder' parameter is a pretrained encoder of texts, and X is numbers alone: give texts or a table "
            "with a column of texts, or leave out encoder=."
        )
    return made


def _given(X: Any, spec: InputSpec, encoder: Any) -> GivenInput | None:
    """``X`` as it is recognised, or as what an encoder of pictures or recordings takes."""
    given = given_input(X, spec)
    if spec.kind != "auto" or not isinstance(encoder, PretrainedEncoder) or encoder.kind not in _MEDIA:
        return given
    if given is not None and given.kind == encoder.kind:
        return given
    items = (given_pictures if encoder.kind == "image" else given_recordings)(X, asked=True)
    if items is None:
        raise InvalidDataError(
            f"The 'encoder' parameter is an {type(encoder).__name__}, and X is {type(X).__name__} that is no "
            f"{_WANTED[encoder.kind][0]}: give {_WANTED[encoder.kind][1]}, or leave out encoder=."
        )
    return GivenInput(encoder.kind, items)


def _fitted(
    given: GivenInput, how: Any, encoder: Any, missing: str, sample_weight: Any, seeds: Seeds
) -> PreprocessedInput | None:
    weight = check_weight(sample_weight, given)
    if given.kind in _MEDIA and isinstance(how, InputSpec):
        return _of_media(given, how, encoder, missing, weight, seeds)
    present = np.ones(len(given), dtype=bool) if weight is None else weight > 0
    preprocessor, X = _of_present(given, how, encoder, weight, present, seeds)
    if preprocessor is None:
        return None
    empty = rows_without_cells(given, preprocessor) & present
    if empty.any():  # they tell nothing, and are no group
        present = present & ~empty
        preprocessor, X = _of_present(given, how, encoder, weight, present, seeds)
        if preprocessor.kind == "series":
            preprocessor = preprocessor.with_left_out(np.flatnonzero(empty))
        else:
            note = _EMPTY_ROW if empty.sum() == 1 else _EMPTY_ROWS.format(int(empty.sum()))
            preprocessor = preprocessor.with_note(note)
    every = bool(present.all())
    sample = Sample(X, X, None if weight is None else weight[present], None if every else present)
    if not every:
        absent = preprocessor.transform(given.take(np.flatnonzero(~present)))
        sample = replace(sample, given=sample.merge(X, absent))
    checked = checked_rows(sample.given, preprocessor, given, missing)
    if encoder is not None:
        from .words_beside import encoded_texts

        weighed = given if every else given.take(np.flatnonzero(present))
        sample = replace(sample, texts=encoded_texts(preprocessor, weighed))
    return PreprocessedInput(given, checked, sample.without_zeros() if preprocessor.kind in _OF_TEXTS else sample)


def _of_media(
    given: GivenInput, how: Any, encoder: Any, missing: str, weight: np.ndarray | None, seeds: Seeds
) -> PreprocessedInput:
    """Each row is read once; those that cannot be read decide nothing, and are NaN."""
    preprocessor, X = fit_preprocessor(given, how, encoder=encoder, weight=weight, seeds=seeds)
    assert preprocessor is not None
    checked = checked_rows(X, preprocessor, given, missing)
    present = ~np.isnan(X).all(axis=1) if weight is None else ~np.isnan(X).all(axis=1) & (weight > 0)
    if not present.any():
        raise InvalidDataError("None of the rows that can be read has a weight: check sample_weight.")
    if present.all():
        return PreprocessedInput(given, checked, Sample(X, X, weight))
    sample = Sample(X, X[present], None if weight is None else weight[present], present)
    return PreprocessedInput(given, checked, sample)


def _of_present(
    given: GivenInput, how: Any, encoder: Any, weight: np.ndarray | None, present: np.ndarray, seeds: Seeds
) -> tuple[Any, Any]:
    """The preprocessor of the rows that are ``present`` (n,), and what it makes of them."""
    rows = given if present.all() else given.take(np.flatnonzero(present))
    return fit_preprocessor(
        rows, how, encoder=encoder, weight=None if weight is None else weight[present], seeds=seeds
    )  # fmt: skip


def check_any_input(
    X: Any, owner: str, how: Any = "auto", *, encoder: Any = None, missing: str = "impute", min_rows: int = 1
) -> CheckedInput:  # fmt: skip
    """:func:`~deepkmeans.data.check_input` that takes tables of any columns and texts, too, as a fit would; without
    pictures that cannot be read."""
    made = preprocessed(X, how, encoder=encoder, missing=missing)
    if made is not None:
        return made.checked if made.given.kind not in _MEDIA else replace(made.checked, X=made.sample.X)
    return check_input(X, owner, missing=missing, imputes=True, min_rows=min_rows, pictures=True)


def as_in_the_fit(X: Any, preprocessor: Any, n_features: int, owner: str) -> GivenInput:
    """``X`` for a model that was fitted with this preprocessor, on ``n_features`` columns.

    Raises
    ------
    InvalidDataError
        If it is of another kind.
    """
    refuse_empty_path(X)
    kind = _TAKEN.get(preprocessor.kind) or preprocessor.takes
    given: GivenInput | None = None
    if kind == "rows":
        given = given_rows(X)
    elif kind == "table":
        schema = getattr(preprocessor, "schema", None)
        given = given_table(X, n_features, None if schema is None else list(schema.kept_sources))
    elif kind == "image":
        given = preprocessor.taken(X)
    elif kind == "audio":
        recordings = X if isinstance(X, Recordings) else given_recordings(X, asked=True)
        given = None if recordings is None else GivenInput("audio", recordings)
    elif kind == "series":
        given = series_in(X)
    else:
        frame = pandas_frame(X)
        texts = given_texts(X if frame is None or frame.shape[1] != 1 else frame.iloc[:, 0], allow="missing")
        given = None if texts is None else GivenInput("text", texts)
    if given is None or given.kind != kind:
        folder = isinstance(X, (str, os.PathLike)) and os.path.isdir(X)
        if not folder:
            refuse_no_rows(X, may_be_texts=kind == "text", in_fit=False)
        columns = "one column" if n_features == 1 else f"{n_features} columns"
        wanted, cure = _WANTED.get(kind, (f"a table of {columns}", "a data frame with the columns of the fit"))
        shape = f" of shape {X.shape}" if hasattr(X, "shape") else ""
        got = f"the folder {short(X)}" if folder else f"another kind of input ({type(X).__name__}{shape})"
        raise InvalidDataError(f"{owner} was fitted on {wanted}, and X is {got}; give {cure}.")
    return given


def transform_with_unknown_cells(preprocessor: Preprocessor, given: GivenInput) -> tuple[Any, tuple[UnknownCells, ...]]:
    """What a preprocessor makes of rows as in its fit, and the cells of a table of which the fit tells nothing."""
    both = getattr(preprocessor, "transform_with_unknown_cells", None)
    return (preprocessor.transform(given), ()) if both is None else both(given)


def maker(preprocessor: Any) -> str | None:
    """What messages call the user's own code that makes the rows; None where there is none."""
    if preprocessor is None:
        return None
    if preprocessor.kind == "text":
        return "TF-IDF, which counts words,"
    if getattr(preprocessor, "encoder", None) is not None:
        return f"the 'encoder' {short(preprocessor.encoder.identity.name)}"
    transformer = getattr(preprocessor, "transformer", None)
    return None if transformer is None else f"the 'preprocessor' {type(transformer).__name__}"


def checked_rows(X: Any, preprocessor: Preprocessor, given: GivenInput, missing: str) -> CheckedInput:
    """What a preprocessor has made of ``given``, its values checked; with ``missing="error"`` none may be missing."""
    if missing == "error" and given.kind in _MEDIA:
        refuse_unreadable(given, X)
    elif missing == "error" and preprocessor.kind != "transformer":
        refuse_missing(given, getattr(preprocessor, "schema", None))
    subject = "Input X" if preprocessor.kind != "transformer" else f"The output of {maker(preprocessor)}"
    check_values(X, preprocessor.feature_names, missing, True, subject)
    return CheckedInput(
        X, names=preprocessor.feature_names, image_shape=getattr(preprocessor, "image_shape", None),
        preprocessor=preprocessor, n_given=given.shape[1],
    )  # fmt: skip
