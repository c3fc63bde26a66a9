"""``merge``, ``rename`` and ``split``: what they write into a run, and what they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans import load
from deepkmeans.cli import main
from deepkmeans.exceptions import OutputError
from deepkmeans.persistence import RunFolder, RunLayout, run_revision

GROUP = np.random.RandomState(1).permutation(np.repeat([0, 1, 2, 3], [50, 40, 30, 20]))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    X = np.array([[0, 0], [3, 0], [20, 0], [40, 0]])[GROUP] + 0.3 * np.random.RandomState(0).randn(140, 2)
    lines = [f"K{100 + i},{a:.3f},{b:.3f}" for i, (a, b) in enumerate(X)]
    (folder / "rows.csv").write_text("\n".join(["key,x,y", *lines]) + "\n")
    options = "-k 3 --scaling none --partition k-means --device cpu --quiet --out"
    assert main(["fit", str(folder / "rows.csv"), *options.split(), str(folder / "run")]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (tmp_path / "run" / "checkpoints").mkdir()
    (tmp_path / "run" / "checkpoints" / "checkpoint-000001.ckpt").write_text("kept")
    (tmp_path / "run" / "results.json").write_text("{}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(run: Path) -> dict[str, Any]:
    """The files of a run; it agrees with itself."""
    layout = RunLayout(run)
    document = layout.read_document()
    layout.check_model(document)
    model, labels = load(layout.model), layout.read_labels(document).labels
    assert labels == model.labels_.tolist()
    assert document["cluster_sizes"] == np.bincount(labels).tolist() and document["n_clusters"] == model.n_clusters_
    assert document["report"]["corrections"] == model.report_["corrections"]
    assert (run / "checkpoints" / "checkpoint-000001.ckpt").read_text() == "kept"
    assert (run / "results.json").read_text() == "{}\n" and (run / "history.jsonl").exists()
    lines = [line.split(",") for line in layout.labels.read_text().splitlines()]
    assert lines[0] == ["key", "label", "distance"] and lines[1][0] == "K100" and len(lines) == 141
    return {"model": model, "labels": np.array(labels), "distances": [line[2] for line in lines[1:]]}


def test_a_run_is_split_named_and_merged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = [line.split(",")[2] for line in (folder / "run" / "labels.csv").read_text().splitlines()[1:]]
    assert main(["split", "run", "0"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("cluster 0 is in 2 parts now: 0 (50 rows), 3 (40 rows)\nwhy so many: gaps lie between 2 ")
    assert out.endswith("\n4 clusters of 50, 30, 20, 40 rows\n")
    assert "rows.csv: the data of the fit, unchanged\nrun: model, labels and run.json are written anew\n" in err
    assert "deepkmeans report run" in err
    split = contents(folder / "run")
    np.testing.assert_array_equal(split["labels"], np.array([0, 3, 1, 2])[GROUP])
    changed = [one != other for one, other in zip(before, split["distances"], strict=True)]
    assert (np.array(changed) <= (GROUP < 2)).all() and np.mean(np.array(changed)[GROUP < 2]) > 0.9
    assert main(["rename", "run", "3", "Night owls"]) == 0
    assert main(["rename", "run", "3", "Early birds"]) == 0
    said = capsys.readouterr().out
    assert "cluster 3 is 'Early birds' now, instead of 'Night owls'\n" in said
    assert "4 clusters of 50, 30, 20, 40 (Early birds) rows" in said
    assert main(["predict", "run", "rows.csv", "--names", "--out", "new.csv", "--quiet"]) == 0
    lines = (folder / "new.csv").read_text().splitlines()
    assert lines[0] == "key,label,name"
    assert {line.split(",", 1)[1] for line in lines[1:]} == {"0,", "1,", "2,", "3,Early birds"}
    assert main(["predict", "run", "rows.csv", "--names", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["names"]) == {"", "Early birds"}
    assert main(["info", "run"]) == 0
    assert "\nnames       3 Early birds\n" in capsys.readouterr().out
    assert main(["merge", "run", "1", "2"]) == 0
    assert "clusters 1, 2 are one now, number 1\nnew numbers: 3 is 2\n" in capsys.readouterr().out
    merged = contents(folder / "run")
    np.testing.assert_array_equal(merged["labels"], np.array([0, 2, 1, 1])[GROUP])
    assert merged["distances"] == split["distances"] and merged["model"].cluster_names_ == {2: "Early birds"}
    assert main(["fit", "rows.csv", "--out", "run", "--resume"]) == 2  # a finished run stays one
    assert main(["fit", "rows.csv", "-k", "3", "--out", "next", "--align-to", "run", "--quiet", "--device", "cpu"]) == 0
    assert load("next/model.dkm").cluster_names_ == {2: "Early birds"}


def test_a_model_file_alone_and_that_of_a_run(folder: Path) -> None:
    shutil.copy("run/model.dkm", "alone.dkm")
    assert main(["merge", "alone.dkm", "1", "2", "--quiet"]) == 0
    assert load("alone.dkm").n_clusters_ == 2
    assert main(["split", "alone.dkm", "0", "rows.csv", "-k", "2", "--quiet"]) == 0
    assert main(["merge", "run/model.dkm", "1", "2", "--quiet"]) == 0
    assert contents(folder / "run")["model"].n_clusters_ == 2  # its labels and run.json follow


def test_labels_that_were_sorted_are_in_the_order_of_the_fit_again(folder: Path) -> None:
    head, *lines = (folder / "run" / "labels.csv").read_text().splitlines()
    (folder / "run" / "labels.csv").write_text("\n".join([head, *lines[::-1]]) + "\n")
    code = main(["merge", "run", "1", "2", "--quiet"])
    assert code == 4  # an identifier is compared in its order


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("merge run 0 9", 2, "CLUSTERS must name clusters by their numbers, from 0 to 2. Got 9 instead."),
        ("merge run 1", 2, "CLUSTERS must name two different clusters or more. Got [1] instead."),
        ("merge run x 1", 2, "clusters are named by their numbers, 0, 1, 2 and so on; got 'x'"),
        ("merge run", 2, "CLUSTERS"),
        ("rename run 3 Owls", 2, "CLUSTER must name a cluster by its number, from 0 to 2. Got 3 instead."),
        (f"rename run 0 {'x' * 101}", 2, "NAME must have 1 to 100 printable characters. Got"),
        ("split run 3", 2, "CLUSTER must name clusters by their numbers, from 0 to 2."),
        ("split run 1", 3, "Cluster 1 has no parts that can be told apart (no clear structure"),
        ("split run 1 -k 31", 3, "Cluster 1 has 30 rows, fewer than the 31 parts asked for; lower --clusters."),
        ("split run 1 -k 1", 2, "--clusters must be an integer >= 2 or 'auto'. Got 1 instead."),
        ("split run 0 few.csv -k 2", 3, "DATA must hold the 140 rows of the fit, in their order. Got 10 rows."),
        ("split run 0 none.csv -k 2", 3, "none.csv"),
        ("split alone.dkm 0", 2, "alone.dkm does not say which rows it was fitted on; give DATA: deepkmeans split"),
        ("merge kmeans.dkm 0 1", 4, "holds a KMeans, whose clusters cannot be corrected"),
        ("merge nowhere 0 1", 4, "nowhere does not exist; give a folder that `deepkmeans fit` made"),
        ("fit rows.csv --out new --align-to nowhere", 4, "nowhere does not exist"),
    ],
)
def test_what_is_refused_leaves_the_run_as_it_is(
    folder: Path, line: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from deepkmeans import KMeans, save

    shutil.copy("run/model.dkm", "alone.dkm")
    save(KMeans(2, random_state=0).fit(np.eye(4)), "kmeans.dkm")
    (folder / "few.csv").write_text("\n".join((folder / "rows.csv").read_text().splitlines()[:11]) + "\n")
    before = {path.name: path.read_bytes() for path in (folder / "run").iterdir() if path.is_file()}
    assert main(line.split()) == code
    assert said in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (folder / "run").iterdir() if path.is_file()} == before
    assert not (folder / "new").exists()


def test_a_run_at_work_or_damaged_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with RunFolder("run").claim(force=True):
        assert main(["merge", "run", "0", "1"]) != 0
    (folder / "run" / "labels.csv").write_text((folder / "run" / "labels.csv").read_text().replace(",1,", ",2,"))
    assert main(["merge", "run", "0", "1"]) == 4
    assert "labels.csv is damaged" in capsys.readouterr().err


def test_a_run_that_cannot_be_written_stays_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in (folder / "run").iterdir() if path.is_file()}

    def full(target: Path, stage: Path, **options: Any) -> None:
        raise OutputError(28, f"{stage / 'run.json'}: no space left")

    monkeypatch.setattr(run_revision, "commit_folder", full)
    with pytest.raises(OutputError, match=r"run/run.json: no space left"):
        run_revision.revise(folder / "run" / "model.dkm", lambda model, run: model.merge([0, 1]) and None)
    assert {path.name: path.read_bytes() for path in (folder / "run").iterdir() if path.is_file()} == before
    assert sorted(path.name for path in folder.iterdir()) == ["rows.csv", "run"]
