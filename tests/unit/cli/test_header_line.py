"""``--header-line N``: the line of a text table that holds the names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deepkmeans.cli import main
from deepkmeans.cli.file_options import FileOptions
from deepkmeans.cli.flags import in_flags_of_files
from deepkmeans.data.files import read_table
from deepkmeans.exceptions import InvalidParameterError


def two_heads(folder: Path) -> Path:
    rows = "".join(f"{i % 3 * 10 + i % 7}.5,{i % 3 * 5 + i % 5}.25,{'RUO'[i % 3]}\n" for i in range(30))
    (folder / "x.csv").write_text("Measure,Measure,Place\na,b,city\n" + rows)
    return folder / "x.csv"


def test_advice_that_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = two_heads(tmp_path)
    (note,) = [note for note in read_table(path).notes if "if it holds the names" in note]
    assert in_flags_of_files(note).endswith("if it holds the names, --header-line 2")
    run = tmp_path / "run"
    options = ["--clusters", "3", "--partition", "k-means", "--header-line", "2", "--out", str(run)]
    assert main(["fit", str(path), *options]) == 0
    assert "30 rows, 3 columns: a, b, city" in capsys.readouterr().err
    assert json.loads((run / "run.json").read_text())["data"]["header"] == 2
    assert main(["predict", str(run), str(path)]) == 0  # as in the fit
    labels = capsys.readouterr().out
    assert labels.splitlines() == [",".join(line.split(",")[:2]) for line in (run / "labels.csv").read_text().split()]
    (tmp_path / "new.csv").write_text("a,b,city\n0.5,0.25,R\n")
    assert main(["predict", str(run), str(tmp_path / "new.csv")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [({"header_line": "0"}, "a whole number >= 1; got '0'"), ({"header_line": "x"}, "a whole number >= 1; got 'x'"),
     ({"header_line": "2", "header": False}, "--header-line 2 and --no-header exclude each other")],
)  # fmt: skip
def test_refused(given: dict[str, str | bool], words: str) -> None:
    with pytest.raises(InvalidParameterError, match=words):
        FileOptions.of(given)


def test_in_words() -> None:
    how = FileOptions.of({"header_line": "3"})
    assert how.header == 3 and how.in_flags() == "--header-line 3"
    with pytest.raises(InvalidParameterError, match="--header-line 3 is for text tables"):
        how.check(Path("x.parquet"))
    missing = "x.csv has no names in line 9, which header= asks for"
    assert in_flags_of_files(missing) == missing.replace("header=", "--header-line")
    assert in_flags_of_files("header=False reads it as a row") == "--no-header reads it as a row"
