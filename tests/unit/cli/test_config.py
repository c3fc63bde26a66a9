"""--config: option names as keys, flags win, typing errors get a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans.cli import main
from deepkmeans.cli.config import read_config
from deepkmeans.exceptions import InvalidParameterError

OPTIONS = {"clusters": "clusters", "label-column": "label_column", "dry-run": "dry_run", "columns": "columns"}


def write(folder: Path, text: str) -> Path:
    path = folder / "fit.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_are_those_of_the_flags(tmp_path: Path) -> None:
    path = write(tmp_path, 'clusters = 3\nlabel-column = "species"\ndry-run = true\ncolumns = ["a", "b"]\n')
    assert read_config(path, OPTIONS) == {
        "clusters": "3", "label_column": "species", "dry_run": True, "columns": "a,b",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cluster = 3", "did you mean 'clusters'"),
        ("label_column = 'x'", "did you mean 'label-column'"),
        ("[clusters]\nn = 3", "must be a value, not a table"),
        ("clusters = ", "cannot be read"),
    ],
)
def test_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"--config .*fit\.toml") as caught:
        read_config(write(tmp_path, text), OPTIONS)
    assert words in str(caught.value)


def test_a_missing_file_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "x.csv", "--config", str(tmp_path / "none.toml")]) == 2
    assert "none.toml cannot be read: No such file" in capsys.readouterr().err


def test_the_verb_takes_its_values_and_flags_win(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "clusters = 0\n")
    assert main(["fit", "x.csv", "--config", str(path)]) == 2
    assert "--clusters must be an integer >= 1 or 'auto'. Got 0" in capsys.readouterr().err
    assert main(["fit", "x.csv", "--clusters", "-4", "--config", str(path)]) == 2
    assert "--clusters must be an integer >= 1 or 'auto'. Got -4" in capsys.readouterr().err


def test_a_wrong_type_is_said_as_for_the_flag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, 'max-epochs = "few"\n')
    assert main(["fit", "x.csv", "--config", str(path)]) == 2
    assert "max-epochs" in capsys.readouterr().err


def test_an_unknown_key_of_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "embeding-dim = 3\n")
    assert main(["fit", "x.csv", "--config", str(path)]) == 2
    assert "did you mean 'embedding-dim'" in capsys.readouterr().err
