"""How a fit went, in words: what is good, what is to be known, what to try next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .column_words import column_called
from .formatting import counted, counted_rows, number_text, share_text
from .noise_words import LESS_NOISE, MORE_CLUSTERS
from .partition_words import partition_in_words
from .stability import Resampling, Separation
from .summary import expected_text, is_corrected

__all__ = ["HealthNote", "health_of"]

#: Silhouettes from which on clusters are apart, and overlap in part.
_APART, _IN_PART = 0.5, 0.25
#: Shares of rows that keep their cluster in refits from which on a division is stable, and mostly so.
_STABLE, _MOSTLY = 0.95, 0.8
_UNSURE_MANY, _MOSTLY_RIGHT = 0.25, 0.75
#: A cluster of fewer rows, or a smaller share of them, is worth a look.
_FEW, _SMALL = 5, 0.01


@dataclass(frozen=True)
class HealthNote:
    """One thing to know of a fit.

    Attributes
    ----------
    topic : str
        "sizes", "separation", "stability", "confidence", "comparison", "number of clusters", "training", "embedding",
        "columns", "missing cells" or "names".
    kind : {"ok", "note", "warning"}
    text : str
        One sentence, or two.
    try_next : str or None
        What to do about it, in the words of Python.
    key : str
        What is said, for texts in other languages and for other readers; "" where there is only ``text``.
    values : mapping
        The figures of ``text``, clusters by their numbers.
    """

    topic: str
    kind: str
    text: str
    try_next: str | None = None
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"topic": self.topic, "kind": self.kind, "text": self.text, "try_next": self.try_next}


def health_of(
    sizes: Mapping[int, float], titles: Mapping[int, str], report: Mapping[str, Any], *,
    separation: Separation | None = None, resampling: Resampling | None = None,
    confidence: np.ndarray | None = None, space: np.ndarray | None = None, naming: Sequence[str] = (),
    sizes_asked: Mapping[str, float] | None = None,
) -> tuple[HealthNote, ...]:  # fmt: skip
    """What is to be said of a fit.

    Parameters
    ----------
    sizes : mapping of int to float
        Rows of each cluster, weighted; -1 is noise.
    titles : mapping of int to str
        What each cluster is called.
    report : mapping
        ``report_`` of a model of ours; empty of others.
    separation, resampling
        As measured in the space of the clusters.
    confidence : ndarray of shape (n,) or None
    space : ndarray of shape (n, e) or None
        The embedding.
    naming : sequence of str
        What was wrong with names that a function of the user's gave.
    sizes_asked : mapping of str to float, or None
        What was asked of the sizes, by the parameters that say it.
    """
    notes = [
        *_of_sizes(sizes, titles), *_of_sizes_asked(sizes_asked), *_of_separation(separation, titles),
        *_of_resampling(resampling, titles),
        *_of_confidence(confidence, report), *_of_comparison(report), *_of_selection(report), *_of_training(report),
        *_of_embedding(report, space), *_of_columns(report),
        *(HealthNote("names", "note", text) for text in naming),
    ]  # fmt: skip
    return tuple(notes)


def _of_sizes(sizes: Mapping[int, float], titles: Mapping[int, str]) -> list[HealthNote]:
    clusters = {number: size for number, size in sizes.items() if number >= 0}
    total, noise = sum(sizes.values()), sizes.get(-1, 0.0)
    notes = []
    if noise and not clusters:
        return [HealthNote("sizes", "warning", "Every row is noise.", f"try {LESS_NOISE}", "all_noise")]
    if noise:
        text = f"{counted_rows(noise)} ({share_text(noise / total)}) {'is' if round(noise) == 1 else 'are'} noise."
        notes.append(HealthNote("sizes", "note", text, None, "noise", {"rows": round(noise), "share": noise / total}))
    if len(clusters) < 2:
        text = "All rows are in one cluster." if clusters else "No row is in a cluster."
        cure = "ask for a number of clusters, such as n_clusters=3"
        if noise:
            text = "All other rows are in one cluster."
            return [*notes, HealthNote("sizes", "note", text, f"try {MORE_CLUSTERS}", "one_cluster_and_noise")]
        return [*notes, HealthNote("sizes", "note", text, cure, "one_cluster" if clusters else "no_cluster")]
    counted = [f"{round(size):,}" for size in clusters.values()]
    shown = ", ".join(counted[:-1]) + f" and {counted[-1]}" if len(counted) <= 12 else (
        f"{round(min(clusters.values())):,} to {round(max(clusters.values())):,}"
    )  # fmt: skip
    values = {"clusters": len(clusters), "sizes": [round(size) for size in clusters.values()]}
    notes.append(HealthNote("sizes", "ok", f"The {len(clusters)} clusters hold {shown} rows.", None, "sizes", values))
    small = [n for n, size in clusters.items() if size < _FEW or size < _SMALL * total]
    if small:
        named = ", ".join(f"{titles[number]} ({counted_rows(clusters[number])})" for number in small[:5])
        more = f" and {len(small) - 5} more" if len(small) > 5 else ""
        notes.append(HealthNote(
            "sizes", "note", f"{'These clusters are' if len(small) > 1 else 'One cluster is'} small: {named}{more}.",
            "look at the rows: they may be a rare kind, or errors in the data",
            "small", {"clusters": {number: round(clusters[number]) for number in small[:5]}, "more": len(small[5:])},
        ))  # fmt: skip
    return notes


def _of_sizes_asked(asked: Mapping[str, float] | None) -> list[HealthNote]:
    if not asked:
        return []
    settings = ", ".join(f"{name}={value:g}" for name, value in asked.items())
    text = f"Sizes were asked for ({settings}); to keep them, rows may be in a cluster that is not the nearest."
    return [HealthNote("sizes", "ok", text, None, "sizes_asked", {"settings": settings})]


def _of_separation(separation: Separation | None, titles: Mapping[int, str]) -> list[HealthNote]:
    if separation is None:
        return []
    value = separation.silhouette
    words = "are well apart" if value >= _APART else "overlap in part" if value >= _IN_PART else "overlap widely"
    text = f"The clusters {words} (mean silhouette {value:.2f})."
    values: dict[str, Any] = {"silhouette": value, "closest": None}
    if separation.closest is not None and len(separation.of_cluster) > 2:
        values["closest"] = separation.closest
        first, second = (titles[number] for number in separation.closest)
        text += f" {first} and {second} lie closest together."
    key = "apart" if value >= _APART else "overlap" if value >= _IN_PART else "overlap_widely"
    return [HealthNote("separation", "ok" if value >= _IN_PART else "note", text, None, key, values)]


def _of_resampling(resampling: Resampling | None, titles: Mapping[int, str]) -> list[HealthNote]:
    if resampling is None:
        return []
    share = resampling.agreement
    text = f"K-Means of halves of the rows puts {share_text(share)} of them into the same clusters again."
    values: dict[str, Any] = {"share": share, "weakest": None}
    weak = {number: value for number, value in resampling.of_cluster.items() if value < _MOSTLY}
    if weak and share >= _MOSTLY:
        number = min(weak, key=weak.__getitem__)
        values |= {"weakest": number, "weakest_share": weak[number]}
        text += f" {titles[number]} is the least stable ({share_text(weak[number])})."
    if share >= _STABLE:
        return [HealthNote("stability", "ok", text, None, "stable", values)]
    cure = "ask for fewer clusters, or merge those that lie closest together"
    return [HealthNote("stability", "note" if share >= _MOSTLY else "warning", text, cure, "unstable", values)]


def _of_confidence(confidence: np.ndarray | None, report: Mapping[str, Any]) -> list[HealthNote]:
    if confidence is None or not len(confidence):
        return []
    unsure, expected = float((confidence < 0.5).mean()), float(report.get("expected_accuracy", confidence.mean()))
    few = "no row is unsure" if not unsure else f"{share_text(unsure)} of them are unsure (confidence below 50%)"
    text = f"By what the methods agree on, {expected_text(expected)}; {few}."
    kind = "ok" if expected >= 0.9 else "note" if expected >= _MOSTLY_RIGHT and unsure <= _UNSURE_MANY else "warning"
    cure = "treat the rows of low confidence apart" if kind != "ok" and unsure else None
    values = {"expected": round(100 * expected), "unsure": unsure}
    return [HealthNote("confidence", kind, text, cure, "sure" if cure is None else "unsure", values)]


def _of_comparison(report: Mapping[str, Any]) -> list[HealthNote]:
    """What was compared, and why it won."""
    if "chosen" not in report:
        return []
    rounds = report.get("rounds") or []
    compared = len(rounds[-1].get("candidates", ())) if rounds else 0
    chosen, rival = report["chosen"], report.get("rival")
    others = f"the {compared - 1} other partitions that were compared" if compared > 2 else "another partition"
    values = {"chosen": chosen, "others": max(compared - 1, 0), "rival": rival}
    if chosen == "k-means":
        text = "Plain K-Means was taken" + (f": none of {others} is clearly better." if compared > 1 else ".")
    else:
        text = f"The clusters are those of {partition_in_words(chosen)}"
        text += f", chosen before {others}." if compared > 1 else "."
    if rival is not None:
        other = f"Those of {partition_in_words(rival)} are as good, as far as can be told, and differ."
        return [HealthNote(
            "comparison", "warning", f"{text} {other}",
            f"compare both: partition={rival!r} takes the other; alternatives_ has their labels",
            "rival", values,
        )]  # fmt: skip
    if report.get("consensus", 1.0) < 0.4:
        return [HealthNote(
            "comparison", "warning", f"{text} The methods see different clusters, so there may be none that are clear.",
            "try n_clusters='auto', or look at alternatives_", "disagreement", values,
        )]  # fmt: skip
    return [HealthNote("comparison", "ok", text, None, "kmeans" if chosen == "k-means" else "compared", values)]


def _of_selection(report: Mapping[str, Any]) -> list[HealthNote]:
    selection = report.get("n_clusters_selection")
    if not selection or is_corrected(report):
        return []
    k, second = selection["n_clusters"], selection.get("second")
    text = f"The number of clusters, {k}, was chosen: {selection['reason']}."
    values = {"k": k, "second": second}
    if k == 1:
        division = selection.get("useful_division")
        if report.get("n_clusters", 1) > 1:
            text = f"No clear structure was found, and the most useful division was taken: {selection['reason']}."
            return [HealthNote("number of clusters", "warning", text, None, "only_division", values)]
        cure = "n_clusters='divide' takes the most useful division" if division else "ask for a number of clusters"
        return [HealthNote("number of clusters", "warning", text, cure, "no_structure", values)]
    if selection.get("confident"):
        return [HealthNote("number of clusters", "ok", text, None, "k_sure", values)]
    sure = f" That is not certain; {second} would be the next choice." if second else " That is not certain."
    compare, key = (f"compare n_clusters={second}", "k_unsure") if second else (None, "k_unsure_alone")
    return [HealthNote("number of clusters", "note", text + sure, compare, key, values)]


def _of_training(report: Mapping[str, Any]) -> list[HealthNote]:
    notes = []
    if report.get("interrupted"):
        text = "The fit was interrupted before its end."
        notes.append(HealthNote("training", "warning", text, "fit again", "interrupted"))
    elif report.get("converged") is False:
        epochs = counted(report.get("max_epochs", 0), "epoch")
        notes.append(HealthNote(
            "training", "warning", f"Training reached its {epochs} before it converged.",
            "raise max_epochs", "unfinished", {"epochs": report.get("max_epochs")},
        ))  # fmt: skip
    elif report.get("n_iter"):
        text = f"Training converged after {counted(report['n_iter'], 'epoch')}."
        notes.append(HealthNote("training", "ok", text, None, "trained", {"epochs": report["n_iter"]}))
    return notes


def _of_embedding(report: Mapping[str, Any], space: np.ndarray | None) -> list[HealthNote]:
    if report.get("collapsed"):
        return [HealthNote(
            "embedding", "warning", "Some clusters are empty, or the embedding has shrunk to a point.",
            "ask for fewer clusters, or try another objective or a lower learning_rate", "collapsed",
        )]  # fmt: skip
    if space is None or "embedding_dim" not in report or len(space) < 2:
        return []
    variance = space.var(axis=0)
    idle = int((variance <= 1e-6 * max(float(variance.max()), 1e-30)).sum())
    if not idle:
        return []
    text = f"{idle} of the {len(variance)} dimensions of the embedding {'carries' if idle == 1 else 'carry'} nothing."
    cure, values = f"try embedding_dim={max(len(variance) - idle, 1)}", {"idle": idle, "dimensions": len(variance)}
    return [HealthNote("embedding", "note", text, cure, "idle", values)]


def _of_columns(report: Mapping[str, Any]) -> list[HealthNote]:
    notes = []
    described = report.get("input", {})
    columns: Sequence[Mapping[str, Any]] = described.get("columns", ())
    unused = [column for column in columns if not column.get("used", True)]
    if unused:
        named = "; ".join(f"{column_called(str(column['name']))} ({column['reason']})" for column in unused[:6])
        more = f"; and {len(unused) - 6} more" if len(unused) > 6 else ""
        verb = "column was" if len(unused) == 1 else "columns were"
        cure = "name the kind of a column with InputSpec(columns={name: kind}) if one should count"
        kinds = {str(column["name"]): str(column.get("kind", "")) for column in unused[:6]}
        values = {"columns": kinds, "more": len(unused[6:])}
        text = f"{len(unused)} {verb} left out: {named}{more}."
        notes.append(HealthNote("columns", "note", text, cure, "left_out", values))
    imputed = report.get("imputed") or {}
    if imputed:
        total = sum(imputed.values())
        worst = max(imputed, key=imputed.__getitem__)
        share = imputed[worst] / max(report.get("n_samples", total), 1)
        called = column_called(worst)
        text = f"{number_text(total)} missing "
        verb = "was" if total == 1 else "were"
        text = f"{text}{'cell' if total == 1 else 'cells'} in {counted(len(imputed), 'column')} {verb} filled, "
        text += f"most of them in {called} " if total > 1 else f"in {called} "
        notes.append(HealthNote(
            "missing cells", "warning" if share > 0.5 else "note", f"{text}({share_text(share)} of its cells).",
            f"leave out {called}, or find its values" if share > 0.5 else None,
            "mostly_filled" if share > 0.5 else "filled",
            {"cells": total, "columns": len(imputed), "worst": called, "share": share},
        ))  # fmt: skip
    return notes
