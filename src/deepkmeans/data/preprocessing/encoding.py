"""Texts through an encoder: each different one once, in batches of like length, from the cache where it is there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..._quoting import short
from ...exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError
from ...runtime import kept_environment, kept_threads, seeded_torch
from .embedding_cache import EmbeddingCache
from .encoded_rows import checked_rows
from .resolved_encoder import ResolvedEncoder
from .row_collection import RowCollection

__all__ = ["EncodedTexts", "encode_texts"]

#: Texts that are looked up, encoded and cached at once, at least one batch.
_BLOCK = 1024
#: Seconds between two lines of progress.
_PAUSE = 2.0


@dataclass(frozen=True)
class EncodedTexts:
    """The rows of texts.

    Attributes
    ----------
    rows : ndarray or CSR matrix of shape (n, p), float32
        As the encoder gave them; zeros where a text is empty.
    n_empty, n_cached : int
        How many texts are empty; how many different ones the cache had.
    """

    rows: Any
    n_empty: int
    n_cached: int


def encode_texts(
    encoder: ResolvedEncoder, texts: Sequence[str], *, width: int | None = None, cache: EmbeddingCache | None = None,
    verbose: bool = False,
) -> EncodedTexts:  # fmt: skip
    """Encode ``texts``; those of white space alone become rows of zeros, as in TF-IDF, and are not encoded.

    Parameters
    ----------
    encoder : ResolvedEncoder
    texts : sequence of str
    width : int or None
        The columns that it has given before.
    cache : EmbeddingCache or None
    verbose : bool
        Write to standard error how far it is, every two seconds.

    Raises
    ------
    InvalidDataError
        If all texts are empty and ``width`` is not known; if a row is not finite.
    InvalidParameterError
        If the encoder fails, or gives no rows of numbers.
    """
    positions: dict[str, int] = {}
    for position, text in enumerate(texts):
        if text.strip():
            positions.setdefault(text, position)
    # Texts of like length are padded least in one batch; the longest first, so that memory fails at once or never. The
    # order of the rows decides nothing.
    different = sorted(positions, key=lambda text: (-len(text), text))
    if not different and width is None:
        raise InvalidDataError(f"All {len(texts):,} texts are empty: there is nothing to cluster.")
    rows = RowCollection(len(texts), width)
    report = _progress(len(different)) if verbose else None
    n_cached = 0
    with kept_environment(), kept_threads():
        block = max(_BLOCK, encoder.batch_size)
        for start in range(0, len(different), block):
            some = different[start : start + block]
            kept = {} if cache is None else cache.read(some)
            kept = {text: row for text, row in kept.items() if rows.width in (None, len(row))}
            n_cached += len(kept)
            if kept:
                rows.put([positions[text] for text in kept], np.stack(list(kept.values())))
            missing = [text for text in some if text not in kept]
            for first in range(0, len(missing), encoder.batch_size):
                batch = missing[first : first + encoder.batch_size]
                rows.put([positions[text] for text in batch], _called(encoder, batch, rows.width))
            if cache is not None and missing:
                made = rows.dense_at([positions[text] for text in missing])
                if made is None or not cache.write(missing, made):
                    cache = None  # neither are sparse rows kept, nor is a folder that cannot be written tried again
            if report is not None:
                report(start + len(some))
    source = np.array([positions.get(text, position) for position, text in enumerate(texts)], dtype=np.int64)
    return EncodedTexts(rows.gathered(source), sum(not text.strip() for text in texts), n_cached)


def _called(encoder: ResolvedEncoder, batch: list[str], width: int | None) -> Any:
    """What the encoder gives for a batch; torch is as it was afterwards."""
    name = encoder.identity.name
    if encoder.pretrained:  # tokenizers refuse halves of surrogate pairs, as undecodable bytes of a file become
        batch = [text.encode("utf-8", "replace").decode("utf-8") for text in batch]
    try:
        with torch.no_grad(), nullcontext() if encoder.pretrained else seeded_torch(0):
            made = checked_rows(encoder.encode(list(batch)), len(batch), width, name)
    except (DeepKMeansError, MemoryError):
        raise
    except Exception as error:  # code of the user's own can fail in any way
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise InvalidParameterError(
            f"The 'encoder' {short(name)} failed on {len(batch):,} texts: {reason:.200}. It is called with a list of "
            "str and must give a row of numbers for each; TextEncoder(..., batch_size=...) sets how many at once."
        ) from error
    return made


def _progress(n: int) -> Callable[[int], None]:
    """A function that writes how many of ``n`` texts are encoded, not more often than every few seconds."""
    started = last = time.monotonic()

    def report(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PAUSE or (done == n and last > started):
            last = now
            left = (n - done) * (now - started) / done
            sys.stderr.write(f"encoded {done:,} of {n:,} texts, {left:.0f} seconds left\n")

    return report
