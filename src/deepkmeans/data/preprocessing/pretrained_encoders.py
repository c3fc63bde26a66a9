"""Models of the libraries that are known, called so that they leave everything else as it was."""

from __future__ import annotations

import threading
from typing import Any

from ...encoders.text_encoder import TextEncoder
from .encoder_identity import EncoderIdentity, output_digest, weights_digest
from .long_texts import PartReader
from .resolved_encoder import ResolvedEncoder
from .text_encoder_kinds import class_name

__all__ = ["sentence_transformer", "static_model"]

#: What a SentenceTransformer can be set to, beside its modules.
_SETTINGS = ("max_seq_length", "prompts", "default_prompt_name", "truncate_dim")
#: Tokenizers change their own state in a call, so that calls from several threads fail or wait.
_one_call = threading.RLock()


def sentence_transformer(network: Any, given: TextEncoder, identity: EncoderIdentity | None) -> ResolvedEncoder:
    """A ``SentenceTransformer`` that can be called, from any thread."""
    size = given.batch_size or 32
    reader = PartReader.of(network, given.max_parts)
    sha256 = weights_digest(network.parameters())
    settings = [
        [(type(part).__name__, part.get_config_dict()) for part in network if hasattr(part, "get_config_dict")],
        *(getattr(network, name, None) for name in _SETTINGS),
        *([] if reader is None else [reader.n_tokens, reader.max_parts]),
    ]

    def encode(texts: list[str]) -> Any:
        with _one_call:
            trains = network.training
            try:
                parts = None if reader is None else reader.split(texts)
                read = texts if parts is None else parts.parts
                rows = network.encode(read, batch_size=size, show_progress_bar=False, convert_to_numpy=True)
                return rows if parts is None else parts.average(rows)
            finally:  # it is in its evaluation mode now
                network.train(trains)

    return ResolvedEncoder(
        _identified(identity, network, "sentence-transformers", sha256), encode, size,
        output_digest(sha256, settings, getattr(network, "tokenizer", None)), getattr(network, "max_seq_length", None),
        1 if reader is None else reader.max_parts,
    )  # fmt: skip


def static_model(static: Any, given: TextEncoder, identity: EncoderIdentity | None) -> ResolvedEncoder:
    """A ``StaticModel`` of model2vec that can be called, from any thread."""
    size = given.batch_size or 1024
    arrays = [getattr(static, name, None) for name in ("embedding", "weights", "token_mapping")]
    sha256 = weights_digest(array for array in arrays if array is not None)
    cut = getattr(static, "max_length", None)
    parts = 1 if cut is None else given.max_parts
    most = None if cut is None else cut * parts  # its rows are means of tokens: those of parts need not be made

    def encode(texts: list[str]) -> Any:
        with _one_call:
            return static.encode(texts, max_length=most, batch_size=size, use_multiprocessing=False)

    return ResolvedEncoder(
        _identified(identity, static, "model2vec", sha256), encode, size,
        output_digest(sha256, [most, getattr(static, "normalize", None)], static.tokenizer), cut, parts,
    )  # fmt: skip


def _identified(identity: EncoderIdentity | None, value: Any, library: str, sha256: str) -> EncoderIdentity:
    if identity is None:
        return EncoderIdentity("object", class_name(value), library, None, sha256)
    return EncoderIdentity(identity.source, identity.name, library, identity.revision, sha256)
