"""A table of any columns becomes rows of numbers, and rows become a table again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from deepkmeans import InputSpec
from deepkmeans.data.given import GivenInput
from deepkmeans.data.preprocessing.table import TablePreprocessor
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.runtime import Seeds
from deepkmeans.storage.schema import MismatchError

KINDS = InputSpec(
    columns={"price": "number", "city": "category", "since": "date", "paid": "boolean", "tags": "list"},
    levels={"size": ["S", "M", "L"]},
)


def mixed_frame(n: int = 120, seed: int = 0, *, gaps: float = 0.1) -> pd.DataFrame:
    """Two groups that every column but "paid" knows of."""
    random = np.random.RandomState(seed)
    group = random.randint(2, size=n)

    def some(first: list[Any], second: list[Any]) -> list[Any]:
        return [random.choice(np.array((first, second)[g], dtype=object)) for g in group]

    frame = pd.DataFrame({
        "price": np.exp(3 * group + random.standard_normal(n)),
        "city": some(["Paris", "Paris", "Rome"], ["Oslo", "Bergen", "Paris"]),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(400 * group + random.randint(0, 900, n), unit="D"),
        "paid": random.choice(["yes", "no"], n).astype(object),
        "tags": some(["red; blue", "red"], ["green", "green; blue"]),
        "size": some(["S", "S", "M"], ["M", "L", "L"]),
    })  # fmt: skip
    for name in frame.columns[:5]:
        frame.loc[random.uniform(size=n) < gaps, name] = None
    return frame


def fitted(frame: pd.DataFrame, spec: InputSpec = KINDS, **more: Any) -> tuple[TablePreprocessor, np.ndarray]:
    return TablePreprocessor.fit(GivenInput("table", frame, list(frame)), spec, seeds=Seeds(0), **more)


def again(preprocessor: TablePreprocessor) -> TablePreprocessor:
    document, tensors = preprocessor.to_parts()
    document = json.loads(json.dumps(document))
    sizes = TablePreprocessor.check_parts(document, tensors)
    assert sizes["n_features"] == len(preprocessor.feature_names)
    return TablePreprocessor.from_parts(document, tensors)


def test_rows_are_finite_named_and_the_same_from_a_file() -> None:
    frame = mixed_frame()
    preprocessor, X = fitted(frame)
    assert X.dtype == np.float32 and np.isfinite(X).all() and preprocessor.scaled
    names = preprocessor.feature_names
    assert len(names) == X.shape[1] == len(set(names))
    assert {"price", "price (missing)", "city=Paris", "since (time)", "since (season, cos)", "tags=red"} < {*names}
    given = GivenInput("table", frame, list(frame))
    np.testing.assert_array_equal(again(preprocessor).transform(given), preprocessor.transform(given))
    np.testing.assert_allclose(preprocessor.transform(given), X, atol=1e-6)


def test_numbers_alone_are_passed_on() -> None:
    paid = [True, False, True, True]
    frame = pd.DataFrame({"id": ["a7", "b9", "c2", "d4"], "x": ["1,5", "2,5", "?", "9,5"], "y": paid})
    preprocessor, X = fitted(frame, InputSpec(columns={"id": "ignored", "x": "number"}))
    assert not preprocessor.scaled and preprocessor.feature_names == ["x", "y"]
    np.testing.assert_array_equal(X, [[1.5, 1], [2.5, 0], [np.nan, 1], [9.5, 1]])
    assert preprocessor.inverse(X)["x"].tolist()[0] == 1.5
    np.testing.assert_array_equal(again(preprocessor).transform(GivenInput("table", frame[["y", "x"]])), X)


def test_numbers_alone_keep_their_precision() -> None:
    frame = pd.DataFrame({"id": list("abcdef"), "x": np.arange(6, dtype=np.float32) ** 2})
    _, X = fitted(frame, InputSpec(columns={"id": "ignored"}))
    assert X.dtype == np.float32
    _, X = fitted(frame.astype({"x": np.float64}), InputSpec(columns={"id": "ignored"}))
    assert X.dtype == np.float64


def test_the_inverse_gives_the_cells_again() -> None:
    frame = mixed_frame(gaps=0.0)
    preprocessor, X = fitted(frame)
    back = preprocessor.inverse(X)
    assert list(back) == list(frame)
    price = frame["price"].to_numpy()
    inner = (price > np.quantile(price, 0.1)) & (price < np.quantile(price, 0.9))
    np.testing.assert_allclose(back["price"][inner], price[inner], rtol=1e-3)
    for name in ("city", "size"):
        assert back[name].tolist() == frame[name].tolist()
    assert back["paid"].tolist() == frame["paid"].tolist()
    assert (abs(back["since"] - frame["since"]) < pd.Timedelta("1h")).all()
    assert [set(items) for items in back["tags"]] == [set(cell.split("; ")) for cell in frame["tags"]]


def test_a_weight_of_two_is_the_row_twice() -> None:
    frame = mixed_frame()
    weight = np.random.RandomState(1).randint(1, 4, len(frame)).astype(np.float64)
    twice = frame.loc[frame.index.repeat(weight.astype(int))].reset_index(drop=True)
    one, weighed = fitted(frame, weight=weight)
    other, copied = fitted(twice)
    assert one.feature_names == other.feature_names
    np.testing.assert_allclose(np.repeat(weighed, weight.astype(int), axis=0), copied, atol=2e-4)


def test_the_order_of_columns_and_rows_means_nothing() -> None:
    frame = mixed_frame()
    preprocessor, X = fitted(frame)
    given = GivenInput("table", frame[frame.columns[::-1]])
    np.testing.assert_array_equal(preprocessor.transform(given), preprocessor.transform(GivenInput("table", frame)))
    other, turned = fitted(frame[frame.columns[::-1]])
    order = [other.feature_names.index(name) for name in preprocessor.feature_names]
    np.testing.assert_allclose(turned[:, order], X, atol=1e-4)
    _, shuffled = fitted(frame.iloc[::-1])
    np.testing.assert_allclose(shuffled[::-1], X, atol=1e-4)


def test_new_levels_missing_rows_and_single_rows_are_placed() -> None:
    frame = mixed_frame()
    preprocessor, X = fitted(frame)
    new = frame.iloc[:1].copy()
    new["city"], new["size"], new["tags"] = "Atlantis", "XXL", "no such tag"
    placed = preprocessor.transform(GivenInput("table", new))
    assert placed.shape == (1, X.shape[1]) and np.isfinite(placed).all()
    nothing = pd.DataFrame({name: [None] for name in frame})
    empty = preprocessor.transform(GivenInput("table", nothing))
    names = preprocessor.feature_names
    flags = np.array(["(missing)" in name for name in names])
    np.testing.assert_allclose(empty[0, ~flags], 0.0, atol=1e-6)  # the middle of the table
    assert (empty[0, flags] > 0).all()


def test_a_missing_column_is_refused_by_name() -> None:
    preprocessor, _ = fitted(mixed_frame())
    with pytest.raises(InvalidDataError, match="'city'"):
        preprocessor.transform(GivenInput("table", mixed_frame().drop(columns="city")))
    with pytest.raises(InvalidDataError, match="texts are given"):
        preprocessor.transform(GivenInput("text", ["Paris"]))


def test_gaps_are_filled_by_what_is_there() -> None:
    """Where price and city say the same, a row without its price lies on the side that its city says."""
    frame = mixed_frame(400, gaps=0.0)
    preprocessor, _ = fitted(frame)
    price = preprocessor.feature_names.index("price")
    without = pd.DataFrame({name: [None, None] for name in frame})
    without["city"] = ["Rome", "Oslo"]
    low, high = preprocessor.transform(GivenInput("table", without))[:, price]
    assert low < -0.2 < 0.2 < high


def test_a_column_that_knows_nothing_counts_less() -> None:
    preprocessor, _ = fitted(mixed_frame(400))
    assert preprocessor.mixed is not None
    weights = {column.name: column.weights[0] for column in preprocessor.mixed.columns}
    assert weights["paid"] < 0.4 < 0.7 < weights["price"]
    report = {column["name"]: column for column in preprocessor.report()["columns"]}
    assert report["price"]["scale"] == "log" and report["price"]["used"] and report["price"]["n_missing"] > 0
    json.dumps(preprocessor.report())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: document.update(extra=1), "unknown key"),
        (lambda document: document["mixed"][0].update(name="nobody"), "does not keep"),
        (lambda document: document["mixed"][0].update(weights=[1.0]), "weights"),
        (lambda document: document["mixed"][0]["block"].update(shape="cubic"), "shape"),
        (lambda document: document["mixed"][1]["block"].update(levels=["Paris"]), "levels"),
        (lambda document: document.update(mixed=None), "unknown|encoded"),
    ],
)
def test_other_parts_are_refused(change: Any, said: str) -> None:
    document, tensors = fitted(mixed_frame())[0].to_parts()
    document = json.loads(json.dumps(document))
    change(document)
    with pytest.raises(MismatchError, match=said):
        TablePreprocessor.check_parts(document, tensors)


def test_other_tensors_are_refused() -> None:
    document, tensors = fitted(mixed_frame())[0].to_parts()
    with pytest.raises(MismatchError, match="unknown"):
        TablePreprocessor.check_parts(document, {**tensors, "preprocessing/99/shares": torch.ones(2)})
    with pytest.raises(MismatchError, match="completion"):
        TablePreprocessor.check_parts(document, {**tensors, "preprocessing/completion/noise": torch.ones(2).double()})


def test_texts_and_spellings_are_columns_too() -> None:
    frame = mixed_frame(300)
    random = np.random.RandomState(3)
    high = frame["price"].fillna(0).to_numpy() > 5
    words = np.array([["apple", "pear", "plum", "cherry"], ["engine", "wheel", "brake", "clutch"]])
    frame["note"] = [" ".join(random.choice(words[int(h)], 6)) if random.uniform() > 0.1 else "" for h in high]
    frame["job"] = [f"{random.choice(['Chief', 'Deputy'])} officer {i}" for i in range(len(frame))]
    spec = InputSpec(columns={**KINDS.columns, "note": "text", "job": "category"}, levels=KINDS.levels)
    preprocessor, X = fitted(frame, spec)
    names = preprocessor.feature_names
    assert "note (topic 1)" in names and "job (spelling 1)" in names and np.isfinite(X).all()
    loaded = again(preprocessor)
    np.testing.assert_allclose(loaded.transform(GivenInput("table", frame)), X, atol=1e-5)
    assert loaded.inverse(X[:2])["note"].tolist() == [None, None]
    document, tensors = preprocessor.to_parts()
    document["mixed"][names_of(document).index("note")]["block"]["texts"]["kind"] = "pickle"
    with pytest.raises(MismatchError, match="kind"):
        TablePreprocessor.check_parts(document, tensors)


def names_of(document: dict[str, Any]) -> list[str]:
    return [column["name"] for column in document["mixed"]]


def test_views_weigh_the_same_columns() -> None:
    preprocessor, X = fitted(mixed_frame())
    views = preprocessor.views
    assert views is not None and list(views) == ["standard", "robust", "even"]
    assert all(view.shape == (X.shape[1],) and (view > 0).all() for view in views.values())
    city = preprocessor.feature_names.index("city=Paris")
    price = preprocessor.feature_names.index("price")
    assert views["robust"][city] == 0.5 and views["robust"][price] == 1.0
