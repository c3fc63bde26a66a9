"""What is said of a cluster, kind by kind, from cases worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from deepkmeans.inspection.distinctions import Distinction
from deepkmeans.inspection.original import OriginalColumn
from deepkmeans.inspection.profile import profile_clusters
from deepkmeans.runtime import Seeds

from .given_columns import column, rows_of

#: 100 rows of cluster 0, 100 of each of two others.
LABELS = np.repeat([0, 1, 2], 100)


def said(given: OriginalColumn, cluster: int = 0) -> list[Distinction]:
    return list(profile_clusters(rows_of(given), LABELS, seeds=Seeds(0))[cluster].distinctions)


def spaced(first: float, last: float) -> list[float]:
    return np.linspace(first, last, 100).tolist()


def test_numbers_by_their_medians() -> None:
    income = column("annual_income_eur", [*spaced(72_000, 92_000), *spaced(20_000, 40_000), *spaced(22_000, 42_000)])
    high, low = said(income)[0], said(income, 1)[0]
    assert high.text == "annual income high: typically 82,000 EUR (elsewhere 31,000 EUR)"
    assert (high.strength, high.direction, high.phrase) == (1.0, "high", "high annual income")
    assert high.inside == pytest.approx(81_899, abs=1) and high.low == 72_000 and high.high is None
    assert low.direction == "low" and low.text.startswith("annual income low: typically 30,000 EUR (elsewhere ")


def test_numbers_between_those_of_the_others_are_medium() -> None:
    width = column("petal width (cm)", [*spaced(3, 4), *spaced(0, 1), *spaced(6, 7)])
    assert [one.text for one in said(width)] == ["petal width medium: 3 to 4 cm in 100% (elsewhere 0%)"]
    assert said(width)[0].phrase == "medium petal width"


def test_numbers_on_both_sides_of_the_others_are_extreme() -> None:
    score = column("score", [*spaced(-9, -8)[:50], *spaced(8, 9)[:50], *spaced(-2, 2), *spaced(-2, 2)])
    assert said(score)[0].text == "score extreme: -8.5 or less, or 8 or more, in 100% (elsewhere 0%)"


def test_where_medians_are_alike_the_share_is_said() -> None:
    """Medians are 0 in all clusters: 45 of 100 have children here, 2 of 200 elsewhere."""
    children = column("n_children", [*[0.0] * 55, *[2.0] * 45, *[0.0] * 198, *[1.0] * 2])
    only = said(children)[0]
    assert only.text == "n children high: 2 or more in 45% (elsewhere 0%)" and only.phrase == "many children"
    assert only.strength == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("cells", "text", "phrase"),
    [
        (["Bern"] * 64 + ["Rome"] * 36 + ["Bern"] * 16 + ["Rome"] * 94 + ["Oslo"] * 90,
         "city mostly Bern: 64% (elsewhere 8%)", "Bern"),
        (["Bern"] * 100 + ["Bern"] * 16 + ["Rome"] * 184, "city always Bern (elsewhere 8%)", "Bern"),
        (["Bern"] * 45 + ["Basel"] * 45 + ["Rome"] * 10 + ["Rome"] * 100 + ["Oslo"] * 100,
         "city mostly Basel or Bern: 90% (elsewhere 0%)", "Basel or Bern"),
        (["A"] * 80 + ["B"] * 20 + ["B"] * 200, "city mostly A: 80% (elsewhere 0%)", "city A"),
    ],
)  # fmt: skip
def test_levels(cells: list[str], text: str, phrase: str) -> None:
    first = said(column("city", cells, "category"))[0]
    assert (first.text, first.phrase) == (text, phrase)


def test_a_level_of_two_columns_is_named_with_its_column() -> None:
    here, there = ["Bern"] * 90 + ["Rome"] * 210, ["Rome"] * 100 + ["Bern"] * 200
    rows = rows_of(column("home_city", here, "category"), column("work_city", there, "category"))
    first = profile_clusters(rows, LABELS, seeds=Seeds(0))[0]
    assert {one.phrase for one in first.distinctions} == {"home city Bern", "work city Rome"}


@pytest.mark.parametrize(
    ("name", "levels", "share", "text", "phrase"),
    [
        ("smoker", (), 92, "smoker mostly yes: 92% (elsewhere 30%)", "smoker"),
        ("is_active", (), 4, "is active mostly no: 96% (elsewhere 70%)", "not active"),
        ("loan", (), 4, "loan mostly no: 96% (elsewhere 70%)", "no loan"),
        ("sex", ("female", "male"), 92, "sex mostly male: 92% (elsewhere 30%)", "male"),
    ],
)
def test_yes_and_no(name: str, levels: tuple[str, ...], share: int, text: str, phrase: str) -> None:
    cells = [1.0] * share + [0.0] * (100 - share) + [1.0] * 60 + [0.0] * 140
    first = said(column(name, cells, "boolean", levels))[0]
    assert (first.text, first.phrase) == (text, phrase)


def test_ordered_levels_by_their_words() -> None:
    words = ("poor", "fair", "good")
    given = column("satisfaction", [0.0] * 80 + [1.0] * 20 + [2.0] * 150 + [1.0] * 50, "ordinal", words)
    first = said(given)[0]
    assert first.text == "satisfaction low: typically poor (elsewhere good)"
    assert (first.inside, first.outside, first.phrase) == ("poor", "good", "low satisfaction")
    often = column("satisfaction", [1.0] * 55 + [2.0] * 45 + [1.0] * 190 + [0.0] * 10, "ordinal", words)
    assert said(often)[0].text == "satisfaction high: good or above in 45% (elsewhere 0%)"


def test_dates_as_exact_as_they_are_close() -> None:
    def days(first: str, count: int) -> list[np.datetime64]:
        return [np.datetime64(first) + np.timedelta64(int(day), "D") for day in np.linspace(0, count, 100)]

    joined = column("joined", days("2024-01-10", 120) + days("2018-01-01", 900) + days("2020-08-01", 900), "date")
    first = said(joined)[0]
    assert first.text == "joined late: typically March 2024 (elsewhere 2020)"
    assert (first.phrase, first.inside, first.direction) == ("joined late", "March 2024", "high")


def test_missing_cells() -> None:
    visits = column("visits", [None] * 70 + [5.0] * 30 + [None] * 4 + [5.0] * 196)
    assert [one.text for one in said(visits)] == ["visits rarely given: missing in 70% (elsewhere 2%)"]
    only_here = column("visits", [5.0] * 100 + [None] * 200)
    assert said(only_here)[0].text == "visits always given (elsewhere missing in 100%)"
    assert said(only_here)[0].direction == "given" and said(only_here, 1)[0].phrase == "no visits given"


def test_items_and_words() -> None:
    tags = column("tags", [("web", "new")] * 80 + [("shop",)] * 20 + [("shop", "new")] * 176 + [("web",)] * 24, "list")
    assert said(tags)[0].text == "tags mostly with web: 80% (elsewhere 12%)" and said(tags)[0].phrase == "with web"
    texts = ["late delivery again"] * 40 + ["all fine"] * 60 + ["all fine"] * 194 + ["delivery quick"] * 6
    first = said(column("review", texts, "text"))[0]
    assert first.text in {
        f"review often mentions {word}: 40% (elsewhere 0%)" for word in ("late", "late delivery")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value"), [("number", 3.0), ("category", "Bern"), ("boolean", 1.0), ("number", None), ("category", None),
                        ("date", np.datetime64("NaT")), ("list", ()), ("text", None), ("ordinal", None)],
)  # fmt: skip
def test_constant_and_empty_columns_say_nothing(kind: str, value: Any) -> None:
    assert said(column("x", [value] * 300, kind)) == []
