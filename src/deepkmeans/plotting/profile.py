"""What sets each cluster apart, as a heat map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._validation import Interval, validate_parameters
from ..exceptions import InvalidDataError, InvalidParameterError
from ..inspection.formatting import share_text
from .cells import draw_cells
from .figures import check_figure
from .grouping import title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..inspection.profile import ClusterProfile

__all__ = ["plot_profile"]

#: The difference of a level that all rows of a cluster have and no other row: the end of the scale.
_APART = 3.0


def plot_profile(explanation: Any, *, max_columns: int = 12, figure: Any = None) -> Figure:
    """Draw how far each cluster is from all other rows, in the columns that tell clusters apart best.

    Parameters
    ----------
    explanation : Explanation
        What :func:`deepkmeans.inspection.explain` returned, or its profiles.
    max_columns : int, default=12
        Of categories each telling level counts as one.
    figure : matplotlib Figure or SubFigure, or None
        Where to draw; a new one by default.

    Returns
    -------
    matplotlib.figure.Figure
        The colour is the standardised difference: (mean inside - mean outside) / standard deviation within. The words
        are what is typical of the cluster: its median, or the share of its rows that have the level.

    Raises
    ------
    InvalidDataError
        If nothing tells the clusters apart, or the rows are texts or pictures, which have no columns.
    InvalidParameterError, MissingDependencyError
    """
    validate_parameters("plot_profile", {"max_columns": [Interval(int, 1, None)]}, {"max_columns": max_columns})
    check_figure(figure, "plot_profile")
    profiles, titles = _profiles(explanation)
    _check_columns(explanation, profiles)
    telling = _telling(profiles)[:max_columns]
    if not telling:
        raise InvalidDataError("plot_profile has nothing to draw: no column tells these clusters apart.")
    cells = [[_cell(profile, column, level) for profile in profiles] for column, level in telling]
    names = [column if level is None else f"{column}: {level}" for column, level in telling]
    values = np.array([[value for value, _ in line] for line in cells])
    return draw_cells(
        values, [[text for _, text in line] for line in cells], names, titles, figure=figure, purpose="plot_profile",
        scale="standardised difference",
    )  # fmt: skip


def _profiles(explanation: Any) -> tuple[Sequence[ClusterProfile], list[str]]:
    clusters = getattr(explanation, "clusters", explanation)
    if not isinstance(clusters, (tuple, list)) or not clusters:
        raise InvalidParameterError(
            f"The 'explanation' parameter of plot_profile must be what explain returns. "
            f"Got {type(explanation).__name__} instead."
        )
    names = {each.number: each.name for each in clusters if getattr(each, "name", None)}
    profiles: list[Any] = [getattr(each, "profile", each) for each in clusters]
    return profiles, [title_of(each.number, names) for each in clusters]


def _check_columns(explanation: Any, profiles: Sequence[ClusterProfile]) -> None:
    """Refuse rows without columns, and say what shows their clusters instead."""
    if any(profile.columns for profile in profiles):
        return
    known = "texts" if any(profile.words for profile in profiles) else "pictures"
    kind = getattr(getattr(explanation, "rows", None), "kind", known)
    instead = {
        "texts": "print(explanation) and the report show the words that tell their clusters apart",
        "pictures": "plot_centers(model) and the report show their typical pictures",
    }.get(kind, "these rows have none")
    raise InvalidDataError(f"plot_profile draws columns, and {kind} have none: {instead}.")


def _telling(profiles: Sequence[ClusterProfile]) -> list[tuple[str, str | None]]:
    """Columns, and levels of columns, by their strength summed over clusters."""
    strength: dict[tuple[str, str | None], float] = {}
    for profile in profiles:
        for each in profile.distinctions:
            of_numbers = each.standardized_difference is not None
            levels: list[str | None] = [None] if of_numbers else list(each.levels) or [None]
            if each.kind == "boolean":  # "no" says nothing that "yes" does not
                levels = [next((level for column, level in strength if column == each.column), levels[0])]
            for level in levels:
                key = (each.column, level)
                strength[key] = strength.get(key, 0.0) + each.strength
    return sorted(strength, key=lambda key: -strength[key])


def _cell(profile: ClusterProfile, column: str, level: str | None) -> tuple[float, str]:
    """The standardised difference of one cluster, and what is typical of it."""
    of_column = next((each for each in profile.columns if each.column == column), None)
    if of_column is None:
        return math.nan, ""
    if level is None:
        value = of_column.standardized_difference
        if value is None:  # of cells that are missing
            inside, outside = of_column.missing_inside, of_column.missing_outside
            return _of_shares(inside, outside), f"{share_text(inside)} missing"
        return value, of_column.typical_inside
    share = next((each for each in of_column.levels if each.level == level), None)
    return (math.nan, "") if share is None else (_of_shares(share.inside, share.outside), share_text(share.inside))


def _of_shares(inside: float, outside: float) -> float:
    """The standardised difference of a column of 0 and 1."""
    apart, variance = inside - outside, (inside * (1 - inside) + outside * (1 - outside)) / 2
    if variance > 0:
        return apart / math.sqrt(variance)
    return math.copysign(_APART, apart) if apart else 0.0
