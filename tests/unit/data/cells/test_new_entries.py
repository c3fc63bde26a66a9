"""Lists of which none has an entry that the fit uses are told; single ones are not."""

from __future__ import annotations

import pytest

from deepkmeans.data.unknown_cells import new_entries

KNOWN = ("x", "y")


def test_lists_without_known_entries_are_told() -> None:
    told = new_entries("tags", [("a", "b"), (), ("b",)], KNOWN)
    assert str(told) == "2 cells of 'tags' are lists without any entry that the fit uses, such as 'a', 'b'"
    assert str(new_entries("tags", [("a",)], KNOWN)) == (
        "1 cell of 'tags' is a list without any entry that the fit uses, such as 'a'"
    )


@pytest.mark.parametrize("values", [[], [()], [("a",), ("x",)], [("a", "y")]], ids=str)
def test_a_known_entry_or_none_is_no_news(values: list[tuple[str, ...]]) -> None:
    assert new_entries("tags", values, KNOWN) is None
