"""Answers to questions: scales in German, levels with their words beside them, several answers in a cell."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from deepkmeans.data.schema import Column, Schema


def recognised(cells: Any, name: str = "c") -> tuple[Column, Any]:
    frame = pd.DataFrame({name: cells})
    schema = Schema.from_document(Schema.recognise(frame).to_document())
    return schema.columns[0], schema.parse(frame).get(name)


SCALES = [
    "sehr unzufrieden, unzufrieden, neutral, zufrieden, sehr zufrieden",
    "trifft nicht zu, trifft eher nicht zu, teils/teils, trifft eher zu, trifft zu",
    "trifft gar nicht zu, trifft nicht zu, trifft eher zu, trifft zu, trifft voll zu",
    "Stimme gar nicht zu, Stimme nicht zu, Teils/teils, Stimme zu, Stimme voll zu",
    "stimme überhaupt nicht zu, stimme eher nicht zu, weder noch, stimme eher zu, stimme voll und ganz zu",
    "nie, selten, manchmal, oft, immer",
    "ungenügend, mangelhaft, ausreichend, befriedigend, gut, sehr gut",
    "Small (S), Medium (M), Large (L)",
    "0 - none, 1 - mild, 2 - moderate, 3 - severe",
    "1 (not at all), 2, 3, 4, 5 (very much)",
    "1 = sehr gut, 2 = gut, 3 = befriedigend",
    "1 (red), 2 (hot), 10 (burning)",
]


@pytest.mark.parametrize("scale", SCALES)
def test_levels_in_their_order(scale: str) -> None:
    levels = scale.split(", ")
    column, parsed = recognised(levels[::-1] * 4)
    assert column.kind == "ordinal"
    assert column.options["levels"] == levels
    assert parsed[: len(levels)].tolist() == list(range(len(levels)))[::-1]


@pytest.mark.parametrize(
    "codes", ["1 - red, 2 - blue, 3 - green", "1: Rome, 2: Oslo, 3: Lima", "Rome (Italy), Oslo (Norway)"]
)
def test_codes_of_categories_have_no_order(codes: str) -> None:
    assert recognised(codes.split(", ") * 5)[0].kind == "category"


def test_the_order_is_shown_so_that_it_can_be_read() -> None:
    column, _ = recognised(["< -5", "-5 - 0", "0 - 5", "> 5"] * 3)
    assert column.reason == "lowest first: '< -5', '-5 - 0', '0 - 5', '> 5'"
    assert recognised(["low", "medium", "high"] * 3)[0].reason == "low < medium < high"


def test_several_answers_in_a_cell() -> None:
    answers = ["Chat;Mail", "Web", "Web;Mail", "Fax;Phone", "Fax", "App", "App;Web", "Mail", "Phone"] * 10
    column, parsed = recognised(answers)
    assert column.kind == "list"
    assert parsed[:3] == [("Chat", "Mail"), ("Web",), ("Web", "Mail")]
    sorted_apart = ["Chat;Mail", "Fax;Phone", "App;Web", "Chat", "Mail", "Fax", "Web"] * 10
    assert recognised(sorted_apart)[0].kind == "list"


def test_two_tags_in_each_cell() -> None:
    genres = [
        "Comedy, Family", "Comedy, Music", "Family, Music", "Crime, Thriller", "Action, Crime", "Action, Thriller",
    ]  # fmt: skip
    column, parsed = recognised(genres * 10)
    assert column.kind == "list"
    assert parsed[0] == ("Comedy", "Family")


@pytest.mark.parametrize("cells", [
    ["Rome, Italy", "Milan, Italy", "Oslo, Norway", "Bergen, Norway"],
    ["Rome, Oslo", "Oslo, Rome", "Lima, Rome", "Oslo, Lima", "Rome, Lima"],  # there and back
], ids=str)  # fmt: skip
def test_places_in_one_order_are_no_list(cells: list[str]) -> None:
    assert recognised(cells * 10)[0].kind == "category"


def test_lists_of_the_fit_are_read_from_texts() -> None:
    frame = pd.DataFrame({"tags": [["x", "y"], ["z"], ["z", "w"]] * 5})
    schema = Schema.recognise(frame)
    written = pd.DataFrame({"tags": ["['x', 'y']", '["z"]', "['z', 'w']", "[]"] * 5})
    assert schema.parse(written)["tags"][:4] == [("x", "y"), ("z",), ("z", "w"), ()]
    separated = pd.DataFrame({"tags": ["x; y", "z", "z; w"] * 5})
    assert schema.parse(separated)["tags"][:3] == [("x", "y"), ("z",), ("z", "w")]
    assert schema.parse(pd.DataFrame({"tags": ["x, y", "y", "y, x", "x"] * 5}))["tags"][:2] == [("x", "y"), ("y",)]
    assert schema.parse(pd.DataFrame({"tags": ["a word"]}))["tags"] == [("a word",)]
    assert schema.parse(pd.DataFrame({"tags": ["x;y"]}))["tags"] == [("x", "y")]


def test_brackets_are_read_where_the_fit_had_a_separator() -> None:
    schema = Schema.recognise(pd.DataFrame({"tags": ["x; y", "z", "z; x", "y"] * 5}))
    assert schema.parse(pd.DataFrame({"tags": ["['x', 'y']", "x; z"]}))["tags"] == [("x", "y"), ("x", "z")]


def test_objects_are_called_so() -> None:
    cells = [f'{{"a": {number}}}' for number in range(5)] * 4
    assert recognised(cells)[0].reason == "names and values in braces"
    assert recognised(["['a', 'b']", "['c']"] * 9)[0].reason == "lists in brackets"


@pytest.mark.parametrize("cells", [["€5", "$5", "€12", "$7.50"], ["EUR 80", "USD 95", "EUR 120"]], ids=str)
def test_several_currencies_are_no_numbers(cells: list[str]) -> None:
    column, _ = recognised(cells * 5)
    assert column.kind == "category"
    assert "cannot be compared" in column.notes[0]
    assert recognised([cells[0], cells[0].replace("5", "7").replace("8", "9")])[0].kind == "number"
