"""One fit as a user runs it, and everything that reads its folder afterwards."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line

from .conftest import QUICK, run_command, three_groups


class Run:
    """A finished run of the command."""

    def __init__(self, files: Path, folder: Path) -> None:
        self.data = files / "flowers.csv"
        self.folder = folder / "run"
        self.done = run_command(
            "fit", self.data, "-k", 3, "--label-column", "species", "--out", self.folder, "--json", "--verbose",
            "--embedding-dim", 2, "--device", "cpu", cwd=folder,
        )  # fmt: skip

    @property
    def labels(self) -> list[str]:
        with (self.folder / "labels.csv").open(newline="") as file:
            return [row["label"] for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def run(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(files, tmp_path_factory.mktemp("fit"))


def test_fit_writes_a_run(run: Run) -> None:
    assert run.done.returncode == 0, run.done.stderr
    assert {path.name for path in run.folder.iterdir()} == {"labels.csv", "model.dkm", "history.jsonl", "run.json"}
    lines = (run.folder / "labels.csv").read_text().splitlines()
    assert lines[0] == "row,label,distance"
    assert [line.split(",")[0] for line in lines[1:]] == [str(row) for row in range(240)]
    assert all(float(line.split(",")[2]) >= 0 for line in lines[1:])
    assert (run.folder / "history.jsonl").read_text() == ""  # K-Means is kept: no network was trained


def test_json_is_one_object_and_that_of_the_folder(run: Run) -> None:
    said = json.loads(run.done.stdout)
    written = json.loads((run.folder / "run.json").read_text())
    assert said["run"] == str(run.folder)
    assert {key: said[key] for key in written if key != "layout"} == {k: v for k, v in written.items() if k != "layout"}


def test_run_json_says_what_produced_the_labels(run: Run) -> None:
    written = json.loads((run.folder / "run.json").read_text())
    assert written["data"] == {
        "path": str(run.data), "sha256": hashlib.sha256(run.data.read_bytes()).hexdigest(), "rows": 240, "features": 4,
        "columns": None, "drop": None, "label_column": "species",
    }  # fmt: skip
    assert written["seed"] == written["parameters"]["random_state"] == 0
    assert written["parameters"]["n_clusters"] == 3
    assert written["versions"]["torch"]
    assert written["interrupted"] is False
    assert written["seconds"] > 0
    assert sum(written["cluster_sizes"]) == 240
    assert written["report"]["objective"] == "selflabel"
    assert written["report"]["chosen"] in written["report"]["rounds"][0]["candidates"] and written["report"]["reason"]


def test_a_guess_that_mattered_is_said_with_its_flag(run: Run) -> None:
    for subject, flag in {
        "objective: selflabel": "--objective NAME",
        "seed: 0": "--seed N",
        "columns: 4 numeric": "--columns A,B or --drop A,B",
        "scaling: standard": "--scaling",
    }.items():
        line = next(line for line in run.done.stderr.splitlines() if line.startswith(subject))
        assert line.endswith(f"change with {flag}")
    guesses = {guess["subject"]: guess["value"] for guess in json.loads(run.done.stdout)["guesses"]}
    assert set(guesses).isdisjoint({"clusters", "device", "embedding dim"})  # these were given
    assert set(guesses).isdisjoint({"learning rate", "batch size", "precision"})  # no network was trained
    assert "\033" not in run.done.stderr  # no terminal: no colour, no progress display


def test_predict_gives_the_labels_of_the_fit(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(run.folder), str(run.data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "row,label"
    assert [line.split(",")[1] for line in lines[1:]] == run.labels


def test_predict_new_rows_by_column_name(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X, _ = three_groups(9)
    known = run.labels
    text = ["d,other,c,b,a"] + [f"{d:.5f},x,{c:.5f},{b:.5f},{a:.5f}" for a, b, c, d in X]
    (tmp_path / "new.csv").write_text("\n".join(text) + "\n")
    out = tmp_path / "labels.csv"
    arguments = ["predict", str(run.folder / "model.dkm"), str(tmp_path / "new.csv"), "--proba", "--out", str(out)]
    assert main(arguments) == 0
    assert capsys.readouterr().out == ""
    rows = list(csv.DictReader(out.read_text().splitlines()))
    centre = {group: known[group] for group in range(3)}  # rows 0, 1, 2 of the fit are of groups 0, 1, 2
    assert [row["label"] for row in rows] == [centre[i % 3] for i in range(9)]
    for row in rows:
        p = [float(row[f"p{j}"]) for j in range(3)]
        assert sum(p) == pytest.approx(1, abs=1e-4)
        assert int(np.argmax(p)) == int(row["label"])

    before = out.read_bytes()
    assert main(arguments) == 2
    assert "--force" in last_line(capsys)
    assert out.read_bytes() == before
    assert main([*arguments, "--force", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rows"] == 9
    assert said["out"] == str(out)


def test_predict_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(run.folder), str(run.data), "--json", "--proba"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [str(label) for label in said["labels"]] == run.labels
    assert np.asarray(said["probabilities"]).shape == (240, 3)


@pytest.mark.parametrize(
    ("name", "words"), [("narrow.npy", "2 columns"), ("two.csv", "'c'"), ("none.csv", "no such file")]
)
def test_predict_refuses_other_data(
    run: Run, files: Path, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(run.folder), str(files / name)]) == 3
    assert words in last_line(capsys)


def test_evaluate_uses_the_label_column_of_the_fit(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run.folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["acc"] == said["ari"] == pytest.approx(1.0)
    assert said["nmi"] == pytest.approx(1.0)
    assert sorted(entry["size"] for entry in said["per_cluster"]) == [80, 80, 80]
    assert main(["evaluate", str(run.folder)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("ACC 1.0000   NMI 1.0000   ARI 1.0000   (240 rows, 3 classes, 3 clusters)")
    assert {line.split()[-1] for line in text.splitlines()[2:]} == {"rose", "lily", "iris"}


def test_evaluate_with_labels_of_another_file(run: Run, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run.folder), "--labels", str(files / "flowers.npz"), "--label-column", "y"]) == 0
    assert "ACC 1.0000" in capsys.readouterr().out
    assert main(["evaluate", str(run.folder), "--labels", str(files / "short.csv")]) == 3
    line = last_line(capsys)
    assert "2 labels" in line
    assert "240 rows" in line


def test_info_says_what_it_is(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(run.folder)]) == 0
    text = capsys.readouterr().out
    assert "DeepKMeans, 3 clusters of 4 columns" in text
    assert "a, b, c, d" in text
    assert main(["info", str(run.folder / "model.dkm"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["n_features"] == 4
    assert said["feature_names"] == ["a", "b", "c", "d"]
    assert said["bytes"] == (run.folder / "model.dkm").stat().st_size


def test_a_damaged_model_is_refused(run: Run, tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = bytearray((run.folder / "model.dkm").read_bytes())
    whole[len(whole) // 2] ^= 1
    (tmp_path / "model.dkm").write_bytes(whole)
    for model in (tmp_path / "model.dkm", tmp_path, files / "broken.dkm", files / "none.dkm", files):
        for verb in (["info"], ["predict"]):
            assert main([*verb, str(model), *([str(run.data)] if verb == ["predict"] else [])]) == 4
            captured = capsys.readouterr()
            assert captured.out == ""
            assert captured.err.count("\n") == 1


def test_an_existing_run_is_kept_unless_forced(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    arguments = ["fit", str(run.data), "-k", "3", "--drop", "species", "--out", str(run.folder), *QUICK]
    for extra in ([], ["--resume"]):
        assert main([*arguments, *extra]) == 2
        assert "--force" in last_line(capsys)
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == before
