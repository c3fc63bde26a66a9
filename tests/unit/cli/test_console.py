"""stdout is for data, stderr for talk, JSON is strict, cells are safe."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepkmeans._quoting import csv_cell
from deepkmeans.cli.console import Console
from deepkmeans.persistence.run_labels import labels_text
from deepkmeans.storage import json_text
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
        ("\tx", '"\'\tx"'),
        ("-1.5", "-1.5"),
        ("+3e-4", "+3e-4"),
        (-2, "-2"),
        ("plain", "plain"),
        ('=HYPERLINK("u","v")', '"\'=HYPERLINK(""u"",""v"")"'),
        ("two\nlines", '"two\nlines"'),
        ("\n=1+1", '"\'\n=1+1"'),
        ("\r=1+1", '"\'\r=1+1"'),
        ("  =1+1", "'  =1+1"),
        ("\u00a0@x", "'\u00a0@x"),
        ("\u3000=1+1", "'\u3000=1+1"),
        ("＝1+1", "'＝1+1"),
        ("＋1+1", "'＋1+1"),
        ("－1+1", "'－1+1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("-1_0", "'-1_0"),
        ("+١", "'+١"),
        ("x;=1+1", '"x;=1+1"'),
        ("\x1b[31mred\x9b0m", "\\x1b[31mred\\x9b0m"),
        ("abc\u202efdp", "abc\\u202efdp"),
    ],
)
def test_cells_a_spreadsheet_would_run_are_guarded(cell: object, written: str) -> None:
    assert csv_cell(cell) == written


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_labels_are_csv_that_reads_back(names: list[str]) -> None:
    text = labels_text(names, {"label": range(len(names))})
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["row", "label"]
    kept = [re.sub(r"[\t\n\r]", "", name).isprintable() for name in names]
    for row, name, plain in zip(rows[1:], names, kept, strict=True):
        assert not plain or row[0].removeprefix("'") == name.removeprefix("'")
    assert [row[1] for row in rows[1:]] == [str(i) for i in range(len(names))]
    assert not any(row[0].lstrip().startswith(("=", "@", "＝", "＋", "－", "＠")) for row in rows)
    assert not any(row[0].startswith(("\t", "\r", "\n")) for row in rows)
    assert re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", text) is None


def test_talk_goes_to_stderr_and_quiet_silences_it(capsys: pytest.CaptureFixture[str]) -> None:
    Console(verbose=True).guess("clusters", 8, because="not given", flag="--clusters N")
    quiet = Console(quiet=True)
    quiet.guess("clusters", 8, flag="--clusters N")
    quiet.result({"a": 1}, ["text"])
    captured = capsys.readouterr()
    assert captured.err == "clusters: 8 (not given); change with --clusters N\n"
    assert captured.out == "text\n"
    assert quiet.guesses == [{"subject": "clusters", "value": 8, "change_with": "--clusters N"}]


def test_json_replaces_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    Console(json=True).result({"a": 1}, ["text"])
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
