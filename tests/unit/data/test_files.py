"""Text tables as people have them: what is read, what is noted, and what is refused in words that name the cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidParameterError
from tests.unit.data.given_files import NAN, cells, file_of, holds, refused


class TestCleanText:
    def test_by_hand(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "age,income\n1,2.5\n-3,4e2\n"))
        holds(table, [[1, 2.5], [-3, 400]], ["age", "income"])
        assert table.labels is None
        assert table.index is None
        assert table.notes == []
        assert table.path == tmp_path / "customers.csv"

    def test_tabs(self, tmp_path: Path) -> None:
        holds(read_table(file_of(tmp_path, "a\tb c\n1\t2\n", "x.TSV")), [[1, 2]], ["a", "b c"])

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends_blank_lines_and_no_last_end(self, tmp_path: Path, end: str) -> None:
        holds(read_table(file_of(tmp_path, f"{end}a,b{end}1,2{end}{end}3,4")), [[1, 2], [3, 4]], ["a", "b"])

    def test_quotes_spaces_and_one_column(self, tmp_path: Path) -> None:
        holds(read_table(file_of(tmp_path, '"a, b" , c\n "1", 2 \n3 ,4\n')), [[1, 2], [3, 4]], ["a, b", "c"])
        holds(read_table(file_of(tmp_path, "a\n1\n2\n")), [[1], [2]], ["a"])

    @pytest.mark.parametrize(
        "token", ["", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None", " NA "]
    )
    def test_missing(self, tmp_path: Path, token: str) -> None:
        holds(read_table(file_of(tmp_path, f"a,b\n1,{token}\n{token},4\n")), [[1, NAN], [NAN, 4]], ["a", "b"])

    def test_booleans(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "a,b,c\n1,True,FALSE\n2,false,true\n3,,true\n"))
        holds(table, [[1, 1, 0], [2, 0, 1], [3, NAN, 1]], ["a", "b", "c"])

    def test_semicolons_and_decimal_commas(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "a;b\n1,5;2\n-2,25e1;3\n;4,0\n"))
        holds(table, [[1.5, 2], [-22.5, 3], [NAN, 4]], ["a", "b"])
        assert "separated by ';'" in table.notes[0]
        assert table.notes[1] == "the columns 'a', 'b' are read with decimal commas; decimal='.' reads them as texts"

    def test_a_separator_at_the_end_of_every_line(self, tmp_path: Path) -> None:
        holds(read_table(file_of(tmp_path, "a,b,\n1,2,\n3,4,\n")), [[1, 2], [3, 4]], ["a", "b"])

    def test_names_that_are_empty_or_twice(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, ",a,a,a.1\n0,1,2,3\n1,4,5,6\n"))
        holds(table, [[0, 1, 2, 3], [1, 4, 5, 6]], ["column_1", "a", "a.2", "a.1"])
        assert "drop=['column_1']" in table.notes[0]
        assert "'a.2'" in table.notes[1]

    def test_no_header(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "1.5,2\n3,4\n"))
        holds(table, [[1.5, 2], [3, 4]], None)
        assert "the columns have no names" in table.notes[0]
        holds(read_table(file_of(tmp_path, "1.5,2\n3,4\n"), drop=["0"]), [[2], [4]], None)
        holds(read_table(file_of(tmp_path, "0,1\n3,4\n")), [[3, 4]], ["0", "1"])  # pandas writes such names

    def test_a_column_that_float32_cannot_resolve_is_noted(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "time,b,constant\n0.5000001,2,5\n0.5000002,3,5\n"))
        assert len(table.notes) == 1
        assert "'time' is large compared with its range" in table.notes[0]

    def test_whole_numbers_beyond_float32_stay_as_they_are(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "time,b\n1700000000,2.5\n1700000050,3.5\n"))
        assert cells(table) == {"time": [1700000000, 1700000050], "b": [2.5, 3.5]}
        assert table.numeric

    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_any_numbers_round_trip(self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
        n, d = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
        cell = st.floats(width=32, allow_infinity=False) | st.integers(-(10**6), 10**6).map(float)
        X = np.array(data.draw(st.lists(st.lists(cell, min_size=d, max_size=d), min_size=n, max_size=n)))
        X[0, -1] = 1.0  # a row of one empty cell is a blank line
        X[:, 0] = np.nan_to_num(X[:, 0]) if d == 1 else X[:, 0]
        path = tmp_path_factory.getbasetemp() / "any.csv"
        pd.DataFrame(X, columns=[f"c{i}" for i in range(d)]).to_csv(path, index=False)
        table = read_table(path)
        kept = X[slice(None) if table.rows is None else table.rows][:, table.columns]  # what holds a value
        np.testing.assert_allclose(table.X, kept.astype(np.float32), rtol=3e-7)
        assert np.isnan(np.delete(X, table.columns, axis=1)).all()


class TestEncodings:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
    )
    def test_detected_and_noted(self, tmp_path: Path, encoding: str) -> None:
        table = read_table(file_of(tmp_path, "größe,b\n1,2\n3,4\n", encoding=encoding))
        holds(table, [[1, 2], [3, 4]], ["größe", "b"])
        assert len(table.notes) == (not encoding.startswith("utf-8"))

    def test_latin_letters_far_into_the_file(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, ("a,b\n" + "1,x\n" * 5000 + "2,\xe9\n").encode("latin-1"))
        table = read_table(path, label_column="b")
        assert len(table.X) == 5001
        assert table.labels is not None
        assert table.labels[-1] == "é"
        assert "Windows-1252" in table.notes[0]

    @pytest.mark.parametrize(
        ("magic", "words"),
        [(b"PK\x03\x04", "spreadsheet"), (b"\x1f\x8b", "gunzip"), (b"PAR1\x15", ".parquet"), (b"\x93NUMPY", ".npy")],
    )
    def test_other_kinds_under_the_wrong_name(self, tmp_path: Path, magic: bytes, words: str) -> None:
        refused(file_of(tmp_path, magic + b"\0" * 50), words)

    def test_binary(self, tmp_path: Path) -> None:
        refused(file_of(tmp_path, bytes(range(256)) * 20), "zero bytes")


class TestTexts:
    def test_one_stray_text_makes_a_column_of_texts(self, tmp_path: Path) -> None:
        rows = "".join(f"{i},{2 * i}\n" for i in range(16))
        table = read_table(file_of(tmp_path, f"age,income\n{rows}3,about 7\n1,2\n"))
        assert cells(table)["age"] == [*range(16), 3, 1]
        assert cells(table)["income"] == [*(str(2 * i) for i in range(16)), "about 7", "2"]
        assert not table.numeric

    def test_quoted_line_ends_and_blanks_around(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, '\n"a\nb",c\n\n1, x y \n\n3,"p\nq"\n')
        assert cells(read_table(path)) == {"a b": [1, 3], "c": ["x y", "p\nq"]}

    def test_beside_numbers_and_dropped(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "age,city,full name\n1,Paris,A\n2,,B\n")
        assert cells(read_table(path)) == {"age": [1, 2], "city": ["Paris", None], "full name": ["A", "B"]}
        holds(read_table(path, drop=["city", "full name"]), [[1], [2]], ["age"])

    def test_known_classes(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "age,species\n1,setosa\n2,virginica\n"), label_column="species")
        holds(table, [[1], [2]], ["age"])
        assert table.labels is not None
        assert table.labels.tolist() == ["setosa", "virginica"]
        table = read_table(file_of(tmp_path, "age,b,species\n1,x,setosa\n2,y,virginica\n"), label_column="species")
        assert cells(table) == {"age": [1, 2], "b": ["x", "y"]}
        assert table.labels is not None
        assert table.labels.tolist() == ["setosa", "virginica"]

    def test_without_names(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "1,2\n3,x\n"))
        assert cells(table) == {"0": [1, 3], "1": ["2", "x"]}
        assert table.feature_names is None

    def test_leading_zeros_make_codes(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "zip,b\n01234,1\n10115,0.5\n")
        assert cells(read_table(path)) == {"zip": ["01234", "10115"], "b": [1, 0.5]}

    @pytest.mark.parametrize("text", ["inf", "-inf", "1e300", "Infinity"])
    def test_infinite(self, tmp_path: Path, text: str) -> None:
        table = read_table(file_of(tmp_path, f"a,b,c\n1,2,3\n4,{text},{text}\n5,{text},6\n"))
        assert cells(table) == {"a": [1, 4, 5], "b": [2, float(text), float(text)], "c": [3, float(text), 6]}

    def test_far_down(self, tmp_path: Path) -> None:
        rows = "".join(f"{i},{i}.5,n{i % 3}\n" for i in range(3000))
        table = read_table(file_of(tmp_path, f"a,b,c\n{rows}True,x,1\n"))
        assert cells(table)["a"][2998:] == ["2998", "2999", "True"]
        assert cells(table)["b"][2998:] == ["2998.5", "2999.5", "x"]

    def test_numbers_are_correctly_rounded(self, tmp_path: Path) -> None:
        numbers = np.random.RandomState(0).randn(2000) * 10.0 ** np.random.RandomState(1).randint(-30, 30, 2000)
        text = "a,b\n" + "".join(f"{number!r},x\n" for number in numbers.tolist())
        np.testing.assert_array_equal(read_table(file_of(tmp_path, text)).X["a"], numbers)


class TestRows:
    def test_that_are_too_long(self, tmp_path: Path) -> None:
        for text in ("a,b\n1,2\n3,4,5\n", "a,b\n1,2\n3,4,5\n6,7,8\n", "a,b\nx,2\n3,4,5\n"):
            refused(file_of(tmp_path, text), "line 3 has 3 cells and the first line 2")
        refused(file_of(tmp_path, "a,b\n1,2,9\n1,4,5\n"), "line 2 has 3 cells and the first line 2")

    def test_one_cell_longer_than_the_names(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "a,b\nx,2,9\ny,4,5\n"))  # as R writes the names of rows
        assert cells(table) == {"column_1": ["x", "y"], "a": [2, 4], "b": [9, 5]}
        assert "column 1 has no name" in table.notes[0]

    def test_too_long_where_the_column_is_not_used(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "a,name,b\n1,x,2\n3,Smith, John,4\n")
        refused(path, "line 3 has 4 cells", drop=["name"])
        refused(path, "line 3 has 4 cells")

    def test_too_long_by_empty_cells(self, tmp_path: Path) -> None:
        assert cells(read_table(file_of(tmp_path, "a,b\nx,2,\n3,4,,\n"))) == {"a": ["x", "3"], "b": [2, 4]}

    def test_rows_that_are_too_short_are_noted(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "a,b\n1,2\n3\n4,\n"))
        holds(table, [[1, 2], [3, NAN], [4, NAN]], ["a", "b"])
        assert "1 row has fewer cells than the first line (the first is line 3)" in table.notes[0]
        table = read_table(file_of(tmp_path, "a,b\n1,x\n3\n4,\n"))
        assert cells(table) == {"a": [1, 3, 4], "b": ["x", None, None]}
        assert "1 row has fewer cells than the first line (the first is line 3)" in table.notes[0]

    @pytest.mark.parametrize("cell", ["2", "x"])
    def test_open_quote(self, tmp_path: Path, cell: str) -> None:
        refused(file_of(tmp_path, f'a,b\n1,"{cell}\n3,4\n'), "check its quotes")


class TestColumns:
    TEXT = "age,income,label\n1,2,7\n3,4,8\n"

    def test_kept_in_the_order_asked_for(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, self.TEXT)
        holds(read_table(path, columns=["income", "age"]), [[2, 1], [4, 3]], ["income", "age"])
        holds(read_table(path, columns=[1, 0, 1]), [[2, 1], [4, 3]], ["income", "age"])
        holds(read_table(path, columns=["income", "age"], drop=["age"]), [[2], [4]], ["income"])

    def test_labels_are_kept_out(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, self.TEXT)
        table = read_table(path, label_column="label", labels_required=True)
        holds(table, [[1, 2], [3, 4]], ["age", "income"])
        assert table.labels is not None
        assert table.labels.dtype.kind == "i"
        assert table.labels.tolist() == [7, 8]
        assert table.notes == []
        holds(read_table(path, columns=["label", "age"], label_column="label"), [[1], [3]], ["age"])

    def test_a_column_that_looks_like_labels_is_noted(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, self.TEXT))
        assert table.labels is None
        assert "label_column='label'" in table.notes[0]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"drop": ["incme"]}, "no column 'incme' (did you mean 'income'?), which drop= asks for"),
            ({"columns": ["Age"]}, "did you mean 'age'?"),
            ({"label_column": "lable"}, "(did you mean 'label'?), which label_column= asks for"),
            ({"columns": [3]}, "positions from 0 to 2"),
            ({"columns": [-4]}, "positions from 0 to 2"),
            ({"columns": [True]}, "Got True"),
            ({"columns": "age"}, "write ['age']"),
            ({"drop": ["age", "income", "label"]}, "no column of 3 is left"),
        ],
    )
    def test_wrong_wishes(self, tmp_path: Path, options: dict[str, Any], words: str) -> None:
        refused(file_of(tmp_path, self.TEXT), words, InvalidParameterError, **options)

    def test_labels_required(self, tmp_path: Path) -> None:
        refused(file_of(tmp_path, self.TEXT), "label_column=", labels_required=True)
