"""Which preprocessor an input gets, and fitting it."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ...exceptions import InvalidDataError, InvalidParameterError
from ...runtime import Seeds
from ..cells.paths import place_kind
from ..given import GivenInput
from ..given_frames import holds_infinite, holds_numbers
from ..input_spec import InputSpec
from .base import Preprocessor

__all__ = ["fit_preprocessor"]

#: Kinds of the columns of a table that stays as it is, if its cells are numbers; those that do not vary do no harm.
_LEFT_ALONE = ("number", "boolean", "constant", "empty")


def fit_preprocessor(
    given: GivenInput, how: Any, *, encoder: Any = None, weight: np.ndarray | None = None, seeds: Seeds
) -> tuple[Preprocessor | None, Any]:  # fmt: skip
    """The preprocessor of rows as they were given, and what it makes of them.

    Parameters
    ----------
    given : GivenInput of n rows
        All of which have weight.
    how : InputSpec or transformer
        Of the user.
    encoder : a pretrained encoder, or None
    weight : ndarray of shape (n,) or None
        2 counts as the row twice; a transformer of the user's own is fitted without.
    seeds : Seeds
        Of the user's transformer. All else is a property of the rows, the same whatever the ``random_state`` of a fit.

    Returns
    -------
    preprocessor : Preprocessor or None
        None for a table that is numbers already, with no column to be left out.
    X : ndarray or CSR matrix of shape (n, p), or None

    Raises
    ------
    InvalidDataError
        For a table of which no column is left, texts without words, and pictures none of which can be read.
    InvalidParameterError
        For a transformer or an encoder that cannot take the rows.
    """
    if not isinstance(how, InputSpec):
        from .transformer import TransformerPreprocessor

        return TransformerPreprocessor.fit(given, how, seeds=seeds)
    if given.kind == "image":
        return _of_pictures(given, weight) if encoder is None else _by_encoder(given, encoder)
    if given.kind == "audio":
        return _of_recordings(given) if encoder is None else _by_encoder(given, encoder)
    if given.kind == "series":
        from .series import SeriesPreprocessor

        if encoder is not None:
            raise InvalidParameterError(
                "The 'encoder' parameter is a pretrained encoder, and X is time series: leave out encoder=."
            )
        return SeriesPreprocessor.fit(given, how, weight=weight)
    if given.kind == "text":
        return _of_texts(given, how, encoder, weight)
    return _of_table(given, how, encoder, weight)


def _of_pictures(given: GivenInput, weight: np.ndarray | None) -> tuple[Preprocessor, Any]:
    from .images import ImagePreprocessor

    return ImagePreprocessor.fit(given, weight=weight)


def _of_recordings(given: GivenInput) -> tuple[Preprocessor, Any]:
    from .audio import AudioPreprocessor

    return AudioPreprocessor.fit(given)


def _by_encoder(given: GivenInput, encoder: Any) -> tuple[Preprocessor, Any]:
    from .frozen_media import FrozenMediaPreprocessor

    return FrozenMediaPreprocessor.fit(given, encoder)


def _of_texts(given: GivenInput, spec: InputSpec, encoder: Any, weight: np.ndarray | None) -> tuple[Preprocessor, Any]:
    if encoder is not None:
        from .frozen import FrozenTextPreprocessor

        return FrozenTextPreprocessor.fit(given, spec, encoder)
    from .text import TextPreprocessor

    return TextPreprocessor.fit(given, spec, weight=weight, seeds=Seeds(0))


def _cure(given: GivenInput) -> str:
    """What to do with a table of which no column can be used."""
    for name in given.names or ():
        texts = [str(cell) for cell in given.rows[name].tolist() if isinstance(cell, (str, os.PathLike)) and str(cell)]
        kind = place_kind(texts, np.ones(len(texts))) if texts else None
        if kind in ("image", "audio"):
            files = "pictures" if kind == "image" else "recordings"
            alone = "" if given.shape[1] == 1 else f"X[[{name!r}]] with "
            return (
                f"to have the {files} read to which {name!r} leads, give {alone}preprocessor=InputSpec(kind={kind!r})."
            )
    return "say what one is with preprocessor=InputSpec(columns={name: kind})."


def _of_table(
    given: GivenInput, spec: InputSpec, encoder: Any, weight: np.ndarray | None
) -> tuple[Preprocessor | None, Any]:
    from ..schema import Schema
    from .table import TablePreprocessor

    schema = Schema.recognise(given.rows, spec)
    if all(column.kind == "empty" for column in schema.columns):
        raise InvalidDataError(
            f"All {given.shape[0] * given.shape[1]:,} cells of X are missing: there is nothing to cluster. Check the "
            "file and the chosen columns."
        )
    numeric = all(column.kind in _LEFT_ALONE for column in schema.columns) and holds_numbers(given.rows)
    if numeric and not holds_infinite(given.rows):
        return None, None
    if not schema.kept:
        left_out = "; ".join(f"{column.name!r}: {column.reason}" for column in schema.columns[:5])
        raise InvalidDataError(
            f"None of the {len(schema.sources)} columns of X can be used ({left_out}); {_cure(given)}"
        )
    texts = [column.name for column in schema.kept if column.kind == "text"]
    if encoder is not None and not texts:
        raise InvalidParameterError(
            "The 'encoder' parameter is a pretrained encoder of texts, and no column of X is text; say which one is, "
            "with preprocessor=InputSpec(columns={name: 'text'}), or leave out encoder=."
        )
    if len(texts) == len(schema.kept) == 1:
        from .one_text_column import OneTextColumn, texts_of

        inner, X = _of_texts(texts_of(schema, given), spec, encoder, weight)
        return OneTextColumn(schema, inner), X
    return TablePreprocessor.fit(given, spec, weight=weight, seeds=Seeds(0), schema=schema, text_encoder=encoder)
