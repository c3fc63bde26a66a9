"""The way of docs/segments.md, walked by a machine: a csv goes in, five named segments come out."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from deepkmeans.cli import main
from deepkmeans.metrics import adjusted_rand_score
from tests.docs.running import ROOT, command_lines

PAGE = (ROOT / "docs" / "segments.md").read_text("utf-8")


@pytest.mark.slow
def test_five_segments_can_be_named_and_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    walked = []
    for command in command_lines(Path("docs/segments.md"), tmp_path):
        walked.append(command)
        if command == "deepkmeans fit segments.csv":  # later lines give a cluster another name
            shutil.copytree(tmp_path / "run-segments", tmp_path / "fitted")
    assert len(walked) >= 3 and walked[-1].startswith("deepkmeans rename")
    truth = pd.read_csv(tmp_path / "segments-truth.csv")["segment"]
    labels = pd.read_csv(tmp_path / "fitted" / "labels.csv")["label"]
    assert labels.nunique() == 5
    assert adjusted_rand_score(truth, labels) > 0.85
    assert pd.crosstab(labels, truth).idxmax(axis=1).nunique() == 5

    assert main(["describe", str(tmp_path / "fitted"), "--json"]) == 0
    clusters = json.loads(capsys.readouterr().out)["clusters"]
    names = [cluster["name"] for cluster in clusters]
    assert all(names) and len(set(names)) == 5
    said = " ".join(
        distinction["column"] for cluster in clusters for distinction in cluster["profile"]["distinctions"]
    )  # fmt: skip
    assert "basket" in said and "age" in said and "city" not in said
    page = (tmp_path / "fitted" / "report.html").read_text("utf-8")
    assert all(name in page for name in names)


def test_the_page_shows_five_clusters_and_what_each_is() -> None:
    assert len(re.findall(r"^Cluster \d: .+ rows, \d+%", PAGE, flags=re.MULTILINE)) == 5
    assert len(re.findall(r"^- \*\*.+\*\*: ", PAGE, flags=re.MULTILINE)) == 5
    for name in re.findall(r"^- \*\*(.+)\*\*: ", PAGE, flags=re.MULTILINE):
        assert f": {name} (" in PAGE
