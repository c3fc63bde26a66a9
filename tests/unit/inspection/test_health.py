"""What is said of a fit: sizes, separation, stability, doubts, and what to try next."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_wine

from deepkmeans import DeepKMeans
from deepkmeans.inspection.health import HealthNote, health_of
from deepkmeans.inspection.partition_words import partition_in_words
from deepkmeans.inspection.stability import Resampling, Separation
from deepkmeans.inspection.summary import summary_of

TITLES = {0: "Cluster 0", 1: "Cluster 1", 2: "Cluster 2"}


def _by_topic(notes: tuple[HealthNote, ...]) -> dict[str, HealthNote]:
    return {note.topic: note for note in notes if note.kind != "ok"} | {
        note.topic: note for note in notes if note.kind == "ok"
    }


def test_sizes_name_the_small_ones() -> None:
    notes = health_of({0: 900.0, 1: 97.0, 2: 3.0}, TITLES, {})
    assert [note.text for note in notes] == [
        "The 3 clusters hold 900, 97 and 3 rows.", "One cluster is small: Cluster 2 (3 rows).",
    ]  # fmt: skip
    assert notes[1].try_next is not None


def test_noise_and_one_cluster() -> None:
    noise, one = health_of({-1: 10.0, 0: 90.0}, TITLES, {})
    assert noise.text == "10 rows (10%) are noise."
    assert one.text == "All other rows are in one cluster." and "n_clusters" not in str(one.try_next)
    assert one.try_next == "try a smaller radius (eps) or a smaller min_cluster_size"


def test_nothing_but_noise() -> None:
    (only,) = health_of({-1: 10.0}, {}, {})
    assert only.text == "Every row is noise." and only.key == "all_noise"
    assert only.try_next == "try a larger radius (eps), or a smaller min_samples or min_cluster_size"
    said = summary_of(
        10, {-1: 10.0}, {}, (), None, {}, separation=None, resampling=None, confidence=None, kind="table"
    )  # fmt: skip
    assert said == (
        "The 10 rows form no cluster: every row is noise.", "There is nothing to compare.",
        "To see a cluster, try a larger radius (eps), or a smaller min_samples or min_cluster_size.",
    )  # fmt: skip


def test_one_of_each_and_numbered_columns() -> None:
    notes = health_of({-1: 1.0, 0: 90.0, 1: 9.0}, TITLES, {"imputed": {"1": 3}, "n_iter": 1, "n_samples": 100})
    told = [note.text for note in notes]
    assert "1 row (1%) is noise." in told and "Training converged after 1 epoch." in told
    assert "3 missing cells in 1 column were filled, most of them in column 1 (3% of its cells)." in told
    one = summary_of(1, {0: 1.0}, {}, (), None, {}, separation=None, resampling=None, confidence=None, kind="table")
    assert one[0] == "The 1 row forms one cluster."
    two = summary_of(
        9, {0: 4.0, 1: 5.0}, {}, ("1", "2"), None, {}, separation=None, resampling=None, confidence=None, kind="table"
    )  # fmt: skip
    assert two[1] == "They differ most in column 1 and column 2."


def test_separation_and_stability_in_words() -> None:
    sizes = {0: 50.0, 1: 50.0, 2: 50.0}
    good = health_of(
        sizes, TITLES, {}, separation=Separation(0.7, {0: 0.7, 1: 0.7, 2: 0.7}, (0, 2)),
        resampling=Resampling(0.99, 0.01, {0: 0.99, 1: 0.99, 2: 0.99}),
    )  # fmt: skip
    assert [note.kind for note in good] == ["ok", "ok", "ok"]
    assert "Cluster 0 and Cluster 2 lie closest together" in good[1].text
    bad = health_of(
        sizes, TITLES, {}, separation=Separation(0.1, {0: 0.1, 1: 0.1, 2: 0.1}, (0, 2)),
        resampling=Resampling(0.6, 0.1, {0: 0.6, 1: 0.6, 2: 0.6}), confidence=np.array([0.2, 0.9, 0.4, 0.9]),
    )  # fmt: skip
    assert [note.kind for note in bad] == ["ok", "note", "warning", "warning"]
    assert "about 60 of 100 rows" in bad[3].text and "50% of them are unsure" in bad[3].text


def test_a_fit_of_ours_says_what_was_compared() -> None:
    X = load_wine().data
    model = DeepKMeans(3, random_state=0).fit(X)
    notes = health_of(dict(enumerate(model.report_["cluster_sizes"])), TITLES, model.report_, space=model.embed(X))
    comparison = _by_topic(notes)["comparison"]
    compared = len(model.report_["rounds"][-1]["candidates"])
    assert f"the {compared - 1} other partitions that were compared" in comparison.text


def test_missing_cells_and_columns_left_out() -> None:
    report = {
        "n_samples": 100, "imputed": {"age": 60, "income": 5},
        "input": {"columns": [
            {"name": "id", "used": False, "reason": "another value in every row"}, {"name": "age", "used": True},
        ]},
    }  # fmt: skip
    notes = _by_topic(health_of({0: 50.0, 1: 50.0}, TITLES, report))
    assert notes["columns"].text == "1 column was left out: id (another value in every row)."
    cells = notes["missing cells"]
    assert cells.text == "65 missing cells in 2 columns were filled, most of them in age (60% of its cells)."
    assert (cells.kind, cells.try_next) == ("warning", "leave out age, or find its values")


def test_doubts_of_a_choice_are_warnings() -> None:
    selection = {"n_clusters": 1, "second": 4, "reason": "no gap is clear", "confident": False, "useful_division": 4}
    report = {
        "chosen": "a", "rival": "b", "reason": "it agrees most", "converged": False, "max_epochs": 7,
        "n_clusters_selection": selection, "rounds": [{"candidates": {"a": {}, "b": {}}}],
    }  # fmt: skip
    notes = _by_topic(health_of({0: 5.0, 1: 5.0}, TITLES, report))
    assert {topic for topic, note in notes.items() if note.kind == "warning"} == {
        "comparison", "number of clusters", "training",
    }  # fmt: skip
    assert "partition='b'" in str(notes["comparison"].try_next)
    assert all(note.to_dict()["text"] for note in notes.values())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("k-means", "K-Means"),
        ("standard/whitened/k-means", "K-Means of standardised columns"),
        ("ranks/30/spectral-full", "spectral clustering of the neighbour graph of ranks"),
        ("standard/5/mixture-tied", "a Gaussian mixture of standardised columns"),
        ("modularity-0.5/2", "a division of the neighbour graph"),
    ],
)
def test_names_of_partitions_in_words(name: str, words: str) -> None:
    assert partition_in_words(name) == words


def test_idle_dimensions_of_the_embedding() -> None:
    space = np.random.default_rng(0).normal(size=(50, 4)) * np.array([1.0, 1.0, 0.0, 0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notes = _by_topic(health_of({0: 25.0, 1: 25.0}, TITLES, {"embedding_dim": 4}, space=space))
    assert notes["embedding"].text == "2 of the 4 dimensions of the embedding carry nothing."
    assert notes["embedding"].try_next == "try embedding_dim=2"
