"""The cards of the clusters: name, size, profile, rule and rows of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .column_charts import ColumnChart
from .examples import Examples
from .sentences import Sentences

if TYPE_CHECKING:
    from ..inspection.explanation import ClusterSummary, Explanation

__all__ = ["by_size", "cluster_cards", "membership_of", "telling_words"]

#: Size of a histogram, in the units of its picture.
_WIDTH, _HEIGHT = 200, 40
_CHARTS, _WORDS = 6, 12
#: With more clusters than the first, cards have two charts; after so many as the second, no chart and no rows.
_MANY, _IN_FULL = 40, 60


def by_size(explanation: Explanation) -> list[ClusterSummary]:
    """The clusters in the order in which the page shows them: the largest first."""
    return sorted(explanation.clusters, key=lambda cluster: -cluster.size)


def membership_of(explanation: Explanation) -> np.ndarray:
    """The place (n,) of each row's cluster in that order, -1 for rows in none."""
    place = {cluster.number: position for position, cluster in enumerate(by_size(explanation))}
    numbers, inverse = np.unique(explanation.labels, return_inverse=True)
    return np.asarray([place.get(number, -1) for number in numbers.tolist()], dtype=np.int64)[inverse]


def cluster_cards(
    explanation: Explanation, charts: Sequence[ColumnChart], examples: Examples, sentences: Sentences
) -> list[dict[str, Any]]:
    """One a cluster, the largest first."""
    membership, rows, titles = membership_of(explanation), explanation.rows, explanation.titles
    n_charts = _CHARTS if len(explanation.clusters) <= _MANY else 2
    cards = []

    for place, cluster in enumerate(by_size(explanation)):
        headline, shown = cluster.profile.headline, cluster.exemplars
        chosen = _chosen(charts, [distinction.column for distinction in cluster.profile.distinctions], place)[
            : n_charts if place < _IN_FULL else 0
        ]
        mean, lines, members = None, [], np.flatnonzero(membership == place)
        if examples.thumbnails is not None and cluster.size:
            mean = examples.thumbnails.mean_address(members[:2000], stretched=rows.recordings is not None)
        if examples.lines is not None and cluster.size:
            lines = examples.lines.mean(members, cluster.exemplars.exemplars)
        cards.append({
            "number": cluster.number, "title": cluster.title,
            "is_named": cluster.title != sentences("cluster_title", number=cluster.number),
            "size": round(cluster.size), "share": cluster.share, "confidence": cluster.confidence,
            "stability": cluster.stability,
            "distinctions": [sentences.distinction(one, rows) for one in headline],
            "words": telling_words(cluster),
            "rule": cluster.rule, "mean": mean,
            "runner_up": None if shown.runner_up is None else titles.get(shown.runner_up),
            "charts": [_drawn(chart, place) for chart in chosen],
            "lines": lines,
            "exemplars": examples.shown(shown.exemplars, chosen) if place < _IN_FULL else None,
            "boundary": examples.shown(shown.boundary, chosen) if place < _IN_FULL else None,
            "salient": examples.salient(explanation, shown.exemplars) if place < _IN_FULL else [],
            "inputs": [] if explanation.inputs is None else [*explanation.inputs.mean(members).items()],
        })  # fmt: skip
    return cards


def telling_words(cluster: ClusterSummary) -> list[str]:
    """The words that distinguish a cluster of texts most."""
    return [str(one.word) for one in cluster.profile.words[:_WORDS]]


def _chosen(charts: Sequence[ColumnChart], distinguishing: Sequence[str], place: int) -> list[ColumnChart]:
    """The distinguishing columns first, then those in which the cluster differs most."""
    rank = {name: position for position, name in reversed(list(enumerate(distinguishing)))}
    return sorted(charts, key=lambda chart: (rank.get(chart.name, len(rank)), -float(chart.differences[place])))


def _drawn(chart: ColumnChart, place: int) -> dict[str, Any]:
    inside, overall = chart.inside[place], chart.overall
    drawn: dict[str, Any] = {
        "name": chart.name, "typical": chart.typical[place], "overall": chart.typical_overall,
        "missing": float(chart.missing[place]), "numeric": chart.is_numeric,
    }  # fmt: skip
    if chart.is_numeric:
        top = float(max(inside.max(), overall.max())) or 1.0
        return drawn | {"ends": chart.labels, "inside": _steps(inside / top), "all": _steps(overall / top)}
    levels = zip(chart.labels, inside.tolist(), overall.tolist(), strict=True)
    return drawn | {"levels": [{"label": label, "inside": share, "all": rest} for label, share, rest in levels]}


def _steps(heights: np.ndarray) -> str:
    """The outline of bars, as an SVG path."""
    edges = np.linspace(0, _WIDTH, len(heights) + 1)
    path = [f"M0 {_HEIGHT}"]
    for height, right in zip(heights, edges[1:], strict=True):
        path.append(f"V{_HEIGHT * (1 - height):.1f}H{right:.0f}")
    return "".join(path) + f"V{_HEIGHT}"
