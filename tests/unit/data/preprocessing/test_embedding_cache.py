"""The cache of embeddings: found again, safe from kills, damage and other processes, never in the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.data.preprocessing.cache_folder import cache_folder
from deepkmeans.data.preprocessing.embedding_cache import EmbeddingCache
from tests.subprocesses import PATIENCE, environment

TEXTS = [f"text {i}" for i in range(2000)] + ["数据", "\ud800 half of a pair", "a\0b"]
ROWS = np.random.RandomState(0).normal(size=(len(TEXTS), 5)).astype(np.float32)


def filled(folder: Path) -> EmbeddingCache:
    cache = EmbeddingCache(folder / "cache", "encoder")
    assert cache.write(TEXTS, ROWS)
    return cache


def test_rows_come_back_bit_for_bit(tmp_path):
    cache = filled(tmp_path)
    rows = EmbeddingCache(cache.folder, "encoder").read([*TEXTS, "unknown"])
    assert set(rows) == set(TEXTS)
    assert all(np.array_equal(rows[text], row) for text, row in zip(TEXTS, ROWS, strict=True))
    assert EmbeddingCache(cache.folder, "other").read(TEXTS) == {}
    if os.name != "nt":
        assert cache.folder.stat().st_mode & 0o077 == 0  # what somebody's texts are is nobody else's business
    assert b"text 1" not in cache.path.read_bytes()  # texts themselves are not kept


def test_a_file_of_another_encoder_gives_nothing(tmp_path):
    cache = filled(tmp_path)
    other = EmbeddingCache(cache.folder, "other")
    cache.path.rename(other.path)
    assert other.read(TEXTS) == {}


def test_damaged_rows_are_missing_and_can_be_written_again(tmp_path):
    cache = filled(tmp_path)
    with sqlite3.connect(cache.path) as connection:
        connection.execute("UPDATE rows SET row = zeroblob(28) WHERE rowid <= 3")
        connection.execute("UPDATE rows SET row = 'no bytes' WHERE rowid = 4")
        connection.execute("UPDATE rows SET row = substr(row, 2) WHERE rowid = 5")
    connection.close()
    rows = cache.read(TEXTS)
    assert len(rows) == len(TEXTS) - 5
    lost = [text for text in TEXTS if text not in rows]
    assert cache.write(lost, ROWS[[TEXTS.index(text) for text in lost]])
    assert len(cache.read(TEXTS)) == len(TEXTS)


@pytest.mark.parametrize("damage", ["garbage", "truncated", "empty", "flipped", "folder"])
def test_a_damaged_file_never_gives_a_wrong_row(tmp_path, damage):
    cache = filled(tmp_path)
    content = bytearray(cache.path.read_bytes())
    if damage == "folder":
        cache.path.unlink()
        cache.path.mkdir()
    elif damage == "flipped":
        for position in np.random.RandomState(1).randint(100, len(content), 400):
            content[position] ^= 0xFF
        cache.path.write_bytes(content)
    else:
        left = {"garbage": b"\x01" * 9000, "truncated": content[: len(content) // 2], "empty": b""}
        cache.path.write_bytes(left[damage])
    right = dict(zip(TEXTS, ROWS, strict=True))
    assert all(np.array_equal(row, right[text]) for text, row in cache.read(TEXTS).items())
    written = [cache.write(TEXTS, ROWS) for _ in range(2)]  # the first may find that the file is damaged, and remove it
    assert written[1] == (damage != "folder")
    assert len(cache.read(TEXTS)) == (0 if damage == "folder" else len(TEXTS))


WRITER = """
import sys, numpy as np
from deepkmeans.data.preprocessing.embedding_cache import EmbeddingCache
cache = EmbeddingCache(__import__("pathlib").Path(sys.argv[1]), "encoder")
for block in range(int(sys.argv[2]), int(sys.argv[3])):
    texts = [f"{block}-{i}" for i in range(200)]
    assert cache.write(texts, np.full((200, 64), block, dtype=np.float32))
    print(block, flush=True)
"""


def writer(folder: Path, first: int, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())


def test_two_processes_write_one_file(tmp_path):
    processes = [writer(tmp_path, 0, 20), writer(tmp_path, 10, 30)]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    for process in processes:
        process.stdout.close()
    texts = [f"{block}-{i}" for block in range(30) for i in range(200)]
    rows = EmbeddingCache(tmp_path, "encoder").read(texts)
    assert len(rows) == len(texts)
    assert all((row == int(text.split("-")[0])).all() and len(row) == 64 for text, row in rows.items())


def test_a_killed_writer_leaves_whole_batches(tmp_path):
    with writer(tmp_path, 0, 10_000) as process:
        done = [int(process.stdout.readline()) for _ in range(5)]
        process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    cache = EmbeddingCache(tmp_path, "encoder")
    for block in done:
        assert len(cache.read([f"{block}-{i}" for i in range(200)])) == 200
    assert cache.write(TEXTS, ROWS) and len(cache.read(TEXTS)) == len(TEXTS)


def test_where_nothing_can_be_kept_nothing_happens(tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    cache = EmbeddingCache(tmp_path / "file" / "cache", "encoder")
    assert cache.write(TEXTS, ROWS) is False
    assert cache.read(TEXTS) == {}


def test_a_file_that_another_process_locks_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr("deepkmeans.data.preprocessing.embedding_cache._PATIENCE", 0.05)
    cache = filled(tmp_path)
    connection = sqlite3.connect(cache.path)
    connection.execute("BEGIN EXCLUSIVE")
    assert cache.read(TEXTS) == {}
    assert cache.write(TEXTS, ROWS) is False
    connection.rollback()
    connection.close()
    assert len(cache.read(TEXTS)) == len(TEXTS)


def test_the_encoder_that_was_used_longest_ago_makes_room(tmp_path):
    for age, name in enumerate(["new", "middle", "old"]):
        cache = EmbeddingCache(tmp_path, name)
        assert cache.write(TEXTS, ROWS)
        os.utime(cache.path, (1e9 - age, 1e9 - age))
    size = cache.path.stat().st_size
    latest = EmbeddingCache(tmp_path, "latest", most_bytes=3 * size)
    assert latest.write(TEXTS, ROWS)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["latest", "middle", "new"]
    full = EmbeddingCache(tmp_path, "latest", most_bytes=size)
    assert full.write(["one more"], ROWS[:1]) is False  # what is there already stays
    assert len(full.read(TEXTS)) == len(TEXTS)


def test_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    assert cache_folder(False) is None and cache_folder(tmp_path / "a") == tmp_path / "a"
    for off in ("", "off", "0", "None"):
        monkeypatch.setenv("DEEPKMEANS_CACHE", off)
        assert cache_folder() is None
    monkeypatch.delenv("DEEPKMEANS_CACHE")
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert cache_folder() == tmp_path / "deepkmeans" / "embeddings"
