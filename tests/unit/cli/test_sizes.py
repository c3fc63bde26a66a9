"""Amounts of memory as they are typed."""

from __future__ import annotations

import pytest

from deepkmeans.cli.sizes import parse_size
from deepkmeans.exceptions import InvalidParameterError


@pytest.mark.parametrize(("text", "size"), [("800M", 800 * 2**20), ("4G", 2**32), ("1.5 GiB", 3 * 2**29), ("7", 7)])
def test_sizes_read(text: str, size: int) -> None:
    assert parse_size(text) == size
    assert parse_size(None) is None


@pytest.mark.parametrize("text", ["", "0", "much", "-1G", "4X", "1e9", "inf"])
def test_sizes_refused(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="--max-memory must be a size such as 800M or 4G"):
        parse_size(text)
