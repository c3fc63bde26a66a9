"""stdout is for data, stderr for talk, JSON is strict, cells are safe."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepkmeans.cli.console import Console, guard_cell, json_text
from deepkmeans.cli.run_folder import labels_text
from tests.subprocesses import PATIENCE, environment


def test_json_is_strict_and_plain() -> None:
    text = json_text({"a": np.float32(0.5), "b": [float("nan"), float("inf")], "c": np.arange(2), "d": None, "é": True})
    assert text == '{"a": 0.5, "b": [null, null], "c": [0, 1], "d": null, "é": true}'


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("-1.5", "-1.5"),
        ("+3e-4", "+3e-4"),
        (-2, "-2"),
        ("plain", "plain"),
        ('=HYPERLINK("u","v")', '"\'=HYPERLINK(""u"",""v"")"'),
        ("two\nlines", '"two\nlines"'),
    ],
)
def test_cells_a_spreadsheet_would_run_are_guarded(cell: object, written: str) -> None:
    assert guard_cell(cell) == written


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_labels_are_csv_that_reads_back(names: list[str]) -> None:
    text = labels_text(names, {"label": range(len(names))})
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["row", "label"]
    assert [row[0].removeprefix("'") for row in rows[1:]] == [name.removeprefix("'") for name in names]
    assert [row[1] for row in rows[1:]] == [str(i) for i in range(len(names))]
    assert not any(row[0].startswith(("=", "@", "\t", "\r")) for row in rows)


def test_talk_goes_to_stderr_and_quiet_silences_it(capsys: pytest.CaptureFixture[str]) -> None:
    Console().guess("clusters", 8, because="not given", flag="--clusters N")
    quiet = Console(quiet=True)
    quiet.guess("clusters", 8, flag="--clusters N")
    quiet.result({"a": 1}, "text\n")
    captured = capsys.readouterr()
    assert captured.err == "clusters: 8 (not given); change with --clusters N\n"
    assert captured.out == "text\n"
    assert quiet.guesses == [{"subject": "clusters", "value": 8, "change_with": "--clusters N"}]


def test_json_replaces_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    Console(json=True).result({"a": 1}, "text\n")
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_warnings_for_users_are_said_once_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    with console.collected_warnings():
        for _ in range(2):
            warnings.warn("a cap\nwas reached", UserWarning, stacklevel=1)
        warnings.warn("use another name", DeprecationWarning, stacklevel=1)
    assert console.warnings == ["a cap was reached"]
    assert capsys.readouterr().err == "deepkmeans: warning: a cap was reached\n"


def test_nothing_is_said_to_a_reader_that_left() -> None:
    code = """
from deepkmeans.cli.console import Console
from deepkmeans.cli.exit_codes import report
from deepkmeans.cli.streams import watched
with watched():
    try:
        Console().data("x" * 10**7)
    except OSError as error:
        raise SystemExit(report(error))
"""
    writer = subprocess.Popen(
        [sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.read(10)
    writer.stdout.close()
    errors = writer.stderr.read()
    writer.stderr.close()
    assert writer.wait(PATIENCE) == 141
    assert errors == b""
