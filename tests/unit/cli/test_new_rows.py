"""predict reads a file as the fit read its own, unless it is written otherwise or options say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line

NAMES = "id;weight;height;sex"


def rows(n: int = 40) -> list[list[str]]:
    return [[f"P{i:03}", f"{50 + 20 * (i % 2) + i / 50:.2f}", f"{160 + 15 * (i % 2)}.{i % 7}", "fm"[i % 3 % 2]]
            for i in range(n)]  # fmt: skip


def text(separator: str = ",", decimal: str = ".", drop: int = 0) -> str:
    lines = [NAMES.split(";"), *([cell.replace(".", decimal) for cell in row] for row in rows())]
    return "".join(separator.join(line[: 4 - drop]) + "\n" for line in lines)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a file that would be read otherwise without options."""
    folder = tmp_path_factory.mktemp("fit")
    (folder / "fit.csv").write_text("!x;y\n" + text(";", ","), encoding="utf-16-le")
    options = ["--encoding", "utf-16-le", "--separator", ";", "--decimal", ",", "--comment", "!"]
    assert main(["fit", str(folder / "fit.csv"), "-k", "2", *options, "--out", str(folder / "run"), "--quiet"]) == 0
    return folder / "run"


def labels(path: Path) -> list[str]:
    return [line.split(",")[1] for line in path.read_text("utf-8").splitlines()]


def test_written_like_that_of_the_fit(run: Path, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("!a,b,c\n" + text(";", ","), encoding="utf-16-le")
    out = tmp_path / "out.csv"
    assert main(["predict", str(run), str(tmp_path / "new.csv"), "--out", str(out)]) == 0
    assert labels(out) == labels(run / "labels.csv")


@pytest.mark.parametrize("separator", [",", "\t"])
def test_written_otherwise(run: Path, tmp_path: Path, separator: str) -> None:
    (tmp_path / "new.csv").write_text(text(separator))
    out = tmp_path / "out.csv"
    assert main(["predict", str(run), str(tmp_path / "new.csv"), "--out", str(out)]) == 0
    assert labels(out) == labels(run / "labels.csv")
    (tmp_path / "records.jsonl").write_text("".join(json.dumps(dict(zip(NAMES.split(";"), row, strict=True))) + "\n"
                                                    for row in rows()))  # fmt: skip
    assert main(["predict", str(run), str(tmp_path / "records.jsonl"), "--out", str(out), "--force"]) == 0
    assert labels(out) == labels(run / "labels.csv")


def test_what_cannot_be_read_either_way(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "new.csv").write_text("a,b\n1,2,3\n")
    assert main(["predict", str(run), str(tmp_path / "new.csv")]) == 3
    said = last_line(capsys)
    assert "it was read with --separator ';' --encoding utf-16-le --decimal , --comment '!', as in the fit" in said


def test_missing_cells_are_said(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = text().replace(",f\n", ",\n", 2).replace("P003,70.06", "P003,")
    (tmp_path / "new.csv").write_text(content)
    capsys.readouterr()
    assert main(["predict", str(run), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    assert "new.csv: missing values in 'weight' (1 cell), 'sex' (2 cells) are taken as in the fit" in (
        capsys.readouterr().err
    )
