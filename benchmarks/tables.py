"""Rows to Markdown."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

__all__ = ["geometric_mean", "mean", "render", "spread"]


def mean(rows: Sequence[dict[str, Any]], name: str, digits: int = 3) -> str:
    """Mean of one figure over rows."""
    return f"{statistics.fmean(row[name] for row in rows):.{digits}f}"


def spread(rows: Sequence[dict[str, Any]], name: str, digits: int = 3) -> str:
    """Standard deviation over rows; nothing to say about a single one."""
    return f"{statistics.stdev(row[name] for row in rows):.{digits}f}" if len(rows) > 1 else "-"


def geometric_mean(values: Sequence[float]) -> float:
    """Mean of ratios: twice as fast and half as fast cancel."""
    return math.exp(statistics.fmean(math.log(value) for value in values))


def render(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up in a terminal, too."""
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    rule = ["-" * width for width in widths]
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in [head, rule, *lines])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in padded)
