"""A fitted model with rows to look at: those of its fit, found again, or others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .._quoting import cell_text, shell_word, short
from ..data.file_kinds import shown_path
from ..exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from ..persistence.run_labels import ROW
from .console import Console
from .data_of_fit import find_data, is_data_of_fit
from .explaining import only_input
from .file_options import FileOptions
from .fitted_file import FittedFile
from .new_rows import say_missing
from .options import parse_path
from .reading import data_file
from .row_names import RowNames
from .stored_inputs import stored_input

if TYPE_CHECKING:
    from ..data.files import Table
    from ..datasets import Dataset

__all__ = ["RowsArgument", "RunRows", "read_run"]

RowsArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DATA]", help="File with the columns of the fit, or -: stdin. [default: that of the fit]",
        parser=parse_path, show_default=False,
    ),
]  # fmt: skip


@dataclass(frozen=True)
class RunRows:
    """A fitted clusterer and rows for it.

    Attributes
    ----------
    file : FittedFile
    model : fitted clusterer
    X : rows as the model takes them
    rows : RowNames
        What labels.csv calls them.
    data : str
        Where they are from.
    path : Path or None
        The file that they were read from.
    """

    file: FittedFile
    model: Any
    X: Any
    rows: RowNames
    data: str
    path: Path | None = None

    def document(self) -> dict[str, Any]:
        """What JSON says of it."""
        return {"model": str(self.file.path), "data": self.data, "interrupted": self.file.is_interrupted}

    def position(self, name: str) -> int:
        """The position of the row that labels.csv calls ``name``.

        Raises
        ------
        InvalidParameterError
        """
        names = [cell_text(each) for each in self.rows.names]
        if name in names:
            return names.index(name)
        called = f"the column {short(self.rows.column)}" if self.rows.column != ROW else "the row"
        raise InvalidParameterError(
            f"--row takes {called} as in labels.csv, {short(names[0])} to {short(names[-1])}; got {short(name)}"
        )


def read_run(
    console: Console, run_or_model: Path, data: Path | None, *, verb: str, file: FittedFile | None = None
) -> RunRows:  # fmt: skip
    """The model of ``run_or_model``, and the rows of ``data``; None: those of its fit, if they are as they were.

    Raises
    ------
    ModelFileError, InvalidDataError
    InvalidParameterError
        If there is no data file that the run could say.
    """
    file = file or FittedFile.of(run_or_model)
    file.check_labels()
    if file.is_interrupted:
        console.warn(f"the fit of {run_or_model} was interrupted: these are the clusters of the model so far")
    if data is None and (bundled := _bundled(file.source)) is not None:
        rows = RowNames(range(len(bundled.X)), are_numbers=True)
        return RunRows(file, _load(file), bundled.X, rows, str(file.source["name"]))
    how = FileOptions()
    if data is None:
        again = f"give DATA: deepkmeans {verb} {shell_word(run_or_model)} DATA"
        path = find_data(console, file.source, file.layout.path, run_or_model, again=again)
        of_the_fit = how = how.or_those_of(file.source)
    else:
        path = data_file(data, how)
        of_the_fit = how.as_in(file.source, path)
        if (known := is_data_of_fit(file.source, path)) is not None:
            what = "the data of the fit, unchanged" if known else "other rows than those of the fit"
            console.note(f"{shown_path(path)}: {what}")
    early = None if file.width is None else file.read(console, path, how, of_the_fit, file.width)
    model = _load(file)
    table, how = early or file.read(console, path, how, of_the_fit, model.n_features_in_)
    if table.kind == "image" and stored_input(file.document) == "auto":
        raise InvalidDataError(
            f"{shown_path(path)}: {verb} is on rows as in the fit, which was on an array of pictures; give them as "
            ".npy (predict takes the files)"
        )
    say_missing(console, table, file.names)
    where = None if str(path) == "-" else path
    return RunRows(file, model, only_input(table.rows_given), _names(table, model, how), shown_path(path), where)


def _load(file: FittedFile) -> Any:
    from ..persistence import load

    model = load(file.path)
    if not hasattr(model, "predict"):
        raise ModelFileError(f"{file.path} holds a fitted {type(model).__name__}, which has no clusters")
    return model


def _names(table: Table, model: Any, how: FileOptions) -> RowNames:
    return RowNames.of(table, getattr(model, "report_", {}), how)


def _bundled(source: Mapping[str, Any]) -> Dataset | None:
    """The data of ``deepkmeans demo``, which come with the package."""
    from .. import datasets

    for name in ("digits", "iris"):
        if source.get("name") == f"scikit-learn's {name}":
            return getattr(datasets, f"load_{name}")()  # type: ignore[no-any-return]
    return None
