"""``--append FILE``: DATA once more, all its rows and columns in their order, with a column that names the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..data.file_kinds import file_name
from ..exceptions import InvalidParameterError
from ..persistence.run_layout import RUN_FILES, RUN_REPLACES
from ..storage import exists_error
from .append_formats import formats_for, write_file_names, write_texts
from .file_options import FileOptions
from .options import parse_output
from .output_files import check_apart, check_free

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = ["Append", "AppendOption"]

AppendOption = Annotated[
    Path | None,
    typer.Option(
        "--append", metavar="FILE", help="Write DATA here too, with a column cluster, in its own format.",
        parser=parse_output,
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Append:
    """A file that gets the rows of another, with their clusters.

    Attributes
    ----------
    path : Path
    how : FileOptions
        How the other is read.
    """

    path: Path
    how: FileOptions

    def check(
        self, data: Path, inputs: Mapping[str, Path | int | None], *, force: bool, run: Path | None = None
    ) -> None:  # fmt: skip
        """Refuse at once what :meth:`write` could not write.

        Parameters
        ----------
        data : Path
            The file to be read.
        inputs : mapping
            As for :func:`.output_files.check_apart`.
        force : bool
            Whether ``path`` may be replaced.
        run : Path or None
            The folder that the same call writes.
        """
        path, endings = self.path, [ending for each in formats_for(data) for ending in each.targets]
        if not endings:
            raise InvalidParameterError(
                f"--append is for tables and texts, and {file_name(data)} holds arrays, which have no columns: the "
                "labels are in labels.csv"
            )
        if path.suffix.lower() not in endings:
            raise InvalidParameterError(
                f"--append {path} must end in {', '.join(dict.fromkeys(endings))}: a format in which "
                f"{file_name(data)} can be written again"
            )
        check_apart(path, inputs, option="--append", run_files=RUN_FILES)
        if run is not None and path.name in RUN_REPLACES and path.absolute().parent == run.absolute():
            raise exists_error(f"--append {path} is a file that the run writes; give another --append")
        check_free(path, force=force, option="--append")

    def write(self, table: Table, labels: Sequence[int]) -> str:
        """Write the file of ``table`` with the labels of its rows, an empty cell for each that it leaves out; of
        pictures and recordings the names of those that can be read.

        Returns
        -------
        sentence : str
            What was written.

        Raises
        ------
        OutputError
        """
        cells: list[int | None] = list(labels)
        if table.rows is not None:
            cells = [None] * table.n_file_rows
            for row, label in zip(table.rows.tolist(), labels, strict=True):
                cells[row] = label
        formats = [each for each in formats_for(table.path) if self.path.suffix.lower() in each.targets]
        if table.kind in ("image", "audio"):
            name = write_file_names(self.path, [] if table.index is None else table.index.tolist(), cells)
        else:
            write = write_texts if table.kind == "text" else formats[0].write
            name = write(self.path, table.path, cells, self.how)
        return f"{self.path}: {table.file} with the column {name!r}"
