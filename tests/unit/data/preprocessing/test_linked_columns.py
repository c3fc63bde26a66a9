"""Columns that are nearly functions of one another, or missing together, weigh as one and leave the others heard."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score as ari

from deepkmeans import DeepKMeans


def customers(n: int = 240) -> tuple[np.random.RandomState, np.ndarray, pd.DataFrame]:
    """Three clear groups in three columns."""
    random = np.random.RandomState(0)
    y = random.randint(0, 3, n)
    age, income = 30 + 14 * y + 3 * random.randn(n), 2000 + 900 * ((y + 1) % 3) + 200 * random.randn(n)
    segment = np.array(["A", "B", "C"])[np.where(random.rand(n) < 0.9, y, random.randint(0, 3, n))]
    return random, y, pd.DataFrame({"age": age.round(1), "income": income.round(), "segment": segment})


def dates(random: np.random.RandomState, n: int) -> dict[str, object]:
    ordered = pd.Timestamp("2020-01-01") + pd.to_timedelta(random.randint(0, 1400, n), unit="D")
    later = {name: ordered + pd.to_timedelta(random.randint(low, low + 4, n), unit="D")
             for name, low in (("shipped", 1), ("delivered", 5), ("paid", 9))}  # fmt: skip
    return {"ordered": ordered, **later, "year": ordered.year, "month": ordered.month_name()}


def rescaled(random: np.random.RandomState, n: int) -> dict[str, object]:
    noise = random.randn(n)
    return {f"noise{j}": ((j + 1) * noise + 0.05 * random.randn(n)).round(3) for j in range(6)}


def missing_numbers(random: np.random.RandomState, n: int) -> dict[str, object]:
    gone = random.rand(n) < 0.5
    return {f"lab{j}": np.where(gone, np.nan, random.randn(n)) for j in range(12)}


def missing_levels(random: np.random.RandomState, n: int) -> dict[str, object]:
    gone = random.rand(n) < 0.5
    return {f"answer{j}": np.where(gone, None, random.choice(["yes", "no"], n)) for j in range(12)}


@pytest.mark.parametrize("more", [dates, rescaled, missing_numbers, missing_levels])
def test_many_columns_that_say_one_thing_do_not_hide_the_others(more) -> None:
    random, y, frame = customers()
    model = DeepKMeans(3, random_state=0).fit(frame.assign(**more(random, len(frame))))
    assert ari(y, model.labels_) > 0.9


def test_columns_that_say_the_same_weigh_as_one() -> None:
    random, _, frame = customers()
    table = frame.assign(**missing_numbers(random, len(frame)), again=frame["income"])
    model = DeepKMeans(3, random_state=0).fit(table)
    columns = {column.name: column for column in model.preprocessor_.mixed.columns}
    assert columns["income"].weights == columns["again"].weights == pytest.approx([0.5**0.5])
    flags = np.array([column.weights[-1] for column in columns.values() if column.flagged])
    assert len(flags) == 12 and np.square(flags).sum() <= 0.25 * (1 + 1e-6)  # the largest weight of one flag, squared
