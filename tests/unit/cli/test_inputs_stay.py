"""No output replaces a file that the verb reads, nor one that no fit wrote, with --force or without."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from deepkmeans.cli import main

from .conftest import QUICK, three_groups, write_csv

FIT = ("-k", "3", "--partition", "k-means", *QUICK, "--quiet")


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    write_csv(folder / "x.csv", three_groups(60)[0], None)
    assert main(["fit", str(folder / "x.csv"), "--out", str(folder / "run"), *FIT]) == 0
    return folder


@pytest.fixture
def here(fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with rows and their run."""
    (tmp_path / "run").mkdir()
    for path in (fitted / "x.csv", *(fitted / "run").iterdir()):
        (tmp_path / path.relative_to(fitted)).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refused(here: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The one line of a command that may write nothing."""

    def run(*arguments: str) -> str:
        before = _content(here)
        capsys.readouterr()
        assert main(list(arguments)) == 2, arguments
        assert _content(here) == before, arguments
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.count("\n") == 1
        return captured.err.strip()

    return run


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_predict_never_replaces_what_it_reads(here: Path, refused: Callable[..., str]) -> None:
    (here / "soft").symlink_to("x.csv")
    os.link(here / "x.csv", here / "hard")
    (here / "rows").symlink_to(here)
    for out in ("x.csv", "./run/../x.csv", str(here / "x.csv"), "soft", "hard", "rows/x.csv"):
        for force in ([], ["--force"]):
            said = refused("predict", "run", "x.csv", "--out", out, *force)
            assert f"--out {Path(out)} is DATA: it would be replaced; give another --out" in said
            assert "--force" not in said
    for out in ("run/model.dkm", "run/labels.csv", "run/run.json", "run/history.jsonl"):
        for model in ("run", "run/model.dkm"):
            said = refused("predict", model, "x.csv", "--out", out, "--force")
            assert "is the model" in said if out == "run/model.dkm" else "is a file of the run in" in said
    (here / "alone.dkm").write_bytes((here / "run" / "model.dkm").read_bytes())
    assert "is the model" in refused("predict", "alone.dkm", "x.csv", "--out", "alone.dkm", "--force")
    assert main(["predict", "run", "x.csv", "--out", "soft2.csv"]) == 0
    assert main(["predict", "run", "x.csv", "--out", "run/new.csv"]) == 0  # a name of one's own, beside the run


def test_nor_the_file_on_standard_input(
    here: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open("x.csv") as rows:
        monkeypatch.setattr("sys.stdin", rows)
        assert "--out x.csv is DATA" in refused("predict", "run", "-", "--out", "x.csv", "--force")
    with open("run/labels.csv") as rows:
        monkeypatch.setattr("sys.stdin", rows)
        assert "run/labels.csv is DATA, and a run writes labels.csv into --out run" in refused(
            "fit", "-", "--out", "run", "--force", *FIT
        )


def test_fit_never_replaces_its_rows(here: Path, refused: Callable[..., str]) -> None:
    (here / "link.csv").symlink_to("run/labels.csv")
    for data in ("run/labels.csv", "./run/labels.csv", str(here / "run" / "labels.csv"), "link.csv"):
        for more in (["--force"], ["--resume"], [], ["--dry-run"]):
            said = refused("fit", data, "--out", "run", *more, *FIT)
            assert "labels.csv is DATA, and a run writes labels.csv into --out run: it would be replaced" in said
            assert said.endswith("give another --out")
    (here / "run-labels").mkdir()
    (here / "run-labels" / "labels.csv").write_bytes((here / "run" / "labels.csv").read_bytes())
    assert "into --out run-labels" in refused("fit", "run-labels/labels.csv", *FIT)  # the folder it would choose itself


def test_rows_under_another_name_stay_in_the_folder(here: Path) -> None:
    rows = (here / "x.csv").read_bytes()
    (here / "run" / "x.csv").write_bytes(rows)
    assert main(["fit", "run/x.csv", "--out", "run", "--force", *FIT]) == 0
    assert (here / "run" / "x.csv").read_bytes() == rows
    assert main(["predict", "run", "run/x.csv", "--out", "labels.csv"]) == 0


def test_a_plot_never_replaces_the_rows(refused: Callable[..., str], here: Path) -> None:
    (here / "curves.png").symlink_to("x.csv")
    assert "--plot curves.png is DATA" in refused("select", "x.csv", "--plot", "curves.png", "--force")


@pytest.mark.parametrize("out", ["folder", ".", "folder/", "link"])
def test_a_folder_that_is_no_run(out: str, here: Path, refused: Callable[..., str]) -> None:
    (here / "folder").mkdir()
    (here / "folder" / "notes.txt").write_text("mine")
    (here / "link").symlink_to("folder")
    for more in ([], ["--resume"]):
        said = refused("fit", "x.csv", "--out", out, *more, *FIT)
        assert f"{Path(out)} is a folder with other files, not a run; give --out a new name, such as" in said
        assert said.endswith(str(Path(out) / "run"))
        assert "--force" not in said
    assert "is a folder with other files, not a run" in refused("demo", "--out", out)


@pytest.mark.parametrize("name", ["labels.csv", "history.jsonl", "results.json"])
def test_files_of_others_are_never_replaced(name: str, here: Path, refused: Callable[..., str]) -> None:
    (here / "folder").mkdir()
    (here / "folder" / name).write_text("mine")
    for more in (["--force"], [], ["--force", "--resume"]):
        said = refused("fit", "x.csv", "--out", "folder", *more, *FIT)
        assert f"folder is a folder with other files, not a run: its {name} is of something else; give --out" in said


def test_force_in_a_folder_of_others_writes_beside_their_files(here: Path) -> None:
    inside = here / "folder" / "checkpoints"
    inside.mkdir(parents=True)
    (inside / "best.ckpt").write_text("mine")
    (here / "folder" / "notes.txt").write_text("mine")
    (here / "folder" / "link").symlink_to("notes.txt")
    assert main(["fit", "x.csv", "--out", "folder", "--force", "--checkpoint-every", "1", *FIT]) == 0
    for path in (inside / "best.ckpt", here / "folder" / "notes.txt", here / "folder" / "link"):
        assert path.read_text() == "mine"
    assert (here / "folder" / "link").is_symlink() and (here / "folder" / "run.json").is_file()
    assert sorted(path.name for path in here.iterdir()) == ["folder", "run", "x.csv"]
