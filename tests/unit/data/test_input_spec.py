"""What an InputSpec refuses: by the name of its argument, with the value and the cure."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.schema import Schema
from deepkmeans.exceptions import InvalidParameterError

SIZE = ["S", "M", "L"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"levels": SIZE}, r"'levels' parameter of InputSpec must map names.*\['S'.*levels=\{'size'"),
        ({"levels": None}, "'levels' parameter of InputSpec must map names"),
        ({"columns": ["zip"]}, "'columns' parameter of InputSpec must map names.*columns=.'zip': 'category'"),
        ({"levels": {"size": "low,medium"}}, r"'levels\['size'\]' .* must be a list .* Got 'low,medium'.*\['S', "),
        ({"levels": {"size": None}}, r"'levels\['size'\]' .* must be a list .* Got None"),
        ({"levels": {"size": {"S", "M"}}}, r"'levels\['size'\]' .* must be a list"),
        ({"levels": {"size": ["S", None]}}, "must hold texts, or numbers, and None is none"),
        ({"levels": {"size": ["S", "S"]}}, "each level once"),
        ({"levels": {"size": []}}, "each level once"),
        (
            {"levels": {"size": SIZE}, "columns": {"size": "category"}},
            r"'levels\['size'\]' .*'ordinal', but columns\['size'\] is 'category'.*leave out one",
        ),
        ({"levels": {"size": SIZE}, "columns": {"size": "ignored"}}, r"columns\['size'\] is 'ignored'"),
        ({"kind": "text", "columns": {"size": "category"}}, "'columns' .* is of tables, but kind='text'"),
        ({"kind": "text", "levels": {"size": SIZE}}, "'levels' .* is of tables, but kind='text'"),
        ({"kind": "text", "decimal": ","}, "'decimal' .* is of tables, but kind='text'.*','"),
        ({"columns": {"size": "identifier"}}, r"'columns\['size'\]' parameter .*Got 'identifier'"),
    ],
)  # fmt: skip
def test_what_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidParameterError, match=words) as caught:
        InputSpec(**arguments)
    assert "\n" not in str(caught.value)


def test_what_is_taken() -> None:
    assert InputSpec(levels={"size": [1, 2]}, columns={"size": "ordinal"}).columns == {"size": "ordinal"}
    assert InputSpec(levels={"size": ("S", "M")}, decimal=",").columns == {"size": "ordinal"}


def test_a_level_that_is_not_in_the_list_is_named() -> None:
    frame = pd.DataFrame({"size": [*SIZE, "XL", "XL"]})
    schema = Schema.recognise(frame, InputSpec(levels={"size": SIZE}))
    (unread,) = schema.read(frame).unread
    assert (unread.column, unread.kind, unread.count, unread.examples) == ("size", "ordinal", 2, ("XL",))
    assert schema.notes_on([unread]) == [
        "2 cells of 'size' could not be read as ordered levels and count as missing, such as 'XL'"
    ]
