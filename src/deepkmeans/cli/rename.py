"""``deepkmeans rename``: a cluster gets a name."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .console import Console
from .corrections import ClusterArgument, correct, say_written, sizes_line
from .options import DebugOption, JsonOption, ModelArgument, QuietOption

__all__ = ["rename"]


def rename(
    model: ModelArgument,
    cluster: ClusterArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="In quotes if it holds blanks; '' takes it away.")],
    json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Give a cluster a name, which the model keeps.

    \b
    Examples:
      deepkmeans rename run-customers 3 Newcomers
      deepkmeans rename model.dkm 0 Pensioners --json
    """
    console = Console(json=json, quiet=quiet)
    before: dict[int, str] = {}

    def change(fitted: Any, run: Any) -> None:
        before.update(fitted.cluster_names_)
        fitted.rename({cluster: name if name.strip() else None})

    fitted, document = correct(model, change)
    now = fitted.cluster_names_.get(cluster)
    said = f"cluster {cluster} is {now!r} now" if now else f"cluster {cluster} has no name now"
    old = f", instead of {before[cluster]!r}" if before.get(cluster) not in (None, now) else ""
    say_written(console, document, [said + old, sizes_line(fitted)])
