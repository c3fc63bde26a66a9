"""The encoder of a fit, found again when it is needed, and distinguished from any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..._quoting import short
from ...exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from .cache_folder import cache_folder
from .embedding_cache import EmbeddingCache
from .encoded_rows import unit_rows
from .encoder_identity import EncoderIdentity
from .encoder_inputs import KIND_WORDS, EncoderInputs
from .encoder_probes import alike, answers_of, choose_probes, tell_something
from .encoding import Encoded, encode
from .frozen_kinds import resolve_encoder
from .resolved_encoder import ResolvedEncoder

__all__ = ["RecognisedEncoder"]


class RecognisedEncoder:
    """A frozen encoder: what a file says of it, and, once it is needed, itself.

    Parameters
    ----------
    settings : TextEncoder, ImageEncoder or AudioEncoder
        The encoder, as it was given or by its name, and how it is used.
    identity : EncoderIdentity
        That of the fit.
    probes : sequence of str
        Texts that the encoder of the fit was tried with, or names of drawn pictures or recordings; none if it makes
        nothing of what it does not know.
    answers : ndarray of shape (m, p), float32
        What it made of them.
    resolved : ResolvedEncoder or None
        The encoder itself, where it is at hand.
    """

    def __init__(
        self, settings: Any, identity: EncoderIdentity, probes: Sequence[str], answers: np.ndarray,
        resolved: ResolvedEncoder | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.identity, self.probes, self.answers = settings, identity, tuple(probes), answers
        self._resolved = resolved

    @classmethod
    def of_fit(
        cls, settings: Any, inputs: EncoderInputs, verbose: bool
    ) -> tuple[RecognisedEncoder, Encoded]:  # fmt: skip
        """The encoder that ``settings`` name or hold, and the rows of the inputs of a fit."""
        resolved = resolve_encoder(settings)
        encoder = cls(settings, resolved.identity, (), np.empty((0, 0), dtype=np.float32), resolved)
        encoded = encoder.encode(inputs, None, verbose)
        width = encoded.rows.shape[1]
        probes, answers = choose_probes(resolved, inputs, width, encoder._cache(resolved))
        return cls(settings, resolved.identity, probes, answers, resolved), encoded

    def encode(self, inputs: EncoderInputs, width: int | None, verbose: bool) -> Encoded:
        """Rows of inputs, of length one if so set, by way of the cache.

        Raises
        ------
        ModelFileError
            If the encoder of the fit cannot be found, or is another one now.
        """
        resolved = self.resolved()
        encoded = encode(resolved, inputs, width=width, cache=self._cache(resolved), verbose=verbose)
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
        name, several = short(self.identity.name), KIND_WORDS[self.settings.kind].several
        try:
            resolved = self._found()
            answers = answers_of(resolved, self.settings.kind, self.probes, self.answers.shape[1])
        except (InvalidParameterError, InvalidDataError) as error:
            raise ModelFileError(f"The model was fitted on {several} with the encoder {name}: {error}") from error
        expected, given = self.identity.sha256, resolved.identity.sha256
        if expected is not None and given != expected:
            difference = f"its weights are others (SHA-256 {str(given)[:12]}, not {expected[:12]})"
        elif not alike(answers, self.answers):
            difference = f"it makes other rows of the same {several}"
        elif expected is None and not tell_something(self.answers) and resolved.identity.name != self.identity.name:
            difference = "it has another name, by which alone that one could be recognised"
        else:
            return resolved
        raise ModelFileError(
            f"The encoder {short(resolved.identity.name)} is not the {name} that the model was fitted with: "
            f"{difference}; give that one, load(path, encoder=...), or fit the model again."
        )

    def _found(self) -> ResolvedEncoder:
        """The encoder that the settings name or hold; one of the hub in another revision, if that is what is there."""
        try:
            return resolve_encoder(self.settings)
        except InvalidParameterError:
            if self.settings.revision is None:
                raise
        return resolve_encoder(replace(self.settings, revision=None))

    def __getstate__(self) -> dict[str, Any]:
        """With the encoder as it was given, a name or an object, which is loaded and compared again where needed."""
        return {**self.__dict__, "_resolved": None}
