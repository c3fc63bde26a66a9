"""``deepkmeans evaluate``: a run beside known classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..exceptions import InvalidDataError, InvalidParameterError
from .console import Console
from .options import DebugOption, JsonOption
from .run_folder import RunFolder, fingerprint

__all__ = ["evaluate"]


def evaluate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")],
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File with the classes. [default: the file of the fit]")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Their column. [default: the one named in the fit]")
    ] = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Compare the labels of a run with known classes: ACC, NMI, ARI and sizes.

    \b
    Examples:
      deepkmeans evaluate run-mnist --labels mnist.npz          # key y
      deepkmeans evaluate run-iris --labels iris.csv --label-column species
      deepkmeans evaluate run-iris                              # fitted with --label-column

    ACC is the share of rows in the right cluster under the best matching of clusters to classes, NMI normalised
    mutual information, ARI the adjusted Rand index (0 for chance, 1 for equal).
    """
    console = Console(json=json)
    folder = RunFolder(run)
    folder.settle()
    source = folder.read_document().get("data") or {}
    if labels is None:
        if not source.get("path"):
            raise InvalidParameterError(f"{run} does not say which file it was fitted on; name one with --labels")
        labels = Path(source["path"])
        if labels.is_file() and fingerprint(labels) != source.get("sha256"):
            console.warn(f"{labels} has changed since the fit; its labels may belong to other rows")
    found = folder.read_labels(rows=source.get("rows"))

    from ..data.files import read_labels
    from ..metrics import evaluate as figures_of

    classes = read_labels(labels, label_column or source.get("label_column"))
    if len(classes) != len(found):
        raise InvalidDataError(
            f"{labels} has {len(classes)} labels and {run} has {len(found)} rows; "
            "give the labels of the rows that were fitted, in their order"
        )
    figures = figures_of(classes, found)
    console.result({"run": str(run), "labels": str(labels), **figures}, _text(figures))


def _text(figures: dict[str, Any]) -> str:
    lines = [
        f"ACC {figures['acc']:.4f}   NMI {figures['nmi']:.4f}   ARI {figures['ari']:.4f}   "
        f"({figures['n_rows']} rows, {figures['n_classes']} classes, {figures['n_clusters']} clusters)",
        f"{'cluster':>8} {'rows':>9} {'purity':>7}  class",
    ]
    for entry in figures["per_cluster"]:
        matched = "-" if entry["class"] is None else entry["class"]
        lines.append(f"{entry['cluster']:>8} {entry['size']:>9} {entry['purity']:>7.3f}  {matched}")
    return "\n".join(lines) + "\n"
