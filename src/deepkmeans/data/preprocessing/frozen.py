"""Texts by a pretrained encoder, which stays as it is: the model file names it and refuses another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import Tensor

from ..._quoting import printable, short
from ..._validation import OneOf
from ...exceptions import InvalidDataError, InvalidParameterError
from ...storage.schema import COUNT, SIZE, Record
from ..given import GivenInput
from ..input_spec import InputSpec
from .encoder_inputs import TextInputs
from .frozen_kinds import as_settings
from .recognised_encoder import RecognisedEncoder
from .stored_encoder import ENCODER_RULES, check_encoder_parts, encoder_from_parts, encoder_to_parts

__all__ = ["FrozenTextPreprocessor"]


@dataclass(frozen=True, eq=False)
class FrozenTextPreprocessor:
    """From texts to the rows of a pretrained encoder.

    Attributes
    ----------
    encoder : RecognisedEncoder
    width : int
        Columns of its rows.
    counts : mapping of str to int
        Of the texts of the fit: how many, how many empty ones, how many different ones came from the cache.
    max_tokens : int or None
        After how many tokens the encoder cuts a text or part of one, if it says so.
    max_parts : int
        Parts of a long text that it reads, at most.
    """

    encoder: RecognisedEncoder
    width: int
    counts: Mapping[str, int]
    max_tokens: int | None = None
    max_parts: int = 1

    kind = "frozen"
    #: Rows of length one are recognised by their values, and then scaled as those of texts are.
    scaled = False
    feature_names = None

    @classmethod
    def fit(
        cls, given: GivenInput, spec: InputSpec, encoder: Any, *, cache: Any = "auto", verbose: bool = False
    ) -> tuple[FrozenTextPreprocessor, Any]:  # fmt: skip
        """Encode the texts of a fit.

        Parameters
        ----------
        given : GivenInput of kind "text"
        spec : InputSpec
            Says nothing that an encoder needs.
        encoder : TextEncoder, or what one takes as ``model``
        cache : "auto", False, None or path
            For an encoder that has no such setting of its own.
        verbose : bool
            Write progress to standard error.

        Returns
        -------
        preprocessor : FrozenTextPreprocessor
        X : ndarray (CSR matrix, from an encoder that gives one) of shape (n, p), float32

        Raises
        ------
        InvalidParameterError
            If the encoder is none, cannot be found, fails, or gives no rows of numbers.
        InvalidDataError
            If all texts are empty, or a row is not finite.
        MissingDependencyError
        """
        settings = as_settings(encoder, "text")
        if settings.cache == "auto" and cache != "auto":
            settings = replace(settings, cache=False if cache is None else cache)
        recognised, encoded = RecognisedEncoder.of_fit(settings, TextInputs(_texts(given)), verbose)
        counts = {"texts": len(given), "empty": encoded.n_empty, "cached": encoded.n_cached}
        width, max_tokens, max_parts = encoded.rows.shape[1], recognised.max_tokens, recognised.max_parts
        return cls(recognised, width, counts, max_tokens, max_parts), encoded.rows

    def transform(self, given: GivenInput, *, verbose: bool = False) -> Any:
        """Rows (n, p) of texts, of zeros where one is empty.

        Raises
        ------
        InvalidDataError
            For another input than texts.
        ModelFileError
            If the encoder that the model was fitted with cannot be found, or is another one now.
        """
        return self.encoder.encode(TextInputs(_texts(given)), self.width, verbose).rows

    def inverse(self, rows: np.ndarray) -> Any:
        """Refused: embeddings do not become texts again."""
        raise InvalidParameterError(
            f"Rows by the encoder {short(self.encoder.identity.name)} cannot be turned into texts again; look at the "
            "texts of a cluster instead, those nearest to its centre by transform."
        )

    def report(self) -> dict[str, Any]:
        """The encoder, the counts of texts, and what a user may want to know of both."""
        identity = self.encoder.identity
        notes = [f"Texts became {self.width:,} columns by the encoder {printable(identity.name)}."]
        if self.counts["empty"]:
            empty = f"{self.counts['empty']:,} of {self.counts['texts']:,} texts are empty"
            notes.append(f"{empty}; their rows are zeros, of which no cluster is made.")
        if self.max_tokens is not None:
            notes.append(
                f"The encoder reads the first {self.max_tokens:,} tokens of a text."
                if self.max_parts == 1
                else f"The encoder reads {self.max_tokens:,} tokens at once; of a longer text it reads up to "
                f"{self.max_parts:,} parts, and the row is their mean."
            )
        return {"kind": "text", "encoder": identity.to_document(), "width": self.width, **self.counts, "notes": notes}

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """What a file holds: which encoder it is and how to recognise it, not its weights."""
        document, tensors = encoder_to_parts(self.encoder, self.width)
        counts = {"max_tokens": self.max_tokens, "max_parts": self.max_parts, "counts": dict(self.counts)}
        return {"kind": self.kind, **document, **counts}, tensors

    @staticmethod
    def check_parts(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse, with ``MismatchError``, what :meth:`to_parts` cannot have written; return the sizes by name."""
        return check_encoder_parts(document, tensors, _STORED)

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], encoder: Any = None
    ) -> FrozenTextPreprocessor:  # fmt: skip
        """The preprocessor again, around ``encoder``, or around the one that the file names, when that is first needed.

        Nothing is downloaded for a name that comes from a file.

        Raises
        ------
        ModelFileError
            If the encoder is a function or an object and not given, or another one is given.
        """
        max_parts = document["max_parts"]
        recognised = encoder_from_parts(document, tensors, "text", encoder, max_parts=max_parts)
        return cls(recognised, document["width"], document["counts"], document["max_tokens"], max_parts)


def _texts(given: GivenInput) -> list[str]:
    if given.kind != "text":
        raise InvalidDataError(
            "The model was fitted on texts, which an encoder turns into numbers. Got a table instead; give a list of "
            "str, one text a row."
        )
    return list(given.rows)


_STORED = Record({
    "kind": [OneOf("frozen")], **ENCODER_RULES, "max_tokens": [None, *COUNT], "max_parts": SIZE,
    "counts": [Record({"texts": COUNT, "empty": COUNT, "cached": COUNT})],
})  # fmt: skip
