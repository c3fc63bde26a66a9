"""Files of the user as data frames and texts, with what was recognised on the way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_table", "read_texts"]


def read_table(
    path: str | os.PathLike[str],
    *,
    columns: Sequence[str | int] | None = None,
    drop: Sequence[str | int] | None = None,
    header: bool | int | None = None,
    separator: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    comment: str | None = None,
    skipfooter: int | None = None,
    sheet: str | int | None = None,
    member: str | None = None,
    max_memory: int | None = None,
) -> pd.DataFrame:
    """Read a table as it is found, whatever program wrote it.

    How the file is written is recognised; ``frame.attrs["notes"]`` says what, one sentence each, with the argument that
    changes it. Columns of numbers are numbers, also with decimal commas, marks between thousands and marks of missing
    values. Other columns are the texts of the file, without blanks around them: what they mean (dates, categories,
    identifiers, ...) is recognised by the estimators.

    Parameters
    ----------
    path : path-like
        Text with separators or blanks between its cells (``.csv``, ``.tsv``, ``.tab``, ``.psv``, ``.txt``, ``.dat``,
        ``.data``); JSON (``.jsonl``, ``.ndjson``, ``.json``); a spreadsheet (``.xlsx``, ``.xlsm``, ``.xlsb``, ``.xls``,
        ``.ods``; extra ``excel``); ``.parquet``, ``.feather``, ``.arrow`` (extra ``parquet``); any of these
        compressed as ``.gz``, ``.bz2``, ``.xz`` or ``.zip``; an array (``.npy``, or ``X`` of an ``.npz``).
    columns, drop : list of str or int, default=None
        Columns to keep, in this order, or to leave out: names, or positions from 0 where there are none.
    header : bool or int, default=None
        Whether the first line of the table holds names, or the number of the line that does, from 1.
    separator : str, default=None
        Between cells: one character, or ``" "`` for any number of blanks and tabs.
    encoding : str, default=None
        Of the text. None: by its mark; else UTF-8 if it can be that, then Shift-JIS, GB 18030, Windows-1252, Latin-1.
    decimal : {".", ","}, default=None
        The decimal mark; the other one then stands between thousands.
    comment : str, default=None
        What lines begin with that are no part of the table; ``""`` if none are.
    skipfooter : int, default=None
        Records at the end of a text that are no rows. None: a total or a remark is recognised.
    sheet : str or int, default=None
        Of a spreadsheet: name, or position from 0. None: the first that holds a table.
    member : str, default=None
        Of a zip archive that holds several tables.
    max_memory : int, default=None
        Bytes that the table may take, and a compressed file unpacked. None: 1 GiB, or ten times the size of the file if
        that is more, but not more than is free.

    Returns
    -------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        Rows without a value in any column are left out, and noted. Columns without names are called 0, 1, ...

    Raises
    ------
    InvalidDataError
        If the file is missing, empty, damaged or too large; the message names the line, where there is one.
    InvalidParameterError
        If something that is asked for is not in the file.
    MissingDependencyError
        If the extra that reads such files is not installed.

    Notes
    -----
    Nothing in a file is executed: macros, formulas, links, pickled objects. Text is read in time linear in its size, by
    pandas, some rows at a time: 320 MB (a million rows of 30 columns) take 15 seconds of one core, and 0.9 GB.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from deepkmeans.datasets import read_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "prices.csv"
    ...     _ = path.write_text("item;price\\npen;1,50\\nbook;12,00\\n")
    ...     frame = read_table(path)
    >>> frame["price"].tolist()
    [1.5, 12.0]
    >>> frame.attrs["notes"][0]
    "the cells are separated by ';'; separator=',' cuts them at another mark"
    """
    import pandas as pd

    from ..data import files

    table = files.read_table(
        path, columns=columns, drop=drop, header=header, separator=separator, encoding=encoding, decimal=decimal,
        comment=comment, skipfooter=skipfooter, sheet=sheet, member=member, max_memory=max_memory, kind="table",
        typed=True,
    )  # fmt: skip
    rows = table.rows_given
    if hasattr(rows, "tocsr"):
        frame = pd.DataFrame.sparse.from_spmatrix(rows)  # type: ignore[attr-defined]
    else:
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
    frame.attrs.update(notes=[*table.notes, *table.warnings])
    return frame


def read_texts(
    path: str | os.PathLike[str], *, encoding: str | None = None, max_memory: int | None = None
) -> pd.Series[str]:
    """Read texts: the lines of a file, or the files of a folder.

    Parameters
    ----------
    path : path-like
        A ``.txt``, of which every line that is not blank is a text; or a folder, of which every ``.txt`` is one.
    encoding : str, default=None
        Of the files. None: it is recognised, and noted.
    max_memory : int, default=None
        As of :func:`read_table`.

    Returns
    -------
    texts : pandas.Series of str
        The index has the names of the files of a folder, without ``.txt``, in their order; else positions.
        ``texts.attrs["notes"]`` says what was recognised.

    Raises
    ------
    InvalidDataError
        If there is no text, or it cannot be read.
    """
    import pandas as pd

    from ..data import files

    table = files.read_table(path, encoding=encoding, max_memory=max_memory, kind="text")
    texts: pd.Series[str] = pd.Series(table.X, index=table.index, name="text")
    texts.attrs.update(notes=table.notes)
    return texts
