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
from ..persistence.run_document import fingerprint
from ..persistence.run_labels import ROW
from .console import Console
from .file_options import FileOptions
from .fitted_file import FittedFile
from .new_rows import say_missing
from .options import parse_path
from .reading import data_file
from .row_names import RowNames

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
        return {"model": str(self.file.path), "data": self.data}

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


def read_run(console: Console, run_or_model: Path, data: Path | None, *, verb: str) -> RunRows:
    """The model of ``run_or_model``, and the rows of ``data``; None: those of its fit, if they are as they were.

    Raises
    ------
    ModelFileError, InvalidDataError
    InvalidParameterError
        If there is no data file that the run could say.
    """
    file = FittedFile.of(run_or_model)
    if data is None and (bundled := _bundled(file.source)) is not None:
        rows = RowNames(range(len(bundled.X)), are_numbers=True)
        return RunRows(file, _load(file), bundled.X, rows, str(file.source["name"]))
    how = FileOptions()
    if data is None:
        path = _path_of_fit(file, run_or_model, verb)
        of_the_fit = how = how.or_those_of(file.source)
        console.note(f"{shown_path(path)}: the data of the fit, unchanged")
    else:
        path = data_file(data, how)
        of_the_fit = how.as_in(file.source, path)
    early = None if file.width is None else file.read(console, path, how, of_the_fit, file.width)
    model = _load(file)
    table, how = early or file.read(console, path, how, of_the_fit, model.n_features_in_)
    say_missing(console, table, file.names)
    where = None if str(path) == "-" else path
    return RunRows(file, model, table.rows_given, _names(table, model, how), shown_path(path), where)


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


def _path_of_fit(file: FittedFile, given: Path, verb: str) -> Path:
    """The data file of the fit, whose bytes are those of the fit."""
    again = f"give DATA: deepkmeans {verb} {shell_word(given)} DATA"
    if not file.run:
        raise InvalidParameterError(f"{given} does not say which rows it was fitted on; {again}")
    path, said = file.source.get("path"), file.source.get("sha256")
    if path is None or said is None:
        raise InvalidParameterError(f"the rows of {given} came from standard input or a folder; {again}")
    if not Path(path).is_file():
        raise InvalidDataError(f"{path}, the data of the fit, is not there any more; {again}")
    if fingerprint(Path(path)) != said:
        raise InvalidDataError(
            f"{path} has changed since the fit (its SHA-256 is another one); put the old file back, or {again}"
        )
    return Path(path)
