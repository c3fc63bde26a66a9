"""Names or values in the first line of a text table: decided from the cells below it, and said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deepkmeans.data.files import read_labels, read_table
from deepkmeans.data.text_header import Header, find_header
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError

IRIS = "5.1,3.5,1.4,0.2,Iris-setosa\n4.9,3.0,1.4,0.2,Iris-setosa\n7.0,3.2,4.7,1.4,Iris-versicolor\n"


def _file(folder: Path, text: str) -> Path:
    path = folder / "x.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _decided(text: str, *, commas: bool = False) -> Header:
    first, *below = [line.split(";" if commas else ",") for line in text.splitlines()]
    return find_header(first, below, commas=commas)


class TestDecision:
    @pytest.mark.parametrize(
        "text",
        [
            "a,b\n1,2\n3,4\n",
            "age,city\n1,Rome\n2,Paris\n",
            "id,class\n1,class\n2,x\n",  # a text over numbers outweighs one that comes again
            "a,b\n1,x\n2,3\n?,4\n",  # a stray text below
            "flag,when\ntrue,2020-01-01\nfalse,2020-01-02\n",
            ",a\n0,5\n1,6\n",
        ],
    )
    def test_names_for_sure(self, text: str) -> None:
        assert _decided(text) == Header(names=True, sure=True)

    @pytest.mark.parametrize(
        "text",
        [
            IRIS,
            "1.5,2\n3,4\n",
            "?,2,red\n1,3,blue\n",
            "2020-01-01,5\n2020-01-02,6\n",
            "true,1\nfalse,0\n",
            "1.5,x\n2.5,y\n",  # all classes different
        ],
    )
    def test_values_for_sure(self, text: str) -> None:
        assert _decided(text) == Header(names=False, sure=True)

    def test_values_with_decimal_commas(self) -> None:
        assert _decided("5,1;3,5;setosa\n4,9;3,0;setosa\n", commas=True) == Header(names=False, sure=True)

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("country,1990,1991\nFrance,1.5,2\nItaly,3,4\n", True),  # years over quantities
            ("1990,1991,1992\n0.5,2,3\n1.5,4,1\n", True),
            ("country,2020\nFrance,1.5\nItaly,2.5\n", True),
            ("1990,1991\n1992,1993\n1994,1995\n", False),  # years over years
            ("0,1\n3,4\n", True),  # as pandas writes positions
            (",0,1,2\n0,5,6,7\n", True),
            ("0,1\n0,1\n1,0\n", False),  # the names would be among the values
            ("2,3\n8,9\n", False),
        ],
    )
    def test_numbers_that_may_be_names(self, text: str, names: bool) -> None:
        assert _decided(text).names is names

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("species\nrose\nlily\n", True),
            ("rose\nlily\nrose\n", False),  # a name does not come again
            ("a,b\n", True),
            ("1,2\n", False),
            ("5.1,3.5,setosa\n", False),  # one row to be labelled
            ("x,2\n3,4\n", True),
            ("x,2.5,3.5\n1,2,3\n", False),  # one text against two numbers: a value that went wrong
        ],
    )
    def test_doubtful(self, text: str, names: bool) -> None:
        assert _decided(text).names is names


class TestFiles:
    def test_the_names_of_a_model_are_known(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "1990,1991,x\n1989.5,1,a\n1991.5,2,b\n")
        assert read_table(path, columns=[1]).X.tolist() == [[1991], [1], [2]]
        table = read_table(path, columns=["1991", "1990"], for_model=True)
        assert table.X.tolist() == [[1, 1989.5], [2, 1991.5]]
        assert table.notes == []

    def test_no_row_of_a_file_without_names_is_lost(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, IRIS), label_column="4")
        np.testing.assert_allclose(table.X[0], np.float32([5.1, 3.5, 1.4, 0.2]))
        assert table.X.shape == (3, 4)
        assert table.feature_names is None
        assert table.columns == [0, 1, 2, 3]
        assert table.labels is not None
        assert table.labels.tolist() == ["Iris-setosa", "Iris-setosa", "Iris-versicolor"]
        assert "the first line is read as a row" in table.notes[0]
        assert "'5.1'" in table.notes[0]
        assert "header=True" in table.notes[0]

    def test_a_class_column_is_one_of_texts(self, tmp_path: Path) -> None:
        assert read_table(_file(tmp_path, IRIS)).X[4].tolist() == [line.split(",")[4] for line in IRIS.splitlines()]

    def test_said_outright(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "1990,1991\n1.5,2\n3,4\n")
        guessed = read_table(path)
        assert guessed.feature_names == ["1990", "1991"]
        assert any("read as names ('1990', '1991'); header=False" in note for note in guessed.notes)
        rows = read_table(path, header=False)
        assert rows.X.tolist() == [[1990, 1991], [1.5, 2], [3, 4]]
        names = read_table(_file(tmp_path, "1,2\n3,4\n"), header=True)
        assert names.feature_names == ["1", "2"]
        assert names.X.tolist() == [[3, 4]]
        for table in (rows, names):
            assert not any("first line" in note for note in table.notes)

    def test_labels(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "rose\nlily\nrose\n")
        assert read_labels(path).tolist() == ["rose", "lily", "rose"]
        assert read_labels(path, header=True).tolist() == ["lily", "rose"]

    def test_a_text_in_the_first_row_says_how_to_read_it_as_names(self, tmp_path: Path) -> None:
        table = read_table(_file(tmp_path, "x,2.5,3.5\n1,2,3\n4,5,6\n"))
        assert table.X[0].tolist() == ["x", "1", "4"]
        assert "header=True reads it as names" in table.notes[0]

    def test_names_that_are_said_to_be_none(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidDataError, match=r"first line holds names \('a', 'b'\), not values; leave out head"):
            read_table(_file(tmp_path, "a,b\n1,2\n3,4\n"), header=False)

    def test_the_line_of_the_names(self, tmp_path: Path) -> None:
        path = _file(tmp_path, "made by x\n\na,b\n1,2\n3,4\n5,6\n7,8\n")
        assert read_table(path).feature_names == ["a", "b"]
        assert read_table(path, header=3).feature_names == ["a", "b"]
        table = read_table(path, header=4)
        assert (table.feature_names, table.X.tolist()) == (["1", "2"], [[3, 4], [5, 6], [7, 8]])
        with pytest.raises(InvalidParameterError, match=r"no names in line 9, which header= asks for; its first lines"):
            read_table(path, header=9)
        with pytest.raises(InvalidParameterError, match="must be a bool or an integer >= 1 or None. Got 0 instead"):
            read_table(path, header=0)

    def test_arrays_have_no_first_line(self, tmp_path: Path) -> None:
        np.save(tmp_path / "x.npy", np.ones((3, 2)))
        with pytest.raises(InvalidParameterError, match=r"header=False is for text tables \(.csv, .tsv, "):
            read_table(tmp_path / "x.npy", header=False)


def test_numbers_over_very_many_columns_are_names(tmp_path: Path) -> None:
    rows = "".join(",".join(f"{(i * j) % 7}.5" for j in range(2500)) + "\n" for i in range(1, 4))
    (tmp_path / "wide.csv").write_text(",".join(map(str, range(2500))) + "\n" + rows)
    table = read_table(tmp_path / "wide.csv")
    assert table.X.shape == (3, 2500) and table.feature_names == [str(j) for j in range(2500)]
