"""``read_table`` and ``read_texts``: frames and texts with notes; arrays and sparse matrices as frames."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from deepkmeans.data.request import FileFormat
from deepkmeans.datasets import read_table, read_texts
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError


def _file(folder: Path, text: str, name: str = "x.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_types_and_notes(tmp_path: Path) -> None:
    path = _file(tmp_path, "id;price;zip;when\n9007199254740993;1,50;01234;2024-01-31\n2;;99999;\n")
    frame = read_table(path)
    assert frame["id"].tolist() == [9007199254740993, 2]
    np.testing.assert_array_equal(frame["price"], [1.5, np.nan])
    assert frame["zip"].tolist() == ["01234", "99999"]
    assert frame["when"].isna().tolist() == [False, True]
    assert frame.attrs["notes"] == [
        "the cells are separated by ';'; separator=',' cuts them at another mark",
        "the column 'price' is read with decimal commas; decimal='.' reads points as decimal",
    ]


def test_numbers_alone_are_float64(tmp_path: Path) -> None:
    frame = read_table(_file(tmp_path, "a,b\n0.1,1\n0.2,2\n"))
    assert frame["a"].tolist() == [0.1, 0.2]
    assert frame["b"].dtype == np.int64


def test_columns_and_rows(tmp_path: Path) -> None:
    path = _file(tmp_path, "a,b,c\n1,x,2\n,,\n3,y,4\n")
    frame = read_table(path, columns=["c", "b"], drop=["b"])
    assert frame.to_dict("list") == {"c": [2, 4]}
    assert frame.index.tolist() == [0, 1]
    assert "1 row has no value in these columns and is left out" in frame.attrs["notes"][0]
    assert read_table(_file(tmp_path, "1,x\n2,y\n")).columns.tolist() == [0, 1]


def test_arrays(tmp_path: Path) -> None:
    X = np.arange(6.0).reshape(3, 2)
    np.save(tmp_path / "x.npy", X)
    sp.save_npz(tmp_path / "x.npz", sp.csr_array(X))
    for name in ("x.npy", "x.npz"):
        np.testing.assert_array_equal(read_table(tmp_path / name).to_numpy(), X)


def test_a_text_is_a_table_here(tmp_path: Path) -> None:
    path = _file(tmp_path, "some words\nand others, too\nrose\n", "x.txt")
    assert read_table(path, header=False, separator="\t").to_dict("list") == {0: path.read_text().splitlines()}
    assert read_texts(path).tolist() == path.read_text().splitlines()


def test_every_argument_of_the_format_is_one_of_the_function() -> None:
    assert {*FileFormat.__dataclass_fields__} < {*inspect.signature(read_table).parameters}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"decimal": ";"}, "'decimal' parameter of read_table must be one of '.', ',' or None. Got ';'"),
        ({"skipfooter": -1}, "'skipfooter' parameter of read_table must be an integer >= 0 or None. Got -1"),
        ({"header": "yes"}, "'header' parameter of read_table must be a bool or an integer >= 1 or None"),
        ({"comment": 3}, "'comment' parameter of read_table must be a text or None. Got 3"),
        ({"columns": ["d"]}, "has no column 'd'"),
    ],
)
def test_wrong_arguments(tmp_path: Path, options: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidParameterError, match=words):
        read_table(_file(tmp_path, "a,b\n1,2\n"), **options)  # type: ignore[arg-type]


def test_too_large(tmp_path: Path) -> None:
    path = _file(tmp_path, ",".join(f"c{i}" for i in range(200)) + "\n" + "x\n" * 2000)
    with pytest.raises(InvalidDataError, match="takes 3.1 MiB of memory and the limit is 1.0 MiB"):
        read_table(path, max_memory=2**20)
    assert isinstance(read_table(path, columns=["c0"], max_memory=2**20), pd.DataFrame)
