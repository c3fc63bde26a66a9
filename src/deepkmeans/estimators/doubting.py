"""What a finished fit finds out about its own doubt: figures for the report, and which rows are noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..data import PreparedSample
from ..fitting import STRANGE, Doubt, FitContext, FitResult, fit_doubt
from .prediction import CentersInEmbedding

__all__ = ["KnowsDoubt"]

#: Rows on which the figures of the report are taken, at most.
_MOST_COUNTED = 10_000
#: Confidence under which a row is called unsure.
_UNSURE = 0.5


class KnowsDoubt(CentersInEmbedding):
    """A fitted deep K-Means that learns, after its fit, how sure its labels are."""

    noise: Any
    labels_: np.ndarray
    report_: dict[str, Any]

    def _learn_doubt(self, result: FitResult, context: FitContext, prepared: PreparedSample, X: Any) -> None:
        """Fit the doubt of published results, report it, and mark what is noise among the rows ``X`` as given."""
        seen, sample = context.rows, prepared.sample
        rows = seen.plain if result.scaling is seen.plain.scaling else seen.network
        labels = self.labels_ if sample.present is None else self.labels_[sample.present]
        if prepared.copies is not None:
            of_copies, labels = labels, np.empty(len(rows), dtype=labels.dtype)
            labels[prepared.copies] = of_copies
        compared = {} if result.compared is None else vars(result.compared)
        doubt, shares = fit_doubt(rows, labels, context.n_clusters, context.seeds, **compared)
        self._doubt = doubt
        self.report_ |= {**_figures(doubt, rows, labels, context), "doubt": shares}
        if self.noise is not None:
            self._mark_noise(sample, X)

    def _mark_noise(self, sample: Any, X: Any) -> None:
        """Choose the limit, and give -1 to the rows of the fit beyond it, as ``predict`` does."""
        excess = None if self._preprocessor is None else self._excess(self._as_given(X))
        scores = self._outlier_scores(self._inputs(sample.given), excess)
        self._noise_limit = STRANGE
        if self.noise != "label":
            present = np.ones(len(scores), dtype=bool) if sample.present is None else sample.present
            self._noise_limit = _limit(scores[present], sample.weight, float(self.noise))
        self.labels_ = self._with_noise(self.labels_, scores)
        self.report_["noise_share"] = float(np.mean(self.labels_ < 0))


def _limit(scores: np.ndarray, weight: np.ndarray | None, share: float) -> float:
    """The outlier score that this share of the rows exceeds, half-way between two of them."""
    order = np.argsort(scores, kind="stable")
    mass = (np.ones(len(scores)) if weight is None else weight)[order]
    beyond = mass[::-1].cumsum()[::-1] / mass.sum()  # of each row and of those that score more
    first = int(np.argmax(beyond <= share + 1e-9)) if beyond[-1] <= share + 1e-9 else len(scores)
    high = scores[order[first]] if first < len(scores) else scores[order[-1]]
    low = scores[order[first - 1]] if first else 0.0
    return float((low + high) / 2)


def _figures(doubt: Doubt, rows: Any, labels: np.ndarray, context: FitContext) -> dict[str, Any]:
    """What ``report_`` says: expected accuracy, share of unsure rows, and both in words."""
    index = torch.randperm(len(rows), generator=context.seeds.generator("doubt", "figures"))[:_MOST_COUNTED]
    mass = torch.ones(len(index), dtype=torch.float64)
    if rows.weight is not None:
        mass = rows.weight.cpu()[index].double()
    shares, sure = doubt.probabilities(rows.take(index.to(rows.device)), torch.from_numpy(labels)[index])
    expected = float(mass @ shares.amax(1) / mass.sum())
    unsure = float(mass @ (sure < _UNSURE).double() / mass.sum())
    count = round(100 * expected)
    most = "nearly all" if count == 100 else f"about {count} of 100"
    said = (
        f"{most} rows are expected to be in the right cluster, and {_few(unsure)} unsure (confidence under {_UNSURE:g})"
    )
    return {"expected_accuracy": expected, "unsure_share": unsure, "how_sure": said}


def _few(share: float) -> str:
    count = round(100 * share)
    return "hardly any is" if count == 0 else f"{count} of 100 {'is' if count == 1 else 'are'}"
