"""One meaning for every text: what is refused, what comes back as it was."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepkmeans.storage.strict_json import MAX_BYTES, MAX_DEPTH, StrictJSONError, dump, parse

_leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
)
_keys = st.text(st.characters(codec="utf-8"), max_size=10).filter(lambda key: key != "$float")
_documents = st.dictionaries(
    _keys, st.recursive(_leaves, lambda inner: st.lists(inner) | st.dictionaries(_keys, inner), max_leaves=20)
)


def test_written_by_hand() -> None:
    assert dump({"b": 1, "a": [True, None, "x", 0.5]}) == b'{"b":1,"a":[true,null,"x",0.5]}'
    assert dump({"é": "ü"}) == b'{"\\u00e9":"\\u00fc"}'


def test_numpy_scalars_tuples_and_lost_numbers() -> None:
    document = {"i": np.int64(3), "f": np.float32(0.5), "b": np.bool_(True), "t": (1, 2), "inf": -math.inf}
    assert parse(dump(document)) == {"i": 3, "f": 0.5, "b": True, "t": [1, 2], "inf": -math.inf}
    assert math.isnan(parse(dump({"loss": math.nan}))["loss"])
    assert b"NaN" not in dump({"loss": math.nan})


@given(_documents)
def test_round_trip(document: dict[str, object]) -> None:
    back = parse(dump(document))
    assert back == document
    assert repr(back) == repr(document)  # the types and the order of the keys too: True is not 1


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"a": {1: 2}}, "a has the key 1"),
        ({"a": [0, {1, 2}]}, "a[1] is a set"),
        ({"a": b"x"}, "is a bytes"),
        ({"a": np.zeros(2)}, "is a ndarray"),
        ({"a": 2**64}, "outside 64 bits"),
        ({"a": {"$float": "nan"}}, "'$float'"),
        ({"a": 1j}, "is a complex"),
        ({1: 2}, "the top level has the key 1"),
    ],
)
def test_what_cannot_be_written_is_named(value: dict[str, object], words: str) -> None:
    with pytest.raises(StrictJSONError) as caught:
        dump(value)
    assert words in str(caught.value)


def test_nesting_is_bounded_both_ways() -> None:
    deep: dict[str, object] = {}
    for _ in range(MAX_DEPTH + 1):
        deep = {"a": deep}
    with pytest.raises(StrictJSONError, match="nested deeper"):
        dump(deep)
    at_most: dict[str, object] = {}
    for _ in range(MAX_DEPTH):
        at_most = {"a": at_most}
    assert parse(dump(at_most)) == at_most


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a":1,"a":2}', "occurs twice"),
        (b'{"a":{"b":1,"b":1}}', "occurs twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "-Infinity"),
        (b'{"a":1e999}', "larger than any float"),
        (b'{"a":18446744073709551616}', "64 bits"),
        (b'{"a":' + b"9" * 5000 + b"}", "64 bits"),
        (b'{"$float":"nan","b":1}', "$float"),
        (b'{"a":{"$float":"1"}}', "$float"),
        (b'{"a":{"$float":["nan"]}}', "$float"),
        (b'{"$float":"nan"}', "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (b"", "not JSON"),
        (b'{"a":1}x', "not JSON"),
        (b'{"a":"\xff"}', "not JSON"),
        (b'{"a":' + b"[" * 100_000, "nested deeper"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "nested deeper"),
        (b'{"a":[' + b"[]," * 1_100_000 + b"0]}", "values"),
        (b" " * (MAX_BYTES + 1), "bytes"),
    ],
)
def test_refused_on_reading(text: bytes, words: str) -> None:
    with pytest.raises(StrictJSONError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300


@given(st.binary(max_size=60))
def test_any_bytes_end_in_an_object_or_one_error(data: bytes) -> None:
    with contextlib.suppress(StrictJSONError):
        assert isinstance(parse(data), dict)
