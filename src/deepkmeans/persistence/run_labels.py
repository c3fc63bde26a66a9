"""``labels.csv`` of a run: how it is written, and read with nothing in it believed unchecked."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .._quoting import cell_text, csv_row
from ..exceptions import InvalidDataError, ModelFileError
from .run_document import FIT_AGAIN, check_regular

__all__ = ["ROW", "Labels", "index_hash", "labels_text", "read_labels", "sizes_of"]

#: The column of labels.csv that says what a row is called, where the data have no identifier.
ROW = "row"
_MAX_LABEL = 2**31 - 1


class Labels(NamedTuple):
    """``labels.csv``: what each row is called there, and its cluster, both in the order of the rows of the fit."""

    rows: list[str]
    labels: list[int]


def read_labels(
    path: Path, *, rows: int | None = None, left_out: Sequence[int] = (), index: str | None = "",
    identifier: str | None = None, sizes: Sequence[int] | None = None, n_noise: int = 0,
) -> Labels:  # fmt: skip
    """``labels.csv``, in the order of the rows of the fit, whatever the order of its lines.

    Parameters
    ----------
    path : Path
    rows : int or None
        How many there must be, when known.
    left_out : sequence of int
        Numbers, from 0, of the rows of the data file that the fit left out.
    index : str or None
        What :func:`index_hash` says of rows that are called by a stored index or an identifier; None for rows that are
        numbered; empty where that is unknown: they are taken by their numbers, or in the order of the file if these
        are none.
    identifier : str or None
        The name of the column that says what rows are called; None: ``row``.
    sizes : sequence of int or None
        How many rows each cluster has, when known.
    n_noise : int
        How many rows are in none, and have the label -1.

    Raises
    ------
    InvalidDataError
        If there is no such file, as after a fit that was interrupted.
    ModelFileError
        If it is not the one that a fit wrote; with the line.
    """
    names: list[str] = []
    labels: list[int] = []
    lines: list[int] = []
    line, most = 0, _MAX_LABEL if sizes is None else len(sizes) - 1
    try:
        check_regular(path)
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            called = ROW if identifier is None else cell_text(identifier)
            for name in ("label", called):
                if name not in header:
                    raise ModelFileError(f"{path} has no column {name!r}; {FIT_AGAIN}")
            column, place = header.index("label"), header.index(called)
            for cells in reader:
                line = reader.line_num
                cell = cells[column] if column < len(cells) else ""
                if not (_is_digits(cell) and int(cell) <= most) and not (n_noise and cell == "-1"):
                    least = -1 if n_noise else 0
                    wanted = f"a whole number >= {least}" if sizes is None else f"a whole number from {least} to {most}"
                    raise ModelFileError(
                        f"{path} is damaged (line {line}: the label must be {wanted}; got {cell[:40]!r}); {FIT_AGAIN}"
                    )
                labels.append(int(cell))
                names.append(cells[place] if place < len(cells) else "")
                lines.append(line)
    except FileNotFoundError:
        raise InvalidDataError(
            f"{path.parent} holds no labels.csv (was its fit interrupted?); "
            "make labels with the predict method of its model"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ModelFileError(f"{path} is damaged (after line {line}: {reason}); {FIT_AGAIN}") from error
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror or error}); {FIT_AGAIN}") from error
    if rows is not None and len(labels) != rows:
        number = f"{len(labels)} label{'' if len(labels) == 1 else 's'}"
        raise ModelFileError(f"{path} is damaged ({number} for the {rows} rows of the fit); {FIT_AGAIN}")
    counts = Counter(labels)
    expected = {**dict(enumerate(sizes or ())), **({-1: n_noise} if n_noise else {})}
    for cluster, size in expected.items():
        if (count := counts[cluster]) != size:
            raise ModelFileError(
                f"{path} is damaged ({count} row{'' if count == 1 else 's'} in cluster {cluster}, where run.json has "
                f"{size}); {FIT_AGAIN}"
            )
    if index:
        if index_hash(names) != index:
            raise ModelFileError(
                f"{path} is damaged (its column {identifier or ROW!r} is not "
                f"{'the index' if identifier is None else 'that'} of the data in the order of the fit); {FIT_AGAIN}"
            )
        return Labels(names, labels)
    order = _order(path, names, lines, left_out, known=index is None)
    return Labels([names[i] for i in order], [labels[i] for i in order])


def sizes_of(model: Any) -> dict[str, Any]:
    """How many rows each cluster has in labels.csv, and how many are noise where there is some: for run.json."""
    n_noise = int((model.labels_ < 0).sum())
    if not n_noise:
        return {"cluster_sizes": model.report_["cluster_sizes"]}
    labels = model.labels_.tolist()  # the sizes of the report count each row with its nearest cluster
    return {"cluster_sizes": [labels.count(j) for j in range(len(model.cluster_centers_))], "n_noise": n_noise}


def index_hash(names: Iterable[Any]) -> str:
    """SHA-256 of a stored index or an identifier in its order, as labels.csv shows it."""
    import hashlib

    digest = hashlib.sha256()
    for name in names:
        digest.update(csv_row([name]).encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def _order(path: Path, names: list[str], lines: list[int], left_out: Sequence[int], *, known: bool) -> list[int]:
    """Where the lines of rows 0, 1, 2, ... stand, without those left out."""
    missing = set(left_out)
    end = len(names) + len(missing)
    seen: dict[int, int] = {}
    for i, name in enumerate(names):
        number = int(name) if _is_digits(name) else -1
        if number in seen:
            problem = f"row {number} stands in line {lines[seen[number]]}, too"
        elif not 0 <= number < end or number in missing:
            problem = f"{name[:40]!r} is no number of a row of the fit"
        else:
            seen[number] = i
            continue
        if not known:
            return list(range(len(names)))
        raise ModelFileError(f"{path} is damaged (line {lines[i]}: {problem}); {FIT_AGAIN}")
    return [seen[number] for number in sorted(seen)]


def _is_digits(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= 10


def labels_text(rows: Iterable[Any], columns: Mapping[str, Iterable[Any]], *, called: str = ROW) -> str:
    """The CSV ``row,label,...``; text cells are safe to open in a spreadsheet.

    Parameters
    ----------
    rows : iterable
        What each row is called: its number, or the user's own identifier.
    columns : mapping of str to iterable
        The other columns, "label" first.
    called : str
        The name of the first column.
    """
    lines = [csv_row([called, *columns])]
    lines += [csv_row(cells) for cells in zip(rows, *columns.values(), strict=True)]
    return "\n".join(lines) + "\n"
