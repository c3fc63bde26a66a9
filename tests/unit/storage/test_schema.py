"""Rules of what a file holds: what passes, what is refused, and that a refusal names the part and the value."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import nn

from deepkmeans._validation import Interval, OneOf
from deepkmeans.storage.schema import (
    BOOL,
    COUNT,
    FINITE,
    FLOATS,
    NAME,
    NOT_NEGATIVE,
    NUMBER,
    POSITIVE,
    SIZE,
    TEXT,
    ListOf,
    MapOf,
    MismatchError,
    Record,
    TensorOf,
    check_tensors,
    check_tensors_like,
    check_value,
)

CAT = Record({"name": NAME, "lives": [Interval(int, 1, 9)]}, {"toys": [ListOf(TEXT)]})


@pytest.mark.parametrize(
    ("rules", "good", "bad"),
    [
        (BOOL, [True, False], [0, 1, None, "true"]),
        (COUNT, [0, 7], [-1, 1.0, True, None, "1"]),
        (SIZE, [1, 2**40], [0, -1, 1.5, False]),
        (NUMBER, [0, -1.5, math.nan, math.inf], [True, None, "1", []]),
        (FINITE, [0, -1e300], [math.nan, math.inf, -math.inf, True, "0"]),
        (NOT_NEGATIVE, [0, 1e300], [-1e-300, math.nan, math.inf, True]),
        (POSITIVE, [1e-300, 3], [0, -1, math.inf, math.nan]),
        (TEXT, ["", "\x1b[31m"], [None, 1, ["a"]]),
        (NAME, ["Net", "Größe"], ["", "\x1b[31m", "two\nlines", "a" * 201, 3]),
        ([None, OneOf("a", "b")], [None, "a"], ["c", 0]),
        ([ListOf(COUNT, 2)], [[0, 1]], [[], [0], [0, 1, 2], [0, -1], {"0": 1}, "01"]),
        ([MapOf(FINITE)], [{}, {"a": 1}], [{"a": "1"}, [], None]),
        ([MapOf()], [{"a": [{"b": None}]}], [[], None, 1]),
        ([CAT], [{"name": "Tom", "lives": 9}, {"name": "Tom", "lives": 1, "toys": ["mouse"]}], [{}, {"name": "Tom"}]),
    ],
)
def test_what_follows_a_rule_and_what_does_not(rules: Any, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        check_value(value, rules, "it")
    for value in bad:
        with pytest.raises(MismatchError, match="^it"):
            check_value(value, rules, "it")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "the cat must be an object. Got [] instead"),
        ({"name": "Tom"}, "the cat lacks 'lives'"),
        ({"name": "Tom", "lives": 0}, "the cat['lives'] must be an integer from 1 to 9. Got 0 instead"),
        ({"name": "Tom", "lives": 9, "\x1b[31m": 1}, r"the cat has the unknown key '\x1b[31m'"),
        (
            {"name": "a\nb", "lives": 9},
            r"the cat['name'] must be a printable name of at most 200 characters. Got 'a\nb'",
        ),
        ({"name": "Tom", "lives": 9, "toys": ["x", 3]}, "the cat['toys'][1] must be a string. Got 3 instead"),
    ],
)
def test_messages_name_the_place_and_the_value(value: Any, words: str) -> None:
    with pytest.raises(MismatchError) as caught:
        check_value(value, [CAT], "the cat")
    assert words in str(caught.value)
    assert str(caught.value).isprintable()


def test_messages_are_short_whatever_the_value() -> None:
    for value in ("a" * 10**6, [[1] * 1000] * 1000, {str(i): i for i in range(10**4)}):
        with pytest.raises(MismatchError) as caught:
            check_value(value, COUNT, "it")
        assert len(str(caught.value)) < 300


CENTERS = {
    "centers": TensorOf(FLOATS, ("n_clusters", "n_features")),
    "labels": TensorOf([torch.int32], ("n_samples",), low=0, below="n_clusters"),
    "counts": TensorOf([torch.float64], ("n_clusters",), low=0, optional=True),
    "flags": TensorOf([torch.int64], ("n_flags",), may_be_empty=True, optional=True),
    "size": TensorOf([torch.float64], (), low=0, above=True, optional=True),
}


def _tensors(**changes: Any) -> dict[str, torch.Tensor]:
    tensors = {"centers": torch.zeros(3, 2), "labels": torch.tensor([0, 2, 1], dtype=torch.int32), **changes}
    return {name: tensor for name, tensor in tensors.items() if tensor is not None}


def test_sizes_mean_one_number() -> None:
    sizes = check_tensors(_tensors(flags=torch.zeros(0, dtype=torch.int64)), CENTERS, sizes={"n_features": 2})
    assert sizes == {"n_clusters": 3, "n_features": 2, "n_samples": 3, "n_flags": 0}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"centers": None}, "the tensor 'centers' is missing"),
        ({"more\x1b": torch.zeros(1)}, r"the tensor 'more\x1b' is unknown"),
        ({"centers": torch.zeros(3, 2).half()}, "'centers' must be of dtype float64 or float32. Got float16 instead"),
        ({"centers": torch.zeros(6)}, "'centers' must be of shape (n_clusters, n_features). Got (6,) instead"),
        ({"centers": torch.zeros(2**40, 0)}, "'centers' is empty: its shape is (1099511627776, 0)"),
        ({"centers": torch.full((3, 2), math.nan)}, "'centers' holds NaN"),
        ({"centers": torch.tensor([[0, math.inf], [0, 0], [0, 0]])}, "'centers' holds infinity"),
        ({"labels": torch.tensor([0, 3], dtype=torch.int32)}, "'labels' holds 3, where all must be <= 2"),
        ({"labels": torch.tensor([0, -4], dtype=torch.int32)}, "'labels' holds -4, where all must be >= 0"),
        ({"counts": torch.ones(2, dtype=torch.float64)}, "'counts' must be of shape (3,). Got (2,) instead"),
        ({"size": torch.tensor(0.0, dtype=torch.float64)}, "'size' holds 0, where all must be > 0"),
    ],
)
def test_tensors_that_do_not_fit(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(MismatchError) as caught:
        check_tensors(_tensors(**changes), CENTERS)
    assert words in str(caught.value)
    with pytest.raises(MismatchError, match=r"'centers' must be of shape \(n_clusters, 5\)"):
        check_tensors(_tensors(), CENTERS, sizes={"n_features": 5})


def test_the_state_of_a_module() -> None:
    module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    wanted = module.state_dict()
    check_tensors_like(wanted, wanted)
    with torch.device("meta"):
        planned = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).state_dict()
    check_tensors_like(wanted, planned)
    for name, tensor, words in [
        ("0.weight", torch.full((3, 2), math.inf), "holds infinity"),
        ("0.weight", torch.zeros(2, 3), r"must be of shape \(3, 2\)"),
        ("0.weight", torch.zeros(3, 2).double(), "must be of dtype float32"),
        ("1.running_var", torch.full((3,), -1.0), "holds -1, where all must be >= 0"),
        ("other", torch.zeros(1), "is unknown"),
    ]:
        for plan in (wanted, planned):
            with pytest.raises(MismatchError, match=words):
                check_tensors_like({**wanted, name: tensor}, plan)
    with pytest.raises(MismatchError, match="'p/0.bias' is missing"):
        check_tensors_like({k: v for k, v in wanted.items() if k != "0.bias"}, wanted, prefix="p/")


def test_what_a_network_starts_with_may_be_infinite() -> None:
    """A mask of a user's own network; but what such a network has learnt is finite."""
    wanted = {"mask": torch.tensor([0.0, -math.inf]), "weight": torch.ones(2)}
    check_tensors_like(wanted, wanted)
    with pytest.raises(MismatchError, match="'weight' holds infinity"):
        check_tensors_like({**wanted, "weight": wanted["mask"]}, wanted)
