"""What ``fit --align-to`` says of the clusters of an earlier model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["alignment_lines"]


def alignment_lines(report: Mapping[str, Any]) -> list[str]:
    """Which clusters are those of the earlier model, which are new, and which are gone."""
    alignment = report.get("alignment")
    if alignment is None:
        return []
    pairs = {number: earlier for number, earlier in enumerate(alignment["earlier"]) if earlier is not None}
    same = [str(number) for number, earlier in pairs.items() if earlier == number]
    moved = [f"{number} (it was {earlier})" for number, earlier in pairs.items() if earlier != number]
    said = [f"as before: {', '.join([*same, *moved]) or 'none'}"]
    if alignment["new"]:
        said.append(f"new: {', '.join(map(str, alignment['new']))}")
    if alignment["vanished"]:
        said.append(f"gone: {', '.join(map(str, alignment['vanished']))}")
    if alignment["share_kept"] is not None:
        said.append(f"{alignment['share_kept']:.1%} of the rows of clusters that are still there keep their number")
    return [f"clusters {'; '.join(said)}"]
