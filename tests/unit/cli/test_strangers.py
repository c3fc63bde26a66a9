"""What a new user does, and the one line that says what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line

PEOPLE = "id,weight,sex\n" + "".join(f"P{i},{50 + i}.5,{'fm'[i % 2]}\n" for i in range(30))


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--levels", "sex=a,b"], 2, "--levels gives the column 'sex' the levels 'a', 'b', and none of them is in it"),
        (["--kind", "text"], 3, "of a table, say which column is text with --kind NAME=text"),
        (["--separator", ";"], 2, "people.csv has no ';', which --separator asks for; its cells are separated by ','"),
        (["--decimal", ","], 3, "--decimal , says that numbers are written as 1,5, but they are written as 50.5"),
        (["--drop", "weight", "--kind", "sex=ignored"], 3, "the 2 columns can be used"),
    ],
)
def test_options(tmp_path: Path, options: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert main(["fit", str(tmp_path / "people.csv"), "-k", "2", "--out", str(tmp_path / "run"), *options]) == code
    assert words in last_line(capsys)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("topics.jsonl", '"one"\n"two"\n', 'is no record, such as {"text": "..."}; texts alone are read from .txt'),
        ("holes.csv", "a,b\n,\nNA,\n", "none of its 2 columns holds a value"),
        ("inf.csv", "1,2\n2,inf\n3,4\n" * 9, "column 1 (counted from 0) has 9 infinite values"),
        ("huge.csv", "1,2\n2,1e400\n3,4\n", "the first in row 1 (counted from 0; line 2)"),
    ],
)
def test_files(tmp_path: Path, name: str, content: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text(content)
    assert main(["fit", str(tmp_path / name), "--out", str(tmp_path / "run")]) == 3
    assert words in last_line(capsys)


def test_where_nothing_is_used_the_list_of_columns_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("id,b\n" + "".join(f"P{i},x\n" for i in range(30)))
    assert main(["fit", str(tmp_path / "x.csv"), "--dry-run"]) == 3
    assert "columns: none; left out: 'id' (identifier), 'b' (constant)" in capsys.readouterr().err


def test_plans_count_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.txt").write_text("".join(f"about {'cats, a lot' if i % 2 else 'cars'} and {i}\n" for i in range(30)))
    assert main(["fit", str(tmp_path / "x.txt"), "--dry-run"]) == 0
    assert "plan       30 texts, clusters as found, objective selflabel" in capsys.readouterr().out


def test_rows_of_a_folder_are_called_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for i in range(12):
        (tmp_path / "texts" / f"{i:02}.txt").write_text(f"about {'cats and milk' if i % 2 else 'cars and roads'} {i}")
    run, out = tmp_path / "run", tmp_path / "out.csv"
    assert main(["fit", str(tmp_path / "texts"), "-k", "2", "--out", str(run), "--append", str(out), "--quiet"]) == 0
    labels = [line.split(",")[:2] for line in (run / "labels.csv").read_text().splitlines()]
    appended = [line.split(",") for line in out.read_text().splitlines()]
    assert labels[0] == ["file", "label"] and appended[0] == ["file", "cluster"]
    assert labels[1:] == appended[1:] and labels[1][0] == "00.txt"
