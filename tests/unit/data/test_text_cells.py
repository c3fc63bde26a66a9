"""What a cell of text says: one rule, and the cause where it is no number."""

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
        assert to_numbers([text, ""], 0, tally, commas=False)[0] == float(text)  # beside a missing cell: one by one
        assert to_numbers([text], 0, ColumnTally(), commas=False)[0] == float(text)
        assert (tally.numbers, tally.texts) == (1, 0)

    @pytest.mark.parametrize("text", TEXTS)
    def test_texts_that_python_or_pandas_might_take(self, tmp_path: Path, text: str) -> None:
        message = _refusal(tmp_path, f"a,b\n1,2\n{text},4\n")
        assert message.startswith(f"x.csv: row 1 (counted from 0; line 3), column 'a': the text {text!r} is not a")

    def test_truth_values_among_numbers_are_text(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a,b\nTrue,1\nfalse,2\n")[0] == [[1, 1], [0, 2]]
        assert "row 0 (counted from 0; line 2), column 'a': the text 'true'" in _refusal(tmp_path, "a,b\ntrue,1\n3,4\n")
        assert "row 1 (counted from 0; line 3), column 'a': the text 'true'" in _refusal(tmp_path, "a,b\n3,1\ntrue,4\n")

    @pytest.mark.parametrize("marker", ["?", "-", "--", ".", "*", "n.a.", "na", "none", "NULL", "nan", "-nan"])
    def test_markers_of_missing_values(self, tmp_path: Path, marker: str) -> None:
        X, notes = _read(tmp_path, f"a,b\n1,2\n{marker},3\n4,5\n")
        assert math.isnan(X[1][0])
        assert X[2] == [4, 5]
        told = [note for note in notes if "missing values" in note]
        assert len(told) == (marker not in ("NULL", "nan", "-nan"))
        assert all(f"'a' is read with these texts as missing values: {marker!r} (1 cells)" in note for note in told)

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
        assert notes[1].endswith("and 7 more are read with decimal commas")

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


class TestCauses:
    @pytest.mark.parametrize(
        ("text", "cause"),
        [
            ('a,b\n"3,14",1\n"2,72",2\n', "decimals are written with a comma (2 such cells): write them with a point"),
            ("a;b\n1.5;1\n2,5;2\n", "decimals are written with a comma"),  # a point and a comma: one is no decimal
            ("a;b\n1.234,5;1\n2.345,6;2\n", "thousands are separated"),
            ('a,b\n"1,234",1\n"2,345",2\n', "thousands are separated"),
            ("a,b\n12%,1\n13 %,1\n", "these are percentages"),
            ("a,b\n$12,1\n$13.5,1\n", "numbers carry a unit or a sign"),
            ("a,b\n12 kg,1\n13kg,1\n", "numbers carry a unit or a sign"),
            ("a b\n4 5\n4 6\n", "cells seem to be separated by blanks"),
            ("a,b\n#DIV/0!,1\n3,4\n", "a spreadsheet wrote an error there"),
            ("a,b\n2020-01-31,1\n2020-02-01,4\n", "dates and times are not numbers"),
            ("a,b\n31.12.2020,1\n1.1.2021,4\n", "dates and times are not numbers"),
            ("a,b\n12:30,1\n13:30:05,4\n", "dates and times are not numbers"),
            ("a,b\n3 days,1\n-2 days +01:00:00,4\n", "dates and times are not numbers"),
        ],
    )
    def test_the_true_cause_is_named(self, tmp_path: Path, text: str, cause: str) -> None:
        message = _refusal(tmp_path, text)
        assert "column 'a" in message
        assert cause in message
        assert "known class" not in message

    def test_of_many_columns_at_once(self, tmp_path: Path) -> None:
        header = ",".join(f"c{i}" for i in range(15))
        row = ",".join(f'"{i},5"' for i in range(15))
        message = _refusal(tmp_path, f"{header}\n{row}\n{row}\n")
        assert "decimals are written with a comma (30 such cells in 15 columns" in message

    def test_advice_stays_one_line_that_can_be_read(self, tmp_path: Path) -> None:
        names = ",".join(f"c{i}" for i in range(3000))
        message = _refusal(tmp_path, names + "\n" + ",".join(["x"] * 3000) + "\n")
        assert "3000 columns hold text" in message
        assert len(message) < 500

    def test_a_model_gets_no_advice_to_drop_its_columns(self, tmp_path: Path) -> None:
        (tmp_path / "x.csv").write_text("a,b\n1,2\n3,red\n", encoding="utf-8")
        with pytest.raises(InvalidDataError, match="correct the cell$") as caught:
            read_table(tmp_path / "x.csv", columns=["a", "b"], for_model=True)
        assert "--" not in str(caught.value)
