"""A last line that is a total or a remark, and no row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deepkmeans.data.files import Table, read_table

_ROWS = "".join(f"{i},{i % 7 + 2}\n" for i in range(30))
_NAMED = "".join(f"n{i},{i % 5},{i % 7 + 2}\n" for i in range(30))


def _read(folder: Path, text: str, **options: Any) -> Table:
    (folder / "x.csv").write_text(text)
    return read_table(folder / "x.csv", **options)


class TestTheLastLine:
    @pytest.mark.parametrize("word", ["Total", "SUMME", "Gesamt:", "Grand total", "mean"])
    def test_a_total_among_numbers(self, tmp_path: Path, word: str) -> None:
        text = "a,b\n" + _ROWS + f"{word},300\n"
        table = _read(tmp_path, text)
        assert table.X.shape == (30, 2)
        assert table.notes == [
            f"the last line (32) looks like a total ({word!r}), while those above hold numbers, and is left out; "
            "skipfooter=0 reads it as a row"
        ]
        assert _read(tmp_path, text, skipfooter=0).X["a"].tolist()[-2:] == ["29", word]
        assert _read(tmp_path, text, skipfooter=3).X.shape == (28, 2)

    @pytest.mark.parametrize("remark", ["Source: me,", "Source: me and some others"])
    def test_a_remark(self, tmp_path: Path, remark: str) -> None:
        table = _read(tmp_path, "a,b\n" + _ROWS + f"\n{remark}\n")
        assert table.X.shape == (30, 2)
        assert f"the last line (33) holds a text ({remark.rstrip(',')!r})" in table.notes[0]
        table = _read(tmp_path, "name,x,y\n" + _NAMED + "Source: me and some others\n")
        assert table.X.shape == (30, 3)
        assert table.X["x"].dtype == "int64"

    def test_two_lines(self, tmp_path: Path) -> None:
        table = _read(tmp_path, "a,b\n" + _ROWS + "Total,300\nAverage,4\n")
        assert table.X.shape == (30, 2)
        assert "the last lines (32 to 33) look like a total" in table.notes[0]

    def test_texts_further_up_are_rows(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a,b\nx,1\n" + _ROWS + "y,300\n").X.shape == (32, 2)

    def test_many_lines_of_texts_are_rows(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a,b\n" + _ROWS + "x,1\ny,2\nz,3\n").X.shape == (33, 2)

    @pytest.mark.parametrize("last", ["Total,60,150", "Mean,2,5", "Total,,"])
    def test_beside_the_names_of_rows(self, tmp_path: Path, last: str) -> None:
        text = "name,x,z\n" + _NAMED + last + "\n"
        word = last.split(",")[0]
        table = _read(tmp_path, text, drop=["name"])
        assert table.X.shape == (30, 2)
        assert table.notes == [
            f"the last line (32) looks like a total ({word!r}) and is left out; skipfooter=0 reads it as a row"
        ]
        table = _read(tmp_path, text, skipfooter=0)
        assert table.n_file_rows == 31
        assert any("the last line (32) looks like a total, not a row" in warning for warning in table.warnings)

    def test_a_word_behind_the_numbers(self, tmp_path: Path) -> None:
        text = "x,y,city\n" + "".join(f"{i},{i % 7},c{i % 3}\n" for i in range(30))
        assert _read(tmp_path, text + "9.0,3.0,Mean\n").X.shape == (30, 3)
        assert _read(tmp_path, text + "9,3,mean\n9,3,sum\n" + "1,2,mean\n").X.shape == (33, 3)  # kinds of figures

    def test_words_that_rows_have_too(self, tmp_path: Path) -> None:
        text = "x,what\n" + "".join(f"{i},{('mean', 'sum')[i % 2]}\n" for i in range(30))
        assert _read(tmp_path, text).X.shape == (30, 2)

    @pytest.mark.parametrize("remark", ["Source: Ministry of Flowers, 2024", "Quelle: Amt,,,", "Note: *,,"])
    def test_a_remark_below_texts(self, tmp_path: Path, remark: str) -> None:
        table = _read(tmp_path, "name,x,y,z\n" + "".join(f"n{i},{i},{i % 4},7.{i}\n" for i in range(30)) + remark)
        assert table.X.shape == (30, 4)
        assert "the last line (32) holds a text" in table.notes[0] and "skipfooter=0" in table.notes[0]

    def test_a_report(self, tmp_path: Path) -> None:
        rows = "".join(f"{i}.5,{i % 5},2020-01-{i + 1:02},{'RUO'[i % 3]}\n" for i in range(30))
        head = "Report,,,\n,,,\nMeasures,,Info,\nv,n,date,city\nkg,pcs,,\n"
        table = _read(tmp_path, f'{head}{rows}Total,,,\n,,,\n"Source: ERP, exported 2024-01-01",,,\n')
        assert table.X.shape == (30, 4) and [dtype.kind for dtype in table.X.dtypes[:2]] == ["f", "i"]
        assert any("the last lines (36 to 38) look like a total" in note for note in table.notes)

    def test_one_wrong_cell_is_no_remark(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a,b\n" + _ROWS + "3,about 7\n").X["b"].tolist()[-1] == "about 7"

    def test_sums_without_a_word(self, tmp_path: Path) -> None:
        rows = [(i * 3 % 11, i * 5 % 7 / 4) for i in range(12)]
        text = "x,y\n" + "".join(f"{x},{y}\n" for x, y in [*rows, (sum(x for x, _ in rows), sum(y for _, y in rows))])
        (warning,) = _read(tmp_path, text).warnings
        assert "the last line (14) looks like a total, not a row (it holds the sum of every column)" in warning

    def test_rounded_sums(self, tmp_path: Path) -> None:
        rows = [(i * 3 % 11 / 8, i * 5 % 7 / 3) for i in range(40)]
        sums = f"{sum(x for x, _ in rows):.2f},{sum(y for _, y in rows):.2f}"
        (warning,) = _read(tmp_path, "x,y\n" + "".join(f"{x:.3f},{y:.3f}\n" for x, y in rows) + sums).warnings
        assert "it holds the sum of every column" in warning

    @pytest.mark.parametrize("text", ["x\n1\n2\n3\n", "x,y\n0,0\n0,0\n0,0\n0,0\n0,0\n1,2\n", "a,b\n" + _ROWS])
    def test_rows_that_are_none(self, tmp_path: Path, text: str) -> None:
        assert not any("total" in warning for warning in _read(tmp_path, text).warnings)
