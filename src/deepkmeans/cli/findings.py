"""What a fit found, said at its end, and the page on it: neither can lose the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._quoting import shell_word
from ..persistence import RunFolder
from ..persistence.run_layout import is_own_page
from .console import Console
from .exit_codes import describe
from .explaining import explained, in_words, only_input
from .report import write_page
from .row_names import RowNames

__all__ = ["Findings", "find_out"]

#: Of more rows the end of a fit says nothing.
_MOST_ROWS = 200_000


@dataclass(frozen=True)
class Findings:
    """What there is to say.

    Attributes
    ----------
    summary : tuple of str
        Three sentences; none where they could not be made.
    page : str or None
        The report, where it could be written.
    """

    summary: tuple[str, ...] = ()
    page: str | None = None

    def document(self) -> dict[str, Any]:
        """What JSON says of them."""
        return {"summary": list(self.summary), "page": self.page}

    def say(self, console: Console) -> None:
        """The sentences, and where the page is."""
        for sentence in in_words("\n".join(self.summary)):
            console.note(sentence)
        if self.page is not None:
            console.note(f"report: {self.page}")


def find_out(
    console: Console, model: Any, X: Any, n: int, folder: RunFolder, document: Mapping[str, Any],
    row_names: Callable[[Mapping[str, Any]], RowNames],
) -> Findings:  # fmt: skip
    """What ``model`` found in the ``n`` rows ``X`` of its fit, with report.html in the ``folder`` of ``document``,
    run.json.

    ``row_names`` says what the rows are called, by ``report_`` of the model.

    Whatever goes wrong is a warning: the run is complete without. So many rows that it would take minutes are left to
    ``deepkmeans report``.
    """
    again = f"`deepkmeans report {shell_word(folder.path)}`"
    if n > _MOST_ROWS:
        console.note(f"of {n:,} rows no report is made at once: {again} makes it")
        return Findings()
    summary: tuple[str, ...] = ()
    try:
        if model is None:
            from ..persistence import load

            model = load(folder.model)
        X = only_input(X)
        explanation = explained(console, model, X)
        summary = explanation.summary
        folder.check_model(document)  # another fit may have replaced it
        if os.path.lexists(folder.report) and not is_own_page(folder.report):
            console.warn(f"{folder.report} is not of deepkmeans and stays; {again[:-1]} --out FILE` makes a page")
            return Findings(summary)
        write_page(console, model, X, folder.report, explanation, row_names(explanation.report))
    except Exception as error:
        console.warn(
            f"there is no {folder.report}: {describe(error)}; the run is complete, and {again} tries again"
        )
        return Findings(summary)
    return Findings(summary, str(folder.report))
