"""Text tables, ``.csv`` and ``.tsv``: through pandas where every cell is a number, else cell by cell."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from .._quoting import short
from ..exceptions import InvalidDataError
from .column_choice import LABEL_NAMES, ColumnChoice, fits, listed, unique_names
from .request import Request
from .row_reference import row_reference
from .text_causes import cause_of
from .text_cells import MISSING, ColumnTally, labels_from, to_numbers
from .text_layout import Layout, find_layout
from .text_thousands import grouped_columns, has_decimal_commas, may_be_grouped
from .text_totals import doubtful_total, refuse_last_lines

__all__ = ["column_names", "read", "read_column"]

#: pandas spends a fraction of a millisecond on every column; beyond this many, cells are read one by one.
_WIDE = 2000
_CHUNK_CELLS = 2**20


def column_names(request: Request) -> list[str]:
    """The unique names of the columns; their positions where the file has no header."""
    layout = find_layout(request)
    return unique_names(layout.header or map(str, range(layout.n_named)), [])


def read_column(request: Request, column: str | int) -> np.ndarray:
    """One column in the dtype that its cells suggest."""
    layout = find_layout(request)
    names = None if layout.header is None else unique_names(layout.header, [])
    position = ColumnChoice(request.file, label_column=column).resolve_label(layout.n_named, names)
    return labels_from([record[position] for _, record in _checked_rows(layout, [])])


def read(request: Request) -> dict[str, Any]:
    """The chosen columns as numbers."""
    layout = find_layout(request)
    names = None if layout.header is None else unique_names(layout.header, request.notes)
    features, label = request.choice.resolve(names, layout.n_named)
    _check_size(request, layout, len(features))
    numbers = _read_numbers(layout, features, label)
    if numbers is None:
        X, labels = _read_cells(request, layout, features, label, names)
    else:
        X, labels, short = numbers
        if short:
            request.notes.extend(_short_rows([line for line, cells in layout.rows() if len(cells) < layout.n_named]))
    doubtful = _grouped_thousands(layout, X, features, names) + doubtful_total(layout, X)
    return {
        "X": X,
        "feature_names": None if names is None else [names[position] for position in features],
        "labels": labels,
        "index": None,
        "columns": features,
        "line_of": layout.line_of,
        "warnings": doubtful,
    }


def _grouped_thousands(layout: Layout, X: np.ndarray, features: list[int], names: list[str] | None) -> list[str]:
    """Refuse points between thousands in a file with decimal commas; warn of them if only semicolons suggest it."""
    commas = has_decimal_commas(layout)
    if not commas and layout.delimiter != ";":
        return []
    grouped = grouped_columns(layout, may_be_grouped(layout, X, features))
    if not grouped:
        return []
    line, text = next(iter(grouped.values()))
    whole = text.replace(".", "")
    where = _some([_shown(position, names) for position in grouped])
    if commas:
        raise InvalidDataError(
            f"{layout.file}: {where} written with points before three digits each (line {line}: {text}), beside "
            f"decimal commas in the file: thousands are probably separated by points; write them without ({whole}), "
            f"or, if these are decimals, with a comma ({text.replace('.', ',')})"
        )
    return [
        f"{where} read with decimal points, but every point stands before three digits (line {line}: {text}); if "
        f"points separate thousands, write them without ({whole})"
    ]


def _check_size(request: Request, layout: Layout, n_features: int) -> None:
    """Check the memory needed: short lines under a long header stand for many cells, and pandas makes a copy."""
    each = 8 * max(1, n_features)
    if layout.n_lines * each > request.limit.allowed:
        n = sum(1 for _ in layout.rows())
        request.limit.check(n * each, f"a table of {n} rows and {n_features} columns")


def _read_numbers(
    layout: Layout, features: list[int], label: int | None
) -> tuple[np.ndarray, np.ndarray | None, bool] | None:
    """Rows, labels, and whether some rows may be short; None if a cell is no plain number or a row is too long."""
    if layout.n_columns > _WIDE or not _begins_plain(layout, features):
        return None
    import pandas as pd

    missing = {position: list(MISSING) for position in features}
    dtypes: dict[int, Any] = dict.fromkeys(features, np.float32) | ({} if label is None else {label: str})
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
            X = np.ascontiguousarray(frame[features].to_numpy(dtype=np.float32))
        except (ValueError, pd.errors.ParserWarning):  # reading cell by cell will find out why
            return None
    if not len(frame):
        raise _no_rows(layout)
    last = frame[layout.n_named - 1]
    labels = None if label is None else labels_from(frame[label].fillna("").tolist())
    return X, labels, bool(last.isna().any() or (last == "").any())


def _begins_plain(layout: Layout, features: list[int]) -> bool:
    """Whether the first rows hold plain numbers and missing values only; if not, pandas need not try."""
    tally = ColumnTally()
    for cells in layout.sample:
        to_numbers([cells[position] for position in features if position < len(cells)], 0, tally, commas=layout.commas)
    return not (tally.texts or tally.commas or tally.markers)


def _no_rows(layout: Layout) -> InvalidDataError:
    return InvalidDataError(f"{layout.file}: there is a header and no rows; at least one row is needed")


def _checked_rows(layout: Layout, short: list[int]) -> Iterator[tuple[int, list[str]]]:
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
        raise _no_rows(layout)


def _short_rows(short: list[int]) -> list[str]:
    if not short:
        return []
    return [
        f"{len(short)} {'row has' if len(short) == 1 else 'rows have'} fewer cells than the first line "
        f"(the first is line {short[0]}); what is missing is read as NaN"
    ]


def _read_cells(
    request: Request, layout: Layout, features: list[int], label: int | None, names: list[str] | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Read cell by cell; if some cells are neither numbers nor missing, an error shows the first of them."""
    tallies = [ColumnTally() for _ in features]
    parts: list[np.ndarray] = []
    classes: list[str] = []
    short: list[int] = []
    chunk: list[list[str]] = []
    size = max(1, _CHUNK_CELLS // layout.n_columns)
    done = 0
    for _, record in _checked_rows(layout, short):
        if label is not None:
            classes.append(record[label])
        chunk.append(record)
        if len(chunk) == size:
            parts.append(_numbers_of(chunk, features, tallies, done, layout.commas))
            done += len(chunk)
            chunk = []
    if chunk:
        parts.append(_numbers_of(chunk, features, tallies, done, layout.commas))
        done += len(chunk)
    for tally in tallies:
        tally.reclassify()
    refused = {position: tally for position, tally in zip(features, tallies, strict=True) if tally.texts}
    if refused:
        refuse_last_lines(layout, min(tally.first["text"][0] for tally in refused.values()), done)
        if request.header is False and _are_names(refused):
            raise InvalidDataError(
                f"{layout.file}: the first line holds names ({listed(layout.sample[0])}), not numbers; leave out "
                "header=False"
            )
        _refuse_text(layout, refused, names, advise=not request.choice.for_model, every=len(refused) == len(features))
    request.notes.extend(_decisions(dict(zip(features, tallies, strict=True)), names))
    request.notes.extend(_short_rows(short))
    X = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return X, None if label is None else labels_from(classes)


def _decisions(tallies: dict[int, ColumnTally], names: list[str] | None) -> list[str]:
    """Notes on cells that were read as numbers or missing values without looking like it."""
    notes = []
    commas = [_shown(position, names) for position, tally in tallies.items() if tally.commas]
    if commas:
        notes.append(f"{_some(commas)} read with decimal commas")
    marked = {position: tally for position, tally in tallies.items() if tally.markers and tally.numbers + tally.commas}
    if marked:
        counts: Counter[str] = Counter()
        for tally in marked.values():
            counts.update(tally.markers)
        texts = ", ".join(f"{text!r} ({count} cells)" for text, count in counts.most_common(4))
        where = _some([_shown(position, names) for position in marked])
        notes.append(f"{where} read with these texts as missing values: {texts}")
    return notes


def _some(columns: list[str]) -> str:
    if len(columns) == 1:
        return f"the column {columns[0]} is"
    more = f" and {len(columns) - 8} more" if len(columns) > 8 else ""
    return f"the columns {', '.join(columns[:8])}{more} are"


def _numbers_of(
    records: list[list[str]], features: list[int], tallies: list[ColumnTally], first_row: int, commas: bool
) -> np.ndarray:
    X = np.empty((len(records), len(features)), dtype=np.float32)
    with np.errstate(over="ignore"):  # what does not fit becomes infinite and is reported as such
        for slot, position in enumerate(features):
            cells = [record[position] for record in records]
            X[:, slot] = to_numbers(cells, first_row, tallies[slot], commas=commas)
    return X


def _are_names(refused: dict[int, ColumnTally]) -> bool:
    """Whether texts stand in the first row alone, above numbers."""
    return all(tally.texts == 1 and tally.first["text"][0] == 0 and tally.numbers for tally in refused.values())


def _refuse_text(
    layout: Layout, refused: dict[int, ColumnTally], names: list[str] | None, *, advise: bool, every: bool
) -> NoReturn:
    position, tally = min(refused.items(), key=lambda entry: (entry[1].first["text"][0], entry[0]))
    row, text = tally.first["text"]
    wanted: list[int | str] = [position if names is None else names[position] for position in refused]
    flags = [str(column) for column in wanted]
    cell = f"{layout.file}: {row_reference(row, layout.line_of(row))}, column {_shown(position, names)}"
    problem = f"the text {short(text, 42)} is not a number"
    cause = cause_of([text for other in refused.values() for text in other.sample])
    many = len(refused) > 1
    advise = advise and not every  # dropping every column is no cure
    count = sum(other.texts for other in refused.values())
    where = f" in {len(refused)} columns ({listed(flags)})" if many else ""
    counted = f" ({count} such cells{where})" if count > 1 else ""
    drop = f"drop={wanted}" if fits(flags) else "drop=, or name those to keep with columns="
    if cause is not None:
        cure = f"{cause[0]}{counted}: {cause[1]}"
        cure += f", or leave the column{'s' if many else ''} out with {drop}" if advise else ""
    elif every and many:
        cure = f"all {len(refused)} columns hold text ({listed(flags)}): turn the texts into numbers"
    elif not advise:
        cure = f"correct the cell{'s' if count > 1 else ''}{counted}"
    elif many:
        cure = f"{len(refused)} columns hold text ({listed(flags)}): drop them with {drop} or correct the cells"
    else:
        cure = f"drop the column with {drop} or correct the cell{'s' if count > 1 else ''}{counted}"
    only_text = not (tally.numbers or tally.commas or tally.truths)
    likely = [column for column in wanted if str(column).lower() in LABEL_NAMES] or (
        wanted if not many and only_text and cause is None else []
    )
    if likely and advise and fits(map(str, likely)):
        cure += f"; if it is the known class, use label_column={likely[0]!r}"
    if layout.header is None and row == 0:
        cure += "; if the first line holds names, say so with header=True"
    raise InvalidDataError(f"{cell}: {problem}; {cure}")


def _shown(position: int, names: list[str] | None) -> str:
    return f"{position} (counted from 0)" if names is None else short(names[position])
