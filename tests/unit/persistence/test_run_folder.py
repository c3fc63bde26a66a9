"""The folder's promises, without a fit: what is complete, what is kept, what is taken over."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from deepkmeans.cli.output_files import check_free
from deepkmeans.estimators import model_file
from deepkmeans.exceptions import InvalidDataError, ModelFileError, OutputError
from deepkmeans.persistence import RunFolder
from deepkmeans.persistence.run_document import fingerprint
from deepkmeans.persistence.run_labels import labels_text
from deepkmeans.persistence.run_layout import model_path
from deepkmeans.storage import output_error, write_container


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where models were written; their content is the matter of other tests."""
    paths: list[Path] = []

    def save(model: Any, path: Path) -> None:
        if model is None:
            raise OutputError(errno.ENOSPC, "the disk is full")
        path.write_text(model)
        paths.append(path)

    monkeypatch.setattr(model_file, "save", save)
    return paths


def finished(path: Path) -> RunFolder:
    folder = RunFolder(path)
    with folder.claim():
        folder.write(
            {"interrupted": False}, model="first", labels=labels_text([0], {"label": [1]}), history=[{"epoch": 1}]
        )
    return folder


def content(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if file.is_file()}


def test_a_run_is_written_and_read(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "deep" / "run")
    assert sorted(content(folder.path)) == ["history.jsonl", "labels.csv", "model.dkm", "run.json"]
    document = folder.read_document()
    assert document == {"layout": 1, "interrupted": False, "model_sha256": fingerprint(folder.model)}
    assert folder.read_labels({}).labels == [1]
    assert folder.history.read_text() == '{"epoch": 1}\n'
    assert model_path(folder.path) == folder.model


def test_a_write_that_fails_leaves_the_earlier_run_as_it_was(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "run")
    before = content(folder.path)
    with pytest.raises(OutputError, match=r"the disk is full; history\.jsonl, labels\.csv are in ") as caught:
        folder.write({"interrupted": False}, model=None, labels="row,label\n", history=[])
    assert content(folder.path) == before
    place = Path(str(caught.value).split(" are in ")[1])
    assert sorted(content(place)) == ["history.jsonl", "labels.csv"]  # no run.json: it is not complete
    assert [path.name for path in tmp_path.iterdir() if path != place] == ["run"]


def test_a_model_that_nothing_but_its_stage_could_take_is_kept(
    tmp_path: Path, saved: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    folder = finished(tmp_path / "run")
    (tmp_path / "run" / "notes.txt").write_text("mine")

    def full(path: Path, text: str) -> None:
        raise OutputError(errno.ENOSPC, "the disk is full")

    monkeypatch.setattr("deepkmeans.persistence.run_parts.write_text", full)
    with folder.claim(force=True), pytest.raises(OutputError, match=r"the model is in .*run/unfinished\.dkm"):
        folder.write({"interrupted": False}, model="second", labels="row,label\n", history=[])
    monkeypatch.undo()
    assert (tmp_path / "run" / "unfinished.dkm").read_text() == "second"
    assert folder.model.read_text() == "first"
    monkeypatch.setattr(model_file, "save", lambda model, path: path.write_text(model))
    with folder.claim(force=True):
        folder.write({"interrupted": False}, model="third", labels="row,label\n", history=[])
    assert sorted(content(folder.path)) == ["history.jsonl", "labels.csv", "model.dkm", "notes.txt", "run.json"]


def test_the_folder_stays_locked_to_the_end_of_the_claim(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "run")
    with folder.claim(force=True):
        folder.write({"interrupted": False}, model="second", labels="row,label\n", history=[])
        with pytest.raises(OutputError, match=f"is being written by process {os.getpid()} "):
            RunFolder(tmp_path / "run").check(force=True)
    RunFolder(tmp_path / "run").check(force=True)
    assert sorted(content(folder.path)) == ["history.jsonl", "labels.csv", "model.dkm", "run.json"]


def test_an_interrupted_run_leaves_no_labels_of_the_earlier_one(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "run")
    with folder.claim(force=True):
        folder.write({"interrupted": True}, model="second", labels=None, history=[])
    assert folder.model.read_text() == "second"
    with pytest.raises(InvalidDataError, match=r"no labels\.csv"):
        folder.read_labels({})


@pytest.mark.parametrize("resume", [False, True])
def test_what_exists_is_refused(tmp_path: Path, saved: list[Path], resume: bool) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    finished(tmp_path / "run")
    (tmp_path / "run" / "checkpoints").mkdir()  # of a finished run: nothing to resume
    for name in ("file", "full", "dangling", "run"):
        before = content(tmp_path / name) if (tmp_path / name).is_dir() else None
        for refuse in (RunFolder(tmp_path / name).check, lambda name=name, **how: claimed(tmp_path / name, **how)):
            with pytest.raises(OutputError) as caught:
                refuse(resume=resume)
            assert caught.value.errno == errno.EEXIST
        assert before is None or content(tmp_path / name) == before
    with pytest.raises(OutputError, match="is a file"):
        RunFolder(tmp_path / "file").check(force=True)
    (tmp_path / "full" / "labels.csv").mkdir()
    with pytest.raises(OutputError, match=r"labels\.csv is a folder where a run has a file"):
        RunFolder(tmp_path / "full").check(force=True)


def test_a_fit_that_did_not_end_is_offered_to_be_continued(tmp_path: Path) -> None:
    claimed(tmp_path / "run", checkpoints=True, leave="checkpoint-000005.ckpt")
    with pytest.raises(OutputError, match="its fit did not end, but this version cannot continue it; name another"):
        RunFolder(tmp_path / "run").check()
    older = tmp_path / "run" / "checkpoints" / "checkpoint-000004.ckpt"
    write_container(older, kind="checkpoint", document={}, tensors={})
    with pytest.raises(OutputError, match="its fit did not end: continue it with resume=True"):
        RunFolder(tmp_path / "run").check()
    RunFolder(tmp_path / "run").check(resume=True)


def test_a_file_that_finds_no_room_is_named_where_it_was_to_be(tmp_path: Path, saved: list[Path]) -> None:
    def full(path: Path) -> None:
        raise output_error(path, OSError(errno.ENOSPC, "No space left on device"), needed=5)

    folder = RunFolder(tmp_path / "run")
    with folder.claim(), pytest.raises(OutputError) as caught:
        folder.put({"model.dkm": full, "run.json": full}, kept=tmp_path / "kept")
    assert str(caught.value).startswith(f"cannot write '{folder.model}': the disk is full: the file needs 5 bytes, ")
    assert f"are free in {folder.path};" in str(caught.value) and ".new" not in str(caught.value)
    assert caught.value.errno == errno.ENOSPC


def test_leftovers_of_killed_processes_block_nothing_and_are_removed(tmp_path: Path, saved: list[Path]) -> None:
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    token = "0123456789ab"
    for name in (f"checkpoints/.checkpoint-000005.ckpt.{token}.tmp", f".labels.csv.{token}.tmp", ".deepkmeans-lock"):
        (run / name).write_text("x")
    for stage in (run / f".{token}.new", run / ".new", tmp_path / f".run.{token}.new"):
        stage.mkdir()
        (stage / "model.dkm").write_text("half")
    mine = [tmp_path / f".runs.{token}.new", tmp_path / ".run.new", tmp_path / f".run.{token}.new2"]
    for folder in mine:
        folder.mkdir()
    kept = run / "checkpoints" / f".other.{token}.tmp"
    RunFolder(run).check()
    finished(run)
    assert sorted(content(run)) == ["history.jsonl", "labels.csv", "model.dkm", "run.json"]
    assert sorted(tmp_path.iterdir()) == sorted([run, *mine])
    assert not kept.exists()


def test_a_stage_that_holds_something_of_somebody_else_stays(tmp_path: Path, saved: list[Path]) -> None:
    stage = tmp_path / ".run.0123456789ab.new"
    stage.mkdir()
    (stage / "notes.txt").write_text("mine")
    finished(tmp_path / "run")
    assert content(stage) == {"notes.txt": b"mine"}


def claimed(path: Path, *, leave: str = "", **how: bool) -> RunFolder:
    folder = RunFolder(path)
    with folder.claim(**how):
        if leave:
            (folder.checkpoints / leave).write_text("state")
    return folder


def test_force_touches_nothing_but_old_checkpoints(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.checkpoints.mkdir()
    (folder.checkpoints / "checkpoint-000001.ckpt").write_text("old")
    (folder.checkpoints / "mine.txt").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    claimed(tmp_path, force=True)  # the folder was there before: it stays
    assert [path.name for path in folder.checkpoints.iterdir()] == ["mine.txt"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_resume_takes_over_an_unfinished_run(tmp_path: Path) -> None:
    first = claimed(tmp_path / "run", checkpoints=True, resume=True, leave="checkpoint-000005.ckpt")
    claimed(tmp_path / "run", checkpoints=True, resume=True)
    assert (first.checkpoints / "checkpoint-000005.ckpt").read_text() == "state"


def test_resume_takes_over_a_fit_that_was_to_replace_a_finished_run(tmp_path: Path, saved: list[Path]) -> None:
    folder = finished(tmp_path / "run")
    claimed(tmp_path / "run", checkpoints=True, force=True, leave="checkpoint-000005.ckpt")
    with folder.claim(resume=True, checkpoints=True):
        assert (folder.checkpoints / "checkpoint-000005.ckpt").read_text() == "state"
        folder.write({"interrupted": False}, model="second", labels="row,label\n0,2\n", history=[])
    assert folder.read_labels({}).labels == [2]
    with pytest.raises(OutputError, match="is a finished run"):
        folder.check(resume=True)


def test_a_claim_removes_only_what_is_empty(tmp_path: Path) -> None:
    folder = claimed(tmp_path / "deep" / "run", checkpoints=True, leave="checkpoint-000005.ckpt")
    assert folder.checkpoints.is_dir()
    (folder.checkpoints / "checkpoint-000005.ckpt").unlink()
    claimed(tmp_path / "deep" / "run", resume=True)
    assert list((tmp_path / "deep" / "run").iterdir()) == []
    claimed(tmp_path / "new" / "run", checkpoints=True)
    assert not (tmp_path / "new").exists()


def test_a_folder_behind_a_link_and_the_current_folder_are_replaced_too(
    tmp_path: Path, saved: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(tmp_path / "run")
    (tmp_path / "link").symlink_to("run")
    (tmp_path / "run").chmod(0o750)
    folder = RunFolder(tmp_path / "link")
    with folder.claim(force=True):
        folder.write({"interrupted": False}, model="second", labels="row,label\n", history=[])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "run" / "model.dkm").read_text() == "second"
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o750
    monkeypatch.chdir(tmp_path / "run")
    here = RunFolder(Path("."))
    with here.claim(force=True):
        here.write({"interrupted": False}, model="third", labels="row,label\n", history=[])
    assert (tmp_path / "run" / "model.dkm").read_text() == "third"
    assert os.path.samefile(tmp_path / "run", ".")  # whoever stands in it sees the new results
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "run"]


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"holds no run\.json"):
        RunFolder(tmp_path).read_document()
    with pytest.raises(ModelFileError, match=r"holds no model\.dkm"):
        model_path(tmp_path)
    with pytest.raises(ModelFileError, match="does not exist"):
        model_path(tmp_path / "none.dkm")


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="file is not a folder"):
        RunFolder(tmp_path / "file" / "run").check()
    with pytest.raises(OutputError, match="does not exist; create it"):
        check_free(tmp_path / "none" / "labels.csv", force=False)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    for refuse in (RunFolder(tmp_path / "a" / "run").check, lambda: check_free(tmp_path / "x.csv", force=False)):
        with pytest.raises(OutputError, match="no permission to write"):
            refuse()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_fingerprint_is_sha_256(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert fingerprint(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
