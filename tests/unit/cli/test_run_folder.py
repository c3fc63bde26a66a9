"""The folder's promises, without a fit: what is complete, what is kept, what is taken over."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

import deepkmeans.persistence
from deepkmeans.cli.run_folder import RunFolder, fingerprint, labels_text, model_path
from deepkmeans.exceptions import InvalidDataError, ModelFileError, OutputError


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where models were written; their content is the matter of other tests."""
    paths: list[Path] = []

    def save(model: Any, path: Path) -> None:
        if model is None:
            raise OutputError(errno.ENOSPC, "the disk is full")
        path.write_text(model)
        paths.append(path)

    monkeypatch.setattr(deepkmeans.persistence, "save", save)
    return paths


def finished(path: Path) -> RunFolder:
    folder = RunFolder(path)
    folder.prepare()
    folder.write({"interrupted": False}, model="first", labels=labels_text([0], {"label": [1]}), history=[{"epoch": 1}])
    return folder


def content(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_a_run_is_written_and_read(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "deep" / "run")
    assert sorted(content(folder.path)) == ["history.jsonl", "labels.csv", "model.dkm", "run.json"]
    assert folder.read_document() == {"layout": 1, "interrupted": False}
    assert folder.read_labels() == ["1"]
    assert folder.history.read_text() == '{"epoch": 1}\n'
    assert model_path(folder.path) == folder.model


def test_a_write_that_fails_leaves_the_earlier_run_as_it_was(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "run")
    before = content(folder.path)
    with pytest.raises(OutputError):
        folder.write({"interrupted": False}, model=None, labels="row,label\n", history=[])
    assert content(folder.path) == before


def test_an_interrupted_run_leaves_no_labels_of_the_earlier_one(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "run")
    folder.write({"interrupted": True}, model="second", labels=None, history=[])
    assert folder.model.read_text() == "second"
    with pytest.raises(InvalidDataError, match=r"no labels\.csv"):
        folder.read_labels()


@pytest.mark.parametrize("resume", [False, True])
def test_what_exists_is_refused(tmp_path: Path, saved: list[Path], resume: bool) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    finished(tmp_path / "run")
    (tmp_path / "run" / "checkpoints").mkdir()  # of a finished run: nothing to resume
    for name in ("file", "empty", "dangling", "run"):
        with pytest.raises(OutputError) as caught:
            RunFolder(tmp_path / name).prepare(resume=resume)
        assert caught.value.errno == errno.EEXIST
    with pytest.raises(OutputError, match="is a file"):
        RunFolder(tmp_path / "file").prepare(force=True)


def test_force_touches_nothing_but_old_checkpoints(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.checkpoints.mkdir()
    (folder.checkpoints / "checkpoint-000001.ckpt").write_text("old")
    (folder.checkpoints / "mine.txt").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    folder.prepare(force=True)
    folder.abandon()  # the folder was there before: it stays
    assert [path.name for path in folder.checkpoints.iterdir()] == ["mine.txt"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_resume_takes_over_an_unfinished_run(tmp_path: Path) -> None:
    first = RunFolder(tmp_path / "run")
    first.prepare(checkpoints=True, resume=True)  # nothing there yet: a new run
    (first.checkpoints / "checkpoint-000005.ckpt").write_text("state")
    RunFolder(tmp_path / "run").prepare(checkpoints=True, resume=True)
    assert (first.checkpoints / "checkpoint-000005.ckpt").read_text() == "state"


def test_abandon_removes_only_what_is_empty(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.prepare(checkpoints=True)
    (folder.checkpoints / "checkpoint-000005.ckpt").write_text("state")
    folder.abandon()
    assert folder.checkpoints.is_dir()
    (folder.checkpoints / "checkpoint-000005.ckpt").unlink()
    folder.abandon()
    assert not folder.path.exists()


@pytest.mark.parametrize("text", ["", "{", "[1]", "\udcff"])
def test_a_spoilt_run_json_is_a_bad_model(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ModelFileError):
        RunFolder(tmp_path).read_document()


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"holds no run\.json"):
        RunFolder(tmp_path).read_document()
    with pytest.raises(ModelFileError, match=r"holds no model\.dkm"):
        model_path(tmp_path)
    with pytest.raises(ModelFileError, match="does not exist"):
        model_path(tmp_path / "none.dkm")


def test_fingerprint_is_sha_256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert fingerprint(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
