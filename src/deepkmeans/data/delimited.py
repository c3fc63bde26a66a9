"""Text tables: ``.csv`` and ``.tsv`` through pandas, with a second, slower look when a cell is not a number."""

from __future__ import annotations

import codecs
import csv
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from .._quoting import shell_list, shell_word
from ..exceptions import InvalidDataError
from .column_choice import LABEL_NAMES, ColumnChoice, listed, one_line, unique_names

__all__ = ["column_names", "read", "read_column"]

#: Texts that mean "not known", besides nothing at all.
MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None")

_OTHER_KINDS = {
    b"PK\x03\x04": "a spreadsheet or zip archive (save it as .csv, or rename an .npz)",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (save it as .csv)",
    b"\x1f\x8b": "compressed (unpack it with gunzip)",
    b"PAR1": "a Parquet file (rename it to .parquet)",
    b"\x93NUMPY": "a NumPy file (rename it to .npy)",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class _Layout:
    """How the text is to be cut: found once, used by every pass over the file."""

    path: Path
    encoding: str
    delimiter: str
    n_columns: int  #: cells in a line
    n_named: int  #: of which these belong to a column; one fewer when a separator ends every line
    header: list[str] | None

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each record that is not blank, the header included."""
        with open(self.path, encoding=self.encoding, newline="") as text:
            reader = csv.reader(text, delimiter=self.delimiter, skipinitialspace=True)
            line = 1
            try:
                for record in reader:
                    if any(cell.strip() for cell in record) or len(record) > 1:
                        yield line, record
                    line = reader.line_num + 1
            except csv.Error as error:
                raise InvalidDataError(f"{self.path.name}: line {line} cannot be cut into cells ({error})") from None

    def line_of(self, row: int) -> int:
        """The line of the file in which data row ``row`` (from 0) begins."""
        found = next(islice(self.records(), row + (self.header is not None), None), (0, []))
        return found[0]


def column_names(path: Path) -> list[str]:
    """The unique names of the columns; their positions where the file has no header."""
    layout = _layout(path, [])
    return unique_names(layout.header or map(str, range(layout.n_named)), [])


def read_column(path: Path, column: str | int) -> np.ndarray:
    """One column in the dtype that its cells suggest."""
    layout = _layout(path, [])
    names = None if layout.header is None else unique_names(layout.header, [])
    position = ColumnChoice(path.name, label_column=column).resolve_label(layout.n_named, names)
    return _labels(_parse(layout, {}, {position: [""]})[position])


def read(path: Path, choice: ColumnChoice, notes: list[str]) -> dict[str, Any]:
    """The chosen columns as numbers."""
    layout = _layout(path, notes)
    names = None if layout.header is None else unique_names(layout.header, notes)
    features, label = choice.resolve(names, layout.n_named)
    dtypes: dict[int, Any] = dict.fromkeys(features, np.float32)
    missing = {position: list(MISSING) for position in features}
    if label is not None:
        missing[label] = [""]
    try:
        frame = _parse(layout, dtypes, missing)
        X = frame[features].to_numpy(dtype=np.float32)
    except (InvalidDataError, UnicodeError):
        raise
    except ValueError:
        frame = _parse(layout, dict.fromkeys(features, str), {label: [""]} if label is not None else {})
        X = _convert(layout, frame, features, names, notes)
    if frame[layout.n_named - 1].isna().any() or (frame[layout.n_named - 1] == "").any():
        _note_short_rows(layout, notes)
    return {
        "X": np.ascontiguousarray(X),
        "feature_names": None if names is None else [names[position] for position in features],
        "labels": None if label is None else _labels(frame[label]),
        "index": None,
        "line_of": layout.line_of,
    }


def _layout(path: Path, notes: list[str]) -> _Layout:
    encoding = _encoding(path, notes)
    with open(path, encoding=encoding, newline="") as text:
        first = next((line for line in text if line.strip()), "")
    if not first:
        raise InvalidDataError(f"{path.name}: the file is empty; at least one row is needed")
    delimiter = "\t"
    if path.suffix.lower() == ".csv":
        delimiter = max(",;\t|", key=lambda mark: (mark in first, mark == ",", first.count(mark)))
        if delimiter != "," and delimiter in first:
            notes.append(f"the cells are separated by {delimiter!r}")
    probe = _Layout(path, encoding, delimiter if delimiter in first else ",", 0, 0, None)
    header = next(probe.records(), (0, [""]))[1]
    if not any(header):
        raise InvalidDataError(f"{path.name}: there is no table in it; at least a header and one row are needed")
    n_columns = len(header)
    if (
        n_columns > 1
        and not header[-1].strip()
        and not any("".join(cells[n_columns - 1 :]).strip() for _, cells in probe.records())
    ):
        header = header[:-1]  # a separator ends every line
    names: list[str] | None = header
    if _all_numbers(header) and (len(header) == 1 or header != [str(position) for position in range(len(header))]):
        names = None
        notes.append("the first line holds numbers only and is read as a row: the columns have no names")
    return _Layout(path, encoding, probe.delimiter, n_columns, len(header), names)


def _encoding(path: Path, notes: list[str]) -> str:
    with open(path, "rb") as file:
        head = file.read(4096)
        for magic, kind in _OTHER_KINDS.items():
            if head.startswith(magic):
                raise InvalidDataError(f"{path.name}: is not a text table but {kind}")
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        if marked is None and b"\0" in head:
            # Latin letters in UTF-16 have a zero byte each, all on the same side.
            low, high = head[0::2].count(0), head[1::2].count(0)
            if min(low, high) * 20 > max(low, high) or max(low, high) * 4 < len(head):
                raise InvalidDataError(f"{path.name}: is not a text table (it holds zero bytes); save it as .csv")
            marked = "utf-16-be" if low > high else "utf-16-le"
        if marked is not None:
            if marked != "utf-8-sig":
                notes.append(f"the text is {marked.upper()}")
            return marked
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            for chunk in iter(partial(file.read, 2**20), b""):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            notes.append("the text is not UTF-8 and is read as Latin-1; save it as UTF-8 if names look wrong")
            return "latin-1"
    return "utf-8"


def _all_numbers(cells: list[str]) -> bool:
    try:
        return all(np.isfinite(float(cell)) for cell in cells)
    except ValueError:
        return False


def _parse(layout: _Layout, dtypes: dict[int, Any], missing: dict[int, list[str]]) -> pd.DataFrame:
    """All columns, called by their positions; ValueError when a cell does not fit its dtype."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # pandas drops cells beyond the header's with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame: pd.DataFrame = pd.read_csv(  # type: ignore[call-overload]  # the stubs refuse columns called 0, 1
                layout.path,
                sep=layout.delimiter,
                header=None if layout.header is None else 0,
                names=list(range(layout.n_columns)),
                index_col=False,
                dtype=dtypes,
                na_values=missing,
                keep_default_na=False,
                skipinitialspace=True,
                encoding=layout.encoding,
                engine="c",
            )
        except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
            _refuse_long_rows(layout, error)
        except pd.errors.EmptyDataError:
            frame = pd.DataFrame(columns=range(layout.n_columns))
    if not len(frame):
        raise InvalidDataError(f"{layout.path.name}: there is a header and no rows; at least one row is needed")
    return frame


def _refuse_long_rows(layout: _Layout, error: Exception) -> NoReturn:
    for line, record in layout.records():
        if len(record) > layout.n_columns and any(cell.strip() for cell in record[layout.n_columns :]):
            raise InvalidDataError(
                f"{layout.path.name}: line {line} has {len(record)} cells and the first line {layout.n_columns}; "
                f"put a text that holds {layout.delimiter!r} in quotes, or name the missing column in the first line"
            ) from None
    raise InvalidDataError(
        f"{layout.path.name}: cannot be cut into cells ({one_line(error)}); check its quotes"
    ) from None


def _note_short_rows(layout: _Layout, notes: list[str]) -> None:
    short = [line for line, record in layout.records() if len(record) < layout.n_named]
    if short:
        notes.append(
            f"{len(short)} {'row has' if len(short) == 1 else 'rows have'} fewer cells than the first line "
            f"(the first is line {short[0]}); what is missing is read as NaN"
        )


def _convert(
    layout: _Layout, frame: pd.DataFrame, features: list[int], names: list[str] | None, notes: list[str]
) -> np.ndarray:
    """Texts to numbers, column by column; if some are neither numbers nor missing, an error that shows the first."""
    X = np.empty((len(frame), len(features)), dtype=np.float32)
    refused: list[tuple[int, np.ndarray, float]] = []
    for slot, position in enumerate(features):
        cells = frame[position].fillna("").astype(str).str.strip()
        unknown = cells.isin(MISSING)
        numbers = pd.to_numeric(cells.where(~unknown, None), errors="coerce")
        values = np.array(numbers, dtype=np.float64)  # a copy: pandas hands out read-only views
        bad = np.isnan(values) & ~unknown.to_numpy()
        if bad.any():
            lowered = cells[bad].str.lower()
            if bad.sum() == (~unknown).sum() and lowered.isin(["true", "false"]).all():
                values[bad] = (lowered == "true").to_numpy()
                bad[:] = False
            elif layout.delimiter != "," and cells[bad].str.fullmatch(r"[-+]?\d*,\d+([eE][-+]?\d+)?").all():
                values[bad] = cells[bad].str.replace(",", ".").astype(np.float64).to_numpy()
                bad[:] = False
                notes.append(f"the column {_shown(position, names)} is read with decimal commas")
        if bad.any():
            refused.append((position, bad, bad.sum() / (~unknown).sum()))
        with np.errstate(over="ignore"):
            X[:, slot] = values
    if refused:
        _refuse_text(layout, frame, refused, names)
    return X


def _refuse_text(
    layout: _Layout, frame: pd.DataFrame, refused: list[tuple[int, np.ndarray, float]], names: list[str] | None
) -> NoReturn:
    position, bad, share = min(refused, key=lambda entry: (int(entry[1].argmax()), entry[0]))
    row = int(bad.argmax())
    flags = [str(entry[0]) if names is None else names[entry[0]] for entry in refused]
    place = f"{layout.path.name}: row {row + 1} (line {layout.line_of(row)}), column {_shown(position, names)}"
    text = str(frame[position].iloc[row]).strip()
    problem = f"the text {text if len(text) <= 40 else text[:37] + '...'!r} is not a number"
    drop = shell_list(flags)
    if len(refused) > 1:
        cure = f"{len(refused)} columns hold text ({listed(flags)}): drop them with --drop {drop} or correct the cells"
    else:
        more = f" ({int(bad.sum())} such cells)" if bad.sum() > 1 else ""
        cure = f"drop the column with --drop {drop} or correct the cell{'s' if more else ''}{more}"
    likely = [flag for flag in flags if flag.lower() in LABEL_NAMES] or (
        flags if len(flags) == 1 and share == 1 else []
    )
    if likely:
        cure += f"; if it is the known class, use --label-column {shell_word(likely[0])}"
    raise InvalidDataError(f"{place}: {problem}; {cure}")


def _shown(position: int, names: list[str] | None) -> str:
    return f"{position} (counted from 0)" if names is None else repr(names[position])


def _labels(column: pd.Series) -> np.ndarray:
    values = np.asarray(column)
    if values.dtype == object and all(isinstance(value, str) for value in values):
        return values.astype(str)
    return values
