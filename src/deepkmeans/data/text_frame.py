"""A text table of columns of any kind as a data frame: numbers where all cells are, else texts as they are written."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..exceptions import DeepKMeansError, InvalidDataError
from .cells.missing import MISSING
from .column_choice import one_line
from .text_cells import is_plain_number, labels_from
from .text_numbers import checked_rows, no_rows, parser_options, short_rows, shown
from .text_records import Layout, LineFile
from .text_thousands import has_decimal_commas

__all__ = ["read_frame"]

#: Most columns of a table that holds texts: each costs about a millisecond, and kilobytes, whatever it holds.
_MOST_COLUMNS = 20_000
_CHUNK_CELLS = 2**21


def read_frame(
    layout: Layout, features: list[int], label: int | None, names: list[str] | None, as_text: Collection[int] = ()
) -> tuple[Any, np.ndarray | None, list[str]]:
    """A frame of the features, the labels, and notes; columns ``as_text`` are read as they are written."""
    import pandas as pd

    from .text_typed import typed_texts

    if layout.n_columns > _MOST_COLUMNS:
        raise InvalidDataError(
            f"{layout.file}: has {layout.n_columns} columns, and not all hold numbers; with texts, {_MOST_COLUMNS} are "
            "possible: name those to keep with columns=, or encode the texts as numbers"
        )
    plain = [position for position in features if position not in as_text and _is_plain(layout, position)]
    wanted = [*features, *([] if label is None else [label])]
    try:
        columns, last = _columns(layout, LineFile(layout.lines()), wanted, plain)
        notes = short_rows(layout) if last else []
    except DeepKMeansError:
        raise
    except (ValueError, pd.errors.ParserWarning):  # some row is too long, or a quote is open
        notes = []
        layout, lines = _rewritten(layout, notes)
        try:
            columns, _ = _columns(layout, lines, wanted, plain)
        except DeepKMeansError:
            raise
        except (ValueError, pd.errors.ParserWarning) as error:
            raise InvalidDataError(f"{layout.file}: cannot be cut into cells ({one_line(error)})") from error
    mixed = [position for position in plain if any(part.dtype.kind not in "iuf" for part in columns[position])]
    if mixed:
        del columns
        return read_frame(layout, features, label, names, {*as_text, *mixed})
    labels = None if label is None else labels_from(pd.concat(map(pd.Series, columns[label])).fillna("").tolist())
    data: dict[Any, Any] = {}
    for slot, position in enumerate(features):
        parts = columns[position] if position == label else columns.pop(position)
        if position in plain:
            data[slot] = np.concatenate(parts)
        else:
            data[slot] = _stripped(pd.concat(map(pd.Series, parts), ignore_index=True))
    frame = pd.DataFrame(data, copy=False)
    if names is not None:
        frame = frame.set_axis([names[position] for position in features], axis="columns")
    decimal = layout.decimal or ("," if as_text and has_decimal_commas(layout) else None)
    notes += typed_texts(frame, decimal, [shown(position, names) for position in features])
    return frame, labels, notes


def _is_plain(layout: Layout, position: int) -> bool:
    """Whether the first rows hold plain numbers, or nothing, in this column."""
    cells = [record[position].strip() for record in layout.begin_rows if position < len(record)]
    known = [cell for cell in cells if cell not in MISSING]
    whole = layout.decimal == ","
    return bool(known) and all(is_plain_number(cell) and not (whole and "." in cell) for cell in known)


def _columns(layout: Layout, lines: LineFile, wanted: list[int], plain: list[int]) -> tuple[dict[int, list[Any]], bool]:
    """The chunks of each wanted column, and whether some row may be short."""
    import pandas as pd

    columns: dict[int, list[Any]] = {position: [] for position in wanted}
    numbers = set(plain)
    texts: dict[int, Any] = {position: str for position in range(layout.n_columns) if position not in numbers}
    missing = {position: list(MISSING) if position in numbers else [""] for position in range(layout.n_columns)}
    last, empty = False, True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # pandas drops cells beyond the header's with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        options = parser_options(layout) | {
            "dtype": texts, "na_values": missing, "low_memory": False, "float_precision": "round_trip",
            "chunksize": max(1000, _CHUNK_CELLS // layout.n_columns),
        }  # fmt: skip
        with pd.read_csv(lines, **options) as reader:
            for chunk in reader:
                empty = empty and not len(chunk)
                for position in wanted:
                    part = chunk[position]
                    columns[position].append(part.to_numpy() if position in numbers else part.array)
                last = last or bool(chunk[layout.n_named - 1].isna().any())
    if empty:
        raise no_rows(layout)
    return columns, last


def _rewritten(layout: Layout, notes: list[str]) -> tuple[Layout, LineFile]:
    """The rows with as many cells as there are columns, written as other programs would."""
    short: list[int] = []

    def lines() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for _, record in checked_rows(layout, short):
            writer.writerow(record[: layout.n_columns])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()

    return replace(layout, delimiter=",", quote='"', escape=None, header=None), LineFile(lines())


def _stripped(texts: Any) -> Any:
    """Without blanks around them; of blanks alone: missing."""
    texts = texts.str.strip()
    blank = texts == ""
    return texts.where(~blank) if blank.any() else texts
