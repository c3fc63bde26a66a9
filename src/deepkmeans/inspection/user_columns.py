"""What the user calls the numbers that a model clusters: columns, words, pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..data.media.log_mel import LogMel
from .original import OriginalRows
from .spaces import Clusterer

__all__ = ["UserColumns", "user_columns"]


@dataclass(frozen=True, eq=False)
class UserColumns:
    """Names of the user's columns, and which of them each number of a prepared row is made of.

    Attributes
    ----------
    names : tuple of str
    owner : ndarray of shape (d,), int64
        Positions in ``names``.
    """

    names: tuple[str, ...]
    owner: np.ndarray

    def summed(self, shares: Tensor, flags: Tensor, flagged: Tensor) -> Tensor:
        """Shares (m, d) of the numbers and (m, f) of the flags of missing cells in the numbers ``flagged`` (f,), summed
        over each column, (m, c)."""
        owner = torch.from_numpy(self.owner).to(shares.device)
        made = shares.new_zeros((len(shares), len(self.names))).index_add_(1, owner, shares)
        return made.index_add_(1, owner[flagged], flags) if len(flagged) else made


def user_columns(clusterer: Clusterer, rows: OriginalRows, n_features: int) -> UserColumns | None:
    """Of the ``n_features`` numbers that enter a model; None where they are made of the input in a way of which nobody
    can say what comes from where."""
    preprocessor = clusterer.preprocessor
    texts = getattr(preprocessor, "texts", preprocessor)
    if rows.texts is not None:
        words = tuple(texts.feature_names) if getattr(texts, "holds_terms", False) else ()
        return _one_each(words) if len(words) == n_features else None
    if rows.series is not None:
        names = preprocessor.point_names
        return _one_each(names) if len(names) == n_features else None
    if preprocessor is not None and rows.pictures is None:
        schema, sources = getattr(preprocessor, "schema", None), getattr(preprocessor, "sources", None)
        if schema is None or sources is None:
            return None
        place = {column.name: position for position, column in enumerate(schema.kept)}
        return UserColumns(tuple(column.name for column in rows.columns), np.array([place[name] for name in sources]))
    if rows.pictures is not None:
        if getattr(preprocessor, "encoder", None) is not None:  # a pretrained one: its numbers are of no place
            return None
        height, width = rows.pictures.shape[1:3]
        channels = n_features // (height * width)
        if rows.kind == "recordings":
            return _one_each(_moments(preprocessor.spectrogram))
        names = tuple(f"pixel ({line}, {column})" for line in range(height) for column in range(width))
        return UserColumns(names, np.arange(height * width).repeat(channels))
    if len(rows.columns) == n_features:
        return _one_each([column.name for column in rows.columns])
    fitted = clusterer.feature_names
    return _one_each(fitted if fitted is not None else [f"x{position}" for position in range(n_features)])


def _moments(spectrogram: LogMel) -> list[str]:
    """The numbers of a recording: a pitch at a share of its length, the lowest pitch first."""
    shares = [round(100 * (frame + 0.5) / spectrogram.frames) for frame in range(spectrogram.frames)]
    return [f"{hertz:.0f} Hz at {share}%" for hertz in spectrogram.frequencies for share in shares]


def _one_each(names: Sequence[str]) -> UserColumns:
    return UserColumns(tuple(map(str, names)), np.arange(len(names)))
