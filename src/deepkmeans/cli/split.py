"""``deepkmeans split``: one cluster in parts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .._quoting import shell_word
from .._validation import Interval, OneOf
from ..persistence.run_layout import run_of
from .console import Console
from .corrections import ClusterArgument, correct, say_written, sizes_line
from .data_of_fit import find_data
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
from .fitted_file import FittedFile
from .flags import in_flags
from .options import DebugOption, JsonOption, ModelArgument, QuietOption, checked_values, parse_path
from .reading import data_file

__all__ = ["split"]


def split(
    model: ModelArgument,
    cluster: ClusterArgument,
    data: Annotated[
        Path | None,
        typer.Argument(metavar="DATA", help="The file of the fit. [default: that of run.json]", parser=parse_path),
    ] = None,
    clusters: Annotated[
        str, typer.Option("--clusters", "-k", metavar="N|auto", help="How many parts. [default: auto]")
    ] = "auto",
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
) -> None:  # fmt: skip
    """Divide one cluster into parts; write the model, and the labels of a run, anew.

    \b
    Examples:
      deepkmeans split run-customers 3
      deepkmeans split run-customers 3 --clusters 2
      deepkmeans split model.dkm 3 customers.csv

    The largest part keeps the number, the others get new ones at the end; `deepkmeans merge` of the parts undoes it.
    """
    how = FileOptions.of(locals())
    n_parts = checked_values({"n_clusters": [Interval(int, 2, None), OneOf("auto")]}, {"n_clusters": clusters})
    console = Console(json=json, quiet=quiet)
    run = run_of(model)  # the labels of a run follow its model, so its data are those of the fit
    file = FittedFile.of(model if run is None else run.path)

    def change(fitted: Any, document: Mapping[str, Any]) -> list[str]:
        X = _rows_of_the_fit(console, file, data, fitted, how, cluster)
        with console.collected_warnings():
            fitted.split(cluster, X, n_parts["n_clusters"])
            distances = fitted.transform(X)
        labelled = zip(distances, fitted.labels_.tolist(), strict=True)
        # Of a row of noise it is the distance to the nearest centre.
        return [f"{table[label] if label >= 0 else table.min():.6g}" for table, label in labelled]

    fitted, document = correct(model, change)
    record = document["correction"]
    sizes = ", ".join(f"{number} ({size:g} rows)" for number, size in zip(record["into"], record["sizes"], strict=True))
    lines = [f"cluster {cluster} is in {len(record['into'])} parts now: {sizes}", sizes_line(fitted)]
    if record["reason"] is not None:
        lines.insert(1, f"why so many: {in_flags(record['reason'])}")
    say_written(console, document, lines)


def _rows_of_the_fit(
    console: Console, file: FittedFile, data: Path | None, fitted: Any, how: FileOptions, cluster: int
) -> Any:  # fmt: skip
    """The rows of the file of a fit, as its model takes them."""
    if data is None:
        given = file.layout.path if file.run else file.path
        again = f"give DATA: deepkmeans split {shell_word(given)} {cluster} DATA"
        data = find_data(console, file.source, file.layout.path, given, again=again)
    path = data_file(data, how)
    return file.read(console, path, how, how.or_those_of(file.source), fitted.n_features_in_)[0].rows_given
