"""How lines are cut: separators, quotes, escapes and comments."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidParameterError
from tests.unit.data.given_files import cells, file_of, holds, refused


@pytest.mark.parametrize("mark", [";", "\t", "|", ":"])
def test_marks(tmp_path: Path, mark: str) -> None:
    table = read_table(file_of(tmp_path, f"a{mark}b\nx, y{mark}1\nz{mark}2\n"))
    assert cells(table) == {"a": ["x, y", "z"], "b": [1, 2]}
    assert f"the cells are separated by {mark!r}; separator=','" in table.notes[0]


@pytest.mark.parametrize("text", ["  1.0   2.0\n -1.0\t3.5\n", "# a b\n1 2\n3 4\n", "x 'y z'\n1 2\n3 4\n"])
def test_blanks(tmp_path: Path, text: str) -> None:
    table = read_table(file_of(tmp_path, text, "x.dat"))
    assert table.X.shape == (2, 2)
    assert "the cells are separated by blanks" in table.notes[0]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("head", ["name start price n\n", "a report\n\nname start price n\n", ""])
def test_blanks_beside_decimal_commas(tmp_path: Path, head: str, quote: str) -> None:
    row = "_Ann {0}_ 2020-01-0{1} _1.00{1},5 £_ {1},5\n".replace("_", quote)
    rows = "".join(row.format("BLK"[i % 3], i) for i in range(1, 9))
    table = read_table(file_of(tmp_path, head + rows))
    assert table.X.shape == (8, 4) and list(cells(table).values())[3] == [i + 0.5 for i in range(1, 9)]


@pytest.mark.parametrize(
    "text", ["time\n12:30\n13:40\n", "when\n2020-01-01 12:30\n2020-02-01 13:40\n", "title\nred rose\nblue lily\n"]
)
def test_one_column_stays_one(tmp_path: Path, text: str) -> None:
    assert read_table(file_of(tmp_path, text)).X.shape == (2, 1)


def test_a_separator_cuts_the_names_like_the_rows(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, "name;price;size\nC;12,00 €;M\nD;101,50 €;L\nE;2,50 €;S\n"))
    assert table.feature_names == ["name", "price", "size"]


def test_said_outright(tmp_path: Path) -> None:
    path = file_of(tmp_path, "a;b,c\n1;2,3\n4;5,6\n")
    assert read_table(path, separator=";").feature_names == ["a", "b,c"]
    assert read_table(path, separator=",").feature_names == ["a;b", "c"]
    for separator in ("::", "x", '"', ""):
        refused(path, "must be one character, or ' ' for blanks", InvalidParameterError, separator=separator)


@pytest.mark.parametrize(
    "cell", ['"say ""hi"""', r'"say \"hi\""', "'say \"hi\"'"],
)  # fmt: skip
def test_quotes_in_quotes(tmp_path: Path, cell: str) -> None:
    text = f"a,b\n{cell},1\n'no, yes',2\n" if cell[0] == "'" else f'a,b\n{cell},1\n"no, yes",2\n'
    if cell[0] == "'":
        text = text.replace('"hi"', "hi")
    assert cells(read_table(file_of(tmp_path, text)))["a"] == [(cell[0] == "'" and "say hi") or 'say "hi"', "no, yes"]


def test_an_apostrophe_is_no_quote(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, "name,b\nO'Neil,1\nit's 'so',2\n'tis,3\n"))
    assert cells(table)["name"] == ["O'Neil", "it's 'so'", "'tis"]


class TestComments:
    def test_above_and_between(self, tmp_path: Path) -> None:
        rows = "".join(f"x,{i}\n" for i in range(12))
        table = read_table(file_of(tmp_path, f"# by y\na,b\n{rows}# again\nz,5\n"))
        assert len(table.X) == 13
        said = "lines that begin with '#' are comments (2 in the first 16); comment='' reads them as rows"
        assert table.notes == [said]

    def test_not_in_a_quoted_text(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, '# by y\na,b\n"one\n# two",1\nz,5\n'))
        assert cells(table) == {"a": ["one\n# two", "z"], "b": [1, 5]}

    @pytest.mark.parametrize("text", ["#,name\n1,x\n2,y\n", "#FF0000,5\n#00FF00,6\n", "a,b\n#FF0000,5\n#00FF00,6\n"])
    def test_other_uses_of_the_mark(self, tmp_path: Path, text: str) -> None:
        table = read_table(file_of(tmp_path, text))
        assert len(table.X) == 2 and not any("comments" in note for note in table.notes)

    def test_a_header_as_a_comment(self, tmp_path: Path) -> None:
        holds(read_table(file_of(tmp_path, "# by x\n# a b\n1 2\n3 4\n", "x.txt")), [[1, 2], [3, 4]], ["a", "b"])

    def test_said_outright(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "a,b\n!x,1\ny,2\n")
        holds(read_table(path, comment="!", columns=["b"]), [[2]], ["b"])
        path = file_of(tmp_path, "# x,b\n1,2\n3,4\n")
        assert read_table(path, comment="").feature_names == ["# x", "b"]


def test_single_quotes_around_double_ones(tmp_path: Path) -> None:
    notes = ["calls, often", 'buys "big" lots', "it''s late"]
    rows = "".join(f"'K{i}','{notes[i % 3]}','{i}.5'\n" for i in range(9))
    table = read_table(file_of(tmp_path, "'id','note','v'\n" + rows))
    assert cells(table)["note"][:3] == ["calls, often", 'buys "big" lots', "it's late"]
    assert cells(table)["v"] == [i + 0.5 for i in range(9)]
