"""The smallest change of a row after which a model puts it into another cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._quoting import short
from .._validation import Interval, validate_parameters
from ..exceptions import InvalidDataError, InvalidParameterError
from .cell_values import CellValues
from .change_search import found_change
from .changed_rows import Cells, ChangedRows
from .contributions import checked_index
from .mosaics import table_of
from .nearness import nearness_of
from .reading import original_rows
from .spaces import Clusterer

__all__ = ["Change", "smallest_change"]

@dataclass(frozen=True)
class Change:
    """What :func:`smallest_change` found.

    Attributes
    ----------
    row : int
    from_cluster : int
    to_cluster : int or None
        None where no change was found.
    changes : tuple of (str, object, object)
        Column, cell as it is, cell as it would have to be.
    distance : float
        Root of the summed squares of the changes, numbers in deviations of their column, other cells one each.
    text : str
        The same as a sentence.
    """

    row: int
    from_cluster: int
    to_cluster: int | None
    changes: tuple[tuple[str, Any, Any], ...]
    distance: float
    text: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        records = [{"column": name, "old": _plain(old), "new": _plain(new)} for name, old, new in self.changes]
        return {
            "row": self.row, "from_cluster": self.from_cluster, "to_cluster": self.to_cluster, "changes": records,
            "distance": self.distance if self.changes else None, "text": self.text,
        }  # fmt: skip


def smallest_change(model: Any, X: Any, row: int, to: int | None = None) -> Change:
    """The smallest change of a row's cells after which ``predict`` puts it into another cluster.

    Parameters
    ----------
    model : fitted clusterer with ``predict``
    X : array, data frame or sparse matrix of n rows
        With the row, and rows of the clusters in question; best the rows of the fit.
    row : int
        Counted from 0.
    to : int or None
        The cluster to get to; None: any other.

    Returns
    -------
    Change
        Of the changes with fewest columns the smallest one that was found. New cells are real ones: categories and
        dates of the column, numbers within its range, with no more decimals than it has. ``predict`` was asked of the
        changed row, and says ``to_cluster``.

    Raises
    ------
    InvalidParameterError
        For a model that cannot predict, and a cluster without a row in ``X``.
    InvalidDataError
        For a row that is not there, and for texts and pictures.

    Notes
    -----
    All single columns are tried, then pairs of the most promising, then one more column after the other, those that
    lead farthest first. The search is thorough for one column, and not sure to find the smallest change of several.
    """
    clusterer = Clusterer(model)
    if not callable(getattr(clusterer.model, "predict", None)):
        raise InvalidParameterError(
            f"smallest_change needs a model that predicts, and {type(clusterer.model).__name__} cannot; train a "
            "classifier on its labels, or use KMeans or DeepKMeans."
        )
    rows = original_rows(model, X)
    if rows.kind != "table":
        kind = "several inputs" if rows.kind == "inputs" else rows.kind
        other = "explain says what each of them decides"
        cure = other if rows.kind == "inputs" else "explain_rows says what counts in them"
        raise InvalidDataError(
            f"smallest_change is for tables, and X is {kind}, which have no columns to change; {cure}."
        )
    if np.ndim(row):
        raise InvalidParameterError(
            f"The 'row' parameter of smallest_change must be one row, counted from 0. Got {short(repr(row))[1:-1]} "
            "instead; ask for one after the other."
        )
    at = int(checked_index(row, len(rows), "smallest_change")[0])
    predicted = clusterer.labels(clusterer.entering(X), len(rows), training=True)
    assert predicted is not None
    labels = np.asarray(predicted)
    cluster = int(labels[at])
    others = [int(label) for label in np.unique(labels) if label not in (cluster, -1)]
    validate_parameters("smallest_change", {"to": [None, Interval(int, None, None)]}, {"to": to})
    if to is not None and int(to) not in others:
        reason = "the row is there already" if to == cluster else "X has no row in it"
        reason = "-1 is noise, no cluster that a row could move to" if to == -1 else reason
        named = ", ".join(map(str, others[:20])) or "none"
        raise InvalidParameterError(
            f"The 'to' parameter of smallest_change is {short(repr(to))[1:-1]}, and {reason}. Choose one of: {named}."
        )
    wanted = others if to is None else [int(to)]
    table = table_of(clusterer, X)
    changed = ChangedRows(clusterer, table, rows, at, cluster, wanted, nearness_of(clusterer, X, labels, rows))
    return _change(changed, found_change(changed, labels), at, cluster, table.names)


def _change(changed: ChangedRows, change: Cells, row: int, cluster: int, names: tuple[str, ...]) -> Change:
    """The record of a change; of none where it is empty."""
    if not change:
        said = f"No change within the values of X was found that moves row {row} out of {_called(cluster)}."
        return Change(row, cluster, None, (), float("inf"), said)
    label = int(changed.predicted([change])[0])
    ordered = sorted(change.items(), key=lambda item: -changed.distance(dict([item])))
    parts = [f"{names[at]} were {_instead(changed.values[at], cell, changed.cells[at])}" for at, cell in ordered]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    text = f"Row {row} would be in cluster {label} instead of {_called(cluster)} if {listed}."
    changes = tuple((names[at], changed.cells[at], cell) for at, cell in ordered)
    return Change(row, cluster, label, changes, changed.distance(change), text)


def _instead(values: CellValues, new: Any, old: Any) -> str:
    """The new cell with all its digits, as fewer might not do; the old one with more than usual where that tells."""
    said, was = values.shown(new, exact=True), values.shown(old)
    return f"{said} instead of {values.shown(old, exact=True) if said == was else was}"


def _called(label: int) -> str:
    return "no cluster" if label == -1 else f"cluster {label}"


def _plain(cell: Any) -> Any:
    """A cell as JSON has it."""
    if cell is None or (isinstance(cell, (float, np.floating)) and not np.isfinite(cell)):
        return None
    if isinstance(cell, (bool, np.bool_)):
        return bool(cell)
    if isinstance(cell, (int, np.integer)):
        return int(cell)
    return float(cell) if isinstance(cell, (float, np.floating)) else str(cell)
