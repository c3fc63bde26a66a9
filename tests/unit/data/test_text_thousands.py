"""Points between thousands in text tables are read as such, or not without a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepkmeans.data.files import Table, read_table


def _read(folder: Path, text: str, name: str = "x.csv", **options: object) -> Table:
    (folder / name).write_text(text)
    return read_table(folder / name, **options)  # type: ignore[arg-type]


class TestBesideDecimalCommas:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("a;b\n1.500;2,5\n2.500;3,5\n13.250;4,5\n", "x.csv"),
            ("a\tb\n1.500\t2,5\n999\t3,5\n-13.250\t4,5\n", "x.tsv"),
            ("a;b;c\n1.500;2,5;1.5\n;3,5;2\nNA;4,5;3\n", "x.csv"),
        ],
    )
    @pytest.mark.parametrize("for_model", [False, True])
    def test_read_as_thousands(self, tmp_path: Path, text: str, name: str, for_model: bool) -> None:
        table = _read(tmp_path, text, name, for_model=for_model)
        cells = [line.replace("\t", ";").split(";")[0] for line in text.splitlines()[1:]]
        expected = [float(cell.replace(".", "")) if cell.strip("NA") else np.nan for cell in cells]
        np.testing.assert_array_equal(table.rows_given["a"], expected)
        assert any("'a'" in note and "decimal commas" in note for note in table.notes)

    def test_where_the_comma_stands_in_a_column_left_out(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a;b\n1.500;2,5\n2.500;3,5\n", drop=["b"]).rows_given["a"].tolist() == [1500, 2500]

    def test_said_outright(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a;b\n1.500;2\n2.500;3\n", decimal=",").rows_given["a"].tolist() == [1500, 2500]
        assert _read(tmp_path, "a;b\n1.500;2\n2.500;3\n", decimal=".").X.tolist() == [[1.5, 2], [2.5, 3]]

    @pytest.mark.parametrize("cell", ["0.500", "1.5", "1500", "1.2345", "12345.678"])
    def test_one_cell_that_is_no_group_of_thousands(self, tmp_path: Path, cell: str) -> None:
        table = _read(tmp_path, f"a;b\n1.500;2,5\n{cell};3,5\n")
        assert table.X[0, 0] == 1.5
        assert table.warnings == []


class TestWithoutDecimalCommas:
    @pytest.mark.parametrize("before", [0, 40])
    def test_warned_of_under_semicolons(self, tmp_path: Path, before: int) -> None:
        rows = "999;5\n" * before + "1.234;3\n2.345;4\n12.345;5\n999;7\n1.000;5\n"
        table = _read(tmp_path, "umsatz;menge\n" + rows)
        assert len(table.X) == before + 5
        assert [warning for warning in table.warnings if f"line {before + 2}: 1.234" in warning] == table.warnings
        assert "'umsatz'" in table.warnings[0] and "(1234), say decimal=','" in table.warnings[0]

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("a,b\n1.234,3\n2.345,4\n", "x.csv"),
            ("a\tb\n1.234\t3\n2.345\t4\n", "x.tsv"),
            ("a;b\n1.234;3.5\n2.345;4\n", "x.csv"),
            ("a;b\n1.234;3\n0.345;4\n", "x.csv"),
        ],
    )
    def test_decimal_points_stay_unsaid(self, tmp_path: Path, text: str, name: str) -> None:
        assert _read(tmp_path, text, name).warnings == []


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_commas_between_thousands_beside_decimal_points(tmp_path: Path, separator: str) -> None:
    text = "a,b\n" + "".join(f"{i}.5,{1000 * i + 7:_}\n" for i in range(9))
    table = _read(tmp_path, text.replace(",", separator).replace("_", ","), "x.tsv" if separator == "\t" else "x.csv")
    assert table.X.tolist() == [[i + 0.5, 1000 * i + 7] for i in range(9)] and table.X.dtype == np.float32


def test_commas_of_three_decimals_beside_others(tmp_path: Path) -> None:
    assert _read(tmp_path, "a;b\n1,250;0,5\n2,125;2,5\n").X.tolist() == [[1.25, 0.5], [2.125, 2.5]]
