"""The words of texts, beside the rows that a pretrained encoder made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from ...exceptions import InvalidDataError
from ...runtime import Seeds
from ..given import GivenInput
from .base import Preprocessor
from .frozen import FrozenTextPreprocessor
from .one_text_column import OneTextColumn, texts_of
from .text import TextPreprocessor

__all__ = ["encoded_texts", "words_beside"]


def encoded_texts(preprocessor: Preprocessor, given: GivenInput) -> list[str] | None:
    """The texts (n,) of which an encoder has made the rows, where their words may help; else None."""
    if isinstance(preprocessor, OneTextColumn):
        given, preprocessor = texts_of(preprocessor.schema, given), preprocessor.texts
    if isinstance(preprocessor, FrozenTextPreprocessor) and preprocessor.encoder.settings.words:
        return list(given.rows)
    return None


def words_beside(texts: Sequence[str], weight: np.ndarray | None) -> sp.csr_matrix | None:
    """TF-IDF (n, t) of the texts, by their weights (n,); None where they have no words."""
    try:
        return TextPreprocessor.fit(GivenInput("text", list(texts)), weight=weight, seeds=Seeds(0))[1]
    except InvalidDataError:
        return None
