"""Many solutions at once: iterations of all in one product, and children that take each centre from one of two parents.

Good solutions of K-Means share most of their centres. A child takes from every matched pair of its parents' centres
one, loses another at random and gets a far row instead, and is run for a few iterations; the best of parents and
children stay. D. Gribel and T. Vidal, "HG-means: a scalable hybrid genetic algorithm for minimum sum-of-squares
clustering", Pattern Recognition 88, 2019, from which we differ in that all children of a generation are run
together, for few iterations, on a sample.

Iterations here are approximate, as a search allows: a row exactly as far from two centres counts for both, an empty
cluster keeps its centre, and the centres have the dtype of the rows. :func:`.lloyd.solve` makes the final result.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from .assignment import score_chunks
from .problem import Problem
from .rows import product, wide
from .seeding import draw

__all__ = ["Population", "evolve", "survivors", "together"]

#: Relative difference of the inertia below which two solutions count as one.
_SAME = 1e-4
#: The same below which their order says nothing.
_ROUNDING = 1e-8
#: Smallest relative fall of the inertia that counts.
_WORTH = 1e-6
#: Relative fall of the mean inertia from which on the other solutions still catch up with the best.
_CATCHES_UP = 5e-4
#: How far centres go towards and beyond their means between the first iteration and the last: below 2 the inertia falls
#: in every iteration, and chains of clusters, as of heavy tails, converge in half as many.
_STRIDE = 1.7
#: Rows among which a mutation looks for a far one.
_PLACES = 512
#: Generations, or children, without a better best after which evolution ends.
_PATIENCE, _IDLE_CHILDREN = 8, 40


@dataclass(frozen=True)
class Population:
    """Solutions, best first.

    Attributes
    ----------
    centers : Tensor of shape (s, k, d), dtype of the rows
    inertia : Tensor of shape (s,), float64
    """

    centers: Tensor
    inertia: Tensor


def together(problem: Problem, centers: Tensor, n_iter: int) -> Population:
    """So many iterations of Lloyd's algorithm for all solutions (s, k, d) at once, on dense rows; unsorted.

    O(s n k d) an iteration in two products (n, d) by (d, s k), one chunk of rows at a time.
    """
    rows, weight = problem.rows, problem.weight
    s, k, d = centers.shape
    kind, flat = wide(rows.device), centers.reshape(s * k, d)
    row_square = problem.length.to(kind) ** 2
    base = (row_square if weight is None else row_square * weight.to(kind)).sum()
    for left in range(n_iter, -1, -1):
        squares = (flat * flat).sum(1)
        total, mass = torch.zeros_like(flat), torch.zeros_like(squares)
        inertia = base.repeat(s)
        for start, stop in score_chunks(rows, s * k):
            x = rows[start:stop]
            table = product(x, -2 * flat, squares).view(s, k, -1)  # (s, k, m)
            least = table.amin(1)
            share = None if weight is None else weight[start:stop].to(x.dtype)
            inertia += (least if share is None else least * share).sum(1, dtype=kind)
            if left:
                member = table.le_(least[:, None]).flatten(0, 1)  # (s k, m): one and zero in the dtype of the rows
                member = member if share is None else member * share
                total.addmm_(member, x)
                mass += member.sum(1)
        if left:
            moved = problem.on_sphere(total / mass.clamp(min=torch.finfo(mass.dtype).tiny)[:, None])
            moved = torch.where((mass > 0)[:, None], moved, flat)
            flat = moved if left in (1, n_iter) else problem.on_sphere(torch.lerp(flat, moved, _STRIDE))
    return Population(flat.view(s, k, d), inertia)


def survivors(*populations: Population, size: int) -> Population:
    """The best ``size`` solutions of all, no two alike."""
    inertia = torch.cat([population.inertia for population in populations])
    # What differs by rounding alone keeps its order, so that shards, whose sums round otherwise, choose alike.
    level = (inertia.cpu().clamp(min=torch.finfo(inertia.dtype).tiny).log() / _ROUNDING).round()
    order = level.argsort(stable=True)
    value = inertia.cpu()[order]
    fresh = torch.ones(len(value), dtype=torch.bool)
    fresh[1:] = value[1:] - value[:-1] > _SAME * value[:-1].abs()
    kept = order[fresh][:size].to(inertia.device)
    return Population(torch.cat([population.centers for population in populations])[kept], inertia[kept])


def evolve(
    problem: Problem, population: Population, order: Tensor, *, generations: int, children: int, n_iter: int, size: int,
    generator: torch.Generator,
) -> Population:  # fmt: skip
    """The best ``size`` solutions after so many generations, fewer once neither the best nor the mean gets better.

    order : Tensor of shape (n,)
        Row numbers in the order in which draws see them.
    """
    idle = 0
    for _ in range(generations if population.centers.shape[1] > 1 else 0):
        best, level = float(population.inertia[0]), float(population.inertia.mean())
        young = _mutated(problem, _children(population, children, generator), order, generator)
        population = survivors(population, together(problem, young, n_iter), size=size)
        caught_up = float(population.inertia.mean()) >= level * (1 - _CATCHES_UP)
        idle = idle + 1 if caught_up and float(population.inertia[0]) >= best * (1 - _WORTH) else 0
        if idle == _PATIENCE or idle * children >= _IDLE_CHILDREN:
            break
    return population


def _children(population: Population, number: int, generator: torch.Generator) -> Tensor:
    """Centres (number, k, d), each from one of two parents, which win a tournament of two."""
    s, k, _ = population.centers.shape
    parents = torch.randint(s, (number, 2, 2), generator=generator).amin(2)  # (number, 2); the best solution is 0
    chance = torch.rand(number, k, generator=generator, dtype=torch.float32) < 0.5
    positions = population.centers.cpu().to(torch.float64)
    young = []
    for (a, b), from_a in zip(parents.tolist(), chance, strict=True):
        match = linear_sum_assignment(torch.cdist(positions[a], positions[b]).numpy())[1]
        pick = from_a[:, None].to(population.centers.device)
        matched = population.centers[b][torch.from_numpy(match).to(pick.device)]
        young.append(torch.where(pick, population.centers[a], matched))
    return torch.stack(young)


def _mutated(problem: Problem, centers: Tensor, order: Tensor, generator: torch.Generator) -> Tensor:
    """One centre of every child (s, k, d) goes to a row that is drawn by its squared distance to the others."""
    s, k, d = centers.shape
    gone = torch.randint(k, (s,), generator=generator).to(centers.device)
    place = order[torch.randint(len(order), (min(_PLACES, len(order)),), generator=generator).sort().values]
    rows = problem.rows[place]
    flat = centers.reshape(s * k, d)
    table = product(rows, -2 * flat, (flat * flat).sum(1)).view(s, k, -1) + problem.length[place] ** 2  # (s, k, p)
    table[torch.arange(s), gone] = torch.inf
    mass = table.amin(1).clamp_(min=0).to(wide(rows.device))  # (s, p)
    if problem.weight is not None:
        mass = mass * problem.weight[place].to(mass.dtype)
    usable = mass.sum(1) > 0
    chosen = draw(torch.where(usable[:, None], mass, 1.0), 1, generator)[:, 0]
    moved = centers.clone()
    moved[torch.arange(s), gone] = rows[chosen]
    return moved
