"""A run written and read by a program of one's own: without the command, and in words of Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from deepkmeans import KMeans, load
from deepkmeans.exceptions import InvalidParameterError, OutputError
from deepkmeans.persistence import RunFolder, RunLayout
from deepkmeans.persistence.run_labels import labels_text
from tests.subprocesses import environment

PROBE = """
import sys
from pathlib import Path
from deepkmeans.persistence import RunFolder
RunFolder(Path(sys.argv[1])).check()
print(sorted({"torch", "sklearn", "typer", "deepkmeans.cli"} & set(sys.modules)))
"""


def test_a_fitted_model_is_kept_with_its_labels_and_served_again(tmp_path: Path) -> None:
    X = np.array([[0.0], [0.1], [5.0], [5.1]])
    model = KMeans(2, random_state=0).fit(X)
    folder = RunFolder(tmp_path / "run")
    document = {"interrupted": False, "cluster_sizes": np.bincount(model.labels_), "data": {"rows": len(X)}}
    with folder.claim():
        folder.write(document, model=model, labels=labels_text(range(4), {"label": model.labels_}), history=[])
    run = RunLayout(tmp_path / "run")
    said = run.read_document()
    run.check_model(said)
    assert run.is_finished()
    assert run.read_labels(said).labels == model.labels_.tolist()
    assert (load(run.model).predict(X) == model.labels_).all()


def test_refusals_name_arguments_and_no_flags(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text('{"interrupted": true}')
    (tmp_path / "file").write_text("mine")
    for name, words in (("run", "or replace its results with force=True"), ("file", "choose another name")):
        with pytest.raises(OutputError, match=words) as caught:
            RunFolder(tmp_path / name).check()
        assert "--" not in str(caught.value)


def test_a_folder_is_looked_at_without_torch_and_without_the_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path / "run")], env=environment(), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


def test_a_folder_is_named_by_any_path_and_by_nothing_else(tmp_path: Path) -> None:
    for kind in (RunLayout, RunFolder):
        for given in (str(tmp_path / "run"), os.fsencode(tmp_path / "run"), tmp_path / "run"):
            assert kind(given).run == tmp_path / "run" / "run.json"  # type: ignore[arg-type]
        for wrong in (None, 3, "", "a\0b"):
            with pytest.raises(InvalidParameterError, match=f"The 'path' parameter of {kind.__name__} must be a path"):
                kind(wrong)  # type: ignore[arg-type]
