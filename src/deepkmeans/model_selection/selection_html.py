"""A search for a number in a notebook: the choice in words, and the table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .._notebook import block, paragraph, table

__all__ = ["selection_html"]


def selection_html(title: str, text: str, frame: pd.DataFrame, columns: Sequence[str], chosen: int | None) -> str:
    """HTML of a selection.

    Parameters
    ----------
    title, text : str
    frame : DataFrame
        A row for each candidate.
    columns : sequence of str
        Those to show, as far as they hold figures.
    chosen : int or None
        The position of the chosen row.
    """
    shown = frame[[name for name in columns if frame[name].notna().any()]]
    head = [str(name).replace("_", " ") for name in shown]
    return block(title, paragraph(text), table(head, ([_cell(cell) for cell in row] for row in shown.values), chosen))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.0f}" if value == round(value) else f"{value:.3f}"
    return str(value)
