"""The files of a run as a verb reads them: checked before anything is believed, each defect one line."""

from __future__ import annotations

import csv
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .._quoting import csv_row, shell_word
from ..exceptions import DeepKMeansError, InvalidDataError, ModelFileError

__all__ = ["LAYOUT", "Labels", "fingerprint", "index_hash", "read_document", "read_labels"]

#: Version of the layout and of run.json's keys.
LAYOUT = 1
_AGAIN = "fit again with --force"
_MAX_LABEL = 2**31 - 1


def read_document(path: Path) -> dict[str, Any]:
    """``run.json``, its keys of the types that the verbs rely on.

    Raises
    ------
    ModelFileError
        If there is none, or it is damaged (nulls included, where no fit writes one), of a newer layout, or no
        description of a run.
    """
    from ..storage.strict_json import MAX_BYTES, StrictJSONError, parse

    try:
        _check_regular(path, ModelFileError)
        with path.open("rb") as file:
            document = parse(file.read(MAX_BYTES + 1))
    except FileNotFoundError:
        raise ModelFileError(
            f"{path.parent} holds no run.json: it is not a run, or its fit did not end; "
            "fit again, or continue it with `deepkmeans fit ... --resume`"
        ) from None
    except StrictJSONError as error:
        raise ModelFileError(f"{path} is damaged ({error}); {_AGAIN}") from error
    except NotADirectoryError:
        given = path.parent
        name = str(given.parent) if (given.parent / path.name).is_file() else "that holds its run.json"
        raise ModelFileError(f"{given} is a file; a run is a folder: name the folder {name}") from None
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror or error}); {_AGAIN}") from error
    layout = document.get("layout", LAYOUT)
    if type(layout) is int and layout > LAYOUT:
        raise ModelFileError(
            f"{path} was written by a newer version (layout {layout}, this one reads {LAYOUT}); "
            "upgrade with: pip install --upgrade deepkmeans"
        )
    for where, keys in (("", _KEYS), ("data", _DATA_KEYS)):
        part = document if not where else document.get(where) or {}
        for key, (words, holds) in keys.items():
            null_stands = where == "data" and key != "rows"  # a fit writes it where there is nothing to say
            if key in part and not (holds(part[key]) or (part[key] is None and null_stands)):
                name = f"{where}.{key}" if where else key
                raise ModelFileError(f"{path} is damaged ({name} must be {words}); {_AGAIN}")
    return document


class Labels(NamedTuple):
    """``labels.csv``: what each row is called there, and its cluster, both in the order of the rows of the fit."""

    rows: list[str]
    labels: list[int]


def read_labels(
    path: Path, *, rows: int | None = None, left_out: Sequence[int] = (), index: str | None = "",
    sizes: Sequence[int] | None = None,
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
        What :func:`index_hash` says of rows that are called by a stored index; None for rows that are numbered; empty
        where that is unknown: they are taken by their numbers, or in the order of the file if these are none.
    sizes : sequence of int or None
        How many rows each cluster has, when known.

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
        _check_regular(path, ModelFileError)
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            for name in ("label", "row"):
                if name not in header:
                    raise ModelFileError(f"{path} has no column {name!r}; {_AGAIN}")
            column, place = header.index("label"), header.index("row")
            for cells in reader:
                line = reader.line_num
                cell = cells[column] if column < len(cells) else ""
                if not (_is_digits(cell) and int(cell) <= most):
                    wanted = "a whole number >= 0" if sizes is None else f"a whole number from 0 to {most}"
                    raise ModelFileError(
                        f"{path} is damaged (line {line}: the label must be {wanted}; got {cell[:40]!r}); {_AGAIN}"
                    )
                labels.append(int(cell))
                names.append(cells[place] if place < len(cells) else "")
                lines.append(line)
    except FileNotFoundError:
        raise InvalidDataError(
            f"{path.parent} holds no labels.csv (was its fit interrupted?); "
            f"make labels with `deepkmeans predict {shell_word(path.parent)} DATA`"
        ) from None
    except (UnicodeDecodeError, csv.Error) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise ModelFileError(f"{path} is damaged (after line {line}: {reason}); {_AGAIN}") from error
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read ({error.strerror or error}); {_AGAIN}") from error
    if rows is not None and len(labels) != rows:
        found = f"{len(labels)} label{'' if len(labels) == 1 else 's'}"
        raise ModelFileError(f"{path} is damaged ({found} for the {rows} rows of the fit); {_AGAIN}")
    counts = Counter(labels)
    for cluster, size in enumerate(sizes or ()):
        if (count := counts[cluster]) != size:
            raise ModelFileError(
                f"{path} is damaged ({count} row{'' if count == 1 else 's'} in cluster {cluster}, where run.json has "
                f"{size}); {_AGAIN}"
            )
    if index:
        if index_hash(names) != index:
            raise ModelFileError(
                f"{path} is damaged (its column 'row' is not the index of the data in the order of the fit); {_AGAIN}"
            )
        return Labels(names, labels)
    order = _order(path, names, lines, left_out, known=index is None)
    return Labels([names[i] for i in order], [labels[i] for i in order])


def index_hash(names: Iterable[Any]) -> str:
    """SHA-256 of a stored index in its order, as labels.csv shows it."""
    import hashlib

    found = hashlib.sha256()
    for name in names:
        found.update(csv_row([name]).encode("utf-8", "surrogatepass") + b"\0")
    return found.hexdigest()


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
        raise ModelFileError(f"{path} is damaged (line {lines[i]}: {problem}); {_AGAIN}")
    return [seen[number] for number in sorted(seen)]


def _is_digits(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= 10


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_regular(path: Path, wrong: type[DeepKMeansError]) -> None:
    """Looked at before opening: a named pipe would be waited for."""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
        raise wrong(f"{path} is {what}; {_AGAIN}, or move it away")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_list_of(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(holds, value))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


#: What must hold of a key that is there.
_Rules = dict[str, tuple[str, Callable[[Any], bool]]]
_KEYS: _Rules = {
    "layout": ("a whole number", _is_count),
    "created": ("a text", _is_text),
    "seconds": ("a number", _is_number),
    "interrupted": ("true or false", lambda value: isinstance(value, bool)),
    "versions": ("an object", _is_object),
    "data": ("an object", _is_object),
    "seed": ("a number", _is_number),
    "parameters": ("an object", _is_object),
    "model_sha256": ("a text", _is_text),
    "n_clusters": ("a whole number", _is_count),
    "cluster_sizes": ("a list of whole numbers", _is_list_of(_is_count)),
    "warnings": ("a list of texts", _is_list_of(_is_text)),
    "report": ("an object", _is_object),
}
_NAMES = ("a list of names or positions", _is_list_of(lambda value: _is_text(value) or _is_count(value)))
_DATA_KEYS: _Rules = {
    "path": ("a text", lambda value: isinstance(value, str) and "\0" not in value),
    "sha256": ("a text", _is_text),
    "rows": ("a whole number", _is_count),
    "columns": _NAMES,
    "drop": _NAMES,
    "label_column": ("a name", _is_text),
    "header": ("true or false", lambda value: isinstance(value, bool)),
    "index": ("a text", _is_text),
    "rows_left_out": ("a list of whole numbers", _is_list_of(_is_count)),
}
