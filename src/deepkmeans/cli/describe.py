"""``deepkmeans describe``: what each cluster of a run is."""

from __future__ import annotations

from .console import Console
from .explaining import explained, with_flags, with_row_names
from .options import DebugOption, JsonOption, ModelArgument, QuietOption
from .run_rows import RowsArgument, read_run

__all__ = ["describe"]


def describe(
    model: ModelArgument, data: RowsArgument = None, json: JsonOption = False, quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:  # fmt: skip
    """Say what each cluster is: its name, size, what distinguishes it, a rule for it, and how sure that is.

    \b
    Examples:
      deepkmeans describe run-customers
      deepkmeans describe run-customers new.csv
      deepkmeans describe model.dkm customers.csv --json

    Without DATA the file of the fit is read again, if it is as it was then. Rows are named as in labels.csv.
    """
    console = Console(json=json, quiet=quiet)
    run = read_run(console, model, data, verb="describe")
    explanation = with_flags(with_row_names(explained(console, run.model, run.X), run.rows))
    console.result(run.document() | explanation.to_dict(), str(explanation).splitlines())
