"""Encodings, separators, preambles, quotes and lines of text tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.data import text_layout
from deepkmeans.data.files import read_labels, read_table
from deepkmeans.data.table import Table
from deepkmeans.exceptions import InvalidDataError


def _read(folder: Path, content: str | bytes, name: str = "x.csv") -> Table:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(folder / name)


def _refusal(folder: Path, content: str | bytes) -> str:
    with pytest.raises(InvalidDataError) as caught:
        _read(folder, content)
    assert str(caught.value).startswith("x.csv: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestEncodings:
    def test_windows_1252_keeps_the_euro_sign(self, tmp_path: Path) -> None:
        table = _read(tmp_path, "preis in €,„menge“\n1,2\n3,4\n".encode("cp1252"))
        assert table.feature_names == ["preis in €", "„menge“"]
        assert len(table.notes) == 1
        assert "is read as Windows-1252; save it as UTF-8 if names look wrong" in table.notes[0]

    def test_what_is_not_windows_1252_is_latin(self, tmp_path: Path) -> None:
        assert "Latin-1" in _read(tmp_path, b"a\x81\xe9,b\n1,2\n").notes[0]

    def test_euro_sign_far_into_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "x.csv").write_bytes(b"label\n" + b"plain\n" * 5000 + b"5 \x80\n")
        assert read_labels(tmp_path / "x.csv")[-1] == "5 €"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_marks_are_no_part_of_a_name(self, tmp_path: Path, encoding: str, end: str) -> None:
        table = _read(tmp_path, f"größe,b{end}1,2{end}3,4{end}".encode(encoding))
        assert table.feature_names == ["größe", "b"]
        assert table.X.tolist() == [[1, 2], [3, 4]]

    def test_two_marks(self, tmp_path: Path) -> None:
        assert _read(tmp_path, b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n").feature_names == ["a", "b"]

    def test_half_a_letter(self, tmp_path: Path) -> None:
        assert "cannot be decoded" in _refusal(tmp_path, "a,b\n1,2\n".encode("utf-16") + b"1")

    def test_zero_bytes(self, tmp_path: Path) -> None:
        assert "holds zero bytes" in _refusal(tmp_path, b"a,b\n1,2\x00\n3,4\n")
        assert "line 3003 holds a zero byte" in _refusal(tmp_path, b"a,b\n1,2\n" + b"3,4\n" * 3000 + b"1,\x00\n")


class TestSeparators:
    @pytest.mark.parametrize("mark", [";", "\t", "|"])
    def test_found_and_told(self, tmp_path: Path, mark: str) -> None:
        table = _read(tmp_path, f"a{mark}b, c\n1,5{mark}2\n2,5{mark}3\n")
        assert table.X.tolist() == [[1.5, 2], [2.5, 3]]
        assert table.feature_names == ["a", "b, c"]
        assert f"separated by {mark!r}" in table.notes[0]

    def test_decimal_commas_without_names(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "1,5;2\n2,5;3\n").X.tolist() == [[1.5, 2], [2.5, 3]]

    def test_commas_under_the_name_of_tabs(self, tmp_path: Path) -> None:
        table = _read(tmp_path, "a,b\n1,2\n", "x.tsv")
        assert table.X.tolist() == [[1, 2]]
        assert "separated by ','" in table.notes[0]

    def test_at_the_end_of_the_rows_alone(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a,b\n1,2,\n3,4,,\n").X.tolist() == [[1, 2], [3, 4]]


class TestPreambles:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Report 2020\nmade by X\n\na,b,c,d\n1,2,3,4\n4,5,6,7\n", "lines 1 to 3 stand above the table, which be"),
            ("Report,,,\nby,,,\na,b,c,d\n1,2,3,4\n4,5,6,7\n3,4,5,6\n", "begins in line 3 with 4 cells"),
            ("# made\n# by, X\na,b,c,d\n1,2,3,4\n5,6,7,8\n", "lines that begin with '#' are comments (2 in the "),
            ("Title\na,b,c,d\n1,2,3,4\n4,5,6,7\n", "line 1 stands above the table"),
        ],
    )
    def test_the_line_where_the_table_begins(self, tmp_path: Path, text: str, words: str) -> None:
        table = _read(tmp_path, text)
        assert any(words in note for note in table.notes)
        assert table.feature_names == [*"abcd"]
        assert table.X.tolist() == [[*map(int, line.split(","))] for line in text.splitlines()[-len(table.X) :]]

    @pytest.mark.parametrize(
        "text", [",x\n0,5\n1,6\n", "id,,,\n7,1,2,3\n5,6,7,8\n", "a,a,,\n1,2,3,4\n", "x,,\n,,1\n,2,3\n"]
    )
    def test_names_that_are_missing_are_none(self, tmp_path: Path, text: str) -> None:
        assert len(_read(tmp_path, text).X)

    @pytest.mark.parametrize("text", ["a,b\n1,2,3,4\n5,6,7,8\n", "Title\na,b\n1,2\n"])
    def test_rows_longer_than_the_first_line(self, tmp_path: Path, text: str) -> None:
        assert "name the missing column in the first line, or remove what stands above" in _refusal(tmp_path, text)


class TestLines:
    def test_open_quotes(self, tmp_path: Path) -> None:
        assert "the quote that opens in line 3 is never closed" in _refusal(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n')

    def test_an_open_quote_does_not_swallow_a_long_file(self, tmp_path: Path) -> None:
        message = _refusal(tmp_path, 'a,b\n1,"2\n' + "3,4\n" * 100_000)
        assert "line 2 has a cell of more than 131,072 characters; close its quotes" in message

    def test_longer_than_any_table_needs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(text_layout, "LONGEST_LINE", 2**20)
        assert "line 1 has more than 1 million characters" in _refusal(tmp_path, "1," * 2**20)
        assert "line 2 has more than 1 million characters" in _refusal(tmp_path, "a,b\n" + "1" * 2**21)

    def test_returns_alone_and_doubled(self, tmp_path: Path) -> None:
        assert _read(tmp_path, "a,b\r1,2\r3,4\r").X.tolist() == [[1, 2], [3, 4]]
        assert _read(tmp_path, "a,b\r\r\n1,2\r\r\n3,4\r\r\n").X.tolist() == [[1, 2], [3, 4]]

    def test_names_that_steer_a_terminal_are_quoted(self, tmp_path: Path) -> None:
        table = _read(tmp_path, "\x1b[31ma,b\n,2\n?,3\n")
        assert "\x1b" not in table.notes[0]
        assert r"the column '\x1b[31ma' holds no value" in table.notes[0]

    def test_a_file_name_cannot_begin_a_line(self, tmp_path: Path) -> None:
        (tmp_path / "a\nb.csv").write_text("a\n")
        with pytest.raises(InvalidDataError, match=r"^a\\nb.csv: there is a header and no rows"):
            read_table(tmp_path / "a\nb.csv")


def test_a_separator_behind_every_row_but_the_names_moves_no_column(tmp_path: Path) -> None:
    table = _read(tmp_path, "a,b\n" + "".join(f"{i}.5,{i % 3},\n" for i in range(9)))
    assert table.feature_names == ["a", "b"] and table.X[:, 0].tolist() == [i + 0.5 for i in range(9)]


def test_a_cell_that_is_too_long_for_a_table(tmp_path: Path) -> None:
    content = "a,b\n" + "".join(f"{i},{'x' * (200_000 if i == 3 else 3)}\n" for i in range(6))
    assert "line 5 has a cell of more than 131,072 characters" in _refusal(tmp_path, content)
