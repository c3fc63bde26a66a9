"""One fit as a user runs it, and everything that reads its folder afterwards."""

from __future__ import annotations

import csv
import hashlib
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.cli import main

from .conftest import QUICK, run_command, three_groups, write_csv


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


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


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


def test_force_replaces_and_a_failed_fit_does_not(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = write_csv(tmp_path / "groups.csv", *three_groups(60))
    arguments = ["fit", str(data), "-k", "3", "--label-column", "species", "--quiet", *QUICK]
    assert main(arguments) == 0  # --out is guessed
    folder = tmp_path / "run-groups"
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith("run-groups: 60 rows in 3 clusters of ")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    write_csv(data, np.ones((60, 4), dtype=np.float32), three_groups(60)[1])
    assert main([*arguments, "--force"]) == 3
    assert "the same" in last_line(capsys)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    write_csv(data, *three_groups(60, seed=1))
    assert main([*arguments, "--force"]) == 0
    assert (folder / "run.json").read_bytes() != before["run.json"]
    (folder / "run.json").write_text("{")
    assert main(["evaluate", str(folder)]) == 4


def test_keys_of_an_npz_and_missing_cells(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--out", str(tmp_path / "npz"), "-v", *QUICK]) == 0
    assert "labels: key y (kept out of the fit" in capsys.readouterr().err
    assert main(["evaluate", str(tmp_path / "npz")]) == 0
    assert "3 classes" in capsys.readouterr().out

    holes = ["fit", str(files / "holes.csv"), "-k", "3", "--drop", "species", "--out", str(tmp_path / "holes")]
    holes += ["--verbose", *QUICK]
    assert main([*holes, "--missing", "error"]) == 3
    assert "'b'" in last_line(capsys)
    assert not (tmp_path / "holes").exists()
    assert main(holes) == 0
    assert "missing values: 12 imputed by column means; change with --missing error" in capsys.readouterr().err
    written = json.loads((tmp_path / "holes" / "run.json").read_text())
    assert written["report"]["imputed"] == {"b": 12}
    assert any("imputed" in text for text in written["warnings"])


def test_columns_without_names_are_chosen_by_position_in_predict_too(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    arguments = ["fit", str(files / "flowers.npz"), "-k", "3", "--columns", "3,0", "--out", str(folder), "-q", *QUICK]
    assert main(arguments) == 0
    labels = [line.split(",")[:2] for line in (folder / "labels.csv").read_text().splitlines()]
    np.save(tmp_path / "two.npy", np.load(files / "flowers.npz")["X"][:, [3, 0]])
    for data in (files / "flowers.npz", tmp_path / "two.npy"):
        capsys.readouterr()
        assert main(["predict", str(folder), str(data)]) == 0
        assert [line.split(",") for line in capsys.readouterr().out.splitlines()] == labels


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none.csv", "no such file"),
        ("empty.csv", "empty"),
        ("text.csv", "'red'"),
        ("inf.csv", "infinite"),
        ("two.csv", "2 rows, fewer than the 3 clusters"),
    ],
)
def test_bad_data_leaves_nothing(
    files: Path, name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", str(files / name), "-k", "3", "--out", str(tmp_path / "run"), *QUICK]) == 3
    assert words in last_line(capsys)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_column_is_a_usage_error(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(files / "flowers.csv"), "--label-column", "specie"]) == 2
    assert "did you mean 'species'" in last_line(capsys)


def test_a_folder_that_cannot_be_made(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = files / "flowers.npz" / "run"
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--out", str(out), *QUICK]) == 1
    assert "is not a folder" in last_line(capsys)
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--out", str(files / "flowers.csv"), *QUICK]) == 2
    assert "is a file" in last_line(capsys)


def test_dry_run_plans_and_writes_nothing(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fit.toml").write_text(
        'clusters = 3\nobjective = "dcn"\nlabel-column = "species"\nembedding-dim = 3\ndry-run = true\n'
    )
    arguments = ["fit", str(files / "flowers.csv"), "--config", str(tmp_path / "fit.toml"), "--embedding-dim", "2"]
    assert main([*arguments, "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)["plan"]
    assert (plan["rows"], plan["columns"], plan["n_clusters"], plan["embedding_dim"]) == (240, 4, 3, 2)
    sizes = [4, 64, 64, 2, 64, 64, 4]  # 4-64-64-2 and back: weights and biases
    assert plan["weights"] == sum(a * b + b for a, b in pairwise(sizes))
    assert plan["bytes"] > 10**8
    assert 0 < plan["seconds"]["pretraining"] < np.inf
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "4-64-64-2 and back" in text
    assert "This is an estimate" in text
    assert main(["fit", str(files / "flowers.npz"), "-k", "3", "--dry-run"]) == 0
    assert "the candidates and" in capsys.readouterr().out  # the default spends its time there, too
    assert [path.name for path in tmp_path.iterdir()] == ["fit.toml"]


def test_a_plan_counts_the_rows_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.RandomState(0)
    rows = random.randn(500, 4)
    seconds = []
    for copies in (1, 3):  # copies are weights: they cost nothing
        np.save(tmp_path / "rows.npy", np.repeat(rows, copies, axis=0))
        assert main(["fit", str(tmp_path / "rows.npy"), "-k", "3", "--dry-run", "--json"]) == 0
        plan = json.loads(capsys.readouterr().out)["plan"]
        assert plan["rows"] == 500 * copies
        seconds.append(plan["seconds"]["the candidates"])
    assert seconds[0] == seconds[1] > 0


def test_many_columns_are_projected_and_it_is_said(tmp_path: Path, quick: tuple[str, ...]) -> None:
    random = np.random.RandomState(0)
    np.save(tmp_path / "wide.npy", random.randn(80, 300) + 8 * (np.arange(80) % 2)[:, None])
    quick = (*quick, "--partition", "standard/15/modularity")  # a network only learns what K-Means does not find
    done = run_command("fit", "wide.npy", "-k", 2, "--out", "run", "--json", "-v", *quick, cwd=tmp_path)
    assert "columns: 300 onto 80 principal components; change with --reduce none" in done.stderr
    assert json.loads(done.stdout)["report"]["reduce"] == "pca"
    none = run_command("fit", "wide.npy", "-k", 2, "--out", "all", "--json", "--reduce", "none", *quick, cwd=tmp_path)
    said = json.loads(none.stdout)
    assert said["report"]["n_directions"] is None and said["parameters"]["reduce"] == "none"
    assert "principal components" not in none.stderr
    kept = run_command(
        "fit", "wide.npy", "-k", 2, "--out", "kept", "--json", "--partition", "k-means", cwd=tmp_path
    )  # fmt: skip
    assert json.loads(kept.stdout)["report"]["n_directions"] is None and "principal components" not in kept.stderr
    plan = json.loads(run_command("fit", "wide.npy", "-k", 2, "--dry-run", "--json", *quick, cwd=tmp_path).stdout)[
        "plan"
    ]
    assert (plan["reduce"], plan["columns"], plan["n_directions"]) == ("pca", 300, 80)
