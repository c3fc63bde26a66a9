"""Names of columns as a person says them."""

from __future__ import annotations

import pytest

from deepkmeans.inspection.column_words import column_words


@pytest.mark.parametrize(
    ("name", "words", "unit"),
    [
        ("annual_income_eur", "annual income", "EUR"), ("petal length (cm)", "petal length", "cm"),
        ("MajorAxisLength", "Major Axis Length", ""), ("BMI", "BMI", ""), ("pH", "pH", ""),
        ("age_years", "age", "years"),
        ("discount_pct", "discount", "%"), ("temp [°C]", "temp", "°C"), ("study hours", "study hours", ""),
        ("name (first)", "name (first)", ""), ("speed (km/h)", "speed", "km/h"), ("17", "column 17", ""),
        ("kg", "kg", ""),
        ("V12", "V12", ""), ("Größe_cm", "Größe", "cm"), ("_", "column '_'", ""), ("收入", "收入", ""),
    ],
)  # fmt: skip
def test_words_and_unit(name: str, words: str, unit: str) -> None:
    known = column_words(name)
    assert (known.words, known.unit) == (words, unit)
    assert column_words(name, measured=False).unit == ""


@pytest.mark.parametrize(
    ("name", "direction", "counted", "phrase"),
    [
        ("annual_income_eur", "high", False, "high annual income"), ("visits", "low", True, "few visits"),
        ("visits per year", "high", True, "many visits per year"),
        ("n_children", "high", True, "many children"), ("children", "low", True, "few children"),
        ("visits", "low", False, "low visits"),
        ("age", "low", True, "young"),
        ("Age", "high", False, "old"), ("petal length (cm)", "low", False, "small petal length"),
        ("Duration", "high", False, "long duration"), ("BMI", "high", False, "high BMI"),
        ("status", "high", True, "high status"),
        ("Income", "medium", False, "medium income"), ("analysis", "low", True, "low analysis"),
    ],
)  # fmt: skip
def test_phrases(name: str, direction: str, counted: bool, phrase: str) -> None:
    assert column_words(name).phrase(direction, counted=counted) == phrase


def test_dates_and_yes_and_no() -> None:
    assert column_words("joined").moment("May 2024", "high") == "joined late"
    assert column_words("joined").moment("May 2024", "medium") == "joined May 2024"
    assert column_words("Signup_date").moment("May 2024", "low") == "signup May 2024"
    assert column_words("has_car").if_so(so=False) == "no car"
    assert column_words("churned").if_so(so=False) == "not churned"
    assert column_words("is_active").if_so(so=True) == "active"
