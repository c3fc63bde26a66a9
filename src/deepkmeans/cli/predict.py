"""``deepkmeans predict``: clusters of new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .._quoting import shell_word
from ..data.file_kinds import shown_path
from ..exceptions import InvalidParameterError, ModelFileError
from ..persistence.run_labels import ROW, labels_text
from ..persistence.run_layout import RUN_FILES
from .append import Append, AppendOption
from .console import Console, counted
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
from .new_rows import say_missing
from .options import DebugOption, ForceOption, JsonOption, ModelArgument, QuietOption, errors_in_flags, parse_path
from .output_files import check_apart, check_free, source
from .reading import data_file
from .row_names import RowNames

__all__ = ["predict"]


def predict(
    model: ModelArgument,
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="File with the columns of the fit, or -: stdin.", parser=parse_path)
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here; - is stdout, as without it.", parser=parse_path)
    ] = None,
    append: AppendOption = None,
    proba: Annotated[bool, typer.Option("--proba", help="Add the probability of every cluster.")] = False,
    names_too: Annotated[bool, typer.Option("--names", help="Add the name of the cluster.")] = False,
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
    force: ForceOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Label rows with a fitted model; CSV row,label to stdout.

    \b
    Examples:
      deepkmeans predict run-customers new.csv
      deepkmeans predict run-customers new.csv --proba --out labels.csv
      deepkmeans predict run-customers new.csv --names
      deepkmeans predict run-photos new-photos/
      deepkmeans predict model.dkm new.parquet --json

    A row of the data of the fit gets the label it got there. Columns are found by name where the fit had names;
    other columns of the file are ignored.
    """
    given = locals()
    console = Console(json=json, quiet=quiet)
    file = FittedFile.of(model)
    path, names = file.path, file.names
    inputs = {"DATA": source(data), "the model": path}
    out = None if str(out) == "-" else out
    if out is not None:
        check_apart(out, inputs, run_files=RUN_FILES)
        check_free(out, force=force)
    how = FileOptions.of(given)
    data = data_file(data, how)
    if append is not None and out is not None and append.absolute() == out.absolute():
        raise InvalidParameterError(f"--out and --append both name {append}; give them different files")
    if append is not None:
        Append(append, how).check(data, inputs, force=force)
    of_the_fit = how.as_in(file.source, data)
    # Before torch is loaded, if possible: the table may not fit.
    early = None if file.width is None else file.read(console, data, how, of_the_fit, file.width)

    from ..persistence import load

    fitted = load(path)
    wanted = "predict_proba" if proba else "predict"
    if not hasattr(fitted, wanted):
        lacks = "clusters" if wanted == "predict" else "probabilities; leave out --proba"
        raise ModelFileError(f"{path} holds a fitted {type(fitted).__name__}, which has no {lacks}")
    if names_too and not getattr(fitted, "cluster_names_", {}):
        raise InvalidParameterError(
            f"--names adds the names that clusters were given, and those of {model} have none: give them with "
            f"`deepkmeans rename {shell_word(model)} CLUSTER NAME` (`deepkmeans describe {shell_word(model)}` proposes "
            "some), or leave out --names"
        )
    table, how = early or file.read(console, data, how, of_the_fit, fitted.n_features_in_)
    say_missing(console, table, names)
    X = table.rows_given
    with console.collected_warnings(), errors_in_flags():
        labels = fitted.predict(X)
        probabilities = fitted.predict_proba(X) if proba else None
    columns: dict[str, Any] = {"label": labels.tolist()}
    if names_too:
        columns["name"] = [fitted.cluster_names_.get(label, "") for label in columns["label"]]
    if probabilities is not None:
        columns |= {f"p{j}": [f"{p:.6g}" for p in probabilities[:, j]] for j in range(probabilities.shape[1])}

    document: dict[str, Any] = {"model": str(path), "data": shown_path(data), "rows": len(labels)}
    rows = RowNames.of(table, getattr(fitted, "report_", {}), how)
    text = labels_text(rows.names, columns, called=rows.column)
    if out is not None:
        from ..storage import write_text

        write_text(out, text)
        console.note(f"{out}: labels of {counted(len(labels), 'row')}")
        document["out"] = str(out)
    if append is not None:
        console.note(Append(append, how).write(table, columns["label"]))
        document["append"] = str(append)
    if out is not None:
        if json:
            console.result(document, [])
        return
    if not json:
        console.data(text)
        return
    if table.rows is not None or not rows.are_numbers:
        document[rows.column if rows.column not in document else ROW] = list(rows.names)
    document["labels"] = columns["label"]
    if names_too:
        document["names"] = columns["name"]
    if probabilities is not None:
        document["probabilities"] = probabilities
    console.result(document, [])
