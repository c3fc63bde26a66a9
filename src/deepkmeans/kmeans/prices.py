r"""Prices of clusters, by which their sizes stay within bounds: the dual of K-Means under size constraints.

Assigning rows to clusters at least cost :math:`\sum_i w_i C_{i a_i}` with :math:`l \le \sum_{a_i = j} w_i \le u`
(Bradley, Bennett, Demiriz 2000) is a linear program, whose dual has one price a cluster: every row goes where cost and
price together are least,

.. math:: a_i = \arg\min_j C_{ij} + p_j

so that with squared distances the clusters are cells of a power diagram (Aurenhammer, Hoffmann, Aronov 1998), and a
new row is assigned as those of the fit are. Each cluster at once moves its price half the way to where its size would
be within the bounds, the other prices as they are: coordinate ascent of the dual, damped. :mod:`.exchange` ends it
exactly.

A row is never divided: weights, and rows that are alike, can keep a bound from being met to the last row.
"""

from __future__ import annotations

import numpy as np

from .exchange import exchanged, margins, with_room
from .size_bounds import SizeBounds

__all__ = ["prices_near", "prices_within"]

#: Passes at most, and how much of each step is taken.
_PASSES, _DAMPING = 200, 0.5
#: Excess, in rows a cluster, that is left to the exchange.
_LEFT = 2.0


def prices_within(
    cost: np.ndarray, bounds: SizeBounds, weight: np.ndarray | None = None, prices: np.ndarray | None = None
) -> np.ndarray:
    """Prices (k,), the least of them 0, at which the sizes of the clusters are within the bounds as far as can be.

    Parameters
    ----------
    cost : ndarray of shape (k, n), float64
        Of every row in every cluster.
    bounds : SizeBounds
        In units of the weight.
    weight : ndarray of shape (n,) or None
    prices : ndarray of shape (k,) or None
        Where to begin.

    Returns
    -------
    ndarray of shape (k,)
        All 0 where the sizes are within the bounds without.
    """
    cost = np.asarray(cost, dtype=np.float64)
    k, mass = len(cost), np.ones(cost.shape[1]) if weight is None else weight
    unit = float(mass[mass > 0].min())
    if k < 2 or bounds.hold(np.bincount(cost.argmin(0), mass, minlength=k), unit):
        return np.zeros(k)
    prices = prices_near(cost, bounds, weight, prices, passes=_PASSES)
    labels, prices = exchanged(cost, bounds, mass, prices, unit)
    prices = with_room(margins(cost, labels), prices)
    return prices - prices.min()


def prices_near(
    cost: np.ndarray, bounds: SizeBounds, weight: np.ndarray | None = None, prices: np.ndarray | None = None, *,
    passes: int,
) -> np.ndarray:  # fmt: skip
    """The best prices (k,) of so many passes in which all clusters move theirs at once. O(n k) a pass."""
    k, n = cost.shape
    mass = np.ones(n) if weight is None else weight
    unit = float(mass[mass > 0].min())
    prices = np.zeros(k) if prices is None else prices
    best, least = prices, np.inf
    for _ in range(passes):
        first, second, labels = _two_least(cost, prices)
        sizes = np.bincount(labels, mass, minlength=k)
        off = _off(bounds, sizes, prices)
        if off < least:
            best, least = prices, off
        if off <= _LEFT * k * unit:
            break
        step = np.zeros(k)
        for j in range(k):
            wanted = _wanted(bounds, float(sizes[j]), float(prices[j]))
            if sizes[j] > wanted:  # rows leave as the price rises
                members = labels == j
                held = None if weight is None else weight[members]
                step[j] = _reached((second - first)[members], held, sizes[j] - wanted)
            elif sizes[j] < wanted:  # rows join as it falls; those that are there have gone over at once
                step[j] = -_reached(cost[j] + prices[j] - first, weight, wanted)
        moved = prices + _DAMPING * step
        inside = bounds.excess(sizes) == 0  # a price that no bound asks for goes back to 0, and not beyond
        prices = np.where(inside & (np.sign(moved) != np.sign(prices)), 0.0, moved)
    return best


def _off(bounds: SizeBounds, sizes: np.ndarray, prices: np.ndarray) -> float:
    """Weight beyond the bounds, and what is missing to the bound that a price is for."""
    full, least = np.maximum(bounds.high - sizes, 0), np.maximum(sizes - bounds.low, 0)
    return float((np.abs(bounds.excess(sizes)) + np.where(prices > 0, full, 0) + np.where(prices < 0, least, 0)).sum())


def _wanted(bounds: SizeBounds, size: float, price: float) -> float:
    """The size that a cluster is to have; a price above 0 is for one that is full, below 0 for one at its least."""
    if size > bounds.high or (price > 0 and size >= bounds.low):
        return bounds.high
    if size < bounds.low or price < 0:
        return bounds.low
    return size


def _two_least(cost: np.ndarray, prices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Least and second least of cost and price (n,), and the cluster of the least, of equals the first."""
    n = cost.shape[1]
    first, second, labels = np.full(n, np.inf), np.full(n, np.inf), np.zeros(n, dtype=np.int64)
    for j, price in enumerate(prices):
        priced = cost[j] + price
        labels[priced < first] = j
        np.minimum(second, np.maximum(first, priced), out=second)
        np.minimum(first, priced, out=first)
    return first, second, labels


def _reached(room: np.ndarray, weight: np.ndarray | None, amount: float) -> float:
    """Change of a price by which about so much weight, in order of ``room``, has gone over: between two rows."""
    n = len(room)
    if weight is None:
        last = min(max(int(np.ceil(amount)) - 1, 0), n - 1)
        after = min(last + 1, n - 1)
        least = np.partition(room, (last, after))
    else:
        order = room.argsort(kind="stable")
        least = room[order]
        last = min(int(np.searchsorted(weight[order].cumsum(), amount * (1 - 1e-12))), n - 1)
        after = min(last + 1, n - 1)
    return float(least[last] + least[after]) / 2
