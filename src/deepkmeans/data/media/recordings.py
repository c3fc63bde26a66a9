"""Recordings that have been read: what was made of each is in memory, so that no file is decoded twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .audio_files import Recording

__all__ = ["Recordings"]


@dataclass(frozen=True, eq=False)
class Recordings(Sequence[Recording]):
    """Recordings with the rows that a preprocessor has made of them; as a sequence, the recordings themselves.

    Attributes
    ----------
    values : ndarray of shape (n, p), float32
        NaN where one is missing or cannot be read.
    items : sequence of n recordings
    preprocessor : AudioPreprocessor
        That of a fit on these recordings, or the one of an earlier fit.
    skipped : tuple of mapping
        ``row``, ``name`` and ``reason`` of those that could not be read; rows count from 0, as they were given.
    """

    values: np.ndarray
    items: Sequence[Recording]
    preprocessor: Any
    skipped: tuple[Mapping[str, Any], ...] = ()

    kind = "audio"

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Recording]:
        return iter(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, and columns as they were given: recordings are one."""
        return len(self.items), 1

    @property
    def nbytes(self) -> int:
        """Of the rows that were made."""
        return int(self.values.nbytes)

    def take(self, index: np.ndarray) -> Recordings:
        """The recordings at ``index`` (m,); what is said of all stays."""
        return replace(self, values=self.values[index], items=[self.items[row] for row in index.tolist()])

    def readable(self) -> Recordings:
        """Those that could be read; the others stay listed, and are no rows."""
        lost = {each["row"] for each in self.skipped}
        if not lost:
            return self
        kept = self.take(np.array([row for row in range(len(self)) if row not in lost], np.int64))
        return replace(kept, preprocessor=self.preprocessor.without_rows())

    def named(self, names: Sequence[str]) -> Recordings:
        """The same, with those that were skipped called by the ``names`` (n,) of all."""
        skipped = tuple({**each, "name": names[each["row"]]} for each in self.skipped)
        return replace(self, preprocessor=self.preprocessor.with_skipped(skipped), skipped=skipped)
