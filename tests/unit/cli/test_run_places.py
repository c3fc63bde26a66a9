"""What a run finds, keeps and refuses: its data after a move, pages of others, damaged files, a stop at the end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from deepkmeans.cli import main

from .conftest import three_groups, write_csv
from .talk import last_line

FIT = "fit rows.csv -k 3 --partition k-means --device cpu --quiet --label-column species --out run"
VERBS = (
    "describe run", "explain run --row 1", "report run", "info run", "evaluate run", "merge run 0 1",
    "rename run 0 Owls", "split run 0 -k 2",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_csv(folder / "rows.csv", *three_groups(60))
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        assert main(FIT.split()) == 0
        assert main(["report", "run", "--quiet"]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project at another place; that of the fit is not there any more."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    document["data"]["path"] = "/gone/project/rows.csv"
    (tmp_path / "run" / "run.json").write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", ["describe run", "evaluate run", "split run 0 -k 2"])
def test_the_data_of_a_project_that_was_moved(verb: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(verb.split()) == 0
    said = "rows.csv: the data of the fit, by its SHA-256; it was /gone/project/rows.csv then"
    assert f"{folder}/{said}" in capsys.readouterr().err
    (folder / "rows.csv").write_text((folder / "rows.csv").read_text() + "1,1,1,1,rose\n")
    assert main(verb.split()) == 3


def test_a_file_that_is_given_is_said_to_be_that_of_the_fit_or_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(folder / "other.csv", *three_groups(30, seed=1))
    for name, said in (("rows", "the data of the fit, unchanged"), ("other", "other rows than those of the fit")):
        assert main(["describe", "run", f"{name}.csv"]) == 0
        assert f"{name}.csv: {said}\n" in capsys.readouterr().err
    before = (folder / "run" / "report.html").read_bytes()
    for more in ([], ["--out", "run/report.html"], ["--force"]):
        assert main(["report", "run", "other.csv", *more]) == 2
        assert "run/report.html is the page on the rows of the fit, and other.csv holds other rows" in last_line(capsys)
    assert (folder / "run" / "report.html").read_bytes() == before
    assert main(["report", "run", "other.csv", "--out", "other.html", "--quiet"]) == 0
    assert main(["report", "run", "rows.csv", "--out", "run/report.html", "--quiet"]) == 0


@pytest.mark.parametrize("spoil", ["run.json", "labels.csv", "model.dkm"])
def test_a_damaged_file_is_said_alike_by_every_verb(
    spoil: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "run" / spoil
    path.write_bytes(path.read_bytes()[:-20])
    for verb in (*VERBS, *(["predict run rows.csv"] if spoil != "labels.csv" else [])):
        assert main(verb.split()) == 4, verb
        said = last_line(capsys)
        assert spoil in said and "is damaged" in said, verb
    said_by = set()
    for verb in VERBS:
        main(verb.split())
        said_by.add(last_line(capsys))
    assert len(said_by) == 1


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_report_of_somebody_else_stays(
    is_folder: bool, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = folder / "run" / "report.html"
    page.unlink()
    if is_folder:
        page.mkdir()
    mine = page / "mine.txt" if is_folder else page
    mine.write_text("mine")
    assert main(["report", "run"]) == 2
    assert ("is a folder" if is_folder else "was not written by deepkmeans") in last_line(capsys)
    for verb in ("rename run 0 Owls", "merge run 0 1", "split run 0 -k 2"):
        assert main(verb.split()) == 0 and mine.read_text() == "mine"
    monkeypatch.delenv("DEEPKMEANS_FIT_NO_REPORT")
    assert main([*FIT.removesuffix(" --quiet").split(), "--force"]) == (2 if is_folder else 0)
    assert mine.read_text() == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["rows.csv", "run"]


@pytest.mark.parametrize("line", ["fit rows.csv --out -", "report run --out -", "demo --out -",
                                  "fit rows.csv --append -", "predict run rows.csv --append -",
                                  "select rows.csv --plot -"])  # fmt: skip
def test_no_file_is_called_like_a_stream(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    assert "the name of a file or folder is needed; got -" in last_line(capsys)
    assert not (folder / "-").exists()


def test_labels_of_predict_go_to_standard_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "run", "rows.csv", "--out", "-"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 61 and not (folder / "-").exists()


def test_a_stop_while_the_page_is_made_costs_the_page(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.delenv("DEEPKMEANS_FIT_NO_REPORT")
    monkeypatch.setattr("deepkmeans.cli.findings.write_page", stop)
    assert main([*FIT.split(), "--force"]) == 130
    said = last_line(capsys)
    assert "the run in run is complete, with labels.csv and model.dkm; `deepkmeans report run` makes the page" in said
    assert (folder / "run" / "labels.csv").is_file()


def test_an_interrupted_run_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads((folder / "run" / "run.json").read_text()) | {"interrupted": True}
    (folder / "run" / "run.json").write_text(json.dumps(document))
    (folder / "run" / "labels.csv").unlink()
    assert main(["describe", "run", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["interrupted"] is True
    assert "the fit of run was interrupted: these are the clusters of the model so far" in err
