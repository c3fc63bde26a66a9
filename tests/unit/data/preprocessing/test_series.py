"""Series of any lengths as rows: gaps, the grid of times, units, and the way back, by hand."""

from __future__ import annotations

import pathlib

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.given import GivenInput, given_input
from deepkmeans.data.preprocessing.series import SeriesPreprocessor
from deepkmeans.data.preprocessing.series_grid import filled_gaps, on_grid, without_padding
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.storage.schema import MismatchError

SPEC, NAN = InputSpec(kind="series"), np.nan


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def given(X: object) -> GivenInput:
    made = given_input(X, SPEC)
    assert made is not None and made.kind == "series"
    return made


def test_gaps_are_lines_and_ends_are_held() -> None:
    assert filled_gaps(column(NAN, 1, NAN, NAN, 4, NAN))[:, 0].tolist() == [1, 1, 2, 3, 4, 4]
    both = np.array([[1.0, NAN], [NAN, NAN], [3.0, NAN]])
    np.testing.assert_array_equal(filled_gaps(both), [[1, NAN], [2, NAN], [3, NAN]])


def test_nan_behind_the_last_value_is_padding() -> None:
    np.testing.assert_array_equal(without_padding(column(NAN, 1, NAN, 2, NAN, NAN)), column(NAN, 1, NAN, 2))
    assert len(without_padding(np.array([[1.0, NAN], [NAN, 2.0], [NAN, NAN]]))) == 2


def test_grids_by_hand() -> None:
    assert on_grid(column(0, 2), 5)[:, 0].tolist() == [0, 0.5, 1, 1.5, 2]
    assert on_grid(column(7), 3)[:, 0].tolist() == [7, 7, 7]
    assert on_grid(column(1, 2, 3, 4), 2)[:, 0].tolist() == [1.5, 3.5]
    np.testing.assert_allclose(on_grid(column(3, 6, 9), 2)[:, 0], [(3 + 6 / 2) / 1.5, (6 / 2 + 9) / 1.5])


def test_units_and_the_way_back() -> None:
    X = np.array([[[1.0, 100], [3, 300]], [[5, 500], [7, 700]]])
    fitted, rows = SeriesPreprocessor.fit(given(X), SPEC)
    # both channels: mean 4 (400), deviation 5^1/2 (of 9 + 1 + 1 + 9 over 4)
    unit = 5**0.5
    np.testing.assert_allclose(rows[0], np.array([-3, -3, -1, -1]) / unit, rtol=1e-6)
    assert fitted.image_shape == (1, 2, 2) and rows.dtype == np.float32
    np.testing.assert_allclose(fitted.inverse(rows), X, rtol=1e-6)
    np.testing.assert_array_equal(fitted.transform(given(X)), rows)


def test_a_weight_of_two_is_the_series_twice() -> None:
    X = np.array([[1.0, 2, 5], [0, 4, 4]])
    weighted, _ = SeriesPreprocessor.fit(given(X), SPEC, weight=np.array([2.0, 1.0]))
    twice, _ = SeriesPreprocessor.fit(given(X[[0, 0, 1]]), SPEC)
    np.testing.assert_allclose(weighted.mean, twice.mean)
    np.testing.assert_allclose(weighted.deviation, twice.deviation)


@pytest.mark.parametrize(
    "X",
    [
        lambda X: X[:, :, None], lambda X: [*X], lambda X: [row.tolist() for row in X], pd.DataFrame,
        lambda X: pd.DataFrame(X, columns=list("abcd")), lambda X: np.ma.masked_invalid(X),
        lambda X: __import__("torch").tensor(X),
    ],
    ids=["channels", "arrays", "lists", "frame", "names", "mask", "tensor"],
)  # fmt: skip
def test_every_container_gives_the_same_rows(X) -> None:
    series = np.array([[1.0, 2, 4, 8], [3, NAN, 1, 0], [2, 2, 3, NAN]])
    np.testing.assert_array_equal(
        SeriesPreprocessor.fit(given(X(series)), SPEC)[1], SeriesPreprocessor.fit(given(series), SPEC)[1]
    )


def test_lists_of_other_lengths_are_padded_arrays() -> None:
    longer, shorter = np.array([1.0, 2, 4, 8, 9]), np.array([3.0, 1, 0])
    padded = np.array([longer, [*shorter, NAN, NAN]])
    fitted, rows = SeriesPreprocessor.fit(given([longer, shorter]), SPEC)
    np.testing.assert_array_equal(rows, SeriesPreprocessor.fit(given(padded), SPEC)[1])
    assert fitted.n_points == 5
    np.testing.assert_allclose(fitted.inverse(rows)[1], [3, 2, 1, 0.5, 0], atol=1e-6)
    report = fitted.report()
    assert (report["shortest"], report["longest"]) == (3, 5)
    assert report["notes"] == ["Series of 3 to 5 times were brought to 5 points."]


def test_channels_before_the_times_are_told() -> None:
    X = np.random.RandomState(0).randn(4, 6, 5)
    note = (
        "Series have more channels (6) than times (5): where X has the channels before the times, as some libraries "
        "do, give numpy.swapaxes(X, 1, 2)."
    )
    assert SeriesPreprocessor.fit(given(X.swapaxes(1, 2)), SPEC)[0].report()["notes"] == [note]
    assert SeriesPreprocessor.fit(given(X), SPEC)[0].report()["notes"] == []


def test_long_series_are_averaged_down() -> None:
    fitted, rows = SeriesPreprocessor.fit(given(np.arange(2 * 4096.0).reshape(2, -1)), SPEC)
    assert fitted.n_points == 1024
    np.testing.assert_allclose(fitted.inverse(rows)[0, :2], [1.5, 5.5], atol=1e-3)


def test_missing_series_are_rows_of_nan() -> None:
    _, rows = SeriesPreprocessor.fit(given([np.arange(3.0), None, np.full(2, NAN), np.zeros(0)]), SPEC)
    assert np.isnan(rows).all(axis=1).tolist() == [False, True, True, True]


def test_values_of_any_size_have_a_unit() -> None:
    X = np.array([[1e200, 2e200], [3e200, 5e200]])
    fitted, rows = SeriesPreprocessor.fit(given(X), SPEC)
    assert abs(rows).max() < 3 and np.isfinite(fitted.inverse(rows)).all()
    assert (SeriesPreprocessor.fit(given(np.ones((2, 3))), SPEC)[1] == 0).all()


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.ones((2, 3, 4, 5)), r"shape \(2, 3, 4, 5\).*\(n, T, channels\)"),
        ([np.ones(3), np.ones((3, 2))], r"X\[1\] has 2 channels and X\[0\] has 1 channel"),
        ([np.ones(3), np.array([1.0, np.inf])], r"X\[1\] is infinite at time 1"),
        ([np.ones(3), "abc"], r"X\[1\] is str"),
        ([np.ones(3), np.ones((2, 2, 2))], r"X\[1\] is an array of shape \(2, 2, 2\)"),
        ([np.ones(3), np.array(["a"])], r"X\[1\].*'a'"),
        (np.ones(5), r"InputSpec\(kind='series'\).*ndarray of shape \(5,\)"),
        ("data.csv", r"InputSpec\(kind='series'\).*Got the text 'data.csv'"),
        (pathlib.Path(__file__).parent, r"InputSpec\(kind='series'\).*Got the folder '.*preprocessing'"),
        (pd.Series([1.0, 2.0]), r"InputSpec\(kind='series'\).*Got Series"),
        ([1.0, 2.0], r"X\[0\] is float.*if X is one series, give \[X\]"),
    ],
)  # fmt: skip
def test_what_is_no_series(X: object, words: str) -> None:
    with pytest.raises(InvalidDataError, match=words):
        given_input(X, SPEC)


def test_no_value_at_all() -> None:
    with pytest.raises(InvalidDataError, match="All 2 series are empty or missing"):
        SeriesPreprocessor.fit(given([None, np.full(3, NAN)]), SPEC)


def test_other_channels_than_in_the_fit() -> None:
    fitted, _ = SeriesPreprocessor.fit(given(np.arange(12.0).reshape(2, 3, 2)), SPEC)
    with pytest.raises(InvalidDataError, match="of 2 channels, and row 0 of X .* has 1"):
        fitted.transform(given(np.ones((2, 3))))


def test_columns_of_a_frame_in_any_order() -> None:
    frame = pd.DataFrame(np.arange(8.0).reshape(2, 4) ** 2, columns=["t1", "t2", "t3", "t4"])
    fitted, rows = SeriesPreprocessor.fit(given(frame), SPEC)
    np.testing.assert_array_equal(fitted.transform(given(frame[["t3", "t1", "t4", "t2"]])), rows)
    with pytest.raises(InvalidDataError, match="X lacks 1 of the 4 columns of the fit, 't2' among them"):
        fitted.transform(given(frame.drop(columns="t2")))


def test_lists_of_vectors_of_other_lengths_are_series_without_being_asked() -> None:
    made = given_input([np.arange(3), None, np.arange(5.0)], InputSpec())
    assert made is not None and made.kind == "series" and made.shape == (3, 1)
    assert made.take(np.array([2, 1])).rows[1] is None
    assert given_input([np.arange(3), np.arange(3)], InputSpec()) is None
    assert given_input(np.ones((3, 4, 4)), InputSpec()) is None


def test_parts_and_back() -> None:
    X = [np.arange(3.0), np.array([2.0, NAN, 1, 0])]
    fitted, rows = SeriesPreprocessor.fit(given(X), SPEC)
    document, tensors = fitted.with_left_out([4]).to_parts()
    assert SeriesPreprocessor.check_parts(document, tensors) == {"n_features": 4, "n_given": 1}
    again = SeriesPreprocessor.from_parts(document, tensors)
    np.testing.assert_array_equal(again.transform(given(X)), rows)
    assert again.report() == fitted.with_left_out([4]).report()


@pytest.mark.parametrize(
    "change", [{"n_points": 0}, {"flat": 1}, {"columns": "ab"}, {"left_out": [-1]}, {"findings": {}}, {"more": 1}]
)
def test_damaged_documents_are_refused(change: dict[str, object]) -> None:
    document, tensors = SeriesPreprocessor.fit(given(np.arange(6.0).reshape(2, 3)), SPEC)[0].to_parts()
    with pytest.raises(MismatchError):
        SeriesPreprocessor.check_parts(document | change, tensors)


def test_damaged_tensors_are_refused() -> None:
    document, tensors = SeriesPreprocessor.fit(given(np.arange(12.0).reshape(2, 3, 2)), SPEC)[0].to_parts()
    with pytest.raises(MismatchError, match="must be > 0"):
        zero = {"preprocessing/deviation": tensors["preprocessing/mean"] * 0}
        SeriesPreprocessor.check_parts(document, tensors | zero)
    with pytest.raises(MismatchError, match="several channels"):
        SeriesPreprocessor.check_parts(document | {"flat": True}, tensors)


@pytest.mark.parametrize(
    "held",
    [
        pd.Series, lambda rows: pd.Series([row and np.array(row) for row in rows]), pl.Series, pa.array,
        lambda rows: pd.DataFrame({"readings": rows}),
    ],
    ids=["lists", "arrays", "polars", "arrow", "frame"],
)  # fmt: skip
def test_columns_of_arrays_are_lists_of_them(held) -> None:
    rows = [[1.0, 2.0, 3.0], None, [4.0, 5.0]]
    made = given(held(rows))
    assert made.shape == (3, 1) and made.rows[1] is None
    assert [made.rows[row].tolist() for row in (0, 2)] == [[1, 2, 3], [4, 5]]


def test_a_column_of_arrays_of_other_lengths_is_series_without_being_asked() -> None:
    made = given_input(pd.Series([np.arange(3.0), np.nan, np.arange(2.0)], dtype=object), InputSpec())
    assert made is not None and made.kind == "series" and made.rows[1] is None


def test_series_without_a_value_are_named() -> None:
    fitted, _ = SeriesPreprocessor.fit(given([np.arange(3.0), np.ones(2)]), SPEC)
    assert fitted.transform_with_unknown_cells(given([np.ones(3)]))[1] == ()
    rows, said = fitted.transform_with_unknown_cells(given([np.full(3, NAN), np.ones(3)]))
    assert np.isnan(rows).all(axis=1).tolist() == [True, False]
    assert said == ("1 of 2 series has no value and gets the cluster nearest to the mean (row 0)",)
    said = fitted.transform_with_unknown_cells(given([None] * 5))[1]
    assert said == ("5 of 5 series have no value and get the cluster nearest to the mean (rows 0, 1, 2, ...)",)
