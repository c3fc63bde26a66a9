"""Three sentences: what there is, how the clusters differ, how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .column_words import column_called
from .formatting import counted_rows, share_text
from .noise_words import LESS_NOISE, MORE_CLUSTERS
from .stability import Resampling, Separation

__all__ = ["Certainty", "certainty_of", "joined", "summary_of"]

_MOST_NAMED, _MOST_COLUMNS = 8, 3
#: What one row and several are, where they are no rows of cells or texts.
_COUNTED = {
    "pictures": ("picture", "pictures"), "recordings": ("recording", "recordings"), "series": ("series", "series"),
}  # fmt: skip


@dataclass(frozen=True)
class Certainty:
    """How sure the clusters are.

    Attributes
    ----------
    doubts : int
        How much speaks against them: nothing (0), something (1), a lot (2).
    nothing_found : bool
        Whether the fit found no structure.
    has_rival : bool
        Whether another division is as good.
    expected : float or None
        Share of the rows that are expected to be in the right cluster.
    unsure : float or None
        Share of the rows whose confidence is below 0.5.
    agreement : float or None
        Share of the rows that halves of them put together again.
    """

    doubts: int
    nothing_found: bool
    has_rival: bool
    expected: float | None
    unsure: float | None
    agreement: float | None


def certainty_of(
    report: Mapping[str, Any], separation: Separation | None, resampling: Resampling | None,
    confidence: np.ndarray | None,
) -> Certainty:  # fmt: skip
    """What is known of it, by ``report_`` of a model of ours and what was measured."""
    selection = report.get("n_clusters_selection") or {}
    return Certainty(
        min(_doubts(report, separation, resampling, confidence), 2),
        selection.get("n_clusters") == 1 and not is_corrected(report),
        report.get("rival") is not None,
        None if confidence is None else _expected(report, confidence),
        None if confidence is None else float((confidence < 0.5).mean()),
        None if resampling is None else resampling.agreement,
    )


def joined(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 2 else parts)


def summary_of(
    n_samples: int, sizes: Mapping[int, float], names: Mapping[int, str | None], columns: Sequence[str],
    fidelity: float | None, report: Mapping[str, Any], *, separation: Separation | None,
    resampling: Resampling | None, confidence: np.ndarray | None, kind: str,
) -> tuple[str, str, str]:  # fmt: skip
    """The three sentences.

    Parameters
    ----------
    sizes : mapping of int to float
        Rows of each cluster, weighted; -1 is noise.
    names : mapping of int to (str or None)
    columns : sequence of str
        Those that distinguish the clusters, the most telling first.
    fidelity : float or None
        Share of unseen rows whose cluster a tree of one leaf a cluster says; None where no rule holds.
    kind : {"table", "texts", "pictures", "recordings", "series", "inputs"}
    """
    return (
        _what(n_samples, sizes, names, kind),
        _how(sizes, columns, fidelity, kind),
        _sure(sizes, certainty_of(report, separation, resampling, confidence)),
    )


def is_all_noise(sizes: Mapping[int, float]) -> bool:
    """Whether there are rows, and none is in a cluster."""
    return bool(sizes.get(-1)) and max(sizes) < 0


def _what(n_samples: int, sizes: Mapping[int, float], names: Mapping[int, str | None], kind: str) -> str:
    clusters = sorted((number for number in sizes if number >= 0), key=lambda number: -sizes[number])
    rows = _COUNTED.get(kind, ("row", "rows"))[n_samples != 1]
    rows_form = f"{n_samples:,} {rows} {'forms' if n_samples == 1 else 'form'}"
    if is_all_noise(sizes):
        return f"The {rows_form} no cluster: every row is noise."
    noise = f", and {counted_rows(sizes[-1])} {'is' if round(sizes[-1]) == 1 else 'are'} noise" if sizes.get(-1) else ""
    if len(clusters) < 2:
        return f"The {rows_form} {'one cluster' if clusters else 'no cluster'}{noise}."
    head = f"The {rows_form} {len(clusters)} clusters"
    if any(names.get(number) for number in clusters):
        shown = [f"{_quoted(names.get(n)) or f'cluster {n}'} ({round(sizes[n]):,})" for n in clusters[:_MOST_NAMED]]
        more = len(clusters) - _MOST_NAMED
        return f"{head}: {joined([*shown, *([f'{more} more'] if more > 0 else [])])}{noise}."
    smallest, largest = round(sizes[clusters[-1]]), round(sizes[clusters[0]])
    return f"{head} of {smallest:,} to {largest:,} rows{noise}."


def _quoted(name: str | None) -> str | None:
    """Names have commas of their own."""
    return None if name is None else f"\u201c{name}\u201d"


def _how(sizes: Mapping[int, float], columns: Sequence[str], fidelity: float | None, kind: str) -> str:
    if sum(number >= 0 for number in sizes) < 2:
        return "There is nothing to compare." if is_all_noise(sizes) else "There is nothing to compare them with."
    if not columns and kind in _COUNTED:
        return f"Their typical {_COUNTED[kind][1]} show how they differ."
    if not columns:
        what = "word" if kind == "texts" else "column"
        return f"No single {what} tells them apart by more than chance would."
    shown = joined([word if kind == "texts" else column_called(word) for word in columns[:_MOST_COLUMNS]])
    words = "They differ most in the words" if kind == "texts" else "They differ most in"
    rule = "" if fidelity is None else f"; simple rules tell the cluster of {share_text(fidelity)} of the rows"
    more = f"; typical {_COUNTED[kind][1]} show more" if kind in _COUNTED else ""
    return f"{words} {shown}{rule}{more}."


def _sure(sizes: Mapping[int, float], certainty: Certainty) -> str:
    if sum(number >= 0 for number in sizes) < 2:
        if sizes.get(-1):
            cure = LESS_NOISE if is_all_noise(sizes) else MORE_CLUSTERS
            return f"To see {'a cluster' if is_all_noise(sizes) else 'a division'}, try {cure}."
        found_none = certainty.nothing_found
        return "No clear structure was found." if found_none else "Ask for more clusters to see a division."
    facts = []
    if certainty.expected is not None:
        facts.append(expected_text(certainty.expected))
    if certainty.unsure:
        facts.append(f"{share_text(certainty.unsure)} of them are unsure")
    if certainty.agreement is not None:
        facts.append(f"halves of the rows give {share_text(certainty.agreement)} of them the same clusters again")
    words = ("The clusters are clear", "The clusters are fairly clear", "Take the clusters with care")[certainty.doubts]
    other = " Another division is as good; see what was compared." if certainty.has_rival else ""
    if certainty.nothing_found:
        words = "No clear structure was found, and these clusters are only its most useful division"
    return f"{words}{f': {joined(facts)}' if facts else ''}.{other}"


def is_corrected(report: Mapping[str, Any]) -> bool:
    """Whether a person has merged or split clusters: what the fit said of their number no longer holds."""
    return any(record.get("correction") in ("merge", "split") for record in report.get("corrections", ()))


def expected_text(share: float) -> str:
    """``about 83 of 100 rows are expected to be in the right cluster``."""
    count = round(100 * share)
    return f"{'nearly all' if count == 100 else f'about {count} of 100'} rows are expected to be in the right cluster"


def _expected(report: Mapping[str, Any], confidence: np.ndarray) -> float:
    """Share of the rows that are expected to be in the right cluster."""
    said = report.get("expected_accuracy")
    return float(confidence.mean()) if said is None else float(said)


def _doubts(
    report: Mapping[str, Any], separation: Separation | None, resampling: Resampling | None,
    confidence: np.ndarray | None,
) -> int:  # fmt: skip
    """How much speaks against the clusters: nothing (0), something (1), a lot (2)."""
    doubts = 0
    if resampling is not None:
        doubts = max(doubts, 0 if resampling.agreement >= 0.95 else 1 if resampling.agreement >= 0.8 else 2)
    if confidence is not None:
        expected = _expected(report, confidence)
        doubts = max(doubts, 0 if expected >= 0.9 else 1 if expected >= 0.75 else 2)
    elif separation is not None:
        doubts = max(doubts, 0 if separation.silhouette >= 0.4 else 1 if separation.silhouette >= 0.15 else 2)
    if report.get("consensus", 1.0) < 0.4 or report.get("rival") is not None:
        doubts = 2
    if report.get("converged") is False or report.get("collapsed"):
        doubts = max(doubts, 1)
    return doubts
