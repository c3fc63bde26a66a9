"""The encoder of a fit, found again when it is needed, and distinguished from any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..._quoting import short
from ...encoders.text_encoder import TextEncoder
from ...exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from .cache_folder import cache_folder
from .embedding_cache import EmbeddingCache
from .encoded_rows import unit_rows
from .encoder_identity import EncoderIdentity
from .encoding import EncodedTexts, encode_texts
from .resolved_encoder import ResolvedEncoder
from .text_encoders import resolve_text_encoder

__all__ = ["RecognisedEncoder"]

#: Texts by whose rows an encoder is recognised.
_PROBES: tuple[str, ...] = ("deepkmeans", "The quick brown fox jumps over the lazy dog.", "数据聚类 2026")
#: How far a row may be from that of the fit, as a share of its length: processors and batches round differently.
_TOLERANCE = 0.02


class RecognisedEncoder:
    """A frozen encoder of texts: what a file says of it, and, once it is needed, itself.

    Parameters
    ----------
    settings : TextEncoder
        The encoder, as it was given or by its name, and how it is used.
    identity : EncoderIdentity
        That of the fit.
    probes : sequence of str
        Texts that the encoder of the fit was tried with; none if it fails on texts that it does not know.
    answers : ndarray of shape (m, p), float32
        What it made of them.
    resolved : ResolvedEncoder or None
        The encoder itself, where it is at hand.
    """

    def __init__(
        self, settings: TextEncoder, identity: EncoderIdentity, probes: Sequence[str], answers: np.ndarray,
        resolved: ResolvedEncoder | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.identity, self.probes, self.answers = settings, identity, tuple(probes), answers
        self._resolved = resolved

    @classmethod
    def of_fit(
        cls, settings: TextEncoder, texts: Sequence[str], verbose: bool
    ) -> tuple[RecognisedEncoder, EncodedTexts]:  # fmt: skip
        """The encoder that ``settings`` name or hold, and the rows of the texts of a fit."""
        resolved = resolve_text_encoder(settings)
        encoder = cls(settings, resolved.identity, (), np.empty((0, 0), dtype=np.float32), resolved)
        encoded = encoder.encode(texts, None, verbose)
        width = encoded.rows.shape[1]
        try:
            probes, answers = _PROBES, _answers(resolved, _PROBES, width, encoder._cache(resolved))
        except (InvalidParameterError, InvalidDataError):  # it takes known texts alone, as a table of their rows would
            probes, answers = (), _answers(resolved, (), width)
        return cls(settings, resolved.identity, probes, answers, resolved), encoded

    def encode(self, texts: Sequence[str], width: int | None, verbose: bool) -> EncodedTexts:
        """Rows of texts, of length one if so set, by way of the cache.

        Raises
        ------
        ModelFileError
            If the encoder of the fit cannot be found, or is another one now.
        """
        resolved = self.resolved()
        encoded = encode_texts(resolved, texts, width=width, cache=self._cache(resolved), verbose=verbose)
        return replace(encoded, rows=unit_rows(encoded.rows)) if self.settings.normalize else encoded

    def resolved(self) -> ResolvedEncoder:
        """The encoder itself, loaded and compared with that of the fit when it is first asked for."""
        if self._resolved is None:
            self._resolved = self._recognised()
        return self._resolved

    @property
    def max_tokens(self) -> int | None:
        """After how many tokens it cuts a text or part of one, if it says so and is loaded."""
        return None if self._resolved is None else self._resolved.max_tokens

    @property
    def max_parts(self) -> int:
        """Parts of a long text that it reads, at most; 1 if it knows no parts, or is not loaded."""
        return 1 if self._resolved is None else self._resolved.max_parts

    def _cache(self, resolved: ResolvedEncoder) -> EmbeddingCache | None:
        folder = None if resolved.cache_key is None else cache_folder(self.settings.cache)
        return None if folder is None else EmbeddingCache(folder, str(resolved.cache_key))

    def _recognised(self) -> ResolvedEncoder:
        name = short(self.identity.name)
        try:
            resolved = self._found()
            answers = _answers(resolved, self.probes, self.answers.shape[1])
        except (InvalidParameterError, InvalidDataError) as error:
            raise ModelFileError(f"The model was fitted on texts with the encoder {name}: {error}") from error
        expected, given = self.identity.sha256, resolved.identity.sha256
        if expected is not None and given != expected:
            difference = f"its weights are others (SHA-256 {str(given)[:12]}, not {expected[:12]})"
        elif not _alike(answers, self.answers):
            difference = "it makes other rows of the same texts"
        else:
            return resolved
        raise ModelFileError(
            f"The encoder {short(resolved.identity.name)} is not the {name} that the model was fitted with: "
            f"{difference}; give that one, load(path, encoder=...), or fit the model again."
        )

    def _found(self) -> ResolvedEncoder:
        """The encoder that the settings name or hold; one of the hub in another revision, if that is what is there."""
        try:
            return resolve_text_encoder(self.settings)
        except InvalidParameterError:
            if self.settings.revision is None:
                raise
        return resolve_text_encoder(replace(self.settings, revision=None))

    def __getstate__(self) -> dict[str, Any]:
        """With the encoder as it was given, a name or an object, which is loaded and compared again where needed."""
        return {**self.__dict__, "_resolved": None}


def _answers(
    encoder: ResolvedEncoder, probes: Sequence[str], width: int, cache: EmbeddingCache | None = None
) -> np.ndarray:  # fmt: skip
    """What the encoder makes of the probes, dense."""
    if not probes:
        return np.empty((0, width), dtype=np.float32)
    rows = encode_texts(encoder, probes, width=width, cache=cache).rows
    return np.asarray(rows.toarray() if sp.issparse(rows) else rows, dtype=np.float32)


def _alike(rows: np.ndarray, expected: np.ndarray) -> bool:
    """Whether each row (m, p) is that of the fit but for rounding."""
    apart = np.linalg.norm(rows.astype(np.float64) - expected, axis=1)
    return bool((apart <= _TOLERANCE * np.linalg.norm(expected.astype(np.float64), axis=1)).all())
