"""What costs nothing must cost nothing: help, version, usage errors."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deepkmeans.cli import main
from tests.subprocesses import environment

from .conftest import run_command

VERBS = ("fit", "predict", "select", "evaluate", "info", "demo", "doctor")

#: Runs the command, then tells which heavy packages came with it.
PROBE = """
import json, sys
from deepkmeans.cli import main
code = main(sys.argv[1:])
heavy = sorted({name.split(".")[0] for name in sys.modules} & {"torch", "sklearn", "pandas", "numpy", "scipy", "rich"})
print(json.dumps({"code": code, "heavy": heavy}), file=sys.stderr)
"""


def probe(*arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], env=environment(), capture_output=True, text=True, check=True
    )
    return json.loads(done.stderr.splitlines()[-1])


@pytest.mark.parametrize("arguments", [["--help"], ["fit", "--help"], ["--version"], []])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    seen = probe(*arguments)
    assert seen["heavy"] == []
    assert seen["code"] == (0 if arguments else 2)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_leads_with_examples(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.index("Examples:") < text.index("Options:")
    assert f"    deepkmeans {verb}" in text


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {verb} " in text for verb in VERBS)


def test_no_verb_prints_the_help_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Usage: deepkmeans" in captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ft", "x.csv"], "Did you mean 'fit'?"),
        (["fit"], "Missing argument 'DATA'"),
        (["fit", "x.csv", "--clusers", "3"], "--clusters"),
        (["fit", "x.csv", "--clusters", "0"], "--clusters must be an integer >= 1 or 'auto'. Got 0 instead"),
        (["fit", "x.csv", "--clusters", "many"], "--clusters must be an integer >= 1 or 'auto'. Got 'many' instead"),
        (["select", "x.csv", "--k-range", "3-7"], "--k-range"),
        (["fit", "x.csv", "--objective", "idek"], "did you mean 'idec'?"),
        (["fit", "x.csv", "--scaling", "standart"], "did you mean 'standard'?"),
        (["fit", "x.csv", "--reduce", "pac"], "did you mean 'pca'?"),
        (["fit", "x.csv", "--max-epochs", "few"], "--max-epochs"),
        (["fit", "x.csv", "--seed", "-1"], "--seed must be an integer from 0 to 4294967295. Got -1"),
        (["fit", "x.csv", "--checkpoint-every", "0"], "--checkpoint-every must be an integer >= 1. Got 0"),
        (["fit", "x.csv", "--columns", ","], "at least one name"),
    ],
)
def test_usage_errors_are_one_line(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    last = captured.err.splitlines()[-1]
    assert last.startswith("deepkmeans: error: ")
    assert words in last
    assert captured.err.count("error:") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_option_may_come_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPKMEANS_FIT_CLUSTERS", "0")
    assert main(["fit", "x.csv"]) == 2
    assert "Got 0" in capsys.readouterr().err


def test_completion_offers_objectives_without_torch(tmp_path: Path) -> None:
    typed = {"COMP_WORDS": "deepkmeans fit x.csv --objective d", "COMP_CWORD": "4"}
    done = run_command(cwd=tmp_path, _DEEPKMEANS_COMPLETE="complete_bash", **typed)
    assert done.stdout.split() == ["dcn", "dkm", "dec", "deepcluster"]


def test_names_repeated_for_speed_are_those_of_the_rooms() -> None:
    from deepkmeans.data.layout import LAYOUTS as OF_LAYOUT
    from deepkmeans.data.scaling import SCALINGS as OF_SCALING
    from deepkmeans.estimators.constraints import LAYOUTS, SCALINGS

    assert OF_SCALING == SCALINGS and OF_LAYOUT == LAYOUTS
