"""Odd ``.csv`` and ``.tsv`` files: every dialect, encoding and slip that a spreadsheet or a person makes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .faults_damage import blobs

__all__ = ["odd_text"]

Generator = np.random.Generator

_NAMES = [
    "a", "b", "length", "id", "class", "label", "1", "2.5", "", " ", "=1+1", "@x", "\x1b[31mred", "a,b", 'a"b', "a\nb",
    "$(touch canary)", "`touch canary`", "--force", "é€", "＝1", "x" * 300, "NaN", "a\x00b", "\u202eevil", "Unnamed: 0",
]  # fmt: skip
_CELLS = [
    "", " ", "NA", "N/A", "nan", "null", "None", "?", "-", "inf", "-inf", "1e400", "1e-400", "1e39", "abc", "1,5",
    "1.234,5", "1 234", "1_000", "0x10", "1e", "+1", "--1", "=1+1", "€5", "5%", "2024-01-01", "12:30", "true", "False",
    "TRUE", "\x1b[31m", "\x00", '"', "'", "１２", "1\u00a0000", "9" * 400, "#N/A", "#DIV/0!",
]  # fmt: skip


def odd_text(random: Generator, canary: str) -> tuple[str, bytes, int | None]:
    """Words for what is odd, the bytes, and how many rows any reading must find, where that is beyond doubt."""
    n, d = int(random.choice([0, 1, 2, 12, 40])), int(random.choice([1, 2, 3, 5]))
    X = np.round(blobs(max(n, 1), d, int(random.integers(100))), 3)[:n]
    cells: list[list[Any]] = [[f"{value:g}" for value in row] for row in X]
    names = [f"c{i}" for i in range(d)]
    words, odd = [f"{n}x{d}"], False
    delimiter = str(random.choice([",", ",", "\t", ";", "|", " "]))
    for _ in range(int(random.choice([0, 1, 1, 2]))):
        kind = str(random.choice(list(_ODD)))
        words.append(kind)
        odd = odd or kind not in ("class column", "key")
        _ODD[kind](cells, names, random)
    quote = '"' if random.random() < 0.2 else ""
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in cells]
    if random.random() < 0.75:
        lines.insert(0, delimiter.join(names))
    else:
        words.append("no header")
    if random.random() < 0.1:
        words.append("preamble")
        lines[:0] = ["# made by an export", "", "Report of today"][: int(random.integers(1, 4))]
    if random.random() < 0.05:
        words.append("ragged")
        lines = [line + delimiter * int(random.integers(3)) for line in lines]
    end = str(random.choice(["\n", "\n", "\r\n", "\r"]))
    text = end.join(lines) + (end if random.random() < 0.8 else "")
    encoding = str(random.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le"]))
    words += [repr(delimiter), encoding]
    data = text.replace("canary", canary).encode(encoding, "replace")
    if random.random() < 0.03:
        words.append("noise")
        data = random.bytes(int(random.integers(1, 3000)))
    odd = odd or n < 12 or any(word in words for word in ("preamble", "ragged", "noise"))
    return ", ".join(words), data, None if odd else n


def _some_cells(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    for row in cells:
        if random.random() < 0.3:
            row[int(random.integers(len(row)))] = _CELLS[int(random.integers(len(_CELLS)))]


def _one_kind(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    cell, column = _CELLS[int(random.integers(len(_CELLS)))], int(random.integers(len(names)))
    for row in cells:
        row[column] = cell


def _decimal_commas(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    for row in cells:
        row[:] = [str(cell).replace(".", ",") for cell in row]


def _odd_names(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    for column in range(len(names)):
        if random.random() < 0.5:
            names[column] = _NAMES[int(random.integers(len(_NAMES)))]


def _same_names(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    names[:] = ["same"] * len(names)


def _class_column(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    names.append(str(random.choice(["class", "species", "y"])))
    for number, row in enumerate(cells):
        row.append(str(random.choice(["red", "green", "b\x1blue", "=cmd()"])) if number else "red")


def _one_word(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    if cells:
        cells[int(random.integers(len(cells)))][0] = _CELLS[int(random.integers(len(_CELLS)))]


def _empty_rows(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    for row in cells:
        if random.random() < 0.3:
            row[:] = [""] * len(row)


def _lost_cells(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    for row in cells:
        if random.random() < 0.2:
            del row[-1:]


def _open_quote(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    if cells:
        cells[int(random.integers(len(cells)))][0] = '"1.5'


def _wide(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    more = int(random.choice([300, 3000, 3000, 3000, 100_000]))
    names.extend(f"w{i}" for i in range(more))
    for row in cells[:3]:
        row.extend(["1"] * more)
    del cells[3:]


def _constant(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    for row in cells:
        row[:] = ["7"] * len(row)


def _key(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    names.insert(0, "id")
    for number, row in enumerate(cells):
        row.insert(0, str(10**9 + number))


def _dates(cells: list[list[Any]], names: list[str], random: Generator) -> None:
    for number, row in enumerate(cells):
        row[0] = f"2024-01-{number % 28 + 1:02d}"


_ODD: dict[str, Any] = {
    "odd cells": _some_cells, "a column of one odd cell": _one_kind, "decimal commas": _decimal_commas,
    "odd names": _odd_names, "same names": _same_names, "class column": _class_column, "one odd cell": _one_word,
    "empty rows": _empty_rows, "lost cells": _lost_cells, "open quote": _open_quote, "wide": _wide,
    "constant": _constant, "key": _key, "dates": _dates,
}  # fmt: skip
