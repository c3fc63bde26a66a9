"""``deepkmeans split``: one cluster in parts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .._validation import Interval, OneOf
from ..exceptions import InvalidDataError
from ..persistence.run_layout import model_path
from .console import Console
from .corrections import ClusterArgument, correct, say_written, sizes_line
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
from .new_rows import read_as_in_fit
from .options import DebugOption, JsonOption, ModelArgument, QuietOption, checked_values, parse_path
from .reading import data_file
from .settings import check_model, stored_columns, stored_input

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
    stored = check_model(model_path(model))

    def change(fitted: Any, run: Mapping[str, Any]) -> list[str]:
        X = _rows_of_the_fit(console, data, stored, fitted, run, how)
        with console.collected_warnings():
            fitted.split(cluster, X, n_parts["n_clusters"])
            distances = fitted.transform(X)
        return [f"{table[label]:.6g}" for table, label in zip(distances, fitted.labels_.tolist(), strict=True)]

    fitted, document = correct(model, change)
    record = document["correction"]
    sizes = ", ".join(f"{number} ({size:g} rows)" for number, size in zip(record["into"], record["sizes"], strict=True))
    lines = [f"cluster {cluster} is in {len(record['into'])} parts now: {sizes}", sizes_line(fitted)]
    if record["reason"] is not None:
        lines.insert(1, f"why so many: {record['reason']}")
    say_written(console, document, lines)


def _rows_of_the_fit(
    console: Console, data: Path | None, stored: Mapping[str, Any], fitted: Any, run: Mapping[str, Any],
    how: FileOptions,
) -> Any:  # fmt: skip
    """The rows of the file of a fit, as its model takes them."""
    source = run.get("data") or {}
    if data is None:
        if not source.get("path"):
            raise InvalidDataError("the model does not say which file it was fitted on; give it as DATA")
        data = Path(source["path"])
    file = data_file(data, how)
    names, _ = stored_columns(stored)
    selection = {name: source.get(name) for name in ("columns", "drop", "label_column")} if names is None else {}
    table, _ = read_as_in_fit(
        console, file, names, how=how, of_the_fit=how.or_those_of(source), width=fitted.n_features_in_,
        selection=selection, kind=stored_input(stored),
    )  # fmt: skip
    return table.rows_given
