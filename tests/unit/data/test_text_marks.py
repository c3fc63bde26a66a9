"""Separators and decimal marks that a file does not have are refused; one column of numbers with decimal commas is not
cut at them."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidParameterError
from tests.unit.data.given_files import file_of, holds, refused

POINTS = "name,weight,height\n" + "".join(f"n{i},{50 + i}.5,{i}.25\n" for i in range(9))


@pytest.mark.parametrize("separator", [";", "|", "\t", " "])
def test_a_separator_that_is_not_there(tmp_path: Path, separator: str) -> None:
    words = f"customers.csv has no {separator!r}, which separator= asks for; its cells are separated by ','"
    refused(file_of(tmp_path, POINTS), words, InvalidParameterError, separator=separator)


def test_a_separator_that_leaves_lines_whole(tmp_path: Path) -> None:
    path = file_of(tmp_path, "x\n1,5\n2,5\n")
    holds(read_table(path, separator=";"), [[1.5], [2.5]], ["x"])


@pytest.mark.parametrize("decimal", [None, ","])
def test_one_column_with_decimal_commas(tmp_path: Path, decimal: str | None) -> None:
    table = read_table(file_of(tmp_path, "x\n1,5\n2,5\n\n-3,25\n"), decimal=decimal)
    holds(table, [[1.5], [2.5], [-3.25]], ["x"])
    assert "each line is one number with a decimal comma; separator=',' cuts it there" in table.notes


def test_two_columns_of_whole_numbers_stay_two(tmp_path: Path) -> None:
    holds(read_table(file_of(tmp_path, "1,5\n2,5\n3,7\n")), [[1, 5], [2, 5], [3, 7]], None)
    holds(read_table(file_of(tmp_path, "a,b\n1,5\n2,5\n")), [[1, 5], [2, 5]], ["a", "b"])
    holds(read_table(file_of(tmp_path, "1,5\n2,5\n"), decimal=","), [[1.5], [2.5]], None)


def test_a_decimal_mark_that_is_not_there(tmp_path: Path) -> None:
    words = "decimal=',' says that numbers are written as 1,5, but they are written as 50.5 ('weight', 'height')"
    refused(file_of(tmp_path, POINTS), words, decimal=",")
    commas = POINTS.replace(",", ";").replace(".", ",")
    words = "decimal='.' says that numbers are written as 1.5, but they are written as 50,5 ('weight', 'height')"
    refused(file_of(tmp_path, commas), words, decimal=".")


def test_points_between_thousands_are_no_decimals(tmp_path: Path) -> None:
    holds(read_table(file_of(tmp_path, "a;b\n1.500;2\n2.500;3\n"), decimal=","), [[1500, 2], [2500, 3]], ["a", "b"])


def test_one_column_without_commas_is_no_such_column(tmp_path: Path) -> None:
    table = read_table(file_of(tmp_path, "x\n1\n2\n3\n"))
    holds(table, [[1], [2], [3]], ["x"])
    assert table.notes == []
