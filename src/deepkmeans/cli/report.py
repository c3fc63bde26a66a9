"""``deepkmeans report``: a page on what a run found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..exceptions import InvalidParameterError
from ..persistence.run_labels import ROW
from ..persistence.run_layout import REPORT, RUN_FILES
from ..storage import exists_error
from .console import Console
from .explaining import explained, in_words, page_words
from .options import DebugOption, ForceOption, JsonOption, ModelArgument, QuietOption, errors_in_flags, parse_path
from .output_files import check_apart, check_free, source
from .row_names import RowNames
from .run_rows import RowsArgument, read_run

if TYPE_CHECKING:
    from ..inspection import Explanation

__all__ = ["report", "write_page"]


def report(
    model: ModelArgument,
    data: RowsArgument = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Page to write. [default: report.html in the folder of the run]", parser=parse_path
        ),
    ] = None,
    lang: Annotated[str, typer.Option(metavar="en|zh", help="Language of the page.")] = "en",
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Heading of the page.")] = None,
    json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a page on what was found: map, clusters, how sure, how it was made. One file, no network.

    \b
    Examples:
      deepkmeans report run-customers
      deepkmeans report run-customers --lang zh --out bericht.html
      deepkmeans report model.dkm customers.csv --out report.html

    The page shows rows of the data: whoever gets it can read them. Without DATA the file of the fit is read again, if
    it is as it was then. The report.html of the run's own folder is made anew; another file is replaced with --force.
    """
    if lang not in ("en", "zh"):
        raise InvalidParameterError(f"--lang takes en or zh; got {lang!r}")
    console = Console(json=json, quiet=quiet)
    if out is not None:
        check_apart(out, {"DATA": None if data is None else source(data), "the model": model}, run_files=RUN_FILES)
        check_free(out, force=force)
    elif model.is_dir():
        out = model / REPORT
        if out.is_symlink() and not force:
            raise exists_error(f"{out} is a link to another file; remove it, or replace what it leads to with --force")
    else:
        raise InvalidParameterError(f"--out FILE is needed for the page on {model}, which is not the folder of a run")
    run = read_run(console, model, data, verb="report")
    check_apart(out, {"the data of the fit": run.path})
    explanation = explained(console, run.model, run.X)
    write_page(console, run.model, run.X, out, explanation, run.rows, lang=lang, title=title)
    document = run.document() | {"out": str(out), "summary": list(explanation.summary)}
    console.result(document, [*in_words("\n".join(explanation.summary)), str(out)])


def write_page(
    console: Console, model: Any, X: Any, path: Path, explanation: Explanation, rows: RowNames, *, lang: str = "en",
    title: str | None = None,
) -> None:  # fmt: skip
    """Write the page of an explanation, on which the rows are called as in labels.csv."""
    from pandas import Series

    from ..report import write_report

    names = None if rows.are_numbers else Series(list(rows.names), name=None if rows.column == ROW else rows.column)
    with console.collected_warnings(), errors_in_flags():
        write_report(
            model, X, path, lang=lang, title=title, explanation=page_words(explanation), row_names=names
        )
