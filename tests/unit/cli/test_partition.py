"""Which partition a fit took, how sure it is, and the flag that takes another."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans.cli import main
from deepkmeans.cli.flags import in_flags
from deepkmeans.cli.partition import partition_text

from .conftest import QUICK


@pytest.fixture(scope="module")
def rings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rings, one around the other: separate, and no K-Means finds them."""
    angle = np.linspace(0, 2 * np.pi, 150, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    noise = np.random.RandomState(0).normal(scale=0.02, size=(300, 2))
    path = tmp_path_factory.mktemp("rings") / "rings.npy"
    np.save(path, np.concatenate([circle, 3 * circle]) + noise)
    return path


def fit(capsys: pytest.CaptureFixture[str], data: Path, run: Path, *options: str) -> tuple[dict[str, Any], list[str]]:
    """The result of a fit into ``run``, and its talk."""
    asked = ["--out", str(run), "--device", "cpu", "--json", "--verbose", *options]
    assert main(["fit", str(data), "-k", "2", *asked]) == 0
    said = capsys.readouterr()
    return json.loads(said.out), said.err.splitlines()


def test_the_choice_is_said_and_its_flag_takes_the_runner_up(
    rings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, talk = fit(capsys, rings, tmp_path / "run")
    report = document["report"]
    assert report["chosen"] != "k-means" and sorted(document["cluster_sizes"]) == [150, 150]
    line = next(line for line in talk if line.startswith(f"partition: {report['chosen']} ("))
    reason = next(line for line in talk if line.startswith("reason: "))
    assert reason == f"reason: {report['reason']}"
    assert "hardly any edge of the neighbour graphs joins its clusters" in reason
    assert re.search(r"\((sure|fairly sure|not sure): \d+%; runner-up ", line)
    assert ("(sure: " in line) is report["sure"]
    flag = f"--partition {report['runner_up']}"
    assert line.endswith(f"change with {flag}")
    assert {"subject": "partition", "value": report["chosen"], "change_with": flag} in document["guesses"]
    for subject in ("precision: ", "learning rate: ", "max epochs: "):  # a network was trained
        assert any(line.startswith(subject) and "; change with --" in line for line in talk)
    history = [json.loads(line) for line in (tmp_path / "run" / "history.jsonl").read_text().splitlines()]
    assert {record["phase"] for record in history} == {"cluster"}
    assert all(np.isfinite(record["loss"]) for record in history)

    assert main(["info", str(tmp_path / "run")]) == 0
    assert f"partition   {partition_text(report)}\n" in capsys.readouterr().out
    other, talk = fit(capsys, rings, tmp_path / "other", *flag.split(), *QUICK[:4])
    assert other["report"]["chosen"] == report["runner_up"] == other["parameters"]["partition"]
    assert f"partition: {report['runner_up']}, asked for by {flag}" in talk


def test_run_json_has_what_the_report_has(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, _ = fit(capsys, files / "flowers.npz", tmp_path / "run", *QUICK)
    written = json.loads((tmp_path / "run" / "run.json").read_text())["report"]
    keys = {"chosen", "reason", "confidence", "sure", "consensus", "runner_up", "rival", "alternatives", "evidence"}
    assert keys <= set(written) and written == document["report"]
    assert written["chosen"] in written["alternatives"]
    assert set(written["alternatives"]) <= set(written["rounds"][0]["candidates"])


def test_a_configuration_file_and_the_environment_ask_too(
    rings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fit.toml").write_text('partition = "k-means"\n')
    document, talk = fit(capsys, rings, tmp_path / "file", "--config", str(tmp_path / "fit.toml"))
    assert document["report"]["chosen"] == document["parameters"]["partition"] == "k-means"
    assert "partition: k-means, asked for by --partition k-means" in talk
    monkeypatch.setenv("DEEPKMEANS_FIT_PARTITION", "k-means")
    document, _ = fit(capsys, rings, tmp_path / "environment")
    assert document["report"]["chosen"] == "k-means"


def test_an_unknown_name_is_a_usage_error_and_leaves_nothing(
    rings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    wrong = ["fit", str(rings), "-k", "2", "--out", str(folder), "--quiet", "--partition", "standard/15/modularty"]
    for options in ([], ["--checkpoint-every", "1"]):
        assert main([*wrong, *options]) == 2
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1
        assert "error: --partition 'standard/15/modularty' is no candidate" in said.err
        assert "did you mean 'standard/15/modularity'" in said.err and "run.json" in said.err
        assert "report_" not in said.err
        assert list(tmp_path.iterdir()) == []
    fit(capsys, rings, folder, "--partition", "k-means")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main([*wrong, "--force"]) == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_other_objectives_have_no_candidates(rings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["fit", str(rings), "-k", "2", "--out", str(tmp_path / "run"), "--objective", "dcn"]
    assert main([*asked, "--partition", "k-means"]) == 2
    assert "--partition k-means is for --objective selflabel" in capsys.readouterr().err
    assert main([*asked, "--partition", "auto", *QUICK]) == 0
    assert "partition: " not in capsys.readouterr().err


def test_doubt_is_one_line_with_flags(
    rings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from deepkmeans.estimators import findings

    monkeypatch.setattr(findings, "_DISAGREED", 1.1)
    document, talk = fit(capsys, rings, tmp_path / "run", *QUICK)
    lines = [line for line in talk if line.startswith("deepkmeans: warning: Methods find different partitions")]
    assert len(lines) == 1
    assert lines[0].endswith("Look at report.alternatives in run.json, or at --clusters auto.")
    assert lines[0].removeprefix("deepkmeans: warning: ") in document["warnings"]


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("n_clusters=5 takes it", "--clusters 5 takes it"),
        ("at n_clusters='auto'.", "at --clusters auto."),
        ("partition='ranks/15/modularity-0.75' takes", "--partition ranks/15/modularity-0.75 takes"),
        ("The 'embedding_dim' parameter of DeepKMeans must be", "--embedding-dim must be"),
        ("The 'n_clusters' parameter", "--clusters"),
        ("Look at alternatives_;", "Look at report.alternatives in run.json;"),
        ("mixtures (+0.04) speak for it", "mixtures (+0.04) speak for it"),
    ],
)
def test_python_names_become_flags(text: str, flags: str) -> None:
    assert in_flags(text) == flags


@pytest.mark.parametrize(
    ("report", "text"),
    [
        ({"chosen": "k-means"}, "k-means"),
        (
            {"chosen": "a/k-means", "confidence": 0.954, "sure": True, "runner_up": "b/spectral"},
            "a/k-means; sure: 95%; runner-up b/spectral",
        ),
        ({"chosen": "k-means", "confidence": 0.5, "sure": False, "runner_up": "k-means"},
         "k-means; fairly sure: 50%"),
        ({"chosen": "k-means", "confidence": None, "sure": False, "runner_up": "x"},
         "k-means; runner-up x"),
    ],
)  # fmt: skip
def test_text(report: dict[str, Any], text: str) -> None:
    assert partition_text(report) == text
