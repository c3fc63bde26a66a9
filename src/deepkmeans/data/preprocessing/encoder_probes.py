"""Inputs by whose rows an encoder is recognised when a model is loaded, and what it made of them at the fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from ...exceptions import InvalidDataError, InvalidParameterError
from .embedding_cache import EmbeddingCache
from .encoder_inputs import EncoderInputs, TextInputs
from .encoding import encode
from .media_probes import MEDIA_PROBES, media_probes
from .resolved_encoder import ResolvedEncoder
from .terms import terms_of

__all__ = ["alike", "answers_of", "choose_probes", "tell_something"]

#: For any encoder, and how many words or texts of the fit for one of the user's own, which may know nothing but these.
_PROBES: tuple[str, ...] = ("deepkmeans", "The quick brown fox jumps over the lazy dog.", "数据聚类 2026")
_OWN, _LOOKED_AT = 3, 2_000
#: How far a row may be from that of the fit, as a share of its length: processors and batches round differently.
_TOLERANCE = 0.02


def choose_probes(
    encoder: ResolvedEncoder, inputs: EncoderInputs, width: int, cache: EmbeddingCache | None = None
) -> tuple[tuple[str, ...], np.ndarray]:  # fmt: skip
    """Probes for the encoder of a fit, and its rows (m, p) of them; none where it makes nothing of any.

    Pictures and recordings are drawn ones, known by their names. A model of texts of a known library is known by its
    weights. Of one of the user's own the probes are also the most frequent words of the texts, as a vectorizer may make
    zeros of all others, and if that does not help the shortest texts.
    """
    choices: list[tuple[str, ...]] = [_PROBES if isinstance(inputs, TextInputs) else MEDIA_PROBES[inputs.kind]]
    if isinstance(inputs, TextInputs) and not encoder.pretrained:
        words = _frequent_words(inputs.texts)
        shortest = sorted({text for text in inputs.texts if text.strip()}, key=_by_length)
        choices = [(*_PROBES, *words), words, tuple(shortest[:_OWN])]
    for probes in choices:
        try:
            answers = answers_of(encoder, inputs.kind, probes, width, cache)
        except (InvalidParameterError, InvalidDataError):  # it takes known texts alone, as a table of their rows would
            continue
        if tell_something(answers):
            return probes, answers
    return (), answers_of(encoder, inputs.kind, (), width)


def answers_of(
    encoder: ResolvedEncoder, kind: str, probes: Sequence[str], width: int, cache: EmbeddingCache | None = None
) -> np.ndarray:  # fmt: skip
    """What the encoder of inputs of a kind makes of the probes, dense."""
    if not probes:
        return np.empty((0, width), dtype=np.float32)
    inputs: EncoderInputs = TextInputs(probes) if kind == "text" else media_probes(kind, probes)
    rows = encode(encoder, inputs, width=width, cache=cache).rows
    return np.asarray(rows.toarray() if sp.issparse(rows) else rows, dtype=np.float32)


def tell_something(answers: np.ndarray) -> bool:
    """Whether another encoder would have made other rows: there is one that is not zeros."""
    return bool(answers.any())


def alike(rows: np.ndarray, expected: np.ndarray) -> bool:
    """Whether each row (m, p) is that of the fit but for rounding."""
    apart = np.linalg.norm(rows.astype(np.float64) - expected, axis=1)
    return bool((apart <= _TOLERANCE * np.linalg.norm(expected.astype(np.float64), axis=1)).all())


def _frequent_words(texts: Sequence[str]) -> tuple[str, ...]:
    """Words in most of the texts, the most frequent first."""
    counts = Counter(word for text in texts[:_LOOKED_AT] for word in {*terms_of(text)})
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return tuple(word for word in ranked[:_OWN] if word not in _PROBES)


def _by_length(text: str) -> tuple[int, str]:
    return len(text), text
