r"""The last rows of an assignment within bounds: moved from cluster to cluster at least cost, and prices that say so.

Rows over a bound are moved one by one along shortest paths from cluster to cluster, as in minimum cost flow
(successive shortest paths): of cluster a to cluster b goes the row whose cost rises least,
:math:`m_{ab} = \min_{i \in a} C_{ib} - C_{ia}`. Prices say the same as labels do where :math:`p_a - p_b \le m_{ab}`
for all pairs. Of all such prices those with the most room to either side are taken, so that rounding decides nothing.
"""

from __future__ import annotations

import numpy as np

from .size_bounds import NEAR, SizeBounds

__all__ = ["exchanged", "margins", "with_room"]

#: Halvings of the room between prices.
_HALVINGS = 40


def exchanged(
    cost: np.ndarray, bounds: SizeBounds, mass: np.ndarray, prices: np.ndarray, unit: float
) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n,) and prices (k,) after rows have moved: into the bounds first, then as long as the cost falls.

    Parameters
    ----------
    cost : ndarray of shape (k, n)
    bounds : SizeBounds
    mass : ndarray of shape (n,)
    prices : ndarray of shape (k,)
    unit : float
        Weight of the lightest row.

    Notes
    -----
    O(n k + k^3) for each row that moves.
    """
    k, labels, prices = len(cost), (cost + prices[:, None]).argmin(0), prices.copy()
    sizes, little = np.bincount(labels, mass, minlength=k), NEAR * unit
    least = -NEAR * float(np.abs(cost).mean())
    margin, row = (np.stack(parts) for parts in zip(*(_margin(cost, labels, a) for a in range(k)), strict=True))
    while True:
        excess = bounds.excess(sizes)
        inside = float(np.abs(excess).max()) <= little
        gives, takes = sizes - unit >= bounds.low - little, sizes + unit <= bounds.high + little
        if (excess > little).any():
            gives = excess > little
        elif not inside:
            takes = excess < -little
        path, distance, rise = _cheapest(margin, prices, gives, takes)
        moved = sizes.copy()
        for a, b in path:
            moved[a] -= mass[row[a, b]]
            moved[b] += mass[row[a, b]]
        less = np.abs(excess).sum() - np.abs(bounds.excess(moved)).sum()
        if not path or (less <= little and not (inside and less >= -little and rise < least)):
            return labels, prices
        for a, b in path:
            labels[row[a, b]] = b
        sizes, prices = moved, prices - distance
        for a in {node for step in path for node in step}:
            margin[a], row[a] = _margin(cost, labels, a)


def margins(cost: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Least rise of the cost (k, k) as a row of cluster a goes to b; infinite from empty clusters and to itself."""
    return np.stack([_margin(cost, labels, a)[0] for a in range(len(cost))])


def _margin(cost: np.ndarray, labels: np.ndarray, a: int) -> tuple[np.ndarray, np.ndarray]:
    """The row of :func:`margins` of cluster a, and which row of the data each is of."""
    k, members = len(cost), np.flatnonzero(labels == a)
    if not len(members):
        return np.full(k, np.inf), np.zeros(k, dtype=np.int64)
    held = cost[:, members]
    held = held - held[a]
    at = held.argmin(1)
    margin = held[np.arange(k), at]
    margin[a] = np.inf
    return margin, members[at]


def _cheapest(
    margin: np.ndarray, prices: np.ndarray, gives: np.ndarray, takes: np.ndarray
) -> tuple[list[tuple[int, int]], np.ndarray, float]:
    """The path on which a row less in a cluster that ``gives`` and one more in one that ``takes`` costs least.

    Returns
    -------
    path : list of (a, b)
        Steps from cluster to cluster; none if there is no such path.
    distance : ndarray of shape (k,)
        By which prices fall.
    rise : float
        Of the total cost.
    """
    if not gives.any() or not takes.any():
        return [], prices, 0.0
    length = np.maximum(margin + prices - prices[:, None], 0)  # none is negative, but for rounding
    lowest = prices[gives].min()
    distance, before = np.where(gives, prices - lowest, np.inf), np.full(len(prices), -1)
    for _ in range(len(prices)):
        through = distance[:, None] + length
        nearer = through.min(0)
        better = nearer < distance
        if not better.any():
            break
        before[better] = through.argmin(0)[better]
        distance = np.where(better, nearer, distance)
    rise = np.where(takes & (before >= 0), distance + lowest - prices, np.inf)
    end = int(rise.argmin())
    if not np.isfinite(rise[end]):
        return [], distance, 0.0
    nodes = [end]
    while before[nodes[-1]] >= 0:
        nodes.append(int(before[nodes[-1]]))
    steps = [(a, b) for b, a in zip(nodes, nodes[1:], strict=False)]
    return steps, np.minimum(distance, distance[end]), float(rise[end])


def with_room(margin: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """Of the prices p with p_a - p_b <= margin_ab, some for which the least difference is as large as can be."""
    within = margin[np.isfinite(margin)]
    low, high = 0.0, float(within.max()) if len(within) else 0.0
    for _ in range(_HALVINGS if high > 0 else 0):
        room = (low + high) / 2
        feasible = _potentials(margin - room)
        if feasible is None:
            high = room
        else:
            low, prices = room, feasible
    return prices


def _potentials(length: np.ndarray) -> np.ndarray | None:
    """Some p (k,) with p_a - p_b <= length_ab for all pairs, or None where a cycle is negative (Bellman, Ford)."""
    potential = np.zeros(len(length))
    for _ in range(len(length) + 1):
        nearer = np.minimum(potential, (length + potential).min(1))
        if np.array_equal(nearer, potential):
            return potential
        potential = nearer
    return None
