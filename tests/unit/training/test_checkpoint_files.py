"""What killed processes left in a folder of checkpoints: removed when the next fit opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.exceptions import CheckpointError
from deepkmeans.training import Checkpoint


def test_leftovers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    token = "0123456789ab"
    (tmp_path / f".checkpoint-000005.ckpt.{token}.tmp").write_bytes(b"half")
    mine = [f".checkpoint-5.ckpt.{token}.tmp", f".notes.{token}.tmp", "checkpoint-000001.ckpt.tmp", "notes.txt"]
    for name in mine:
        (tmp_path / name).write_bytes(b"mine")
    assert Checkpoint(tmp_path).open({}) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(mine)


def test_a_folder_with_the_name_of_a_checkpoint_is_none(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-000005.ckpt").mkdir()
    callback = Checkpoint(tmp_path, resume=True)
    assert callback.paths() == []
    assert callback.open({}) is None


def test_a_damaged_checkpoint_is_passed_over_with_a_warning(tmp_path: Path) -> None:
    for epoch in (4, 5):
        (tmp_path / f"checkpoint-{epoch:06}.ckpt").write_bytes(bytes(range(256)))
    with (
        pytest.warns(UserWarning, match="000005.*Trying the checkpoint before it"),
        pytest.raises(CheckpointError, match="000004"),  # the last one: a fit does not begin anew in silence
    ):
        Checkpoint(tmp_path, resume=True).open({})
