"""How sure a fit is of each row: what is known of it, and how prediction uses it.

Three things are told apart. *Overlap*: the probability of each cluster in mixtures (:mod:`.refitted_mixtures`).
*Disagreement*: the share of the candidate partitions that agree with a label, kept as means over small cells of like
rows, since it is whole regions that partitions disagree on. *Strangeness*: how far a row is from every cell, in
all scaled columns. How much agreement is worth was learnt on other tables (:mod:`.doubt_fit`), without a label of this
one. No row of the data is kept, means of several alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .refitted_mixtures import RefittedMixtures

__all__ = ["STRANGE", "Doubt", "coordinates", "log_odds", "with_label_ahead"]

#: Outlier scores beyond this are strange; at the next one a row is as probably of what was seen as not.
STRANGE = 2.0
_HALF, _STEEPNESS = 3.0, 4
#: Shares are not believed beyond these.
_SURE = 0.98
#: What the label keeps over the next cluster, and a probability over equal shares, so that the label stays the largest.
_AHEAD, _LEAST_FAMILIAR = 1e-3, 1e-2
#: Of rows in float64, at a time: pictures have thousands each.
_NUMBERS = 2**23


@dataclass(frozen=True)
class Doubt:
    """What prediction knows of its column doubt; sizes: d inputs, q components, c cells, k clusters, r mixtures.

    Attributes
    ----------
    mean : Tensor of shape (d,), float32 as all of them
    components : Tensor of shape (d, q)
        Directions of the inputs in which everything below is said.
    cells : Tensor of shape (c, q)
    votes : Tensor of shape (c, k)
        Share of the candidate partitions that agree with a row of this cell and this label.
    mixtures : RefittedMixtures
    gaussian : float
        How far the mixtures are believed, from 0 to 1.
    constant, of_votes : float
        What the candidates' word is worth otherwise: the odds of a label are these of their votes.
    reach : float
        95% of the rows of the fit are no farther than this from their cell.
    """

    mean: Tensor
    components: Tensor
    cells: Tensor
    votes: Tensor
    mixtures: RefittedMixtures
    gaussian: float
    constant: float
    of_votes: float
    reach: float

    def distance(self, inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Coordinates (n, q) of inputs (n, d), their nearest cells (n,), and how far they are from these, (n,)."""
        P, squares = coordinates(inputs, self.mean, self.components.double())
        rest = (squares - P.square().sum(1)).clamp_min(0)
        nearest = torch.cdist(P, self.cells.double()).min(1)
        return P, nearest.indices, (nearest.values.square() + rest).sqrt()

    def outlier_score(self, inputs: Tensor) -> Tensor:
        """Distance (n,) from everything seen, in units of ``reach``."""
        return self.distance(inputs)[2] / self.reach

    def familiarity(self, score: Tensor) -> Tensor:
        """Probability (n,) that rows of these outlier scores are of what was seen: 1/2 at three."""
        return 1 / (1 + (score / _HALF) ** _STEEPNESS)

    def probabilities(
        self, inputs: Tensor, labels: Tensor, excess: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Probabilities (n, k) of the clusters, the largest that of ``labels`` (n,), and confidence (n,) in these.

        ``excess`` (n,) is how much farther out rows are than their inputs show.
        """
        P, cell, distance = self.distance(inputs)
        distance = distance if excess is None else distance.hypot(excess.to(distance))
        familiar = self.familiarity(distance / self.reach)
        k = self.votes.shape[1]
        if k == 1:
            return P.new_ones(len(P), 1), familiar
        column = labels.to("cpu", torch.int64)[:, None]
        posterior = self.mixtures.posterior(P)
        of_label, agreed = posterior.gather(1, column), self.votes[cell].double().gather(1, column)
        odds = self.constant + self.of_votes * log_odds(agreed)
        sure = self.gaussian * of_label + (1 - self.gaussian) * odds.sigmoid()
        known = _with_share(posterior, column, sure.clamp(1 / k + _AHEAD * (1 - 1 / k), 1.0))
        mixed = familiar.clamp_min(_LEAST_FAMILIAR)[:, None]
        return mixed * known + (1 - mixed) / k, familiar * known.gather(1, column)[:, 0]


def coordinates(inputs: Tensor, mean: Tensor, components: Tensor) -> tuple[Tensor, Tensor]:
    """Coordinates (n, q), float64, of inputs (n, d) a block at a time, and squared distances (n,) from ``mean``."""
    n, d = inputs.shape
    P, squares = torch.empty(n, components.shape[1], dtype=torch.float64), torch.empty(n, dtype=torch.float64)
    block = max(1, _NUMBERS // max(1, d))
    for start in range(0, n, block):
        part = slice(start, start + block)
        away = inputs[part].to("cpu", torch.float64) - mean
        torch.matmul(away, components, out=P[part])
        torch.sum(away.square_(), 1, out=squares[part])
    return P, squares


def log_odds(share: Tensor) -> Tensor:
    """Logarithm of the odds of shares, none of which is believed to be 0 or 1."""
    share = share.clamp(1 - _SURE, _SURE)
    return (share / (1 - share)).log()


def with_label_ahead(shares: Tensor, labels: Tensor) -> Tensor:
    """Probabilities (n, k), changed where that of the label (n,) is not the largest: by no more than it needs to be.

    After clusters were merged, the sum of two small probabilities may be larger than that of the label.
    """
    k, column = shares.shape[1], labels.to(torch.int64)[:, None]
    if k == 1:
        return shares
    others = shares.scatter(1, column, -1.0).amax(1, keepdim=True)
    of_label = shares.gather(1, column)
    raised = _with_share(shares, column, of_label.clamp_min(1 / k + _AHEAD * (1 - 1 / k)))
    return torch.where(of_label > others, shares, raised)


def _with_share(rest: Tensor, column: Tensor, sure: Tensor) -> Tensor:
    """Probabilities (n, k) that are ``sure`` (n, 1) at ``column`` (n, 1), and elsewhere go by ``rest`` (n, k).

    None of the others is as large: where it would be, the others are brought nearer to equal shares.
    """
    even = 1 / (rest.shape[1] - 1)
    others = rest.scatter(1, column, 0.0) + 1e-9
    others = others.scatter(1, column, 0.0)
    others = others / others.sum(1, keepdim=True)
    most = others.amax(1, keepdim=True)
    allowed = (1 - _AHEAD) * sure / (1 - sure).clamp_min(1e-12)
    kept = ((allowed - even) / (most - even).clamp_min(1e-12)).clamp(0, 1)
    others = (kept * others + (1 - kept) * even).scatter(1, column, 0.0)
    return (others * (1 - sure)).scatter(1, column, sure)
