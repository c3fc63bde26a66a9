"""Profiles of clusters: numbers worked out by hand, weights, order, and tables with little in them."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection import division
from deepkmeans.inspection.column_profile import LevelShare
from deepkmeans.inspection.given_names import name_clusters
from deepkmeans.inspection.original import OriginalRows
from deepkmeans.inspection.profile import ClusterProfile, column_ranking, profile_clusters
from deepkmeans.runtime import Seeds

from .given_columns import column, planted, rows_of


def profiled(rows: OriginalRows, labels: Any, weight: Any = None) -> tuple[ClusterProfile, ...]:
    return profile_clusters(rows, np.asarray(labels), weight=weight, seeds=Seeds(0))


def mixed(seed: int = 0, n: int = 240) -> tuple[OriginalRows, np.ndarray]:
    """A table with a column of every kind, some cells missing."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    cities = np.array(["Bern", "Zürich", "東京", None], dtype=object)
    reviews = ("late delivery", "great service", "fine thanks")
    return rows_of(
        column("income", [None if rng.random() < 0.1 else 10 * label + rng.normal() for label in labels]),
        column("member", (rng.random(n) < labels / 2).astype(float), "boolean"),
        column("grade", np.clip(labels + rng.integers(-1, 2, n), 0, 3).astype(float), "ordinal", "abcd"),
        column("joined", np.datetime64("2020-01-01") + (300 * labels + rng.integers(0, 90, n)).astype("m8[D]"), "date"),
        column("Stadt ☂", cities[np.minimum(labels + (rng.random(n) < 0.2), 3)], "category"),
        column("tags", [("a",) * int(label > 0) + ("b",) * int(rng.random() < 0.5) for label in labels], "list"),
        column("review", [f"{reviews[label]} {rng.integers(1000)}" for label in labels], "text"),
    ), labels  # fmt: skip


def test_a_profile_by_hand() -> None:
    """Inside 1, 2, 3, 4, one cell missing; outside 10, 20, 30; weights one."""
    rows = rows_of(
        column("x", [1.0, 2.0, 3.0, 4.0, None, 10.0, 20.0, 30.0]),
        column("city", ["Bern", "Bern", "Bern", None, "Rome", "Rome", "Rome", "Bern"], "category"),
    )
    first, second = profiled(rows, [4, 4, 4, 4, 4, 7, 7, 7])
    assert (first.number, second.number, first.size, first.share) == (4, 7, 5.0, 0.625)
    x, city = first.columns
    assert (x.column, x.kind, x.missing_inside, x.missing_outside) == ("x", "number", 0.2, 0.0)
    assert x.inside is not None and x.outside is not None
    assert (x.inside.mean, x.outside.mean) == (pytest.approx(2.5), pytest.approx(20.0))
    assert (x.inside.lower_quartile, x.inside.median, x.inside.upper_quartile) == (1.0, 2.0, 3.0)
    assert (x.outside.median, x.typical_inside, x.typical_outside) == (20.0, "2", "20")
    within = np.sqrt((4 * 1.25 + 3 * 200 / 3) / 7)  # variances 1.25 of four and 66.7 of three
    assert x.standardized_difference == pytest.approx(-17.5 / within)
    assert x.histogram is not None and sum(x.histogram.inside) == pytest.approx(1)
    assert sum(x.histogram.overall) == pytest.approx(1) and len(x.histogram.edges) == len(x.histogram.inside) + 1
    assert city.levels == (LevelShare("Bern", 0.75, pytest.approx(1 / 3), pytest.approx(2.25)),
                           LevelShare("Rome", 0.25, pytest.approx(2 / 3), pytest.approx(0.375)))  # fmt: skip
    assert (city.typical_inside, city.typical_outside, city.missing_inside) == ("Bern", "Rome", 0.2)
    assert first.distinctions == () == second.distinctions  # five rows and three are no proof


class Near(float):
    """A number that is equal to those that differ from it by rounding alone."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and math.isclose(self, other, rel_tol=1e-7, abs_tol=1e-12)

    __hash__ = float.__hash__


def without_rounding(value: Any) -> Any:
    if isinstance(value, float):
        return Near(value)
    if isinstance(value, dict):
        return {key: without_rounding(item) for key, item in value.items()}
    return [without_rounding(item) for item in value] if isinstance(value, (list, tuple)) else value


def plain(profiles: tuple[ClusterProfile, ...]) -> list[Any]:
    return [without_rounding(profile.to_dict()) for profile in profiles]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_weights_are_repetition_and_rows_have_no_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, labels = mixed(seed % 7, 120)
    weight = rng.integers(0, 4, len(labels))
    again = np.repeat(np.arange(len(labels)), weight)
    weighted, repeated = profiled(rows, labels, weight), profiled(rows.take(again), labels[again])
    for one, other in zip(plain(weighted), plain(repeated), strict=True):
        assert [one[key] for key in ("number", "size", "share", "columns")] == [
            other[key] for key in ("number", "size", "share", "columns")
        ]
        # A row that counts twice is no second witness against chance.
        assert all(distinction in other["distinctions"] for distinction in one["distinctions"])
    shuffled = rng.permutation(again)
    assert plain(repeated) == plain(profiled(rows.take(shuffled), labels[shuffled]))


def test_columns_have_no_order() -> None:
    rows, labels = planted(1, k=4, n=300, heavy=False, categories=True)
    turned = OriginalRows(len(rows), rows.columns[::-1])
    here, there = profiled(rows, labels), profiled(turned, labels)
    assert plain(here)[0]["columns"] == plain(there)[0]["columns"][::-1]
    assert [one.text for one in here[0].distinctions] == [one.text for one in there[0].distinctions]
    assert dict(column_ranking(here)) == pytest.approx(dict(column_ranking(there)))


def test_json_takes_profiles_of_every_kind() -> None:
    rows, labels = mixed()
    profiles = profiled(rows, labels)
    written = json.loads(json.dumps([profile.to_dict() for profile in profiles], allow_nan=False))
    assert [one["number"] for one in written] == [0, 1, 2]
    assert {one["column"] for one in written[0]["distinctions"]} >= {"income", "member", "joined", "Stadt ☂"}
    assert {word["word"] for word in written[0]["words"]} & {"late delivery", "delivery"}
    names = name_clusters(profiles)
    assert json.loads(json.dumps(names.to_dict()))["names"].keys() == {"0", "1", "2"}


def test_noise_is_no_cluster_but_counts_as_rest() -> None:
    rows, labels = mixed()
    noisy = np.where(labels == 1, -1, labels)
    profiles = profiled(rows, noisy)
    assert [profile.number for profile in profiles] == [0, 2]
    assert sum(profile.share for profile in profiles) < 1
    alone = profiled(rows, np.where(labels == 1, 5, labels))
    assert [one.text for one in profiles[0].distinctions][:3] == [one.text for one in alone[0].distinctions][:3]
    assert profiled(rows, np.full(len(labels), -1)) == ()


def test_one_cluster_has_nothing_to_be_told_from() -> None:
    rows, labels = mixed()
    (only,) = profiled(rows, np.zeros(len(labels), dtype=int))
    assert (only.size, only.share, only.distinctions, only.words) == (240.0, 1.0, (), ())
    assert only.columns[0].outside is None and only.columns[0].inside is not None
    assert name_clusters((only,)).names == {0: None}


def test_a_cluster_of_one_row_is_described_and_nothing_is_claimed() -> None:
    rows, labels = mixed()
    labels[0] = 9
    profile = profiled(rows, labels)[-1]
    assert (profile.size, profile.distinctions) == (1.0, ())
    assert profile.columns[3].typical_inside


def test_huge_numbers_and_outliers() -> None:
    labels = np.repeat([0, 1], 100)
    numbers = np.concatenate([np.linspace(1, 2, 100), np.linspace(8, 9, 100)])
    numbers[5] = 1e300
    first = profiled(rows_of(column("x", numbers)), labels)[0]
    assert first.distinctions[0].text == "x low: typically 1.5 (elsewhere 8.5)"
    json.dumps(first.to_dict(), allow_nan=False)


def test_texts_have_words_and_pictures_have_sizes() -> None:
    texts = ("hockey team season", "hockey game", "team season game") * 30 + ("stock market", "bank rates") * 45
    labels = np.repeat([3, 5], 90)
    first = profiled(OriginalRows(180, texts=texts), labels)[0]
    assert first.columns == () and {"hockey"} <= {word.word for word in first.words}
    pictures = profiled(OriginalRows(180, pictures=np.zeros((180, 4, 4))), labels)
    assert [(one.number, one.size, one.words) for one in pictures] == [(3, 90.0, ()), (5, 90.0, ())]


def test_a_large_table_is_sampled_and_small_clusters_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, labels = mixed(n=3000)
    labels[:20] = 9
    whole = profiled(rows, labels)
    monkeypatch.setattr(division, "_MOST_ROWS", 600)
    sampled = profiled(rows, labels)
    assert [one.size for one in sampled] == [one.size for one in whole]
    assert sampled[3].columns[0].inside == whole[3].columns[0].inside  # all of its 20 rows
    for here, there in zip(whole[:3], sampled[:3], strict=True):
        assert {one.column for one in there.distinctions[:2]} == {one.column for one in here.distinctions[:2]}
    assert plain(sampled) == plain(profiled(rows, labels))  # the same seeds, the same sample


@pytest.mark.parametrize("labels", [[0, 1], np.zeros((240, 1), int), np.full(240, 0.5), ["a"] * 240], ids=str)
def test_labels_that_are_none_are_refused(labels: Any) -> None:
    with pytest.raises(InvalidDataError, match="'labels' must be 240 integers, one a row"):
        profiled(mixed()[0], labels)


def test_weights_that_are_none_are_refused() -> None:
    rows, labels = mixed()
    with pytest.raises(InvalidDataError, match="'weight' must be 240 numbers, one a row"):
        profiled(rows, labels, np.ones(3))


def test_weights_of_heavy_tails_name_no_shuffled_clusters() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        rows = rows_of(*[column(f"c{i}", rng.normal(size=300)) for i in range(5)])
        profiles = profiled(rows, rng.integers(0, 3, 300), rng.pareto(0.8, 300) + 0.01)
        assert all(not profile.distinctions for profile in profiles)


def test_thirty_rows_of_clear_clusters_are_told() -> None:
    """Three tens that no value of two columns mixes: one way out of the 30 million of choosing ten."""
    rng, labels = np.random.default_rng(0), np.repeat([0, 1, 2], 10)
    rows = rows_of(*[column(f"c{i}", rng.normal(size=30) + 10 * labels * (i < 2)) for i in range(4)])
    assert [{one.column for one in profile.distinctions} for profile in profiled(rows, labels)] == [{"c0", "c1"}] * 3
    few = rows.take(np.r_[0:6, 10:16, 20:26])
    assert profiled(few, np.repeat([0, 1, 2], 6))[0].distinctions
