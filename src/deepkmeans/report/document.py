"""Everything that a page shows, as one record of plain values: for the template, and for the script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .called_rows import CalledRows
from .cluster_cards import by_size, cluster_cards, membership_of, telling_words
from .cluster_tree_picture import tree_picture
from .column_charts import ColumnChart, chart_of
from .curves import cluster_number_curves, training_curves
from .examples import Examples
from .fit_facts import column_facts, compared, input_facts, settings, skipped_files, versions
from .map_coordinates import ReportMap
from .packed_columns import pack_columns, pack_texts
from .quantised import pack_integers, scale_points
from .sentences import Sentences
from .thumbnails import Thumbnails

if TYPE_CHECKING:
    from ..inspection.explanation import Explanation

__all__ = ["build_document", "kept_rows"]

#: Columns, and histograms over all of them, that the comparison of two clusters knows; of more, those in which clusters
#: differ most.
_COMPARED, _HISTOGRAMS = 24, 1500


def build_document(
    explanation: Explanation,
    model: Any,
    maps: Sequence[ReportMap],
    kept: np.ndarray,
    sentences: Sentences,
    title: str | None,
    called: CalledRows,
) -> dict[str, Any]:
    """The document of an ``Explanation`` of a fitted clusterer in the language of ``sentences``, with maps of the rows
    ``kept`` (m,).

    Keys: ``title``, ``summary``, ``clusters`` (the cards), ``tree``, ``health``, ``rules``, ``curves`` (of training,
    over numbers of clusters), ``compared``, ``columns``, ``settings``, ``versions``; and ``script``, what the script of
    the page draws. A part without content is None or empty, and its section is left out.
    """
    rows, clusters = explanation.rows, by_size(explanation)
    membership = membership_of(explanation)
    charts = _charts(rows, membership, len(clusters))
    examples = Examples.of(explanation, rows, called, str(sentences.words["row"]))
    thumbnails = examples.thumbnails
    report: Mapping[str, Any] = explanation.report
    n_readable = len(_readable(rows))
    selection = report.get("n_clusters_selection")
    position = {cluster.number: place for place, cluster in enumerate(clusters)}
    tree = None if explanation.tree is None else tree_picture(explanation.tree, position)
    small, large = explanation.rules or (None, None)
    return {
        "title": title or sentences.title(n_readable, len(clusters), rows.kind),
        "summary": list(explanation.summary),
        "clusters": cluster_cards(explanation, charts, examples, sentences),
        "kind": rows.kind,
        "plays": any(one.sounds is not None for one in (examples, *examples.inputs.values())),
        "inputs": input_facts(explanation),
        "row_heading": called.column or sentences("row_heading"),
        "n_samples": n_readable,
        "has_files": rows.names is not None,
        "skipped": skipped_files(report),
        "n_noise": int((membership < 0).sum()),
        "tree": tree,
        "health": [
            {"kind": note.kind, "text": note.text, "is_foreign": sentences.is_foreign(note),
             "advice": sentences.advice(note)}
            for note in explanation.health
        ],
        "rules": None if small is None else {"small": small, "large": large},
        "curves": {
            "training": training_curves(getattr(model, "history_", None) or []),
            "n_clusters": [] if not selection else cluster_number_curves(selection),
        },
        "selection": selection,
        "compared": compared(report, sentences.partition),
        "columns": column_facts(report),
        "corrections": [sentences.correction(record) for record in report.get("corrections", ())],
        "settings": settings(model),
        "model": type(model).__name__,
        "versions": versions(),
        "script": _script(explanation, membership, charts, thumbnails, maps, kept, sentences, called),
    }  # fmt: skip


def kept_rows(explanation: Explanation, max_points: int, random: np.random.RandomState) -> np.ndarray:
    """At most ``max_points`` rows, in order: those that cards show, and others at random."""
    readable = _readable(explanation.rows)
    if len(readable) <= max_points:
        return readable
    order = list(dict.fromkeys([*_shown(explanation), *readable[random.permutation(len(readable))].tolist()]))
    return np.sort(np.asarray(order[:max_points]))


def _readable(rows: Any) -> np.ndarray:
    """Positions of the rows but for pictures, recordings and series that could not be read."""
    weight = rows.of_readable(None)
    return np.arange(len(rows)) if weight is None else np.flatnonzero(weight)


def _shown(explanation: Explanation) -> list[int]:
    """The rows that cards show."""
    chosen = [cluster.exemplars for cluster in by_size(explanation)]
    return [row for one in chosen for row in (*one.exemplars, *one.boundary)]


def _charts(rows: Any, membership: np.ndarray, n_clusters: int) -> list[ColumnChart]:
    """Of all columns with something to draw, those in which clusters differ most first."""
    made = [chart_of(column, membership, n_clusters) for column in rows.columns]
    charts = [chart for chart in made if chart is not None]
    return sorted(charts, key=lambda chart: -float(chart.differences.max(initial=0.0)))


def _script(
    explanation: Explanation, membership: np.ndarray, charts: Sequence[ColumnChart], thumbnails: Thumbnails | None,
    maps: Sequence[ReportMap], kept: np.ndarray, sentences: Sentences, called: CalledRows,
) -> dict[str, Any]:  # fmt: skip
    rows, n_clusters = explanation.rows, len(explanation.clusters)
    whole = np.uint8 if n_clusters < 255 else np.uint16
    of_clusters = np.where(membership < 0, np.iinfo(whole).max, membership)[kept].astype(whole)
    confidence = explanation.confidence
    names = None if called.names is None else [called.names[row] for row in kept.tolist()]
    n_compared = int(np.clip(_HISTOGRAMS // max(n_clusters, 1), 3, _COMPARED))
    rank = {chart.name: place for place, chart in enumerate(charts)}
    packed, without_room = pack_columns(
        sorted(rows.columns, key=lambda column: rank.get(column.name, len(charts))), kept,
        used=sum(len(name) + 3 for name in names or ()),
    )  # fmt: skip
    return {
        "kind": rows.kind,
        "count": len(kept),
        "total": rows.n_samples,
        "names": names,
        "called": called.column,
        "rows": None if len(kept) == rows.n_samples else pack_integers(kept.astype(np.uint32)),
        "maps": [
            {"method": one.method, "space": one.space, "trust": round(one.trustworthiness, 3),
             **pack_integers(scale_points(one.points).ravel())}
            for one in maps
        ],
        "cluster": pack_integers(of_clusters),
        "confidence": None if confidence is None else _percent(np.asarray(confidence)[kept]),
        "columns": packed,
        "without_room": len(without_room),
        "texts": None if rows.texts is None else pack_texts((rows.texts[row] for row in kept), len(kept)),
        "sheet": None if thumbnails is None else _sheet(explanation, thumbnails, kept),
        "clusters": [
            {"title": cluster.title, "size": round(cluster.size), "words": telling_words(cluster)}
            for cluster in by_size(explanation)
        ],
        "charts": [chart.to_dict() for chart in charts[:n_compared]],
        "words": sentences.words["script"],
    }  # fmt: skip


def _percent(shares: np.ndarray) -> dict[str, Any]:
    """Shares from 0 to 1 in steps of a percent."""
    return pack_integers(np.round(np.nan_to_num(shares).clip(0, 1) * 100).astype(np.uint8))


def _sheet(explanation: Explanation, thumbnails: Thumbnails, kept: np.ndarray) -> dict[str, Any]:
    """Pictures for the map: of the rows of the cards first, then of others from everywhere."""
    others = np.random.RandomState(0).permutation(kept).tolist()
    order = list(dict.fromkeys([*_shown(explanation), *others]))
    sheet = thumbnails.sheet(order)
    shown = np.searchsorted(kept, order[: sheet["count"]])
    return sheet | {"of": pack_integers(shown.astype(np.uint32))}
