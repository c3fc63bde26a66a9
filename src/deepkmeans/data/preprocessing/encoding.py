"""Things through an encoder: each different one once, in batches, from the cache where it is there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from ..._quoting import short
from ...exceptions import DeepKMeansError, InvalidParameterError
from ...runtime import kept_environment, kept_threads, seeded_torch
from .embedding_cache import EmbeddingCache
from .encoded_rows import checked_rows
from .encoder_inputs import KIND_WORDS, EncoderInputs, TextInputs
from .resolved_encoder import ResolvedEncoder
from .row_collection import RowCollection

__all__ = ["Encoded", "encode", "encode_texts"]

#: Things that are looked up, encoded and cached at once, at least one batch.
_BLOCK = 1024
#: Seconds between two lines of progress.
_PAUSE = 2.0


@dataclass(frozen=True)
class Encoded:
    """The rows of texts, pictures or recordings.

    Attributes
    ----------
    rows : ndarray or CSR matrix of shape (n, p), float32
        As the encoder gave them; zeros where a text is empty, NaN where a picture or recording cannot be read.
    n_empty, n_cached : int
        How many rows are such; how many different ones the cache had.
    """

    rows: Any
    n_empty: int
    n_cached: int


def encode_texts(
    encoder: ResolvedEncoder, texts: Sequence[str], *, width: int | None = None, cache: EmbeddingCache | None = None,
    verbose: bool = False,
) -> Encoded:  # fmt: skip
    """Encode ``texts``, see :func:`encode`."""
    return encode(encoder, TextInputs(texts), width=width, cache=cache, verbose=verbose)


def encode(
    encoder: ResolvedEncoder, inputs: EncoderInputs, *, width: int | None = None, cache: EmbeddingCache | None = None,
    verbose: bool = False,
) -> Encoded:  # fmt: skip
    """The rows of ``inputs``, each different one encoded once.

    Parameters
    ----------
    encoder : ResolvedEncoder
    inputs : EncoderInputs
    width : int or None
        The columns that it has given before.
    cache : EmbeddingCache or None
    verbose : bool
        Write to standard error how far it is, every two seconds.

    Raises
    ------
    InvalidDataError
        If there is nothing to encode and ``width`` is not known; if a row is not finite.
    InvalidParameterError
        If the encoder fails, or gives no rows of numbers.
    """
    positions: dict[str, int] = {}
    for position, key in enumerate(inputs.keys):
        if key:
            positions.setdefault(key, position)
    different = inputs.ordered(positions)
    if not different and width is None:
        raise inputs.none_left()
    rows = RowCollection(len(inputs.keys), width)
    report = _progress(len(different), KIND_WORDS[inputs.kind].several) if verbose else None
    n_cached, lost = 0, {""}
    with kept_environment(), kept_threads():
        block = max(_BLOCK, encoder.batch_size)
        for start in range(0, len(different), block):
            some = different[start : start + block]
            kept = {} if cache is None else cache.read(some)
            kept = {key: row for key, row in kept.items() if rows.width in (None, len(row))}
            n_cached += len(kept)
            if kept:
                rows.put([positions[key] for key in kept], np.stack(list(kept.values())))
            missing = [key for key in some if key not in kept]
            made: list[str] = []
            for first in range(0, len(missing), encoder.batch_size):
                batch = missing[first : first + encoder.batch_size]
                readable = {
                    key: thing for key, thing in zip(batch, inputs.read(batch, encoder), strict=True)
                    if thing is not None
                }  # fmt: skip
                lost |= {*batch} - {*readable}
                made += readable
                if readable:
                    encoded = _called(encoder, [*readable.values()], inputs.kind, rows.width)
                    rows.put([positions[key] for key in readable], encoded)
                if report is not None:
                    report(start + len(kept) + first + len(batch))
            if cache is not None and made:
                dense = rows.dense_at([positions[key] for key in made])
                if dense is None or not cache.write(made, dense):
                    cache = None  # neither are sparse rows kept, nor is a folder that cannot be written tried again
            if report is not None and not missing:
                report(start + len(some))
    if rows.width is None:
        raise inputs.none_left()
    source = np.array([positions.get(key, position) for position, key in enumerate(inputs.keys)], dtype=np.int64)
    gathered, empty = rows.gathered(source), np.array([key in lost for key in inputs.keys])
    if inputs.blank and empty.any():
        gathered = gathered.toarray() if sp.issparse(gathered) else gathered
        gathered[empty] = inputs.blank
    return Encoded(gathered, int(empty.sum()), n_cached)


def _called(encoder: ResolvedEncoder, batch: list[Any], kind: str, width: int | None) -> Any:
    """What the encoder gives for a batch; torch is as it was afterwards."""
    name, words = encoder.identity.name, KIND_WORDS[kind]
    try:
        with torch.no_grad(), nullcontext() if encoder.pretrained else seeded_torch(0):
            made = checked_rows(encoder.encode(batch), len(batch), width, name, words)
    except (DeepKMeansError, MemoryError):
        raise
    except Exception as error:  # code of the user's own can fail in any way
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise InvalidParameterError(
            f"The 'encoder' {short(name)} failed on {len(batch):,} {words.several}: {reason:.200}. It is called with "
            f"{encoder.takes} and must give a row of numbers for each; {words.settings}(..., batch_size=...) sets how "
            "many at once."
        ) from error
    return made


def _progress(n: int, several: str) -> Callable[[int], None]:
    """A function that writes how many of ``n`` things are encoded, not more often than every few seconds."""
    started = last = time.monotonic()

    def report(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PAUSE or (done == n and last > started):
            last = now
            left = (n - done) * (now - started) / done
            sys.stderr.write(f"encoded {done:,} of {n:,} {several}, {left:.0f} seconds left\n")

    return report
