"""Tasks of the judge: cuts of a table made on the spot, and generated ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import generated, judge_tasks


def _folder(tmp_path: Path, X: np.ndarray, y: np.ndarray, name: str = "wine") -> Path:
    (tmp_path / "clubench").mkdir(exist_ok=True)
    np.savez(tmp_path / "clubench" / f"{name}.npz", X=X, y=y)
    return tmp_path


def _table(n: int = 300, k: int = 4, d: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Columns that say which row and class it is, so that cuts can be traced."""
    random, y = np.random.RandomState(0), np.arange(n) % k
    return np.c_[np.arange(n), y, random.randn(n, d - 2)], y + 10


def test_names_are_the_tables_in_every_cut_and_generated_ones(tmp_path: Path) -> None:
    X, y = _table()
    for name in ("wine", "iris"):
        _folder(tmp_path, X, y, name)
    found = judge_tasks.names(tmp_path, 2)
    assert found[:4] == ["iris~0", "wine~0", "iris~1", "wine~1"]
    assert len(found) == 2 * judge_tasks.CUTS + 2 and found[-2:] == ["generated-0000", "generated-0001"]
    assert judge_tasks.names(None, 1) == ["generated-0000"]


def test_cuts_and_tables_that_share_rows_are_one_family() -> None:
    assert judge_tasks.family("wine~0") == judge_tasks.family("wine~4") == judge_tasks.family("wine_customer~2")
    assert judge_tasks.family("htru2~1") == judge_tasks.family("predicting_pulsar_star~0") != "wine"
    assert judge_tasks.family("generated-0001") != judge_tasks.family("generated-0002")


def test_the_whole_table_is_its_rows_in_another_order(tmp_path: Path) -> None:
    X, y = _table()
    found = judge_tasks.load("wine~0", _folder(tmp_path, X, y))
    assert found is not None
    order = found[0][:, 0].astype(int)
    assert sorted(order) == list(range(300)) and (order != np.arange(300)).any()
    np.testing.assert_array_equal(found[0], X[order])
    np.testing.assert_array_equal(found[1], y[order] - 10)


def test_missing_cells_small_classes_and_constant_columns_go(tmp_path: Path) -> None:
    X, y = _table()
    X[0, 2], X[:, 3] = np.nan, 0.1  # the deviation of three hundred times 0.1 is not zero in floating point
    X[:, 4], y[:4] = y == 99, 99  # constant once a class of four rows is gone
    found = judge_tasks.load("wine~0", _folder(tmp_path, X, y))
    assert found is not None
    assert found[0].shape == (296, 4) and np.isfinite(found[0]).all()
    assert sorted(set(found[1].tolist())) == [0, 1, 2, 3]
    X[0, 2], X[5, 2] = 0, np.nan
    again = judge_tasks.load("wine~0", _folder(tmp_path, X, y))
    assert again is not None
    assert again[0][again[0][:, 0] == 5, 2] == pytest.approx(np.nanmean(X[:, 2]))


@pytest.mark.parametrize("cut", range(1, judge_tasks.CUTS))
def test_cuts_repeat_and_take_rows_and_columns_of_the_table(cut: int, tmp_path: Path) -> None:
    X, y = _table(2000)
    first, second = (judge_tasks.load(f"wine~{cut}", _folder(tmp_path, X, y)) for _ in range(2))
    assert first is not None and second is not None
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert 40 <= len(first[0]) <= 1500 and first[0].shape[1] >= 2
    assert set(first[1].tolist()) == set(range(first[1].max() + 1)) and first[1].max() > 0
    values = [set(row) for row in X.tolist()]
    for row in first[0][::50]:
        assert any(set(row.tolist()) <= own for own in values)


def test_too_little_is_no_task(tmp_path: Path) -> None:
    X, y = _table(39)
    assert judge_tasks.load("wine~0", _folder(tmp_path, X, y)) is None
    X, _ = _table(100)
    assert judge_tasks.load("wine~0", _folder(tmp_path, X, np.zeros(100))) is None
    assert judge_tasks.load("wine~0", _folder(tmp_path, np.ones((100, 3)), np.arange(100) % 2)) is None
    assert judge_tasks.load("wine~0", _folder(tmp_path, X, np.arange(100))) is None  # no class of five rows
    with pytest.raises(ValueError, match="'wine~0' needs --data, a folder with clubench/NAME.npz"):
        judge_tasks.load("wine~0", None)


def test_generated_tasks_are_not_the_tables_of_trust() -> None:
    found = judge_tasks.load("generated-0003", None)
    assert found is not None
    X, y, _ = generated.table(3, 7)
    assert found[0].shape == X.shape and np.bincount(found[1]).min() >= 5
    np.testing.assert_array_equal(found[0], X)
    assert not np.array_equal(X, generated.table(3)[0]) and len(y) == len(found[1])
