"""A last line that is a total, and advice that would leave no column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deepkmeans.data.files import Table, read_table
from deepkmeans.exceptions import InvalidDataError

_ROWS = "".join(f"{i},{i % 7 + 2}\n" for i in range(30))
_NAMED = "".join(f"n{i},{i % 5},{i % 7 + 2}\n" for i in range(30))


def _read(folder: Path, text: str, **options: Any) -> Table:
    (folder / "x.csv").write_text(text)
    return read_table(folder / "x.csv", **options)


def _refusal(folder: Path, text: str, **options: Any) -> str:
    with pytest.raises(InvalidDataError) as caught:
        _read(folder, text, **options)
    return str(caught.value)


class TestTheLastLine:
    @pytest.mark.parametrize("word", ["Total", "SUMME", "Gesamt:", "Grand total", "mean"])
    def test_a_total_among_numbers(self, tmp_path: Path, word: str) -> None:
        message = _refusal(tmp_path, "a,b\n" + _ROWS + f"{word},300\n")
        assert f"the last line (32) looks like a total ({word!r})" in message
        assert "head -n 31 FILE > table.csv" in message
        assert "drop=" not in message

    def test_a_remark(self, tmp_path: Path) -> None:
        message = _refusal(tmp_path, "a,b\n" + _ROWS + "\nSource: me,\n")
        assert "the last line (33) holds a text ('Source: me')" in message
        assert "head -n 32" in message

    def test_two_lines(self, tmp_path: Path) -> None:
        message = _refusal(tmp_path, "a,b\n" + _ROWS + "Total,300\nAverage,4\n")
        assert "the last lines (32 to 33) look like a total" in message
        assert "remove them, for example with: head -n 31 " in message

    def test_texts_further_up_stay_a_wrong_column(self, tmp_path: Path) -> None:
        assert "drop the column with drop=['a']" in _refusal(tmp_path, "a,b\nx,1\n" + _ROWS + "Total,300\n")

    @pytest.mark.parametrize("last", ["Total,60,150", "Mean,2,5"])
    def test_beside_the_names_of_rows(self, tmp_path: Path, last: str) -> None:
        (warning,) = _read(tmp_path, "name,x,y\n" + _NAMED + last + "\n", drop=["name"]).warnings
        word = last.split(",")[0]
        assert f"the last line (32) looks like a total, not a row (it begins with {word!r})" in warning
        assert "head -n 31 FILE" in warning

    def test_one_wrong_cell_is_no_remark(self, tmp_path: Path) -> None:
        message = _refusal(tmp_path, "a,b\n" + _ROWS + "3,n/a?\n")
        assert "row 30 (counted from 0; line 32), column 'b': the text 'n/a?' is not a number; drop" in message

    def test_sums_without_a_word(self, tmp_path: Path) -> None:
        rows = [(i * 3 % 11, i * 5 % 7 / 4) for i in range(12)]
        text = "x,y\n" + "".join(f"{x},{y}\n" for x, y in [*rows, (sum(x for x, _ in rows), sum(y for _, y in rows))])
        (warning,) = _read(tmp_path, text).warnings
        assert "the last line (14) looks like a total, not a row (it holds the sum of every column)" in warning

    @pytest.mark.parametrize("text", ["x\n1\n2\n3\n", "x,y\n0,0\n0,0\n0,0\n0,0\n0,0\n1,2\n", "a,b\n" + _ROWS])
    def test_rows_that_are_none(self, tmp_path: Path, text: str) -> None:
        assert not any("total" in warning for warning in _read(tmp_path, text).warnings)


class TestEveryColumn:
    def test_names_read_as_a_row(self, tmp_path: Path) -> None:
        message = _refusal(tmp_path, "a,b\n" + _ROWS, header=False)
        assert "the first line holds names ('a', 'b'), not numbers; leave out header=False" in message
        assert "drop=" not in message

    def test_is_never_to_be_dropped(self, tmp_path: Path) -> None:
        message = _refusal(tmp_path, "a,b\n" + "blue,red\ngreen,blue\n" * 5)
        assert "all 2 columns hold text ('a', 'b'): turn the texts into numbers" in message
        assert "drop=" not in message

    @pytest.mark.parametrize(
        ("text", "options"),
        [("a\nred\nblue\ngreen\nred\n", {}), ("a\n1 kg\n2 kg\n", {}), ("a,b\nred,1\nblue,2\n", {"columns": ["a"]})],
    )
    def test_nor_is_the_only_one(self, tmp_path: Path, text: str, options: dict[str, Any]) -> None:
        message = _refusal(tmp_path, text, **options)
        assert "row 0 (counted from 0; line 2), column 'a'" in message
        assert "drop=" not in message
        assert "label_column=" not in message
