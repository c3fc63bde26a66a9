"""A model.dkm that another fit wrote, in a run that says nothing of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deepkmeans.cli import main
from tests.subprocesses import PATIENCE, environment

from .conftest import three_groups, write_csv


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with the model of another."""
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "rows.csv", *three_groups(60))
    for k in "34":
        options = ["--label-column", "species", "--partition", "k-means", "--out", f"run-{k}", "--quiet"]
        assert main(["fit", "rows.csv", "-k", k, *options]) == 0
        for verb in (["info", f"run-{k}"], ["predict", f"run-{k}", "rows.csv"], ["evaluate", f"run-{k}"]):
            assert main(verb) == 0
    shutil.copy("run-4/model.dkm", "run-3/model.dkm")
    return tmp_path / "run-3"


def test_every_verb_notices(mixed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in (["info", "run-3"], ["predict", "run-3", "rows.csv"], ["evaluate", "run-3"]):
        assert main(verb) == 4
        assert "run-3/model.dkm is not the model of this run" in capsys.readouterr().err.splitlines()[-1]
    assert main(["predict", "run-3/model.dkm", "rows.csv"]) == 0  # a file by itself is what it is
    document = json.loads((mixed / "run.json").read_text())
    del document["model_sha256"]  # as runs of earlier versions
    (mixed / "run.json").write_text(json.dumps(document))
    for verb in (["info", "run-3"], ["predict", "run-3", "rows.csv"], ["evaluate", "run-3"]):
        assert main(verb) == 0


def test_what_run_json_tells_is_told_before_torch_is_loaded(mixed: Path) -> None:
    for spoil in ("", "{"):
        if spoil:
            (mixed / "run.json").write_text(spoil)
        code, told = without_torch(mixed.parent, "info", "run-3")
        assert code == 4, told
        assert ("is damaged" if spoil else "is not the model of this run") in told


def test_what_the_bytes_of_a_model_and_the_names_of_a_table_tell_needs_no_torch(mixed: Path) -> None:
    model = mixed / "model.dkm"
    (mixed.parent / "other.csv").write_text("height,length\n1,2\n")
    code, told = without_torch(mixed.parent, "predict", str(model), "other.csv")
    assert code == 3 and "other.csv does not hold the columns of the fit" in told
    data = bytearray(model.read_bytes())
    data[-400] ^= 1  # one bit far behind the header
    model.write_bytes(data)
    for verb in (["info", str(model)], ["predict", str(model), "rows.csv"]):
        code, told = without_torch(mixed.parent, *verb)
        assert code == 4 and "the file is damaged" in told


def without_torch(folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and stderr of a command in a process that cannot import torch."""
    code = f"import sys; sys.modules['torch'] = None; from deepkmeans.cli import main; sys.exit(main({[*arguments]}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stderr
