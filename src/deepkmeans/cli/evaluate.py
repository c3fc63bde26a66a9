"""``deepkmeans evaluate``: compare a run with known classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..exceptions import InvalidDataError, InvalidParameterError
from ..persistence import RunLayout
from ..persistence.run_document import fingerprint
from .console import Console, counted
from .data_of_fit import find_elsewhere
from .file_options import (
    CommentOption,
    DecimalOption,
    EncodingOption,
    FileOptions,
    HeaderLineOption,
    HeaderOption,
    MemberOption,
    MemoryOption,
    SeparatorOption,
    SheetOption,
    SkipfooterOption,
)
from .options import DebugOption, JsonOption, QuietOption, parse_name, parse_path
from .reading import read_classes
from .settings import check_model

__all__ = ["evaluate"]

#: With fewer rows, no warning about the number of classes.
_FEW = 10
#: Rows of the largest class per row of the smallest from which on figures are given that count classes alike; and the
#: recall below which a class counts as lost.
_UNEQUAL, _LOST = 3, 0.5


def evaluate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.", parser=parse_path)],
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File with the classes. [default: the file of the fit]", parser=parse_path),
    ] = None,
    label_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Their column. [default: the one named in the fit]", parser=parse_name),
    ] = None,
    header: HeaderOption = None,
    header_line: HeaderLineOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    encoding: EncodingOption = None,
    comment: CommentOption = None,
    skipfooter: SkipfooterOption = None,
    sheet: SheetOption = None,
    member: MemberOption = None,
    max_memory: MemoryOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Compare the labels of a run with known classes: ACC, NMI, ARI and sizes.

    \b
    Examples:
      deepkmeans evaluate run-mnist --labels mnist.npz          # key y
      deepkmeans evaluate run-iris --labels iris.csv --label-column species
      deepkmeans evaluate run-iris                              # fitted with --label-column

    ACC is the share of rows in the right cluster under the best matching of clusters to classes, NMI normalised
    mutual information, ARI the adjusted Rand index (0 for chance, 1 for equal). Where classes differ in size, macro
    recall, precision and F1 count each class alike; --json has them for every class and cluster. Rows without a class
    are left out. The first column of labels.csv, "row" (from 0) or your identifier, says in FILE, too, which row of the
    fit each line belongs to; without it, the order does.
    """
    how = FileOptions.of(locals())
    console = Console(json=json, quiet=quiet)
    folder = RunLayout(run)
    folder.recover()
    if folder.model.exists():
        check_model(folder.model)  # in the words of the other verbs
    document = folder.read_document()
    folder.check_model(document)
    source = dict(document.get("data") or {})
    if labels is None:
        if not source.get("path"):
            raise InvalidParameterError(f"{run} does not say which file it was fitted on; name one with --labels")
        labels = Path(source["path"])
        if labels.is_dir():
            raise InvalidParameterError(f"{run} was fitted on a folder; name a file with the classes with --labels")
        is_there = labels.is_file()
        if not is_there or fingerprint(labels) != source.get("sha256"):
            moved = find_elsewhere(console, source, folder.path)
            if moved is not None:
                labels, source["path"] = moved, str(moved.resolve())
            elif is_there:
                console.warn(f"{labels} has changed since the fit; its labels may belong to other rows")
    rows, clusters = folder.read_labels(document)

    classes = read_classes(labels, label_column or source.get("label_column"), source, rows, how)

    import numpy as np

    from ..metrics import evaluate as figures_of
    from ..metrics.labels import missing_labels

    if len(classes) != len(clusters):
        raise InvalidDataError(
            f"{labels} has {counted(len(classes), 'label')} and {run} has {counted(len(clusters), 'row')}; "
            "give the labels of the rows that were fitted, in their order or with their numbers in a column 'row'"
        )
    known = ~missing_labels(classes)
    is_noise = np.asarray(clusters) < 0
    if n_noise := int((known & is_noise).sum()):
        console.note(f"{counted(n_noise, 'row')} of noise (label -1) are in no cluster and left out")
        known &= ~is_noise
    n_known = int(known.sum())
    if not n_known:
        raise InvalidDataError(f"{labels} has no label of any row; name another column with --label-column")
    if n_known + n_noise < len(clusters):
        console.note(
            f"{labels.name}: {n_known + n_noise} of {len(clusters)} rows have a class; the others are left out"
        )
    with console.collected_warnings():
        figures = figures_of(classes[known], np.asarray(clusters)[known])
    if n_known >= _FEW and figures["n_classes"] > max(n_known / 2, 2 * figures["n_clusters"]):
        console.warn(
            f"nearly every row has a class of its own ({figures['n_classes']} classes of {n_known} rows): these may be "
            "measurements or names instead of classes; name another column with --label-column"
        )
    unlabelled = {"n_rows_without_class": len(clusters) - n_known - n_noise, "n_noise": n_noise}
    console.result({"run": str(run), "labels": str(labels), **figures, **unlabelled}, _lines(figures))


def _lines(figures: dict[str, Any]) -> list[str]:
    lines = [
        f"ACC {figures['acc']:.4f}   NMI {figures['nmi']:.4f}   ARI {figures['ari']:.4f}   "
        f"({counted(figures['n_rows'], 'row')}, {counted(figures['n_classes'], 'class')}, "
        f"{counted(figures['n_clusters'], 'cluster')})",
        *_macro_lines(figures),
        f"{'cluster':>8} {'rows':>9} {'purity':>7}  class",
    ]
    for entry in figures["per_cluster"]:
        matched = "-" if entry["class"] is None else entry["class"]
        lines.append(f"{entry['cluster']:>8} {entry['size']:>9} {entry['purity']:>7.3f}  {matched}")
    if any(entry["class"] is None for entry in figures["per_cluster"]):
        lines.append("class -: there are fewer classes than clusters, and each class is matched with one cluster")
    return lines


def _macro_lines(figures: dict[str, Any]) -> list[str]:
    """Where classes differ much in size: what ACC hides of the small ones."""
    if figures["imbalance"] < _UNEQUAL:
        return []
    recall, precision, f1 = (f"{figures[f'macro_{name}']:.4f}" for name in ("recall", "precision", "f1"))
    lines = [
        f"macro recall {recall}   macro precision {precision}   macro F1 {f1}   (each class counts alike; the largest "
        f"has {figures['imbalance']:,.0f} times the rows of the smallest)"
    ]
    lost = [entry for entry in figures["per_class"] if entry["recall"] < _LOST]
    if lost:
        shown = ", ".join(
            f"{entry['class']} ({entry['recall']:.0%} of {counted(entry['size'], 'row')})" for entry in lost[:5]
        )
        more = f", and {len(lost) - 5} more" if len(lost) > 5 else ""
        lines.append(f"less than half is in the cluster of its class: {shown}{more}")
    return lines
