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
from tests.unit.data.given_files import NAN, file_of, holds, refused


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
        assert table.notes[1] == "the columns 'a', 'b' are read with decimal commas"

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
        table = read_table(file_of(tmp_path, "time,b,constant\n1700000000,2,5\n1700000050,3,5\n"))
        assert len(table.notes) == 1
        assert "'time' is large compared with its range" in table.notes[0]

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


class TestBadCells:
    def test_one_stray_text(self, tmp_path: Path) -> None:
        rows = "".join(f"{i},{2 * i}\n" for i in range(16))
        message = refused(file_of(tmp_path, f"age,income\n{rows}3,n/a?\n1,2\n"), "customers.csv")
        assert message == (
            "customers.csv: row 16 (counted from 0; line 18), column 'income': the text 'n/a?' is not a number; "
            "drop the column with drop=['income'] or correct the cell"
        )

    def test_lines_are_those_of_the_file(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, '\n"a\nb",c\n\n1,2\n\n3,x\n')
        refused(path, "row 1 (counted from 0; line 7), column 'c': the text 'x'")

    def test_text_columns_are_counted_and_the_cure_works(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "age,city,full name\n1,Paris,A\n2,Rome,B\n")
        message = refused(path, "row 0 (counted from 0; line 2), column 'city': the text 'Paris' is not a number")
        assert "2 columns hold text ('city', 'full name'): drop them with drop=['city', 'full name']" in message
        holds(read_table(path, drop=["city", "full name"]), [[1], [2]], ["age"])

    def test_a_text_column_that_may_be_the_answer(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "age,species\n1,setosa\n2,virginica\n")
        refused(path, "if it is the known class, use label_column='species'")
        table = read_table(path, label_column="species")
        holds(table, [[1], [2]], ["age"])
        assert table.labels is not None
        assert table.labels.tolist() == ["setosa", "virginica"]

    def test_without_names(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "1,2\n3,x\n")
        refused(path, "row 1 (counted from 0; line 2), column 1 (counted from 0): the text 'x'")

    @pytest.mark.parametrize("text", ["inf", "-inf", "1e300", "Infinity"])
    def test_infinite(self, tmp_path: Path, text: str) -> None:
        path = file_of(tmp_path, f"a,b,c\n1,2,3\n4,{text},{text}\n5,{text},6\n")
        message = refused(path, "column 'b' has 2 infinite values")
        assert "the first in row 1 (counted from 0; line 3)" in message
        assert "1 more columns" in message
        assert "drop=['b']" in message
        holds(read_table(path, drop=["b", "c"]), [[1], [4], [5]], ["a"])

    def test_rows_that_are_too_long(self, tmp_path: Path) -> None:
        for text in ("a,b\n1,2\n3,4,5\n", "a,b\n1,2\n3,4,5\n6,7,8\n"):
            refused(file_of(tmp_path, text), "line 3 has 3 cells and the first line 2")
        refused(file_of(tmp_path, "a,b\n1,2,9\n3,4,5\n"), "line 2 has 3 cells and the first line 2")

    def test_too_long_where_the_column_is_not_used(self, tmp_path: Path) -> None:
        path = file_of(tmp_path, "a,name,b\n1,x,2\n3,Smith, John,4\n")
        refused(path, "line 3 has 4 cells", drop=["name"])

    def test_rows_that_are_too_short_are_noted(self, tmp_path: Path) -> None:
        table = read_table(file_of(tmp_path, "a,b\n1,2\n3\n4,\n"))
        holds(table, [[1, 2], [3, NAN], [4, NAN]], ["a", "b"])
        assert "1 row has fewer cells than the first line (the first is line 3)" in table.notes[0]

    def test_open_quote(self, tmp_path: Path) -> None:
        refused(file_of(tmp_path, 'a,b\n1,"2\n3,4\n'), "check its quotes")


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
