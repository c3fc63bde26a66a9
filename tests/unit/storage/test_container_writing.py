"""Writing a model file: what cannot be written, full disks, killed writers, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import torch

from deepkmeans.exceptions import InvalidParameterError, OutputError
from deepkmeans.storage import read_container, write_container
from tests.subprocesses import environment


@pytest.mark.parametrize(
    ("document", "tensors", "words"),
    [
        ({"a": {1, 2}}, {}, "document['a'] is a set"),
        ({}, {"c": torch.zeros(2, dtype=torch.complex64)}, "'c'"),
        ({}, {"s": torch.eye(2).to_sparse()}, "'s'"),
        ({}, {"n": [1.0]}, "'n'"),
        ({}, {"": torch.zeros(1)}, "''"),
        ({}, {"__metadata__": torch.zeros(1)}, "'__metadata__'"),
    ],
)
def test_what_cannot_be_written_is_named_and_nothing_is_written(
    tmp_path: Path, document: dict[str, Any], tensors: dict[str, Any], words: str
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(InvalidParameterError) as caught:
        write_container(tmp_path / "a", kind="model", document=document, tensors=tensors)
    assert words in str(caught.value)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_states_the_size_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("deepkmeans.storage.atomic.os.fsync", full)
    with pytest.raises(OutputError, match=r"needs 4,00\d,\d\d\d bytes"):
        write_container(tmp_path / "a", kind="model", document={}, tensors={"x": torch.zeros(1000, 1000)})
    assert list(tmp_path.iterdir()) == []


def test_reading_takes_at_most_about_twice_the_file(tmp_path: Path) -> None:
    write_container(tmp_path / "a", kind="model", document={}, tensors={"x": torch.zeros(2_000_000)})
    size = (tmp_path / "a").stat().st_size
    tracemalloc.start()
    _, tensors = read_container(tmp_path / "a", kind="model")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tensors["x"].shape == (2_000_000,)
    assert peak < 2.2 * size


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_killed_writer_leaves_a_readable_file(tmp_path: Path) -> None:
    # One process imports the package and forks the writers, as an import takes longer than all the kills.
    code = """
import os, random, signal, sys, time, warnings
import torch
from deepkmeans.storage import read_container, write_container
warnings.simplefilter("ignore")
draw, seen = random.Random(1), set()
path = sys.argv[1]
write_container(path, kind="checkpoint", document={"n": -1}, tensors={"x": torch.full((50_000,), -1.0)})
parent = os.getpid()
for attempt in range(20):
    before = os.stat(path).st_mtime_ns
    child = os.fork()
    if child == 0:
        number = attempt
        while os.getppid() == parent:
            number += 100
            tensors = {"x": torch.full((50_000,), float(number))}
            write_container(path, kind="checkpoint", document={"n": number}, tensors=tensors)
    while os.stat(path).st_mtime_ns == before:  # however long a busy machine takes
        time.sleep(0.005)
    time.sleep(0.06 * draw.random())
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    document, tensors = read_container(path, kind="checkpoint")
    assert (tensors["x"] == document["n"]).all() and len(tensors["x"]) == 50_000
    seen.add(document["n"])
print(len(seen))
"""
    command = [sys.executable, "-c", code, str(tmp_path / "a")]
    run = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 3
