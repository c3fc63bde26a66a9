"""Spellings of a table drawn by chance: any separator with any encoding, decimal mark, head, quotes and packing."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd

from tests.unit.data.spellings import text_of


@dataclass(frozen=True)
class Spelling:
    """How a table is written; the default is the plain one."""

    separator: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    quoting: int = csv.QUOTE_MINIMAL
    quote: str = '"'
    head: str = "plain"  #: none, comment, title, two lines of it, units under the names, a marked header
    end: str = "\n"
    last_end: bool = True
    missing: str = ""
    blank_lines: bool = False
    trailing: bool = False
    padded: bool = False
    packed: str = ""

    @classmethod
    def drawn(cls, random: Random) -> Spelling:
        """A spelling that a program may choose."""
        choose = random.choice
        decimal = choose(".,.")
        drawn = cls(
            separator=choose(",;\t| "), decimal=decimal,
            encoding=choose(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252", "gb18030"]),
            thousands=choose(["", "", *((".", "\xa0") if decimal == "," else (",", " "))]),
            quoting=choose([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]), quote=choose("\"\"'"),
            head=choose(["plain", "plain", "none", "comment", "title", "titles", "units", "few units", "marked"]),
            end=choose(["\n", "\r\n", "\r"]), last_end=random.random() < 0.8,
            missing=choose(["", "", "NA", "n/a", "?", "-", "null", "None"]), packed=choose(["", "", "gz", "zip"]),
            blank_lines=random.random() < 0.2, trailing=random.random() < 0.15, padded=random.random() < 0.15,
        )  # fmt: skip
        if drawn.encoding in ("utf-8", "utf-16", "gb18030") and random.random() < 0.2:
            drawn = replace(drawn, missing="不详")
        if drawn.separator == " ":  # as many of them as one
            drawn = replace(drawn, missing=drawn.missing or "NA", padded=False, trailing=False)
        return replace(drawn, quote='"') if drawn.padded else drawn

    def lines(self, frame: pd.DataFrame) -> list[str]:
        """The lines of the table and those above it."""
        stream = io.StringIO()
        writer = csv.writer(
            stream, delimiter=self.separator, lineterminator="\n", quoting=self.quoting, quotechar=self.quote
        )  # type: ignore[call-overload]
        rows: list[list[str]] = [] if self.head == "none" else [[*frame.columns]]
        if "units" in self.head:
            other = "" if self.head == "few units" else "-"
            rows.append(["cm" if dtype.kind == "f" else other for dtype in frame.dtypes])
        marks = {"decimal": self.decimal, "thousands": self.thousands, "missing": self.missing}
        rows += [list(map(str, row)) for row in zip(*(self._cells(frame[name], marks) for name in frame), strict=True)]
        pad = " " if self.padded else ""
        writer.writerows([f"{pad}{cell}{pad}" if cell else "" for cell in row] for row in rows)
        lines = [line + self.separator * self.trailing for line in stream.getvalue().split("\n")[:-1]]
        if self.blank_lines:
            lines = [each for n, line in enumerate(lines) for each in ([line, ""] if n % 9 == 4 else [line])]
        above = {"comment": ["# made by x, in 2024", "# on a day"], "title": ["A report"], "titles": ["A report", ""]}
        return [*above.get(self.head, []), *(["#" + lines.pop(0)] if self.head == "marked" else []), *lines]

    def _cells(self, column: pd.Series[Any], marks: dict[str, str]) -> list[str]:
        """Amounts of money are pairs of the currency and a number."""
        return [cell[0] + text_of(cell[1], **marks) if isinstance(cell, tuple) else text_of(cell, **marks)
                for cell in column.tolist()]  # fmt: skip

    def write(self, frame: pd.DataFrame, folder: Path) -> Path:
        """The table in this spelling, in a file."""
        content = (self.end.join(self.lines(frame)) + self.end * self.last_end).encode(self.encoding)
        path = folder / f"table.{'zip' if self.packed == 'zip' else 'csv'}{'.gz' if self.packed == 'gz' else ''}"
        if self.packed == "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("table.csv", content)
        else:
            path.write_bytes(gzip.compress(content) if self.packed else content)
        return path


def shop() -> pd.DataFrame:
    """Customers as a shop knows them: keys, names, dates, amounts of money, yes and no, segments, counts."""
    random, n = np.random.RandomState(1), 150
    group = random.randint(0, 3, n)
    first, last = random.choice(["Zoë", "Ann", "Bob", "José", "Li"], n), random.choice(["Smith", "Braun", "Núñez"], n)
    frame = pd.DataFrame({
        "id": [f"C{1000 + i}" for i in range(n)],
        "name": [f"{a} {b}{i}" for i, (a, b) in enumerate(zip(first, last, strict=True))],
        "since": pd.Timestamp(2015, 1, 1) + pd.to_timedelta(random.randint(0, 300, n) + 1000 * group, unit="D"),
        "price": [("£", round(float(x), 2)) for x in 1000 * (group + 1) + random.rand(n) * 500],
        "member": np.where(random.rand(n) < 0.2 + 0.3 * group, "yes", "no"),
        "segment": np.array(["retail", "corporate", "public sector"])[(group + (random.rand(n) < 0.2)) % 3],
        "visits": random.poisson(3 + 5 * group, n).astype(float),
    })  # fmt: skip
    frame["price"] = frame["price"].astype(object)
    frame.loc[[5, 60], "visits"] = np.nan
    frame.loc[[7, 61], "segment"] = None
    frame.loc[[9, 62], "since"] = pd.NaT
    frame.loc[11, "price"] = None
    return frame
