"""What the page draws: numbers in few bytes, charts, pictures, trees and curves, against values worked out by hand."""

from __future__ import annotations

import struct
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from deepkmeans.inspection.original import OriginalColumn
from deepkmeans.report.cluster_tree_picture import tree_picture
from deepkmeans.report.column_charts import chart_of
from deepkmeans.report.curves import cluster_number_curves, training_curves
from deepkmeans.report.fit_facts import column_facts, compared
from deepkmeans.report.packed_columns import pack_columns, shortened
from deepkmeans.report.png import encode_png
from deepkmeans.report.quantised import quantise, scale_points
from deepkmeans.report.thumbnails import Thumbnails


def restored(values: np.ndarray) -> np.ndarray:
    made = quantise(values)
    counts = made.counts.astype(float)
    counts[made.counts == np.iinfo(made.counts.dtype).max] = np.nan
    return (made.offset + counts) * 10.0**-made.decimals


@pytest.mark.parametrize(
    ("values", "itemsize"),
    [
        ([5.1, 4.9, 7.0, np.nan], 1), ([-3.0, 1000.0, 2.0], 2), ([0.0, 0.0], 1), ([np.nan, np.nan], 1),
        ([12_000_000.0, 1_000.0], 2), ([20_420.0, 254_616.0], 4), ([1e-6, 3e-6], 1), ([1.25e9, 1.25e9 + 7], 1),
    ],
)  # fmt: skip
def test_decimals_are_kept(values: list[float], itemsize: int) -> None:
    given = np.asarray(values)
    np.testing.assert_allclose(restored(given), given, rtol=1e-12)
    assert quantise(given).exact
    assert quantise(given).counts.dtype.itemsize == itemsize


def test_long_numbers_keep_what_tells_them_apart() -> None:
    values = np.random.RandomState(0).lognormal(10, 2, size=5000)
    low, high = np.percentile(values, [25, 75])
    assert not quantise(values).exact
    np.testing.assert_allclose(restored(values), values, rtol=0, atol=(high - low) / 1000)


def test_points_keep_their_proportions() -> None:
    points = scale_points(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 2.0]])).astype(int)
    assert points[:, 0].tolist() == [0, 65535, 65535]
    assert points[0, 1] - points[2, 1] == pytest.approx(65535 / 2, abs=1)  # half as high; y downwards
    assert scale_points(np.zeros((3, 2))).tolist() == [[32768, 32768]] * 3


def test_a_png_holds_its_pixels() -> None:
    pixels = np.random.RandomState(0).randint(0, 256, size=(5, 7, 3)).astype(np.uint8)
    data, place, chunks = encode_png(pixels), 8, {}
    while place < len(data):
        (length,), name = struct.unpack(">I", data[place : place + 4]), data[place + 4 : place + 8]
        content = data[place + 8 : place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length : place + 12 + length]) == (zlib.crc32(name + content),)
        chunks[name] = content
        place += 12 + length
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (7, 5)
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(5, 22)
    decoded = rows[:, 1:].copy()
    for row in range(1, 5):
        if rows[row, 0] == 2:
            decoded[row] += decoded[row - 1]
    np.testing.assert_array_equal(decoded.reshape(5, 7, 3), pixels)


def test_a_sheet_is_as_large_as_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = np.random.RandomState(0).randint(0, 256, size=(90, 12, 10)).astype(float)
    sheet = Thumbnails.of(pictures).sheet(range(90))
    assert (sheet["count"], sheet["across"], sheet["height"], sheet["width"]) == (90, 10, 12, 10)
    monkeypatch.setattr("deepkmeans.report.thumbnails._SHEET_BYTES", 3000)
    assert 10 < Thumbnails.of(pictures).sheet(range(90))["count"] < 40


def test_large_pictures_become_small() -> None:
    pictures = np.zeros((3, 200, 100, 3))
    pictures[:, :100] = 1.0
    made = Thumbnails.of(pictures)._pixels(np.array([0]), 40)
    assert made.shape == (1, 40, 20, 3)
    assert made[0, 0].min() == 255 and made[0, -1].max() == 0


def test_a_chart_of_numbers() -> None:
    column = OriginalColumn("x", "number", np.array([1.0, 1.0, 2.0, 3.0, 3.0, np.nan]), unit="kg")
    chart = chart_of(column, np.array([0, 0, 0, 1, 1, 1]), 2)
    assert chart is not None and chart.is_numeric
    assert chart.labels == ("1 kg", "3 kg") and chart.typical == ("1 kg", "3 kg") and chart.typical_overall == "2 kg"
    np.testing.assert_allclose(chart.inside, [[2 / 3, 1 / 3, 0], [0, 0, 1]])
    np.testing.assert_allclose(chart.overall, [0.4, 0.2, 0.4])
    np.testing.assert_allclose(chart.missing, [0, 1 / 3])
    np.testing.assert_allclose(chart.differences, [0.4, 0.6])


def test_whole_numbers_have_a_bar_each() -> None:
    values = np.repeat(np.arange(18.0), 10)  # twenty bins would leave two empty ones between them
    chart = chart_of(OriginalColumn("visits", "number", values), np.zeros(180, int), 1)
    assert chart is not None and chart.labels == ("0", "17")
    np.testing.assert_allclose(chart.overall, np.full(18, 1 / 18))


def test_a_chart_of_levels() -> None:
    column = OriginalColumn("city", "category", np.array(["a", "a", "b", None, "b", "once"], dtype=object))
    chart = chart_of(column, np.array([0, 0, 0, 1, 1, -1]), 2)
    assert chart is not None and chart.labels == ("a", "b")
    np.testing.assert_allclose(chart.inside, [[2 / 3, 1 / 3], [0, 1]])
    np.testing.assert_allclose(chart.overall, [2 / 5, 2 / 5])
    assert chart.typical == ("a (67%)", "b (100%)")
    assert chart_of(OriginalColumn("t", "text", np.array(["x", "y"], dtype=object)), np.array([0, 1]), 2) is None


def test_skewed_numbers_are_spread_out() -> None:
    values = np.random.RandomState(0).lognormal(0, 3, size=2000)
    chart = chart_of(OriginalColumn("x", "number", values), np.zeros(2000, int), 1)
    assert chart is not None and chart.overall.max() < 0.3


def test_columns_without_room_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [OriginalColumn(name, "number", np.random.RandomState(0).normal(size=100)) for name in "abc"]
    monkeypatch.setattr("deepkmeans.report.packed_columns._MOST", 700)
    packed, without_room = pack_columns(columns, np.arange(100))
    assert [one["name"] for one in packed] == ["a", "b"] and without_room == ["c"]
    assert shortened("a  b\nc" + "d" * 50, 12) == "a b cdddddd…"


def test_a_tree_is_drawn_without_crossings() -> None:
    merges = [SimpleNamespace(left=0, right=2, height=0.2), SimpleNamespace(left=3, right=1, height=0.8)]
    picture = tree_picture(SimpleNamespace(merges=merges, clusters=(7, 8, 9)), {7: 0, 8: 2, 9: 1})  # type: ignore[arg-type]
    assert picture is not None
    assert [place for place, _ in picture.leaves] == [0, 1, 2]
    assert picture.merges == (((0,), (1,)), ((0, 1), (2,)))
    assert picture.lines[0] == "M0.0 13.0H70.0V39.0H0.0"
    assert tree_picture(SimpleNamespace(merges=(), clusters=(7,)), {7: 0}) is None  # type: ignore[arg-type]


def test_curves_break_at_phases_and_leave_out_what_was_not_measured() -> None:
    history = [{"phase": "a", "loss": 2.0}, {"phase": "a", "loss": 1.0}, {"phase": "b", "loss": 3.0, "distance": 1.0}]
    (curve,) = training_curves(history)
    assert (curve.name, curve.low, curve.high, curve.last) == ("loss", 1.0, 3.0, 3)
    assert curve.lines == ("0.0,42.0 140.0,84.0", "280.0,0.0")
    assert [name for _, name in curve.marks] == ["a", "b"]
    selection = {"k": [1, 2, 3], "n_clusters": 2, "posterior": [0.1, 0.7, 0.2],
                 "curves": {"silhouette": [None, 0.5, 0.4], "gap": [None, None, 1.0]}}  # fmt: skip
    assert [one.name for one in cluster_number_curves(selection)] == ["posterior", "silhouette"]
    assert training_curves([]) == []


def test_facts_of_a_fit() -> None:
    rounds = [
        {"chosen": "b", "reason": "better", "candidates": {"a": {"consensus": 0.5}, "b": {"consensus": 0.9}, "c": {}}}
    ]
    facts = compared({"rounds": rounds, "runner_up": "a"})
    assert facts is not None and facts["n_candidates"] == 3
    assert [(one["name"], one["chosen"]) for one in facts["candidates"]] == [("b", True), ("a", False)]
    assert compared({}) is None and column_facts({}) is None
    columns = [
        {"name": "x", "kind": "number", "used": True, "n_missing": 2},
        {"name": "id", "kind": "identifier", "used": False},
    ]
    found = column_facts({"input": {"columns": columns}, "imputed": {"x": 2}})
    assert found is not None and [one["name"] for one in found["columns"]] == ["id", "x"]
    assert (found["n_used"], found["n_imputed"]) == (1, 2)
