"""What is no rows at all: one line that names X, what was given, and what to give."""

from __future__ import annotations

import collections
import datetime
import pathlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from PIL import Image

from deepkmeans import DeepKMeans, InputSpec
from deepkmeans.cli.sentences import in_words_of_the_command
from deepkmeans.data.given import given_input
from deepkmeans.data.given_refusals import refuse_no_rows
from deepkmeans.exceptions import InvalidDataError

TEXTS = ["red apple", "blue sky", "green hill"]
TABLE = pa.table({"a": TEXTS})
REFUSED: dict[str, tuple[Any, str]] = {
    "a number among texts": ([*TEXTS, 3.5], r"3 texts and 1 row of another type.*row 3 .*3\.5 \(float\).*kind='text'"),
    "a series of several types": (pd.Series([1, "a", None, 2]), "1 text and 2 rows .*row 0"),
    "an array of several types": (np.array(["a", 1], dtype=object), "1 text and 1 row .*row 1"),
    "a list among texts": ([*TEXTS, ["a"]], r"row 3 .*\['a'\] \(list\)"),
    "bytes": ([b"a", b"b"], r"no texts but b'a' \(bytes\).*cell.decode"),
    "paths": ([pathlib.Path("a.doc")] * 2, "no texts but .*list.map.str, X"),
    "dates": ([datetime.date(2020, 1, 1)] * 2, "one column of dates"),
    "nothing": ([], "an empty list"),
    "missing alone": ([None, float("nan")], "2 rows, all of them missing"),
    "ragged": ([[1, 2], [3]], "different lengths: 2 in row 0 and 1 in row 1"),
    "ragged texts": ([["a"], ["b", "c"]], "different lengths: 1 in row 0 and 2 in row 1"),
    "rows with a list in a cell": ([[1.0, ["a", "b"]], [2.0, ["c"]]], r"row 0, column 1 .*\['a', 'b'\].*data frame"),
    "dictionaries": ([{"a": 1}], "list of dictionaries: give pandas.DataFrame"),
    "sets": ([{"a"}], "list of sets"),
    "a set": ({*TEXTS}, "a set, .*sorted"),
    "a generator": ((text for text in TEXTS), "a generator, .*list.X"),
    "a map": (map(str, TEXTS), "a map, .*list.X"),
    "a deque": (collections.deque(TEXTS), "a deque: give list.X"),
    "values": ({"a": 1}.values(), "a dict_values: give list.X"),
    "a dict": ({"a": [1, 2]}, "a dict, .*pandas.DataFrame"),
    "one text": ("data.csv", r"one text, 'data.csv' \(no folder or file is called so\), not rows: give a .*read_table"),
    "a lost folder": ("nowhere/", "'nowhere/', and there is no such folder or file as seen from .*list of texts"),
    "a lost file": ("no/data.csv", "'no/data.csv', and there is no such folder or file as seen from"),
    "a lost recording": ("nope.WAV", "'nope.WAV', and there is no such folder or file"),
    "a file": (str(pathlib.Path(__file__)), "the file .*, not rows: .*read_table"),
    "a folder without pictures": (pathlib.Path(__file__).parent / "cells", "the folder .*neither pictures nor"),
    "ragged numbers": ([[1, 2], [3]], r"different lengths: .* missing; if .*InputSpec\(kind='series'\)"),
    "ragged rows, one missing": ([None, (1, 2), [3.5]], "different lengths: 2 in row 1 and 1 in row 2 .*kind='series'"),
    "ragged lists and arrays": ([[1, 2], np.ones(3), pd.Series([1.0])], "different lengths: 2 in .* and 3 in row 1"),
    "a missing row": ([[1, 2], None, [3, 4]], r"no table, as row 1 \(counted from 0\) is None. Leave it out.*'series'"),
    "a column of arrays": (
        pd.Series([np.ones(2)] * 2),
        r"several numbers, array.*numpy.array\(X.to_list\(\)\), or preprocessor=InputSpec\(kind='series'\)",
    ),
    "a column of lists": (pd.Series([[1, 2], [3]]), r"several numbers, \[1, 2\]: give preprocessor=.*'series'"),
    "a path": (pathlib.Path("data.csv"), "'data.csv', and there is no such folder or file .*: check the path"),
    "a series of lists": (pd.Series([["a"], ["b", "c"]]), r"is a series .*\['a'\]: give .*X.to_frame"),
    "a series of dictionaries": (pd.Series([{"a": 1}] * 2), "is a series .*pandas.DataFrame.X.tolist"),
    "a list of series": ([pd.Series(["a", 1])] * 2, "is a list of series: give pandas.DataFrame"),
    "a reader": (
        pa.RecordBatchReader.from_batches(TABLE.schema, TABLE.to_batches()),
        "is a RecordBatchReader.*X.read_all",
    ),
    "an empty path": ("", r"an empty text.*'\.' for the current folder"),
    "arrays of one width": (
        [np.ones((12, 5)), np.ones((14, 5))],
        r"\(12, 5\) in row 0 and \(14, 5\) in row 1 .*kind='image'\), .*kind='series'\)",
    ),
    "tensors of one width": ([torch.ones(12, 9), None, torch.ones(8, 9)], r"\(12, 9\) in row 0 and \(8, 9\) in row 2"),
    "arrays of one shape": ([np.ones((40, 3))] * 2, r"\(40, 3\) in row 0 \(counted"),
    "an array beside a text": ([np.ones((12, 9)), "a"], r"mixes 1 picture \(ndarray\) and 1 path that ends otherwise"),
    "two channels": ([np.ones((9, 9, 2))] * 2, r"shape \(9, 9, 2\) in row 0 .*1, 3 or 4 channels.*numpy.stack"),
    "four dimensions": ([None, np.ones((3, 3, 3, 3))], r"shape \(3, 3, 3, 3\) in row 1"),
    "complex arrays": ([np.ones(4) * 1j] * 2, "complex numbers in row 0 .*: give arrays of real numbers"),
    "arrays of texts": ([np.array([["a", "b"]] * 9)] * 2, "an array of texts in row 0"),
    "a class": (DeepKMeans, "the class DeepKMeans"),
}


@pytest.mark.parametrize("name", [*REFUSED])
def test_what_is_refused(name: str) -> None:
    X, words = REFUSED[name]
    with pytest.raises(InvalidDataError, match=f"^X .*{words}") as caught:
        DeepKMeans(2).fit(X)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "X",
    [
        TEXTS, [1.0, None], [[1.0, 2.0]], [(1, "a"), (2, "b")], np.ones(3), np.ones((2, 2)), torch.ones(2, 2), range(3),
        pd.Series([1.0, 2.0]), pd.DataFrame({"a": [1]}), [np.ones(2), np.ones(2)], None, 3.0, [[]],
        np.empty((0, 3)),
    ],
    ids=lambda X: f"{type(X).__name__} {str(X)[:12]!r}",
)  # fmt: skip
def test_what_others_judge(X: object) -> None:
    refuse_no_rows(X)


def test_what_has_been_fitted_is_not_said_again() -> None:
    with pytest.raises(InvalidDataError, match="where a cell is missing.$"):
        refuse_no_rows([[1, 2], [3]], in_fit=False)
    with pytest.raises(InvalidDataError, match="where a cell is missing.$"):
        refuse_no_rows([["a", "b"], ["c"]])  # no series
    with pytest.raises(InvalidDataError, match=r"not rows: read a file first"):
        refuse_no_rows("data.csv", may_be_texts=False)
    with pytest.raises(InvalidDataError, match=r"as seen from '.*': check the path.$"):
        refuse_no_rows("nowhere/", may_be_texts=False)


def test_a_path_where_the_fit_was_of_an_array(tmp_path: pathlib.Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("a note")
    random, kind = np.random.RandomState(0), np.arange(30) % 2
    quick = DeepKMeans(2, partition="k-means", max_epochs=1, random_state=0)
    of_numbers = DeepKMeans(**quick.get_params()).fit(random.rand(30, 4) + 3 * kind[:, None])
    of_pictures = quick.fit(random.rand(30, 8, 8) / 2 + kind[:, None, None] / 2)
    for path, numbers, pictures in [
        ("nope.png", "'nope.png', and there is no such folder or file", "no folder or picture 'nope.png'"),
        (pathlib.Path("nope"), "'nope', and there is no such folder or file", "no folder or picture 'nope'"),
        (tmp_path / "empty", "is the folder .*, not rows: give an array", "The folder .* holds no pictures"),
        (str(tmp_path / "notes.txt"), "is the file .*, not rows: give an array", "is the file .*, not rows"),
    ]:
        with pytest.raises(InvalidDataError, match=numbers):
            of_numbers.predict(path)
        with pytest.raises(InvalidDataError, match=pictures):
            of_pictures.predict(path)


def test_a_folder_of_few_recordings(tmp_path: pathlib.Path) -> None:
    for name in ("a.wav", "b.pdf", "c.pdf"):
        (tmp_path / name).touch()
    with pytest.raises(InvalidDataError, match=r"less than half are recordings: .*InputSpec\(kind='audio'\)"):
        DeepKMeans(2).fit(tmp_path)


def test_every_cell_as_a_text_if_so_said() -> None:
    model = DeepKMeans(2, preprocessor=InputSpec(kind="text"), max_epochs=1, random_state=0)
    model.fit([*TEXTS, 12, *TEXTS, None])
    assert model.report_["input"]["n_texts"] == 8 and model.report_["input"]["n_empty"] == 1


def test_a_masked_text_is_a_missing_one() -> None:
    masked = np.ma.masked_array(np.array([*TEXTS, "x y"], dtype=object), mask=[0, 0, 0, 1])
    assert DeepKMeans(2, max_epochs=1, random_state=0).fit(masked).report_["input"]["n_empty"] == 1


@pytest.mark.parametrize("kind", ["auto", "table", "text", "image", "audio", "series"])
def test_an_empty_path_is_never_the_current_folder(kind: str) -> None:
    with pytest.raises(InvalidDataError, match=r"^X is an empty text, not rows: give a folder or a path, '\.' for the"):
        DeepKMeans(2, preprocessor=InputSpec(kind=kind)).fit("")


class Note:
    def __str__(self) -> str:
        return "a note"


def test_objects_that_are_no_texts_are_not_written_as_such() -> None:
    spec = InputSpec(kind="text")
    given = given_input(["a", 2, None, datetime.date(2020, 1, 1), pathlib.Path("b"), Note()], spec)
    assert given is not None and given.rows == ["a", "2", "", "2020-01-01", "b", "a note"]
    image = Image.fromarray(np.ones((9, 9), dtype=np.uint8))
    for cell in (image, object(), b"bytes", ["a", "b"], {"a": 1}, {"a"}, np.ones(3)):
        for X in (["a", cell], pd.Series(["a", cell])):
            with pytest.raises(InvalidDataError, match=f"in row 1 .*an object of type {type(cell).__name__}: give str"):
                given_input(X, spec)


@pytest.mark.parametrize(("suffix", "files", "kind"), [("png", "pictures", "image"), ("wav", "recordings", "audio")])
def test_a_column_of_paths_names_the_kind_that_reads_them(suffix: str, files: str, kind: str) -> None:
    frame = pd.DataFrame({"f": [f"{row:04}.{suffix}" for row in range(30)]})
    words = f"to have the {files} read to which 'f' leads, give "
    with pytest.raises(InvalidDataError, match=rf"{words}preprocessor=InputSpec\(kind='{kind}'\)\.$") as caught:
        DeepKMeans(2).fit(frame)
    assert in_words_of_the_command(str(caught.value)).endswith(f"{words}--{kind} 'f'.")
    with pytest.raises(InvalidDataError, match=rf"{words}X\[\['f'\]\] with preprocessor=InputSpec\(kind='{kind}'\)"):
        DeepKMeans(2).fit(frame.assign(empty=None))
