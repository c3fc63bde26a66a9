from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score as sklearn_ari
from sklearn.metrics import normalized_mutual_info_score as sklearn_nmi

from deepkmeans.exceptions import InvalidDataError
from deepkmeans.metrics import cluster_sizes, clustering_accuracy, evaluate, match_clusters

# Classes a a a b b c in clusters 1 1 0 0 0 2. Table (rows a b c, columns 0 1 2): 1 2 0 / 2 0 0 / 0 0 1.
# Best matching: a-1, b-0, c-2: 2 + 2 + 1 = 5 of 6.
TRUE = ["a", "a", "a", "b", "b", "c"]
PRED = [1, 1, 0, 0, 0, 2]


def test_by_hand() -> None:
    assert clustering_accuracy(TRUE, PRED) == 5 / 6
    assert match_clusters(TRUE, PRED) == {1: "a", 0: "b", 2: "c"}


def test_greedy_matching_would_be_worse() -> None:
    # Table 5 4 / 4 0: greedy takes 5 + 0, the optimum is 4 + 4 of 13.
    y_true = [0] * 9 + [1] * 4
    y_pred = [0] * 5 + [1] * 4 + [0] * 4
    assert clustering_accuracy(y_true, y_pred) == 8 / 13


def test_evaluate_by_hand() -> None:
    figures = evaluate(TRUE, PRED)
    assert (figures["n_rows"], figures["n_classes"], figures["n_clusters"]) == (6, 3, 3)
    assert figures["acc"] == 5 / 6
    assert figures["macro_recall"] == pytest.approx((2 / 3 + 1 + 1) / 3)
    assert figures["macro_precision"] == pytest.approx((1 + 2 / 3 + 1) / 3)
    assert figures["macro_f1"] == pytest.approx((4 / 5 + 4 / 5 + 1) / 3)
    assert figures["imbalance"] == 3.0
    assert figures["per_class"] == [
        {"class": "a", "size": 3, "cluster": 1, "recall": 2 / 3, "precision": 1.0, "f1": 4 / 5},
        {"class": "b", "size": 2, "cluster": 0, "recall": 1.0, "precision": 2 / 3, "f1": 4 / 5},
        {"class": "c", "size": 1, "cluster": 2, "recall": 1.0, "precision": 1.0, "f1": 1.0},
    ]
    assert figures["per_cluster"] == [
        {"cluster": 0, "size": 3, "class": "b", "recall": 1.0, "precision": 2 / 3, "f1": 4 / 5, "purity": 2 / 3},
        {"cluster": 1, "size": 2, "class": "a", "recall": 2 / 3, "precision": 1.0, "f1": 4 / 5, "purity": 1.0},
        {"cluster": 2, "size": 1, "class": "c", "recall": 1.0, "precision": 1.0, "f1": 1.0, "purity": 1.0},
    ]
    # ARI: pairs together in both = C(1,2)+C(2,2)+C(2,2)+C(1,2) = 2; rows 3+1+0 = 4; columns 3+1+0 = 4; of 15 pairs.
    assert figures["ari"] == pytest.approx((2 - 16 / 15) / (4 - 16 / 15))


def test_more_clusters_than_classes_and_fewer() -> None:
    assert clustering_accuracy([0, 0, 1, 1], [0, 1, 2, 3]) == 0.5
    assert clustering_accuracy([0, 1, 2, 3], [5, 5, 5, 5]) == 0.25
    figures = evaluate([0, 0, 1, 1], [0, 1, 2, 2])
    assert figures["per_cluster"][1]["class"] is None or figures["per_cluster"][0]["class"] is None
    spare = next(entry for entry in figures["per_cluster"] if entry["class"] is None)
    assert (spare["recall"], spare["precision"], spare["f1"], spare["purity"]) == (0.0, 0.0, 0.0, 1.0)
    lost = evaluate([0, 1, 2, 2], [0, 0, 0, 0])["per_class"]
    assert [entry["recall"] for entry in lost] == [0.0, 0.0, 1.0]
    assert lost[0]["cluster"] is None


def test_a_lost_minority_shows_in_macro_recall() -> None:
    y_true = [0] * 99 + [1]
    figures = evaluate(y_true, [0] * 100)
    assert figures["acc"] == 0.99
    assert figures["macro_recall"] == 0.5
    assert figures["macro_precision"] == pytest.approx(0.99 / 2)
    assert figures["macro_f1"] == pytest.approx(198 / 199 / 2)
    assert figures["imbalance"] == 99.0


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 0, 1, 2], dtype=np.uint8),
        np.array([-1.5, -1.5, 0.0, 7.25]),
        ["x", "x", "y", "z"],
        [True, True, "yes", 3],
        pd.Series(["x", "x", "y", "z"], dtype="string"),
        pd.Series(["x", "x", "y", "z"], dtype="category"),
        (None.__class__, None.__class__, int, str),
    ],
    ids=["uint8", "float", "text", "mixed", "string", "category", "types"],
)
def test_any_label_type(labels: object) -> None:
    assert clustering_accuracy(labels, [7, 7, 9, 8]) == 1.0  # type: ignore[arg-type]
    assert clustering_accuracy([7, 7, 9, 8], labels) == 1.0  # type: ignore[arg-type]


def test_result_is_json() -> None:
    y_true = np.array([np.int64(1), "a", "a"], dtype=object)
    assert json.loads(json.dumps(evaluate(y_true, np.array([0, 1, 1], dtype=np.int32))))["acc"] == 1.0
    assert json.loads(json.dumps(cluster_sizes(np.array([2, 0, 2])))) == {"0": 1, "2": 2}


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        ([0, 1, 1], [0, 1], "y_true has 3 labels and y_pred has 2"),
        ([], [], "y_true is empty"),
        ([[0], [1]], [0, 1], r"y_true must be one-dimensional.*\(2, 1\)"),
        ([0, 1], [[0, 1]], r"y_pred must be one-dimensional.*\(1, 2\)"),
        ([0.0, float("nan")], [0, 1], "y_true has 1 missing label, the first at row 1"),
        (["a", None], [0, 1], "y_true has 1 missing label, the first at row 1"),
        (pd.Series(["a", pd.NA], dtype="string"), [0, 1], "y_true has 1 missing label"),
    ],
)
def test_errors(y_true: object, y_pred: object, message: str) -> None:
    with pytest.raises(InvalidDataError, match=message):
        clustering_accuracy(y_true, y_pred)  # type: ignore[arg-type]


labellings = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 4), min_size=n, max_size=n), st.lists(st.integers(0, 4), min_size=n, max_size=n)
    )
)


@settings(max_examples=60, deadline=None)
@given(labellings)
def test_against_all_matchings(pair: tuple[list[int], list[int]]) -> None:
    """The optimum over all one-to-one renamings, by trying every one of them."""
    y_true, y_pred = np.array(pair[0]), np.array(pair[1])
    best = max(
        float(np.mean(np.array(names)[y_pred] == y_true)) for names in itertools.permutations(range(5))
    )  # 5 clusters into 5 classes covers every case of fewer
    assert clustering_accuracy(y_true, y_pred) == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(labellings, st.permutations(range(5)), st.randoms())
def test_names_and_order_do_not_matter(pair: tuple[list[int], list[int]], names: list[int], random: object) -> None:
    y_true, y_pred = np.array(pair[0]), np.array(pair[1])
    order = np.random.RandomState(random.randint(0, 9999)).permutation(len(y_true))  # type: ignore[attr-defined]
    before = evaluate(y_true, y_pred)
    after = evaluate(y_true[order], np.array(names)[y_pred][order])
    for key in ("acc", "nmi", "ari", "imbalance"):
        assert after[key] == pytest.approx(before[key])
    assert clustering_accuracy(y_pred, y_true) == pytest.approx(before["acc"])
    assert before["nmi"] == pytest.approx(sklearn_nmi(y_true, y_pred))
    assert before["ari"] == pytest.approx(sklearn_ari(y_true, y_pred))
    assert 0 < before["acc"] <= 1
