"""Where a typical picture, recording or series speaks for its cluster: integrated gradients, smoothed.

What is shared out among pixels (or times) is the margin, how much nearer the row is to its own centre than to that of
the runner-up, as in :mod:`.network_shares`, which for equal Gaussians around the centres is twice the difference of
their log-posteriors. Gradients of single pixels flicker, so that shares are averaged over a neighbourhood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter
from sklearn.utils import _safe_indexing

from ..data.media.pictures import Pictures
from ..data.media.recordings import Recordings
from ..exceptions import InvalidDataError
from ..runtime import Seeds
from .exemplars import ClusterExemplars
from .network_shares import network_shares
from .original import OriginalRows
from .spaces import Clusterer

__all__ = ["Saliency", "saliency_of"]

#: Rows of a cluster, and in all.
_OF_CLUSTER, _IN_ALL = 3, 60
#: Steps of a path, which need not add up to the last percent for a picture.
_STEPS = 12
#: Rows that are compared with.
_COMPARED = 500
#: Deviation of the neighbourhood, as a share of the longer side.
_SMOOTH = 0.04


@dataclass(frozen=True, eq=False)
class Saliency:
    """Where some rows speak for their clusters.

    Attributes
    ----------
    index : ndarray of shape (m,), int64
        Rows, counted from 0: typical ones of each cluster.
    values : ndarray of shape (m, height, width), or (m, times) of series
        From -1 to 1: positive where the row is nearer to its cluster for what it has there, negative where it is
        farther; 1 is the strongest place of the row. Of recordings high pitch is above.
    """

    index: np.ndarray
    values: np.ndarray

    def of(self, row: int) -> np.ndarray | None:
        """The values of a row, None where it is not among these."""
        at = np.flatnonzero(self.index == row)
        return self.values[int(at[0])] if len(at) else None


def saliency_of(
    clusterer: Clusterer, X: Any, labels: np.ndarray, rows: OriginalRows, typical: Sequence[ClusterExemplars],
    seeds: Seeds,
) -> Saliency | None:  # fmt: skip
    """Of the typical rows of each cluster; None for rows of another kind, of one cluster, and where there is no
    gradient, as with a pretrained encoder."""
    if rows.kind not in ("pictures", "recordings", "series") or len([one for one in typical if one.number >= 0]) < 2:
        return None
    chosen = [row for one in typical if one.number >= 0 for row in one.exemplars[:_OF_CLUSTER]][:_IN_ALL]
    index = np.unique(np.array(chosen, dtype=np.int64))
    if not len(index):
        return None
    # The runner-up's mean row, with which is compared, is that of some rows.
    some = np.union1d(seeds.numpy("saliency").permutation(len(rows))[:_COMPARED], index)
    at = np.searchsorted(some, index)
    try:
        shares = network_shares(clusterer, _taken(X, some), labels[some], rows.take(some), at, _STEPS, seeds)
    except InvalidDataError:  # all rows are on one side
        return None
    if shares is None:
        return None
    if rows.series is not None:
        times = rows.series.shape[1]
        values = shares.values.reshape(len(index), times, -1).sum(axis=2)
        size: tuple[int, ...] = (times,)
    else:
        assert rows.pictures is not None
        size = rows.pictures.shape[1:3]
        values = shares.values.reshape(len(index), *size)
    if rows.recordings is not None:
        values = values[:, ::-1]
    values = gaussian_filter(values, sigma=(0.0, *[max(0.6, _SMOOTH * max(size))] * len(size)), mode="nearest")
    peak = np.abs(values).reshape(len(values), -1).max(axis=1).reshape(-1, *[1] * len(size))
    return Saliency(index, values / np.where(peak > 0, peak, 1.0))


def _taken(X: Any, index: np.ndarray) -> Any:
    """The rows of ``X`` at ``index`` (m,), in the container in which they are given."""
    if isinstance(X, (Pictures, Recordings)):
        return X.take(index)
    return _safe_indexing(X, index)
