"""Contributions to the margin of any clusterer: Shapley values, by permutation sampling.

Castro, Gomez and Tejada: Polynomial calculation of the Shapley value based on sampling, 2009; Strumbelj and Kononenko:
Explaining prediction models and individual predictions with feature contributions, 2014. A row of the runner-up becomes
the row, one column after the other in a random order, and again in the opposite order; each column has what the margin
changes with it. So the shares of every order add up, whatever the clusterer. Of texts words are taken away instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..runtime import Seeds
from .mosaics import Mosaic, TextMosaic, mosaic_of
from .nearness import Nearness, nearness_of
from .original import OriginalRows
from .shares import Shares
from .spaces import Clusterer

__all__ = ["N_ORDERS", "permutation_shares"]

#: Orders of a row: pairs of opposite ones, each with a row of the runner-up of its own.
N_ORDERS = 8
#: Rows, put together, that are looked at in one call.
_BLOCK = 4096


def permutation_shares(
    clusterer: Clusterer, X: Any, labels: np.ndarray, rows: OriginalRows, index: np.ndarray, seeds: Seeds
) -> Shares:  # fmt: skip
    """Shares of the rows at ``index`` (m,) of ``X``, which has these labels (n,)."""
    nearness, mosaic = nearness_of(clusterer, X, labels, rows), mosaic_of(clusterer, X, rows, index)
    draw = seeds.numpy("orders")
    orders = [order for row in index.tolist() for order in _orders(row, nearness, mosaic, draw)]
    values, base, margin = np.zeros((len(index), len(mosaic.names))), np.zeros(len(index)), np.zeros(len(index))
    for start, stop in _blocks(orders):
        part = orders[start:stop]
        changes = np.split(_margins(part, nearness, mosaic), np.cumsum([len(each) + 1 for each in part])[:-1])
        for number, (order, chain) in enumerate(zip(part, changes, strict=True), start):
            at = number // N_ORDERS
            base[at] += chain[0] / N_ORDERS
            margin[at] += chain[-1] / N_ORDERS
            for piece, change in zip(order.pieces, np.diff(chain).tolist(), strict=True):
                values[at, piece] += change / len(piece) / N_ORDERS
    sides = nearness.sides
    method = f"permutation sampling of {nearness.method}"
    price = (nearness.prices[sides.next] - nearness.prices[sides.near])[index]
    return Shares(method, mosaic.names, values, margin, base - price, sides.first[index], sides.second[index], price)


@dataclass(frozen=True, eq=False)
class _Order:
    """A row, one it is compared with, and the order in which its pieces come in."""

    row: int
    other: int
    pieces: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.pieces)


def _orders(row: int, nearness: Nearness, mosaic: Mosaic, draw: np.random.RandomState) -> list[_Order]:
    sides, pieces = nearness.sides, mosaic.pieces(row)
    others = np.flatnonzero(sides.first == sides.second[row])
    if not len(others):
        others = np.flatnonzero(sides.first != sides.first[row])
    if isinstance(mosaic, TextMosaic) or not len(others):
        others = np.array([row])
    made: list[_Order] = []
    for other in others[draw.randint(len(others), size=N_ORDERS // 2)].tolist():
        shuffled = [pieces[at] for at in draw.permutation(len(pieces)).tolist()]
        made += [_Order(row, other, shuffled), _Order(row, other, shuffled[::-1])]
    return made


def _blocks(orders: list[_Order]) -> list[tuple[int, int]]:
    """Orders in runs of so many that their rows can be looked at in one call."""
    blocks, start, held = [], 0, 0
    for number, order in enumerate(orders):
        if held and held + len(order) + 1 > _BLOCK:
            blocks.append((start, number))
            start, held = number, 0
        held += len(order) + 1
    return [*blocks, (start, len(orders))]


def _margins(orders: list[_Order], nearness: Nearness, mosaic: Mosaic) -> np.ndarray:
    """Margins of the rows that the orders go through, from the one it is compared with to the row itself."""
    rows = np.concatenate([np.full(len(order) + 1, order.row) for order in orders])
    others = np.concatenate([np.full(len(order) + 1, order.other) for order in orders])
    kept = np.zeros((len(rows), len(mosaic.names)), dtype=bool)
    at = 0
    for order in orders:
        for step, piece in enumerate(order.pieces, 1):
            kept[at + step : at + len(order) + 1, piece] = True
        at += len(order) + 1
    scores, row = nearness.of(mosaic.build(rows, others, kept)), np.arange(len(rows))
    return np.asarray(scores[row, nearness.sides.near[rows]] - scores[row, nearness.sides.next[rows]])
