from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from benchmarks import mixed_tables
from benchmarks.generated_mixed import COUNT, mixed_table
from benchmarks.mixed_peers import MIXED_PEERS


def test_tables_hold_every_kind_and_no_empty_group() -> None:
    seen: Counter[str] = Counter()
    for number in range(COUNT):
        frame, y, kinds = mixed_table(number)
        assert 200 <= len(frame) == len(y) <= 3000 and list(frame) == list(kinds), number
        assert 2 <= y.max() + 1 <= 8 and np.bincount(y).min() >= 12 and y.min() == 0, number
        assert frame.isna().mean().drop([name for name in kinds if kinds[name] == "empty"]).max() < 0.8, number
        seen.update(set(kinds.values()))
    assert set(seen) == {"number", "category", "ordinal", "date", "text", "identifier", "constant", "empty"}


def test_a_number_and_a_seed_are_a_table() -> None:
    frame, y, _ = mixed_table(3)
    again, same, _ = mixed_table(3)
    pd.testing.assert_frame_equal(frame, again)
    np.testing.assert_array_equal(y, same)
    other, _, _ = mixed_table(3, seed=1)
    assert other.shape != frame.shape or not other.equals(frame)
    with pytest.raises(ValueError, match="number and seed"):
        mixed_table(-1)


def test_the_default_beats_one_hot_on_a_table() -> None:
    ours, reference, peer = (
        mixed_tables.measure({"dataset": "mixed-0-04", "method": method, "seed": 0}, None)
        for method in ("deepkmeans", "reference", "one-hot")
    )
    assert ours["ari"] > peer["ari"] + 0.2 and ours["ari"] > reference["ari"] - 0.02
    assert ours["identifiers_used"] == []


def test_the_table_names_what_is_lost() -> None:
    parser = argparse.ArgumentParser()
    mixed_tables.add_arguments(parser)
    options = parser.parse_args(["--generated", "2"])
    options.datasets, options.seeds = ["generated"], [0, 1]
    keys = mixed_tables.plan(options)
    assert len(keys) == 2 * 2 * (2 + len(MIXED_PEERS)) - 2  # the reference has seeds of its own
    rows = [{**key, "ari": 0.5, "range": 0.0, "seconds": 1.0} for key in keys]
    assert "No table is more than 0.02 below" in mixed_tables.table(rows, options)
    lost = {"dataset": "mixed-0-01", "method": "deepkmeans"}
    rows = [row | {"ari": 0.3} if lost.items() <= row.items() else row for row in rows]
    said = mixed_tables.table(rows, options)
    assert "mixed-0-01" in said and "mixed-0-00" not in said
