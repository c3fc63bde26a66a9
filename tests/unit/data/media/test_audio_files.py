"""What is recognised as recordings, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from deepkmeans.data.given import given_input
from deepkmeans.data.input_spec import InputSpec
from deepkmeans.data.media.audio_files import given_recordings, recordings_in
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError

SAMPLES = np.arange(5.0)


@pytest.mark.parametrize(
    "X",
    [
        ["a.wav", "folder/b.FLAC", None], [Path("a.ogg"), Path("b.mp3")], ("a.wav", "b.wav"),
        pd.Series(["a.wav", np.nan]), np.array(["a.wav", "b.wav"]), np.array(["a.wav", None], dtype=object),
    ],
)  # fmt: skip
def test_paths_by_their_ends(X: Any) -> None:
    given = given_input(X, InputSpec())
    assert given is not None and (given.kind, given.shape) == ("audio", (len(X), 1))
    assert given.rows[0].name.startswith("a.")
    assert all(row is None or isinstance(row, Path) for row in given.rows)


def test_arrays_with_their_rates() -> None:
    X = [(8000, SAMPLES), None, [np.int64(44100), torch.arange(6.0).view(3, 2)]]
    first, missing, last = given_recordings(X) or ()
    assert first == (8000, SAMPLES) and missing is None
    assert last[0] == 44100 and isinstance(last[1], np.ndarray) and last[1].shape == (3, 2)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ((SAMPLES, 8000), r"X\[1\] is \(samples, rate\): give a list of \(rate, samples\)"),
        ((8000.5, SAMPLES), "8000.5: give a whole number"), ((-1, SAMPLES), "-1: give a whole number"),
        ((8000, SAMPLES.reshape(1, -1)), r"more channels than samples.*samples\.T"),
        ((8000, SAMPLES.astype(str)), "whole numbers or floats"),
        ((np.nan, SAMPLES), r"rate of X\[1\] is nan: give a whole number"), ((np.inf, SAMPLES), "is inf: give"),
        (("8000", SAMPLES), r"rate of X\[1\] is '8000' \(str\): give a whole number"),
        ((True, SAMPLES), r"is True \(bool\)"),
        ((8000, SAMPLES.reshape(5, 1, 1)), r"samples of X\[1\] are an array of shape \(5, 1, 1\): give \(n_samples,\)"),
    ],
)  # fmt: skip
def test_pairs_that_are_none(pair: Any, words: str) -> None:
    for X in ([None, pair], [(8000, SAMPLES), pair]):
        with pytest.raises(InvalidDataError, match=words):
            given_recordings(X)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((8000, [1, 2]), r"list of whole numbers.*np\.asarray\(samples, dtype='int16'\)"),
        ((8000, [[1.0], [2.0, 3.0]]), "lists of different lengths: give an array"),
        ((8000, ["a", "b"]), "whole numbers or floats"), ((8000, "abc"), r"samples of X\[1\] are 'abc' \(str\)"),
        ((8000, None), r"are missing \(None\): give None in place of the pair"), ((8000, 5), r"are 5 \(int\)"),
        (([0.5, 0.25], 8000), r"X\[1\] is \(samples, rate\)"), ((None, SAMPLES), r"rate of X\[1\] is of type NoneType"),
        ((8000, SAMPLES, 2), r"X\[1\] is a tuple of 3, and no recording: give a list of \(rate, samples\)"),
        (SAMPLES, r"X\[1\] is an array of shape \(5,\) without a rate"), ({"rate": 8000}, "is of type dict"),
        (8000, r"X\[1\] is 8000 \(int\)"),
        ("notes.txt", r"X\[1\] is 'notes\.txt', no path of a recording \(\.wav.*kind='audio'"),
    ],
)  # fmt: skip
def test_one_row_among_recordings_that_is_none(row: Any, words: str) -> None:
    with pytest.raises(InvalidDataError, match=words):
        given_recordings([(8000, SAMPLES), row])


def test_samples_in_lists_and_series() -> None:
    rows = [(8000, SAMPLES), (8000, [0.5, 0.25]), [8000, [[0.5, 0.25]] * 2], (8000, pd.Series(SAMPLES)), (8000, [])]
    read = given_recordings(rows)
    assert read is not None and all(isinstance(samples, np.ndarray) for _, samples in read)
    assert [samples.shape for _, samples in read] == [(5,), (2,), (2, 2), (5,), (0,)]
    alone = given_recordings([(8000, [0.5, 0.25])], asked=True)
    assert alone is not None and alone[0][1].tolist() == [0.5, 0.25]


def test_paths_and_arrays_with_their_rates() -> None:
    read = given_recordings(["a.wav", (8000, SAMPLES), Path("b.flac")])
    assert read == [Path("a.wav"), (8000, SAMPLES), Path("b.flac")]
    assert given_recordings(["a.raw", (8000, SAMPLES)], asked=True) == [Path("a.raw"), (8000, SAMPLES)]


def test_one_recording_is_no_list() -> None:
    for asked in (True, False):
        with pytest.raises(InvalidDataError, match=r"X is a single \(rate, samples\): .*\[X\] of one"):
            given_recordings((8000, SAMPLES), asked=asked)


@pytest.mark.parametrize(
    "X",
    [
        ["a.wav", "a text"], ["plays a.wav today", "b"], [None, None], [], [[1.0, 2.0], [3.0, 4.0]], "one text",
        [SAMPLES, SAMPLES], np.zeros((3, 2)), pd.DataFrame({"path": ["a.wav", "b.wav"]}), 3,
        [(8000, [0.5, 0.25])], [[0.5, [0.5]], [0.25, []]], [("a", SAMPLES)],
    ],
)  # fmt: skip
def test_others_are_none(X: Any) -> None:
    assert given_recordings(X) is None


def test_what_is_said_counts(tmp_path: Path) -> None:
    assert given_recordings(["a.raw", "b"], asked=True) == [Path("a.raw"), Path("b")]
    assert given_recordings([None], asked=True) == [None]
    assert given_recordings(pd.DataFrame({"path": ["a.raw", None]}), asked=True) == [Path("a.raw"), None]
    for X in (3, [], np.zeros((3, 2)), pd.DataFrame({"a": ["a.wav"], "b": ["b.wav"]})):
        with pytest.raises(InvalidDataError, match=r"must be recordings.*Got "):
            given_recordings(X, asked=True)
    with pytest.raises(InvalidDataError, match=r"There is no folder or recording '.*'; check the path"):
        given_recordings(tmp_path / "gone", asked=True)
    with pytest.raises(InvalidDataError, match=r"holds no recordings.*among 0 others"):
        given_recordings(tmp_path, asked=True)
    given = given_input(["a.wav", "b.wav"], InputSpec(kind="text"))
    assert given is not None and given.kind == "text"
    with pytest.raises(InvalidParameterError, match="kind='audio' says that X is recordings alone"):
        InputSpec(kind="audio", columns={"a": "number"})


def test_the_path_of_one(tmp_path: Path) -> None:
    for name in ("a.WAV", "b.raw"):
        (tmp_path / name).touch()
    given = given_input(str(tmp_path / "a.WAV"), InputSpec())
    assert given is not None and (given.kind, given.rows) == ("audio", [tmp_path / "a.WAV"])
    assert given_recordings(tmp_path / "b.raw") is None
    assert given_recordings(tmp_path / "b.raw", asked=True) == [tmp_path / "b.raw"]
    assert given_recordings(tmp_path / "gone.wav") is None


def test_folders(tmp_path: Path) -> None:
    for name in ("b/2.wav", "b/10.wav", "a/z.flac", "c.mp3", ".hidden.wav", ".git/x.wav", "labels.csv", "cover.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found, others = recordings_in(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a/z.flac", "b/10.wav", "b/2.wav", "c.mp3"]
    assert others == 1
    assert found == [path for path in sorted(tmp_path.rglob("*")) if path in found]
    for X in (tmp_path, str(tmp_path)):
        given = given_input(X, InputSpec())
        assert given is not None and (given.kind, given.rows) == ("audio", found)
    for number in range(5):
        (tmp_path / f"{number}.png").touch()
    assert given_recordings(tmp_path) is None  # a folder of pictures
    assert given_recordings(tmp_path, asked=True) == found
