"""The way of docs/segments.md, walked by a machine: a csv goes in, five named segments come out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from deepkmeans.metrics import adjusted_rand_score
from tests.architecture._sources import ROOT
from tests.subprocesses import environment

PAGE = (ROOT / "docs" / "segments.md").read_text("utf-8")


def run(*command: str, folder: Path) -> str:
    own = environment(NO_COLOR="1")
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, cwd=folder, env=own, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_five_segments_can_be_named_and_told_apart(tmp_path: Path) -> None:
    run(str(ROOT / "examples" / "make_segments.py"), folder=tmp_path)
    run("-m", "deepkmeans", "fit", "segments.csv", folder=tmp_path)
    truth = pd.read_csv(tmp_path / "segments-truth.csv")["segment"]
    labels = pd.read_csv(tmp_path / "run-segments" / "labels.csv")["label"]
    assert labels.nunique() == 5
    assert adjusted_rand_score(truth, labels) > 0.85
    assert pd.crosstab(labels, truth).idxmax(axis=1).nunique() == 5

    described = json.loads(run("-m", "deepkmeans", "describe", "run-segments", "--json", folder=tmp_path))
    clusters = described["clusters"]
    names = [cluster["name"] for cluster in clusters]
    assert all(names) and len(set(names)) == 5
    said = " ".join(
        distinction["column"] for cluster in clusters for distinction in cluster["profile"]["distinctions"]
    )  # fmt: skip
    assert "basket" in said and "age" in said and "city" not in said
    page = (tmp_path / "run-segments" / "report.html").read_text("utf-8")
    assert all(name in page for name in names)


def test_the_page_shows_five_clusters_and_what_each_is() -> None:
    assert len(re.findall(r"^Cluster \d: .+ rows, \d+%", PAGE, flags=re.MULTILINE)) == 5
    assert len(re.findall(r"^- \*\*.+\*\*: ", PAGE, flags=re.MULTILINE)) == 5
    for name in re.findall(r"^- \*\*(.+)\*\*: ", PAGE, flags=re.MULTILINE):
        assert f": {name} (" in PAGE
