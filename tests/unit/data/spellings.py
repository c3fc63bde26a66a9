"""One table in many spellings: as the programs of the world write it."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Cells = list[list[str]]


def text_of(cell: Any, *, missing: str = "", decimal: str = ".", thousands: str = "") -> str:
    """A cell as text: numbers with these marks, dates as 2024-01-31."""
    if cell is None or cell is pd.NaT or cell != cell:
        return missing
    if isinstance(cell, pd.Timestamp):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_)):
        whole, point, part = str(cell).partition(".")
        if point and part == "0":
            point = part = ""
        if thousands:
            whole = f"{int(whole):,}".replace(",", thousands)
        return whole + (decimal + part if point else "")
    return str(cell)


def rows_of(frame: pd.DataFrame, **marks: str) -> Cells:
    columns = [frame[name].tolist() for name in frame]
    return [[text_of(cell, **marks) for cell in row] for row in zip(*columns, strict=True)]


def delimited(
    frame: pd.DataFrame, separator: str = ",", *, end: str = "\n", quoting: Any = csv.QUOTE_MINIMAL, quote: str = '"',
    escape: bool = False, names: bool = True, **marks: str,
) -> str:  # fmt: skip
    """The table as text."""
    stream = io.StringIO()
    writer = csv.writer(
        stream, delimiter=separator, lineterminator=end, quoting=quoting, quotechar=quote, doublequote=not escape,
        escapechar="\\" if escape else None,
    )  # fmt: skip
    if names:
        writer.writerow(frame.columns)
    writer.writerows(rows_of(frame, **marks))
    return stream.getvalue()


def _lines(frame: pd.DataFrame, change: Callable[[int, str], str]) -> str:
    return "".join(change(number, line) for number, line in enumerate(delimited(frame).splitlines(keepends=True)))


def _aligned(frame: pd.DataFrame) -> str:
    rows: Sequence[list[str]] = [[*frame.columns], *rows_of(frame, missing="NA")]
    rows = [[f'"{cell}"' if " " in cell else cell for cell in row] for row in rows]
    return "\n".join("  ".join(cell.rjust(8) for cell in row) for row in rows) + "\n"


def _index(frame: pd.DataFrame, *, named: bool) -> str:
    lines = delimited(frame).splitlines()
    first = f",{lines[0]}" if named else lines[0]
    return "\n".join([first, *(f"r{number},{line}" for number, line in enumerate(lines[1:]))]) + "\n"


def _zipped(frame: pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/table.csv", delimited(frame))
        archive.writestr("__MACOSX/folder/._table.csv", b"\0\1")
    return stream.getvalue()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    def plain(cell: Any) -> Any:
        if cell is None or cell is pd.NaT or cell != cell:
            return None
        return text_of(cell) if isinstance(cell, pd.Timestamp) else cell

    return [{name: plain(row[name]) for name in frame} for row in frame.to_dict("records")]


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    records = _records(frame)
    return {str(name): [record[str(name)] for record in records] for name in frame}


def _stored(write: str, **options: Any) -> Callable[[pd.DataFrame], bytes]:
    def stored(frame: pd.DataFrame) -> bytes:
        stream = io.BytesIO()
        getattr(frame, write)(stream, **options)
        return stream.getvalue()

    return stored


_GERMAN = {"decimal": ",", "thousands": "."}
#: Spelling -> extension of the file, and its content.
SPELLINGS: dict[str, tuple[str, Callable[[pd.DataFrame], str | bytes]]] = {
    "plain": ("csv", delimited),
    "utf-8 with a mark": ("csv", lambda f: delimited(f).encode("utf-8-sig")),
    "utf-16 with a mark": ("csv", lambda f: delimited(f).encode("utf-16")),
    "utf-16-le": ("csv", lambda f: delimited(f).encode("utf-16-le")),
    "utf-16-be": ("csv", lambda f: delimited(f).encode("utf-16-be")),
    "windows-1252": ("csv", lambda f: delimited(f).encode("cp1252")),
    "semicolons": ("csv", lambda f: delimited(f, ";")),
    "decimal commas": ("csv", lambda f: delimited(f, ";", decimal=",")),
    "german": ("csv", lambda f: delimited(f, ";", **_GERMAN)),
    "german, quoted": ("csv", lambda f: delimited(f, ",", **_GERMAN)),
    "french": ("csv", lambda f: delimited(f, ";", decimal=",", thousands="\u202f")),
    "swiss": ("csv", lambda f: delimited(f, ";", thousands="'")),
    "commas between thousands": ("csv", lambda f: delimited(f, thousands=",")),
    "tabs": ("tsv", lambda f: delimited(f, "\t")),
    "tabs in a text": ("txt", lambda f: delimited(f, "\t")),
    "bars": ("psv", lambda f: delimited(f, "|")),
    "blanks": ("txt", lambda f: delimited(f, " ", missing="NA")),
    "aligned": ("dat", _aligned),
    "all quoted": ("csv", lambda f: delimited(f, quoting=csv.QUOTE_ALL)),
    "single quotes": ("csv", lambda f: delimited(f, quoting=csv.QUOTE_ALL, quote="'")),
    "blanks after commas": ("csv", lambda f: _lines(f, lambda _, line: line.replace(",", ", "))),
    "crlf": ("csv", lambda f: delimited(f, end="\r\n")),
    "cr": ("csv", lambda f: delimited(f, end="\r")),
    "blank lines": ("csv", lambda f: _lines(f, lambda n, line: "\n" + line if n % 7 == 0 else line)),
    "no last line end": ("csv", lambda f: delimited(f).rstrip("\n")),
    "a separator at every end": ("csv", lambda f: _lines(f, lambda _, line: line[:-1] + ",\n")),
    "a separator at the end of rows": ("csv", lambda f: _lines(f, lambda n, line: line[:-1] + ",\n" if n else line)),
    "comments": ("csv", lambda f: "# made by x\n# in 2024, on a day\n" + delimited(f)),
    "comments of another kind": ("csv", lambda f: "// made by x, y\n" + delimited(f) + "// the end\n"),
    "a title": ("csv", lambda f: "Report of 2024\n\n" + delimited(f)),
    "a filled title": ("csv", lambda f: "Report of 2024" + "," * (f.shape[1] - 1) + "\n" + delimited(f)),
    "a commented header": ("csv", lambda f: "# " + delimited(f)),
    "a source": ("csv", lambda f: delimited(f) + "\nSource: made by x and others\n"),
    "an index without a name": ("csv", lambda f: _index(f, named=True)),
    "names of rows": ("csv", lambda f: _index(f, named=False)),
    "missing as NA": ("csv", lambda f: delimited(f, missing="NA")),
    "missing as ?": ("csv", lambda f: delimited(f, missing="?")),
    "missing as -": ("csv", lambda f: delimited(f, missing="-")),
    "missing as n/a": ("csv", lambda f: delimited(f, missing="n/a")),
    "missing as null": ("csv", lambda f: delimited(f, missing="null")),
    "missing in Chinese": ("csv", lambda f: delimited(f, missing="不详")),
    "no header": ("csv", lambda f: delimited(f, names=False)),
    "gzip": ("csv.gz", lambda f: gzip.compress(delimited(f).encode())),
    "bzip2": ("csv.bz2", lambda f: bz2.compress(delimited(f).encode())),
    "xz": ("csv.xz", lambda f: lzma.compress(delimited(f).encode())),
    "zip": ("zip", _zipped),
    "json lines": ("jsonl", lambda f: "\n".join(map(json.dumps, _records(f))) + "\n"),
    "json records": ("json", lambda f: json.dumps(_records(f), ensure_ascii=False, indent=1)),
    "json columns": ("json", lambda f: json.dumps(_columns(f))),
    "json lines, gzip": ("jsonl.gz", lambda f: gzip.compress("\n".join(map(json.dumps, _records(f))).encode())),
    "spreadsheet": ("xlsx", _stored("to_excel", index=False)),
    "spreadsheet with a title": ("xlsx", _stored("to_excel", index=False, startrow=3)),
    "parquet": ("parquet", _stored("to_parquet", index=False)),
    "feather": ("feather", _stored("to_feather")),
}  # fmt: skip


def spelled(frame: pd.DataFrame, spelling: str, folder: Path) -> Path:
    """The table in one spelling, in a file."""
    suffix, write = SPELLINGS[spelling]
    content = write(frame)
    path = folder / f"table.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def flowers(name: str) -> pd.DataFrame:
    """Numbers alone: iris or wine."""
    from deepkmeans import datasets

    data = getattr(datasets, f"load_{name}")()
    X = data.X.astype(np.float64).round(3)
    names = [each.replace(" (cm)", "").replace(" ", "_") for each in data.feature_names]
    return pd.DataFrame(X, columns=names).convert_dtypes().astype("float64")


def penguins() -> pd.DataFrame:
    """Lengths with holes, categories, a year."""
    random = np.random.RandomState(0)
    kind = random.randint(0, 3, 120)
    frame = pd.DataFrame({
        "species": np.array(["Adélie", "Chinstrap", "Gentoo"])[kind],
        "island": np.array(["Biscoe", "Dream", "Torgersen"])[random.randint(0, 3, 120)],
        "bill_length": (35 + 5 * kind + random.randn(120)).round(1),
        "bill_depth": (20 - 2 * kind + random.randn(120)).round(1),
        "body_mass": (3000 + 800 * kind + 100 * random.randint(0, 9, 120)).astype(float),
        "sex": np.where(random.rand(120) < 0.5, "female", "male"),
    })  # fmt: skip
    frame.loc[[3, 40, 77], ["bill_length", "bill_depth", "body_mass"]] = np.nan
    frame.loc[[3, 8, 99], "sex"] = None
    return frame


def customers() -> pd.DataFrame:
    """Amounts, a date, a scale, yes and no, a city of two words."""
    random = np.random.RandomState(1)
    frame = pd.DataFrame({
        "city": np.array(["New York", "Paris", "Rome", "São Paulo"])[random.randint(0, 4, 150)],
        "age": random.randint(18, 90, 150).astype(float),
        "income": (random.rand(150) * 90_000 + 1000).round(2),
        "since": pd.Timestamp(2015, 1, 1) + pd.to_timedelta(random.randint(0, 3000, 150), unit="D"),
        "size": np.array(["low", "medium", "high"])[random.randint(0, 3, 150)],
        "member": np.where(random.rand(150) < 0.4, "yes", "no"),
        "visits": random.poisson(3, 150).astype(float),
    })  # fmt: skip
    frame.loc[[5, 60], "income"] = np.nan
    frame.loc[[7, 61], "city"] = None
    frame.loc[[9, 62], "since"] = pd.NaT
    return frame
