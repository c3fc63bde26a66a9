"""``deepkmeans merge``: several clusters become one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .console import Console
from .corrections import correct, parse_cluster, say_written, sizes_line
from .options import DebugOption, JsonOption, ModelArgument, QuietOption

__all__ = ["merge"]


def merge(
    model: ModelArgument,
    clusters: Annotated[
        list[int], typer.Argument(metavar="CLUSTERS", help="Two numbers or more.", parser=parse_cluster)
    ],
    json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make one cluster of several; write the model, and the labels of a run, anew.

    \b
    Examples:
      deepkmeans merge run-customers 2 5
      deepkmeans merge model.dkm 0 1 3 --json

    The merged cluster has the smallest of the numbers; the numbers after the others move up.
    """
    console = Console(json=json, quiet=quiet)
    moved: dict[int, int] = {}

    def change(fitted: Any, run: Any) -> None:
        before = len(fitted.cluster_centers_)
        fitted.merge(clusters)
        gone = sorted({*clusters} - {min(clusters)})
        moved.update({j: j - sum(g < j for g in gone) for j in range(before) if j > gone[0] and j not in gone})

    fitted, document = correct(model, change)
    into = document["correction"]["into"]
    others = ", ".join(str(number) for number in document["correction"]["clusters"])
    lines = [f"clusters {others} are one now, number {into}", sizes_line(fitted)]
    if moved:
        lines.insert(1, "new numbers: " + ", ".join(f"{old} is {new}" for old, new in moved.items()))
    say_written(console, {**document, "renumbered": {str(old): new for old, new in moved.items()}}, lines)
