"""Files at the command: the header, rows without values, standard input, and how soon wrong input is refused."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.cli import main
from deepkmeans.cli.console import Console
from deepkmeans.cli.file_options import FileOptions
from deepkmeans.cli.reading import data_file, for_run_json, read_for_fit
from deepkmeans.cli.row_names import RowNames
from deepkmeans.data.file_kinds import is_standard_input
from deepkmeans.exceptions import InvalidDataError
from tests.subprocesses import PATIENCE, environment

from .conftest import three_groups

K_MEANS = ("-k", "3", "--partition", "k-means", "--no-progress", "--device", "cpu")


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """Numbers and a class, no names, and two rows without numbers."""
    X, groups = three_groups(60)
    lines = [",".join([*(f"{v:.4f}" for v in row), "abc"[group]]) for row, group in zip(X, groups, strict=True)]
    lines[7], lines[20] = ",,,,b", ",,,,c"
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def pipe(content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    return pipe


def test_fit_predict_and_evaluate_agree_on_rows_without_values(
    flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert main(["fit", str(flowers), *K_MEANS, "--label-column", "4", "--out", str(run)]) == 0
    said = capsys.readouterr().err
    assert "the first line is read as a row" in said
    assert "2 rows have no value in these columns and are left out; the first is row 7 (counted from 0; line 8)" in said
    labels = _rows((run / "labels.csv").read_text())
    assert [int(row["row"]) for row in labels] == [i for i in range(60) if i not in (7, 20)]
    assert json.loads((run / "run.json").read_text())["data"]["rows_left_out"] == [7, 20]

    assert main(["predict", str(run), str(flowers)]) == 0
    assert [(row["row"], row["label"]) for row in _rows(capsys.readouterr().out)] == [
        (row["row"], row["label"]) for row in labels
    ]
    assert main(["predict", str(run), str(flowers), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["row"] == [int(row["row"]) for row in labels]

    assert main(["evaluate", str(run), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["n_rows"] == 58
    assert figures["acc"] == 1
    assert main(["evaluate", str(run), "--max-memory", "lots"]) == 2
    capsys.readouterr()
    assert main(["evaluate", str(run), "--header", "--label-column", "a"]) == 3
    assert "has 59 labels" in capsys.readouterr().err


def test_the_header_said_outright_holds_for_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X, _ = three_groups(40)
    text = "1990,1991\n" + "".join(f"{a:.3f},{b:.3f}\n" for a, b in X[:, :2])
    (tmp_path / "years.csv").write_text(text)
    run = tmp_path / "run"
    assert main(["fit", str(tmp_path / "years.csv"), *K_MEANS, "--no-header", "--out", str(run)]) == 0
    assert json.loads((run / "run.json").read_text())["data"]["header"] is False
    assert len(_rows((run / "labels.csv").read_text())) == 41
    capsys.readouterr()
    assert main(["predict", str(run), str(tmp_path / "years.csv")]) == 0
    assert len(_rows(capsys.readouterr().out)) == 41
    assert main(["predict", str(run), str(tmp_path / "years.csv"), "--header"]) == 0
    assert len(_rows(capsys.readouterr().out)) == 40


def test_columns_without_values_or_names_are_found_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X, _ = three_groups(40)
    path, run = tmp_path / "x.csv", tmp_path / "run"
    path.write_text("".join(f"{a:.3f},,{b:.3f}\n" for a, b in X[:, :2]))
    assert main(["fit", str(path), *K_MEANS, "--out", str(run)]) == 0
    assert json.loads((run / "run.json").read_text())["data"]["columns"] == [0, 2]
    capsys.readouterr()
    assert main(["predict", str(run), str(path)]) == 0
    assert [row["label"] for row in _rows(capsys.readouterr().out)] == [
        row["label"] for row in _rows((run / "labels.csv").read_text())
    ]


def test_keys_without_a_name_are_warned_of_and_kept_in_run_json(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("".join(f"{i},{i % 3}\n" for i in range(25)))
    console = Console(quiet=True)
    table = read_for_fit(console, tmp_path / "x.csv", columns=None, drop=None, label_column=None)
    assert table.feature_names is None
    assert len(console.warnings) == 1
    assert "leave it out with --drop 0" in console.warnings[0]
    assert for_run_json(table, {"columns": None}, FileOptions()) == {"columns": None}
    assert [*RowNames.of(table, {}, FileOptions()).names] == [*range(25)]


class TestStandardInput:
    def test_a_text_table(
        self, piped: Callable[[bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        X, _ = three_groups(40)
        content = "a\tb\n" + "".join(f"{a:.3f}\t{b:.3f}\n" for a, b in X[:, :2])
        monkeypatch.chdir(tmp_path)
        piped(content.encode())
        assert main(["fit", "-", *K_MEANS]) == 0
        document = json.loads((tmp_path / "run-stdin" / "run.json").read_text())
        assert document["data"]["path"] is None
        assert document["data"]["rows"] == 40
        capsys.readouterr()
        piped(content.encode())
        assert main(["predict", "run-stdin", "-"]) == 0
        predicted = capsys.readouterr()
        assert "stdin.csv" not in predicted.err
        assert [row["label"] for row in _rows(predicted.out)] == [
            row["label"] for row in _rows((tmp_path / "run-stdin" / "labels.csv").read_text())
        ]
        assert main(["evaluate", "run-stdin"]) == 2
        assert "does not say which file it was fitted on" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "standard input: the file is empty"),
            (b"\x1f\x8b\x08" + bytes(50), "is damaged or not what its name says"),
            (b"PAR1\x15\x04\x15", "not a Parquet file"),
            (b"a,b\n1,red,3\n", "line 2 has 3 cells and the first line 2"),
            (b"a,\0b\n1,2\n", "is not text (it holds zero bytes)"),
        ],
    )
    def test_what_is_none(
        self, piped: Callable[[bytes], None], capsys: pytest.CaptureFixture[str], content: bytes, words: str
    ) -> None:
        for arguments in (["fit", "-", *K_MEANS], ["select", "-"]):
            piped(content)
            assert main(arguments) == 3
            said = capsys.readouterr().err
            assert words in said
            assert "standard input" in said
            assert "stdin.csv" not in said

    def test_its_name_in_messages(self, piped: Callable[[bytes], None], capsys: pytest.CaptureFixture[str]) -> None:
        for arguments in (["fit", "-", "-k", "9", "--no-progress"], ["select", "-", "--k-range", "2:9"]):
            piped(b"a;b\n1;2\n3;5\n4;4\n")
            assert main(arguments) == 3
            said = capsys.readouterr().err
            assert "standard input has 3 rows, fewer than the 9 clusters" in said
            assert "stdin.csv" not in said
            assert "deepkmeans-stdin" not in said

    def test_no_end(self, piped: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch) -> None:
        class Endless(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                return b"1,2\n" * (size // 4)

        class Stream:
            buffer = Endless()

            def isatty(self) -> bool:
                return False

        monkeypatch.setattr("sys.stdin", Stream())
        with pytest.raises(InvalidDataError, match="standard input: has more than 3.0 MiB; .* --max-memory"):
            data_file(Path("-"), FileOptions(max_memory=3 * 2**20))

    def test_nothing_piped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", None)
        with pytest.raises(InvalidDataError, match="nothing is piped to it"):
            data_file(Path("-"))

    def test_kept_in_a_file_of_its_own(self, piped: Callable[[bytes], None], tmp_path: Path) -> None:
        piped(b"a\n1\n")
        path = data_file(Path("-"))
        assert is_standard_input(path)
        assert path.read_bytes() == b"a\n1\n"
        assert not is_standard_input(tmp_path / "stdin.csv")


def test_the_limit_of_memory_is_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez_compressed(tmp_path / "x.npz", X=np.ones((1000, 300), dtype=np.int8))
    assert main(["fit", str(tmp_path / "x.npz"), *K_MEANS, "--max-memory", "1M"]) == 3
    assert "raise the limit with --max-memory 2M" in capsys.readouterr().err
    assert main(["fit", str(tmp_path / "x.npz"), *K_MEANS, "--max-memory", "lots"]) == 2
    assert "--max-memory must be a size such as 800M or 4G" in capsys.readouterr().err


def test_a_missing_column_of_the_model_is_said_without_options_that_predict_has_not(
    flowers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    X, _ = three_groups(40)
    (tmp_path / "x.csv").write_text("a,b\n" + "".join(f"{a:.3f},{b:.3f}\n" for a, b in X[:, :2]))
    (tmp_path / "y.csv").write_text("a,c\n1,2\n")
    (tmp_path / "z.csv").write_text("a,b\n1,red\n")
    assert main(["fit", str(tmp_path / "x.csv"), *K_MEANS, "--out", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    for name, words in (
        ("y.csv", "has no column 'b'"),
        ("z.csv", "correct the cell"),
        ("flowers.csv", "the model was fitted on a column 'a'"),
    ):
        assert main(["predict", str(tmp_path / "run"), str(tmp_path / name)]) == 3
        said = capsys.readouterr().err
        assert words in said
        assert not re.search("--(drop|columns|label-column)", said)


def test_rows_without_names_for_a_model_with_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X, _ = three_groups(40)
    rows = "".join(f"{a:.3f},{b:.3f}\n" for a, b in X[:, :2])
    (tmp_path / "x.csv").write_text("a,b\n" + rows)
    (tmp_path / "y.csv").write_text(rows)
    (tmp_path / "z.csv").write_text("1990,1991\n" + rows)
    assert main(["fit", str(tmp_path / "x.csv"), *K_MEANS, "--out", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    for name in ("y.csv", "z.csv"):
        assert main(["predict", str(tmp_path / "run"), str(tmp_path / name)]) == 3
        said = capsys.readouterr().err
        assert "in the order of the fit, use --no-header" in said
        assert ("the first line was read as names" in said) == (name == "z.csv")
        assert main(["predict", str(tmp_path / "run"), str(tmp_path / name), "--no-header"]) == 0
        predicted = _rows(capsys.readouterr().out)
        fitted = _rows((tmp_path / "run" / "labels.csv").read_text())
        assert [row["label"] for row in predicted][-40:] == [row["label"] for row in fitted]
        assert len(predicted) == 40 + (name == "z.csv")


@pytest.mark.parametrize(
    ("content", "name", "heavy"),
    [
        (None, "gone.csv", {"torch", "sklearn", "pandas", "scipy"}),
        (b"PK\x03\x04", "x.csv", {"torch", "sklearn", "pandas", "scipy"}),
        (b"a,b\n1,\0\n", "x.csv", {"torch", "sklearn", "pandas", "scipy"}),
        (b"a,b\n1,2,3\n", "x.csv", {"torch", "sklearn", "scipy"}),
        (b"PK\x03\x04" + bytes(40), "x.xlsx", {"torch", "sklearn", "pandas", "scipy"}),
        (b"PAR1" + bytes(40), "x.parquet", {"torch", "sklearn", "scipy"}),
    ],
)
def test_wrong_files_are_refused_before_anything_heavy_is_loaded(
    tmp_path: Path, content: bytes | None, name: str, heavy: set[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    if name == "x.xlsx":
        pytest.importorskip("python_calamine")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "deepkmeans", "fit", str(tmp_path / name)],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr[-500:]
    names = {
        found.split(".")[0]
        for found in re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s*(\S+)", done.stderr, flags=re.MULTILINE)
    }
    assert "deepkmeans" in names
    assert names & heavy == set()
