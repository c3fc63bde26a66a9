"""What a fit says before it begins: three lines, after the file and the folder were looked at."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from deepkmeans.cli import main
from deepkmeans.cli.settings import columns_line

from .conftest import QUICK, three_groups


def test_three_lines_and_the_columns_by_name(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    arguments = ["fit", str(files / "flowers.csv"), "--label-column", "species", "-k", "3", "--out", str(run)]
    assert main(arguments) == 0
    captured = capsys.readouterr()
    *before, found = captured.err.splitlines()
    assert before == [
        "flowers.csv: 240 rows, 4 columns: a, b, c, d",
        "3 clusters, selflabel, seed 0, cpu; set with --objective, --seed, --device",
        f"results go to {run}; more with --verbose",
    ]
    assert re.match(r"partition: \S+ \((sure|fairly sure|not sure): \d+%.*\); change with --partition", found)
    assert captured.out.startswith(f"{run}: 240 rows in 3 clusters of 80, 80, 80 rows")
    guesses = {guess["subject"] for guess in json.loads((run / "run.json").read_text())["guesses"]}
    assert {"objective", "seed", "device", "scaling", "columns", "partition"} <= guesses  # kept all the same

    assert main([*arguments, "--force", "--verbose"]) == 0
    talk = capsys.readouterr().err.splitlines()
    assert talk[:1] == ["columns: 4 numeric (240 rows); change with --columns A,B or --drop A,B"]
    assert any(line.startswith("scaling: ") for line in talk) and any(line.startswith("partition: ") for line in talk)
    assert main(arguments) == 2  # refused before anything is said
    assert capsys.readouterr().err.count("\n") == 1


def test_what_was_given_is_not_offered(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["-k", "auto", "--objective", "dcn", "--seed", "7", "--device", "cpu", "--dry-run"]
    assert main(["fit", str(files / "flowers.npz"), *given, *QUICK[:6]]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["flowers.npz: 240 rows, 4 columns", "clusters as found, dcn, seed 7, cpu"]  # no folder: it is dry


@pytest.mark.parametrize("width", [50, 80, 120])
def test_names_are_cut_to_the_width(width: int) -> None:
    names = [f"column number {i}" for i in range(30)]
    table = SimpleNamespace(
        kind="table", X=np.zeros((2000, 30)), n_samples=2000, feature_names=names, path=Path("customers.csv"),
        row_shape=None,
    )
    line = columns_line(table, width)  # type: ignore[arg-type]
    assert len(line) <= max(width, 67) and line.startswith("customers.csv: 2,000 rows, 30 columns: column number 0, ")
    assert line.endswith(" more")
    table.feature_names, table.X, table.n_samples = names[:1], np.zeros((1, 1)), 1
    assert columns_line(table, 200) == "customers.csv: 1 row, 1 column: column number 0"  # type: ignore[arg-type]
    table.feature_names = None
    assert columns_line(table, 200) == "customers.csv: 1 row, 1 column"  # type: ignore[arg-type]


@pytest.mark.parametrize("columns", ["50", "80"])
def test_three_lines_stay_three_on_a_narrow_terminal(
    columns: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    np.save("digits.npy", three_groups(60)[0])
    assert main(["fit", "digits.npy", "-k", "3", "--no-progress", "--device", "cpu"]) == 0
    *lines, found = capsys.readouterr().err.splitlines()
    assert len(lines) == 3 and all(len(line) <= int(columns) for line in lines)
    assert found.startswith("partition: ")  # a result, as long as it is


def test_every_verb_has_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("fit", "predict", "select", "evaluate", "info", "demo", "doctor"):
        assert main([verb, "--help"]) == 0
        assert "--quiet" in capsys.readouterr().out


def test_quiet_and_json_of_the_verbs_that_read(files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    data = str(files / "flowers.csv")
    assert main(["fit", data, "-k", "3", "--label-column", "species", "--out", str(run), "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    document = json.loads((run / "run.json").read_text())
    document["data"]["sha256"] = "0"  # the file has changed since
    (run / "run.json").write_text(json.dumps(document))
    capsys.readouterr()
    assert main(["evaluate", str(run)]) == 0
    assert "has changed since the fit" in capsys.readouterr().err
    for verb in (["evaluate", str(run)], ["info", str(run)], ["doctor"], ["predict", str(run), data]):
        assert main([*verb, "--quiet"]) == 0
        captured = capsys.readouterr()
        assert captured.err == "" and captured.out
    for verb, code in ((["evaluate", str(tmp_path)], 4), (["info", str(files / "broken.dkm")], 4),
                       (["predict", str(run), str(files / "text.csv")], 3), (["select", str(files / "empty.csv")], 3),
                       (["fit", str(files / "empty.csv")], 3), (["demo", "--out", str(run)], 2)):  # fmt: skip
        assert main([*verb, "--quiet", "--json"]) == code
        captured = capsys.readouterr()
        said = json.loads(captured.out)
        assert said == {"error": captured.err.strip().removeprefix("deepkmeans: error: "), "exit_code": code}


def test_errors_of_the_parser_are_objects_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"error": "Missing argument 'DATA'.", "exit_code": 2}
    assert captured.err == "deepkmeans: error: Missing argument 'DATA'.\n"
