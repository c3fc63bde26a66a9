"""A text table of numbers alone as float32: through pandas where every cell is a plain number, else cell by cell."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .._quoting import short
from ..exceptions import DeepKMeansError, InvalidDataError
from .cells.missing import MISSING
from .text_cells import ColumnTally, is_padded, is_value, labels_from, to_numbers
from .text_records import Layout, LineFile
from .text_separator import BLANKS

__all__ = ["checked_rows", "missing_note", "no_rows", "parser_options", "read_numbers", "short_rows", "shown", "some"]

#: pandas spends a fraction of a millisecond on every column; beyond this many, cells are read one by one.
_WIDE = 2000
_CHUNK_CELLS = 2**20


def read_numbers(
    layout: Layout, features: list[int], label: int | None, names: list[str] | None
) -> tuple[np.ndarray, np.ndarray | None, list[str]] | None:
    """Rows, labels and notes; None if a cell is neither a number nor missing."""
    tally = ColumnTally()
    for cells in layout.sample:
        taken = [cells[position] for position in features if position < len(cells)]
        to_numbers(taken, tally, commas=layout.commas)
        if tally.texts or any(is_padded(cell.strip()) for cell in taken):
            return None
    if not (tally.commas or tally.markers) and layout.n_columns <= _WIDE:
        numbers = _through_pandas(layout, features, label)
        if numbers is not None:
            return numbers
    return _cell_by_cell(layout, features, label, names)


def parser_options(layout: Layout) -> dict[str, Any]:
    """How pandas cuts the lines of the table into cells, called 0, 1, ..."""
    return {
        "sep": r"\s+" if layout.delimiter == BLANKS else layout.delimiter,
        "header": None if layout.header is None else 0,
        "names": list(range(layout.n_columns)),
        "index_col": False,
        "quotechar": layout.quote,
        "escapechar": layout.escape,
        "keep_default_na": False,
        "skipinitialspace": True,
        "engine": "c",
    }


def _through_pandas(
    layout: Layout, features: list[int], label: int | None
) -> tuple[np.ndarray, np.ndarray | None, list[str]] | None:
    """None if a cell is no plain number or a row is too long."""
    import pandas as pd

    missing: Any = {position: list(MISSING) for position in features}
    dtypes: dict[int, Any] = dict.fromkeys(features, np.float32) | ({} if label is None else {label: str})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # pandas drops cells beyond the header's with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            options = parser_options(layout) | {"dtype": dtypes, "na_values": missing}
            frame: pd.DataFrame = pd.read_csv(LineFile(layout.lines()), **options)
            X = np.ascontiguousarray(frame[features].to_numpy(dtype=np.float32))
        except DeepKMeansError:
            raise
        except (ValueError, pd.errors.ParserWarning):  # reading cell by cell will find out why
            return None
    if not len(frame):
        raise no_rows(layout)
    last = frame[layout.n_named - 1]
    labels = None if label is None else labels_from(frame[label].fillna("").tolist())
    notes = short_rows(layout) if last.isna().any() or (last == "").any() else []
    return X, labels, notes


def _cell_by_cell(
    layout: Layout, features: list[int], label: int | None, names: list[str] | None
) -> tuple[np.ndarray, np.ndarray | None, list[str]] | None:
    """None if some cells are neither numbers nor missing."""
    tallies = [ColumnTally() for _ in features]
    parts: list[np.ndarray] = []
    classes: list[str] = []
    chunk: list[list[str]] = []
    size = max(1, _CHUNK_CELLS // layout.n_columns)
    found_short: list[int] = []
    for _, record in checked_rows(layout, found_short):
        if label is not None:
            classes.append(record[label])
        chunk.append(record)
        if len(chunk) == size:
            parts.append(_numbers_of(chunk, features, tallies, layout.commas))
            chunk = []
            if any(tally.texts for tally in tallies):
                return None
    if chunk:
        parts.append(_numbers_of(chunk, features, tallies, layout.commas))
    if not all(tally.is_numeric for tally in tallies):
        return None
    if layout.decimal is None and any(tally.may_be_grouped for tally in tallies):
        return None  # the other columns show what these commas are
    notes = _decisions(dict(zip(features, tallies, strict=True)), names) + _short_rows(found_short)
    X = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return X, None if label is None else labels_from(classes), notes


def _numbers_of(records: list[list[str]], features: list[int], tallies: list[ColumnTally], commas: bool) -> np.ndarray:
    X = np.empty((len(records), len(features)), dtype=np.float32)
    with np.errstate(over="ignore"):  # what does not fit becomes infinite and is reported as such
        for slot, position in enumerate(features):
            cells = [record[position] for record in records]
            X[:, slot] = to_numbers(cells, tallies[slot], commas=commas)
    return X


def no_rows(layout: Layout) -> InvalidDataError:
    """The error for a table without rows."""
    values = [name for name in layout.header or () if is_value(name)]
    cure = f" (if the first line is one, as {values[0]!r:.40} suggests, header=False)" if values else ""
    return InvalidDataError(f"{layout.file}: there is a header and no rows; at least one row is needed{cure}")


def checked_rows(layout: Layout, short: list[int]) -> Iterator[tuple[int, list[str]]]:
    """Rows of ``n_named`` cells; short ones are filled and their lines noted, longer ones refused."""
    empty = True
    for line, record in layout.rows():
        empty = False
        if len(record) > layout.n_columns and any(cell.strip() for cell in record[layout.n_columns :]):
            raise InvalidDataError(
                f"{layout.file}: line {line} has {len(record)} cells and the first line {layout.n_columns}; put a text "
                f"that holds {layout.delimiter!r} in quotes, name the missing column in the first line, or remove what "
                "stands above the names"
            )
        if len(record) < layout.n_named:
            short.append(line)
            record = record + [""] * (layout.n_named - len(record))
        yield line, record
    if empty:
        raise no_rows(layout)


def short_rows(layout: Layout) -> list[str]:
    """A note on rows with fewer cells than there are columns."""
    return _short_rows([line for line, cells in layout.rows() if len(cells) < layout.n_named])


def _short_rows(lines: list[int]) -> list[str]:
    if not lines:
        return []
    return [
        f"{len(lines)} {'row has' if len(lines) == 1 else 'rows have'} fewer cells than the first line "
        f"(the first is line {lines[0]}); what is missing is read as NaN"
    ]


def _decisions(tallies: dict[int, ColumnTally], names: list[str] | None) -> list[str]:
    """Notes on cells that were read as numbers or missing values without looking like it."""
    notes = []
    commas = [shown(position, names) for position, tally in tallies.items() if tally.commas]
    if commas:
        notes.append(f"{some(commas)} read with decimal commas; decimal='.' reads them as texts")
    marked = {position: tally for position, tally in tallies.items() if tally.markers and tally.numbers + tally.commas}
    if marked:
        counts: Counter[str] = Counter()
        for tally in marked.values():
            counts.update(tally.markers)
        notes.append(missing_note([shown(position, names) for position in marked], counts))
    return notes


def missing_note(columns: Sequence[str], counts: Counter[str]) -> str:
    """A note on texts that were read as missing values."""
    texts = ", ".join(f"{text!r} ({count} cell{'s' * (count != 1)})" for text, count in counts.most_common(4))
    return f"{some(columns)} read with these texts as missing values: {texts}"


def some(columns: Sequence[str]) -> str:
    """The columns, by name, and the verb."""
    if len(columns) == 1:
        return f"the column {columns[0]} is"
    more = f" and {len(columns) - 8} more" if len(columns) > 8 else ""
    return f"the columns {', '.join(columns[:8])}{more} are"


def shown(position: int, names: list[str] | None) -> str:
    """A column for messages."""
    return f"{position} (counted from 0)" if names is None else short(names[position])
