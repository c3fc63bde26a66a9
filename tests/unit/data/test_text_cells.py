"""What a cell of text says: one rule, whatever reads it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.data.files import read_table
from deepkmeans.data.text_cells import ColumnTally, labels_from, to_numbers
from deepkmeans.exceptions import InvalidDataError


def _read(folder: Path, text: str, **options: object) -> tuple[list[list[float]], list[str]]:
    (folder / "x.csv").write_text(text, encoding="utf-8")
    table = read_table(folder / "x.csv", **options)  # type: ignore[arg-type]
    return table.X.tolist(), table.notes


def _refusal(folder: Path, text: str) -> str:
    (folder / "x.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidDataError) as caught:
        read_table(folder / "x.csv")
    assert "\n" not in str(caught.value)
    return str(caught.value)


NUMBERS = ["1", "-2", "+3", ".5", "5.", "1e5", "1E-05", " 7 ", "00012", "1e400", "-1e-400"]
TEXTS = ["1_000", "\u0663", "0x10", "1e", "1d5", "--1", "1 2", "1/2", "1j", "\uff10", "\u22121", "x"]


class TestOneRule:
    @pytest.mark.parametrize("text", NUMBERS)
    def test_numbers(self, text: str) -> None:
        tally = ColumnTally()
        assert to_numbers([text, ""], tally, commas=False)[0] == float(text)  # beside a missing cell: one by one
        assert to_numbers([text], ColumnTally(), commas=False)[0] == float(text)
        assert (tally.numbers, tally.texts) == (1, 0)

    @pytest.mark.parametrize("text", TEXTS)
    def test_texts_that_python_or_pandas_might_take(self, text: str) -> None:
        tally = ColumnTally()
        to_numbers(["1", text], tally, commas=False)
        assert (tally.numbers, tally.texts, tally.is_numeric) == (1, 1, False)

    def test_truth_values_among_numbers_are_text(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a,b\nTrue,1\nfalse,2\n")[0] == [[1, 1], [0, 2]]
        for text in ("a,b\ntrue,1\n3,4\n", "a,b\n3,1\ntrue,4\n"):
            (tmp_path / "x.csv").write_text(text)
            assert sorted(read_table(tmp_path / "x.csv").X["a"].tolist()) == ["3", "true"]

    @pytest.mark.parametrize("marker", ["?", "-", "--", ".", "*", "n.a.", "na", "none", "NULL", "nan", "-nan"])
    def test_markers_of_missing_values(self, tmp_path: Path, marker: str) -> None:
        X, notes = _read(tmp_path, f"a,b\n1,2\n{marker},3\n4,5\n")
        assert math.isnan(X[1][0])
        assert X[2] == [4, 5]
        told = [note for note in notes if "missing values" in note]
        assert len(told) == (marker not in ("NULL", "nan", "-nan"))
        assert all(f"'a' is read with these texts as missing values: {marker!r} (1 cell)" in note for note in told)

    def test_a_column_of_markers_alone_holds_no_value(self, tmp_path: Path) -> None:
        X, notes = _read(tmp_path, "a,b\n?,2\n?,3\n")
        assert X == [[2], [3]]
        assert notes == ["the column 'a' holds no value and is left out"]

    def test_many_columns_are_told_in_one_line(self, tmp_path: Path) -> None:
        header = ";".join(f"c{i}" for i in range(15))
        rows = "\n".join(";".join(f"{i},{row}" for i in range(15)) for row in range(3))
        notes = _read(tmp_path, f"{header}\n{rows}\n")[1]
        assert len(notes) == 2
        assert notes[1].startswith("the columns 'c0', ")
        assert notes[1].endswith("and 7 more are read with decimal commas; decimal='.' reads them as texts")

    @pytest.mark.parametrize(
        ("cells", "values"),
        [
            (["1", " 2", "0012"], [1, 2, 12]),
            (["1", "2.5"], [1, 2.5]),
            (["true", "FALSE"], [True, False]),
            (["a", "1"], ["a", "1"]),
            (["NA", "None"], ["NA", "None"]),
            (["12345678901234567890", "12345678901234567891"], ["12345678901234567890", "12345678901234567891"]),
        ],
    )
    def test_labels(self, cells: list[str], values: list[object]) -> None:
        found = labels_from(cells)
        assert found.tolist() == values
        assert found.dtype.kind == {int: "i", float: "f", bool: "b", str: "U"}[type(values[-1])]

    def test_labels_with_holes(self) -> None:
        assert np.isnan(labels_from(["1", ""])[1])
        assert labels_from(["a", ""])[0] == "a"

    def test_both_ways_of_reading_agree(self, tmp_path: Path) -> None:
        random = np.random.RandomState(0)
        cells = np.char.mod("%.6g", random.randn(300, 3) * 10.0 ** random.randint(-3, 4, (300, 3)))
        clean = "a,b,c\n" + "\n".join(",".join(row) for row in cells) + "\n"
        fast, _ = _read(tmp_path, clean)
        slow, notes = _read(tmp_path, clean + "?,?,1\n")
        assert notes
        assert slow[:-1] == fast


class TestOtherSpellings:
    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ('a,b\n"3,14",1\n"2,72",2\n', [3.14, 2.72]),
            ("a;b\n1.234,5;1\n2.345,6;2\n", [1234.5, 2345.6]),
            ('a,b\n"1,234",1\n"2,345,678",2\n', [1234, 2345678]),
            ("a;b\n1 234,5;1\n2 345,6;2\n", [1234.5, 2345.6]),
            ("a b\n4 5\n4 6\n", [4, 4]),
            ("a,b\n#DIV/0!,1\n3,4\n5.5,6\n", [None, 3, 5.5]),
        ],
    )
    def test_numbers(self, tmp_path: Path, text: str, numbers: list[float | None]) -> None:
        (tmp_path / "x.csv").write_text(text, encoding="utf-8")
        X = read_table(tmp_path / "x.csv", typed=True).X
        assert [None if value != value else value for value in X["a"]] == numbers

    @pytest.mark.parametrize(
        "text", ["a,b\n12%,1\n13 %,1\n", "a,b\n12 kg,1\n13kg,1\n", "a,b\n2020-01-31,1\n2020-02-01,4\n"]
    )
    def test_what_carries_more_than_a_number_stays_text(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "x.csv").write_text(text, encoding="utf-8")
        cells = [line.split(",")[0] for line in text.splitlines()[1:]]
        assert read_table(tmp_path / "x.csv").X["a"].tolist() == cells

    def test_very_many_columns_of_texts(self, tmp_path: Path) -> None:
        names = ",".join(f"c{i}" for i in range(20_001))
        message = _refusal(tmp_path, names + "\n" + ",".join(["x"] * 20_001) + "\n")
        assert "has 20001 columns, and not all hold numbers" in message
        assert len(message) < 500
