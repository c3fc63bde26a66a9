"""Names of clusters: short, of what distinguishes them, never two alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris

from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.inspection.given_names import name_clusters
from deepkmeans.inspection.naming import propose_name
from deepkmeans.inspection.original import OriginalRows
from deepkmeans.inspection.profile import ClusterProfile, profile_clusters
from deepkmeans.runtime import Seeds

from .given_columns import column, rows_of


def steps(*levels: float, n: int = 80) -> np.ndarray:
    """Numbers of clusters of n rows each, around a level each."""
    rng = np.random.default_rng(0)
    return np.concatenate([level + rng.normal(0, 0.05, n) for level in levels])


def profiled(rows: OriginalRows, n_clusters: int) -> tuple[ClusterProfile, ...]:
    labels = np.repeat(np.arange(n_clusters), len(rows) // n_clusters)
    return profile_clusters(rows, labels, seeds=Seeds(0))


@pytest.fixture(scope="module")
def customers() -> tuple[ClusterProfile, ...]:
    return profiled(rows_of(
        column("annual_income_eur", 1000 * steps(80, 30, 30)),
        column("visits", np.round(10 * steps(0.2, 2, 0.2))),
        column("city", ["Bern"] * 80 + ["Rome", "Oslo"] * 40 + ["Bern", "Basel"] * 40, "category"),
    ), 3)  # fmt: skip


@pytest.fixture(scope="module")
def iris() -> tuple[ClusterProfile, ...]:
    data = load_iris()
    return profiled(rows_of(*(column(name, data.data[:, i]) for i, name in enumerate(data.feature_names))), 3)


def test_names_of_customers(customers: tuple[ClusterProfile, ...]) -> None:
    assert name_clusters(customers).names == {
        0: "High annual income, Bern", 1: "Many visits, Oslo or Rome", 2: "Few visits, Basel",
    }  # fmt: skip


def test_names_of_irises(iris: tuple[ClusterProfile, ...]) -> None:
    names = name_clusters(iris).names
    assert names == {
        0: "Small petal length and width", 1: "Medium petal width and length", 2: "Large petal length and width",
    }  # fmt: skip
    assert [propose_name(profile, iris) for profile in iris] == [*names.values()]


def test_two_columns_that_say_the_same_are_not_both_named() -> None:
    """Area and perimeter go together in every cluster; the colour is another matter."""
    area, colour = steps(1, 5, 5, 9), steps(2, 2, 4, 4)
    profiles = profiled(rows_of(column("area", area), column("perimeter", 2 * area), column("colour", colour)), 4)
    names = [str(name).lower() for name in name_clusters(profiles).names.values()]
    assert not any("area" in name and "perimeter" in name for name in names)
    assert names[0] == "small area, low colour"


def test_the_highest_of_several_high_ones_is_called_so() -> None:
    profiles = profiled(rows_of(column("income", steps(*np.linspace(1, 2, 10), 7, 8))), 12)
    names = name_clusters(profiles).names
    assert (names[10], names[11]) == ("High income", "Highest income")


def test_many_clusters_along_one_column_get_different_names() -> None:
    profiles = profiled(rows_of(column("income", 1000 * steps(*range(10, 80, 10)))), 7)
    names = name_clusters(profiles).names
    assert None not in names.values() and len({*names.values()}) == 7
    assert names[0] == "Low income" and names[6] == "High income" and names[3] == "Income 40,000"
    assert max(len(str(name)) for name in names.values()) <= 44


@pytest.mark.parametrize("seed", range(8))
def test_no_two_names_are_alike_and_none_is_long(seed: int) -> None:
    """Clusters of tables with few columns, more than there are words for."""
    rng = np.random.default_rng(seed)
    k, d = int(rng.integers(2, 16)), int(rng.integers(1, 4))
    labels = np.repeat(np.arange(k), 60)
    centers = 10.0 * rng.integers(0, 4, (k, d))
    rows = rows_of(*(column(f"column_{i}", centers[labels, i] + rng.normal(size=len(labels))) for i in range(d)))
    profiles = profile_clusters(rows, labels, seeds=Seeds(0))
    names = [name for name in name_clusters(profiles).names.values() if name is not None]
    assert len({name.casefold() for name in names}) == len(names) and max(map(len, names)) <= 44
    assert name_clusters(profiles) == name_clusters(profiles)


def test_what_nothing_distinguishes_has_no_name() -> None:
    rng = np.random.default_rng(0)
    profiles = profiled(rows_of(column("x", rng.normal(size=200)), column("y", rng.normal(size=200))), 2)
    assert name_clusters(profiles).names == {0: None, 1: None}


def test_texts_are_named_by_their_words() -> None:
    rng = np.random.default_rng(0)
    topics = (("hockey", "team", "season"), ("bank", "market", "rates"))
    texts = tuple(" ".join(rng.permutation(topic)[:2]) for topic in topics for _ in range(60))
    names = name_clusters(profiled(OriginalRows(120, texts=texts), 2)).names
    assert {*str(names[0]).lower().split(", ")} <= {*topics[0]} and {*str(names[1]).lower().split(", ")} <= {*topics[1]}


@pytest.mark.parametrize("name", ["x" * 200, "ein sehr langer Name einer Spalte in einer Tabelle", "列" * 60, "a\nb"])
def test_long_and_odd_names_of_columns(name: str) -> None:
    profiles = profiled(rows_of(column(name, steps(1, 5, 9))), 3)
    names = name_clusters(profiles).names
    assert all(one is not None and len(one) <= 44 and "\n" not in one for one in names.values())
    assert len({*names.values()}) == 3


def test_a_function_of_the_users_names_them(customers: tuple[ClusterProfile, ...]) -> None:
    given = {0: " Well-off \n", 1: "Regulars", 2: "好客户"}
    result = name_clusters(customers, lambda profile: given[profile.number])
    assert result.names == {0: "Well-off", 1: "Regulars", 2: "好客户"} and result.notes == ()


def faulty(answer: Any) -> Any:
    def namer(profile: ClusterProfile) -> Any:
        if profile.number != 1:
            return f"cluster of {profile.size:g} and {profile.number}"
        if isinstance(answer, Exception):
            raise answer
        return answer

    return namer


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (ValueError("no key\nfor it"), r"it raised ValueError: no key\nfor it"),
        (42, "it returned int instead of a string"),
        ("  ", "it returned an empty name"),
        ("one\ntwo", r"one line without control characters, and it returned 'one\ntwo'"),
        ("\u202eevil", "one line without control characters"),
        ("x" * 81, "at most 80 letters, and it returned 81"),
        ("Cluster of 80 and 0", "another cluster has the name 'Cluster of 80 and 0'"),
    ],
)
def test_what_the_function_gets_wrong_is_said_and_the_proposal_stays(
    customers: tuple[ClusterProfile, ...], answer: Any, note: str
) -> None:
    result = name_clusters(customers, faulty(answer))
    assert result.names == {0: "cluster of 80 and 0", 1: "Many visits, Oslo or Rome", 2: "cluster of 80 and 2"}
    (only,) = result.notes
    assert only.startswith("namer (faulty.<locals>.namer), cluster 1: ") and note in only
    assert only.endswith("; the proposed name stays.")


def test_none_leaves_the_proposal_unless_it_is_taken(customers: tuple[ClusterProfile, ...]) -> None:
    assert name_clusters(customers, faulty(None)).names[1] == "Many visits, Oslo or Rome"
    thief = {0: "many visits, oslo or rome", 1: None, 2: None}
    result = name_clusters(customers, lambda profile: thief[profile.number])
    assert result.names == {0: "many visits, oslo or rome", 1: None, 2: "Few visits, Basel"} and result.notes == ()


def test_what_cannot_be_called_is_refused(customers: tuple[ClusterProfile, ...]) -> None:
    with pytest.raises(InvalidParameterError, match=r"'namer' must be a function .* Got 'gpt' of type str instead"):
        name_clusters(customers, "gpt")  # type: ignore[arg-type]
