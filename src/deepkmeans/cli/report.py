"""``deepkmeans report``: a page on what a run found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..exceptions import InvalidParameterError
from ..persistence.run_labels import ROW
from ..persistence.run_layout import RUN_FILES, is_own_page
from ..storage import exists_error
from .console import Console
from .data_of_fit import is_data_of_fit
from .explaining import explained, in_words, with_flags
from .fitted_file import FittedFile
from .options import DebugOption, ForceOption, JsonOption, ModelArgument, QuietOption, errors_in_flags, parse_output
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
            metavar="FILE", help="Page to write. [default: report.html in the folder of the run]", parser=parse_output
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
    The page on other rows needs a name of its own, with --out.
    """
    if lang not in ("en", "zh"):
        raise InvalidParameterError(f"--lang takes en or zh; got {lang!r}")
    console = Console(json=json, quiet=quiet)
    file = FittedFile.of(model)
    inputs = {"DATA": None if data is None else source(data), "the model": file.path}
    page = file.layout.report if file.run or model.is_dir() else None
    if out is None:
        out = _page_of_run(page, model, data, file.source, force=force)
    elif page is None or out.absolute() != page.absolute():
        check_apart(out, inputs, run_files=RUN_FILES)
        check_free(out, force=force)
    else:
        out = _page_of_run(page, model, data, file.source, force=force)
    run = read_run(console, model, data, verb="report", file=file)
    check_apart(out, {"the data of the fit": run.path})
    explanation = explained(console, run.model, run.X)
    write_page(console, run.model, run.X, out, explanation, run.rows, lang=lang, title=title)
    document = run.document() | {"out": str(out), "summary": list(explanation.summary)}
    console.result(document, [*in_words("\n".join(explanation.summary)), str(out)])


def _page_of_run(
    page: Path | None, model: Path, data: Path | None, fitted: Mapping[str, Any], *, force: bool
) -> Path:  # fmt: skip
    """report.html of the run, which is on the rows of its fit, and replaces nothing but a page of the package."""
    if page is None:
        raise InvalidParameterError(f"--out FILE is needed for the page on {model}, which is not the folder of a run")
    if data is not None and not is_data_of_fit(fitted, data):
        raise InvalidParameterError(
            f"{page} is the page on the rows of the fit, and {data} holds other rows; name the page on them with --out"
        )
    if os.path.lexists(page) and not is_own_page(page):
        if page.is_dir():
            raise exists_error(f"{page} is a folder; move it, or name another page with --out")
        if page.is_symlink() and not force:
            raise exists_error(f"{page} is a link to another file; remove it, or replace what it leads to with --force")
        if not force:
            raise exists_error(
                f"{page} was not written by deepkmeans; name another page with --out, or replace it with --force"
            )
    return page


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
            model, X, path, lang=lang, title=title, explanation=with_flags(explanation), row_names=names
        )
