"""What a fit finds out, without labels, about how sure it is: see :mod:`.doubt`.

What agreement is worth cannot be found in the rows themselves: methods can agree on what nobody seeks. It was learnt on
tables with known classes and evaluated on tables left out: ``python -m benchmarks calibration`` does both, and writes
``doubt.json``. It is a few numbers for all tables.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

import numpy as np
import torch
from torch import Tensor

from ..data import Rows
from ..decomposition import N_COMPONENTS, principal_components
from ..runtime import Seeds, one_thread
from .candidate_agreement import agreement, are_few, like_neighbors, made_partitions
from .cells import fit_cells
from .doubt import Doubt, coordinates, log_odds
from .refitted_mixtures import RefittedMixtures, no_mixtures, refit_mixtures
from .roundness import gaussianity

__all__ = ["Shares", "fit_doubt"]

#: Shares that say how much the labels are worth as a whole, by name.
Shares = dict[str, float]

#: Rows that are looked at; and where candidates have to be made for it.
_ROWS, _ROWS_OF_A_POOL = 2000, 1000
#: Numbers of the projection, at most.
_MOST_NUMBERS = 2**21
#: Share of the rows within reach; least reach as a share of the deviation of all rows.
_WITHIN, _LEAST_REACH, _TINY = 0.95, 0.02, 1e-12
#: By how much, in log-odds, candidates may agree more with the labels than mixtures do, until these are not believed.
_GAP = 0.8


def fit_doubt(
    rows: Rows, labels: np.ndarray, n_clusters: int, seeds: Seeds, index: Tensor | None = None,
    partitions: Mapping[str, np.ndarray] | None = None,
) -> tuple[Doubt, Shares]:  # fmt: skip
    """The doubt of a fit that gave ``rows`` (n, d), behind their scaling, these ``labels`` (n,); and what it rests on.

    At most 2,000 rows are looked at, however many there are.

    Parameters
    ----------
    rows : Rows
    labels : ndarray of shape (n,)
    n_clusters : int
    seeds : Seeds
    index : Tensor of shape (m,) or None
        The rows of which ``partitions`` are known; None: partitions of some rows are made.
    partitions : mapping of str to ndarray of shape (m,) or None
        Candidates, whose clusters may have any numbers.

    Returns
    -------
    doubt : Doubt
    shares : dict
        ``agreed``, the mean share of the candidates that agree with a label; ``alike``, of the neighbours of a row that
        share its label; ``gaussian``, how far clusters look like mixtures of Gaussians. Empty for one cluster.
    """
    known = len(rows) if index is None else len(index)
    most = _ROWS_OF_A_POOL if index is None and n_clusters > 1 else _ROWS
    place = torch.randperm(known, generator=seeds.generator("doubt", "rows"))[:most].sort().values
    taken = place if index is None else index.cpu()[place]
    X = rows.take(taken.to(rows.device)).to("cpu", torch.float64)
    mass = torch.ones(len(X), dtype=X.dtype) if rows.weight is None else rows.weight.cpu()[taken].to(X.dtype)
    mass = mass * (mass.sum() / mass.square().sum())  # it sums to the number of rows that would tell as much
    seen = torch.from_numpy(labels.astype(np.int64))[taken]
    with one_thread():
        width = max(1, min(N_COMPONENTS, _MOST_NUMBERS // X.shape[1]))
        mean, components = principal_components(X, width, seeds.numpy("doubt", "axes"), mass)
        P, squares = coordinates(X, mean, components)
        if partitions is not None and not are_few(len(P), n_clusters):
            partitions = {name: each[place.numpy()] for name, each in partitions.items()}
        elif n_clusters > 1:
            partitions = made_partitions(P, n_clusters, mass, seeds.generator("doubt", "candidates"))
        mixtures, agreed, shares = _compared(P, seen, n_clusters, mass, partitions or {}, seeds)
        cells, votes = fit_cells(P, seen, agreed, mass, n_clusters, seeds.generator("doubt", "cells"))
    doubt = Doubt(
        mean.float(), components.float(), cells.float(), votes.float(), mixtures, shares.get("gaussian", 1.0),
        *_weights(shares), reach=1.0,
    )  # fmt: skip
    deviation = float((mass @ squares / mass.sum()).sqrt())
    reach = max(_quantile(doubt.distance(X)[2], mass, _WITHIN), _LEAST_REACH * deviation, _TINY)
    return replace(doubt, reach=reach), shares


def _compared(
    P: Tensor, seen: Tensor, n_clusters: int, mass: Tensor, partitions: Mapping[str, np.ndarray], seeds: Seeds
) -> tuple[RefittedMixtures, Tensor, Shares]:  # fmt: skip
    """Refitted mixtures, the share (m,) of the candidates that agree with each label, and the mean shares."""
    if n_clusters == 1:
        return no_mixtures(P), torch.ones_like(mass), {}
    mixtures = refit_mixtures(P, seen, n_clusters, mass, seeds.generator("doubt", "refits"))
    posterior = mixtures.posterior(P)
    of_label = posterior.gather(1, seen[:, None])[:, 0]
    agreed = agreement(partitions, seen, n_clusters, mass) if partitions else of_label
    share = mass / mass.sum()
    shares = {
        "agreed": share @ agreed, "alike": share @ like_neighbors(P, seen), "of_mixtures": share @ of_label
    }  # fmt: skip
    shares = {name: value.clamp_max(1.0) for name, value in shares.items()}
    gap = max(0.0, float(log_odds(shares["agreed"]) - log_odds(shares["of_mixtures"])))
    gaussian = 0.0 if are_few(len(P), n_clusters) else gaussianity(P, posterior, mass) * math.exp(-((gap / _GAP) ** 2))
    return mixtures, agreed, {
        "agreed": float(shares["agreed"]), "alike": float(shares["alike"]), "gaussian": gaussian
    }  # fmt: skip


def _weights(shares: Shares) -> tuple[float, float]:
    """Constant and factor of :class:`Doubt`: the votes of a row count beside the level of all, as was learnt."""
    if not shares:
        return 0.0, 0.0
    learnt = _learnt()
    level = {name: float(log_odds(torch.tensor(shares[name], dtype=torch.float64))) for name in ("agreed", "alike")}
    return learnt["constant"] + sum(learnt[name] * value for name, value in level.items()), learnt["votes"]


@cache
def _learnt() -> dict[str, float]:
    document = json.loads(files(__package__).joinpath("doubt.json").read_text(encoding="utf-8"))
    weights: dict[str, float] = document["weights"]
    return weights


def _quantile(values: Tensor, mass: Tensor, share: float) -> float:
    """The value (of n) up to which this share of the mass lies."""
    order = values.argsort(stable=True)
    reached = mass[order].cumsum(0) >= (share - 1e-9) * mass.sum()
    return float(values[order][int(reached.to(torch.int64).argmax())])
