"""Messages on files name arguments of Python; the command says its own flags, values quoted for a shell."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from deepkmeans.cli.exit_codes import describe
from deepkmeans.cli.flags import in_flags_of_files
from deepkmeans.exceptions import InvalidDataError, OutputError
from tests.architecture._sources import trees


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("drop the column with drop=['income'] or correct it", "drop the column with --drop income or correct it"),
        ("leave it out with drop=['full name', 'a,b']", "leave it out with --drop 'full name,\"a,b\"'"),
        ("leave it out with drop=[4]", "leave it out with --drop 4"),
        ("with drop=[\"it's\"]; then", "with --drop 'it'\"'\"'s'; then"),
        ("use label_column='known class'", "use --label-column 'known class'"),
        ("use label_column=4", "use --label-column 4"),
        ("name the column with label_column=", "name the column with --label-column"),
        ("(did you mean 'b'?), which columns= asks for; its", "(did you mean 'b'?), which --columns asks for; its"),
        ("header=True reads it as names", "--header reads it as names"),
        ("leave out header=False", "leave out --no-header"),
        ("raise the limit with max_memory=12 * 2**20", "raise the limit with --max-memory 12M"),
        ("; name another folder, or replace its results with force=True", "; give another --out, or replace its "
         "results with --force"),
        ("and resume=True, force=True puts it in place", "and --resume --force puts it in place"),
        ("a run is a folder: choose another name", "a run is a folder: give another name with --out"),
        ("run/x y holds no labels.csv (was its fit interrupted?); make labels with the predict method of its model",
         "run/x y holds no labels.csv (was its fit interrupted?); make labels with "
         "`deepkmeans predict 'run/x y' DATA`"),
        ("n_columns=4 and the header=?", "n_columns=4 and the header=?"),
    ],
)  # fmt: skip
def test_arguments_become_flags(said: str, wanted: str) -> None:
    assert in_flags_of_files(said) == wanted
    assert describe(InvalidDataError(said)) == wanted


def test_notes_of_an_error_are_in_flags_too() -> None:
    error = OutputError("the disk is full")
    error.add_note("the complete run is in x, and resume=True puts it in place")
    assert describe(error) == "the disk is full; the complete run is in x, and --resume puts it in place"


def test_rooms_below_the_command_name_no_flag() -> None:
    found = []
    for path, tree in trees().items():
        if path.parts[0] in ("data", "datasets", "persistence", "storage"):
            texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
            for node in ast.walk(tree):
                is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts
                if is_text and re.search(r"(?<![\w-])--[a-z]", node.value) and "pip install" not in node.value:
                    found.append(f"{path}:{node.lineno}: {node.value}")
    assert found == []
    assert Path("data/files.py") in trees()
