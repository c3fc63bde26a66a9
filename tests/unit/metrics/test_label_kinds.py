"""Labels of every kind that Python users hold: compared by value, or refused in words."""

from __future__ import annotations

import datetime
import json
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
import torch
from sklearn import metrics

from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.metrics import (
    adjusted_rand_score,
    cluster_sizes,
    clustering_accuracy,
    evaluate,
    match_clusters,
    normalized_mutual_info_score,
)

PLAIN = [0, 0, 1, 1]
DAYS = pd.to_datetime(["2020-01-01", "2020-01-01", "2021-01-01", "2021-01-01"])

TAKEN: dict[str, tuple[Any, list[Any]]] = {
    "tensor": (torch.tensor(PLAIN), [0, 1]),
    "tensor with a gradient": (torch.tensor([0.0, 0, 1, 1]).requires_grad_(), [0.0, 1.0]),
    "bfloat16": (torch.tensor(PLAIN).bfloat16(), [0.0, 1.0]),
    "masked array without a mask": (np.ma.array(PLAIN), [0, 1]),
    "datetime64": (DAYS.to_numpy().astype("M8[h]"), ["2020-01-01T00", "2021-01-01T00"]),
    "days": (DAYS.to_numpy().astype("M8[D]"), ["2020-01-01", "2021-01-01"]),
    "durations": ((DAYS - DAYS[0]).to_numpy().astype("m8[s]"), ["0 seconds", "31622400 seconds"]),
    "time zone": (DAYS.tz_localize("UTC"), ["2020-01-01 00:00:00+00:00", "2021-01-01 00:00:00+00:00"]),
    "periods": (DAYS.to_period("M"), ["2020-01", "2021-01"]),
    "dates": ([day.date() for day in DAYS], ["2020-01-01", "2021-01-01"]),
    "categories": (pd.Categorical(["b", "b", "a", "a"]), ["a", "b"]),
    "nullable": (pd.array(PLAIN, dtype="Int64"), [0, 1]),
    "polars": (pl.Series(["x", "x", "y", "y"]), ["x", "y"]),
    "Arrow": (pa.chunked_array([["x", "x", "y", "y"]]), ["x", "y"]),
    "bytes": (np.array([b"x", b"x", b"y", b"y"]), ["x", "y"]),
    "complex": ([1j, 1j, 2j, 2j], ["1j", "2j"]),
    "a number and its text": ([1, 1, "1", "1"], [1, "1"]),
    "sets without an order": (np.fromiter([frozenset(s) for s in ("ab", "ab", "c", "c")], object, 4), None),
}  # fmt: skip


@pytest.mark.parametrize(("labels", "names"), [*TAKEN.values()], ids=[*TAKEN])
def test_labels_are_compared_by_value(labels: Any, names: list[Any] | None) -> None:
    figures = evaluate(labels, PLAIN)
    assert figures["acc"] == figures["ari"] == 1.0 == clustering_accuracy(PLAIN, labels)
    assert adjusted_rand_score(labels, PLAIN) == 1.0 == pytest.approx(normalized_mutual_info_score(PLAIN, labels))
    assert [*cluster_sizes(labels).values()] == [2, 2]
    assert len(match_clusters(labels, PLAIN)) == 2
    json.dumps(figures)
    if names is not None:
        assert [entry["class"] for entry in figures["per_class"]] == names


def test_durations_are_not_cut_to_their_first_letters() -> None:
    long = np.array([10**18, 10**18, 10**18 + 1, 10**18 + 1], dtype="m8[us]")
    assert len(cluster_sizes(long)) == 2


def nested() -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])


REFUSED: dict[str, tuple[Any, str]] = {
    "masked": (np.ma.array(PLAIN, mask=[0, 0, 0, 1]), "1 missing label, the first at row 3"),
    "NaT": (DAYS.to_numpy()[[0, 1, 2]].tolist() + [None], "1 missing label, the first at row 3"),
    "NaT of pandas": (pd.to_datetime(["2020-01-01", None, "2020-01-01", "2020-01-01"]), "the first at row 1 "),
    "NaN": ([0.0, 1.0, float("nan"), 1.0], "1 missing label, the first at row 2"),
    "none among texts": (["a", None, "b", "b"], "1 missing label, the first at row 1"),
    "NA": (pd.array([0, 0, 1, None], dtype="Int64"), "1 missing label, the first at row 3"),
    "sparse tensor": (torch.tensor(PLAIN).to_sparse(), "sparse tensor"),
    "meta": (torch.empty(4, device="meta"), "'meta'"),
    "ragged": ([[1], [2, 3]], "no list of labels"),
    "lists": (np.fromiter([[1]] * 4, object, 4), "cannot be compared"),
    "arrays": (np.fromiter([np.ones(2)] * 4, object, 4), "cannot be compared"),
    "table": (pd.DataFrame({"a": PLAIN}), "one-dimensional"),
    "sparse matrix": (sp.csr_matrix(np.eye(4)), "one-dimensional"),
    "None": (None, "one-dimensional"),
    "nothing": ([], "is empty"),
}


@pytest.mark.parametrize(("labels", "words"), [*REFUSED.values()], ids=[*REFUSED])
def test_what_is_no_label_is_refused(labels: Any, words: str) -> None:
    for call in (
        lambda: evaluate(labels, PLAIN),
        lambda: clustering_accuracy(PLAIN, labels),
        lambda: cluster_sizes(labels),
        lambda: match_clusters(labels, PLAIN),
        lambda: adjusted_rand_score(PLAIN, labels),
        lambda: normalized_mutual_info_score(labels, PLAIN),
    ):
        with pytest.raises(InvalidDataError, match=words):
            call()
    with pytest.raises(InvalidDataError, match="nested tensor"):
        evaluate(nested(), PLAIN)


def test_a_date_named_by_its_text_is_the_same_date() -> None:
    assert cluster_sizes([datetime.date(2020, 1, 1), datetime.date(2020, 1, 1)]) == {"2020-01-01": 2}


@pytest.mark.parametrize(
    ("true", "pred"),
    [
        ([1, "1", 1, "1", 2], [0, 1, 0, 1, 1]),
        (["a", 0, "a", 0.5, 0.5], [b"y", 1, 1, "x", "x"]),
        ([3, 3, 3], [1, 1, 1]),
        ([0, 1, 2, 3], [0, 0, 0, 0]),
        ([0, 0, 1, 1, 2], [5, 5, 4, 4, 4]),
    ],
)
def test_the_single_figures_are_those_of_evaluate(true: Any, pred: Any) -> None:
    figures = evaluate(true, pred)
    assert adjusted_rand_score(true, pred) == figures["ari"]
    assert normalized_mutual_info_score(true, pred) == figures["nmi"]
    assert clustering_accuracy(true, pred) == figures["acc"]


@pytest.mark.parametrize("average_method", ["arithmetic", "geometric", "min", "max"])
def test_plain_labels_score_as_in_scikit_learn(average_method: str) -> None:
    random = np.random.RandomState(0)
    true, pred = random.randint(0, 4, 50), random.randint(0, 3, 50)
    assert adjusted_rand_score(labels_true=true, labels_pred=pred) == metrics.adjusted_rand_score(true, pred)
    expected = metrics.normalized_mutual_info_score(true, pred, average_method=average_method)
    assert normalized_mutual_info_score(true, pred, average_method=average_method) == expected


def test_messages_name_the_argument() -> None:
    with pytest.raises(InvalidDataError, match="labels_true has 1 missing label"):
        adjusted_rand_score([None, 1], [0, 1])
    with pytest.raises(InvalidDataError, match="labels_true has 2 labels and labels_pred has 1"):
        normalized_mutual_info_score([0, 1], [0])
    with pytest.raises(InvalidParameterError, match=r"'average_method'.*did you mean 'geometric'"):
        normalized_mutual_info_score([0, 1], [0, 1], average_method="geometrical")
