"""--append: the input once more, every row and column of it, with a column that names the cluster."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from deepkmeans._quoting import no_formula
from deepkmeans.cli import main
from deepkmeans.cli.append_rows import cluster_name
from tests.unit.cli.talk import last_line

from .conftest import three_groups

K_MEANS = ("-k", "3", "--partition", "k-means", "--device", "cpu", "--quiet")


def labels_of(path: Path) -> dict[int, str]:
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    return {int(row[0]): row[1] for row in rows}


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Numbers with decimal commas, a text column of any content, a row without numbers; no UTF-8."""
    X, _ = three_groups(30)
    lines = ["a;b;cluster"]
    lines += [f"{a:.3f};{b:.3f}".replace(".", ",") + f";é{i}" for i, (a, b) in enumerate(X[:, :2])]
    lines[3], lines[4], lines[5] = lines[3].replace("é2", "=1+cmd()"), ";;left", lines[5].replace("é4", '"x; ""y"""')
    path = tmp_path / "odd.csv"
    path.write_text("\n".join(lines) + "\n", encoding="latin-1")
    return path


def test_every_row_and_column_as_it_was(odd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, out = tmp_path / "run", tmp_path / "out.csv"
    arguments = ["fit", str(odd), "--drop", "cluster", *K_MEANS, "--out", str(run), "--append", str(out)]
    assert main(arguments) == 0
    given, written = (path.read_text("latin-1").splitlines() for path in (odd, out))
    labels = labels_of(run / "labels.csv")
    assert written[0] == "a;b;cluster;cluster.1" and len(written) == len(given)
    for row, (before, after) in enumerate(zip(given[1:], written[1:], strict=True)):
        assert after == f"{before};{labels.get(row, '')}"
    assert 3 not in labels

    before = out.read_bytes()
    predicted = tmp_path / "predicted.csv"
    capsys.readouterr()
    assert main(["predict", str(run), str(odd), "--append", str(predicted)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("row,label\n0,") and "with the column 'cluster.1'" in said.err
    assert predicted.read_bytes() == before
    assert main(["predict", str(run), str(odd), "--append", str(out)]) == 2
    assert last_line(capsys).endswith("out.csv exists; give another --append, or replace it with --force")
    assert main([*arguments[:-1], str(odd), "--force"]) == 2
    assert "is DATA: it would be replaced" in last_line(capsys)
    assert out.read_bytes() == before


def test_without_names_no_name_is_written(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("".join(f"{i % 3 * 9 + i / 50:.2f},1\n" for i in range(30)))
    out = tmp_path / "out.tsv"
    assert main(["fit", str(tmp_path / "x.csv"), *K_MEANS, "--out", str(tmp_path / "run"), "--append", str(out)]) == 0
    rows = [line.split("\t") for line in out.read_text().splitlines()]
    assert [row[2] for row in rows] == [*labels_of(tmp_path / "run" / "labels.csv").values()]
    assert [row[:2] for row in rows] == [line.split(",") for line in (tmp_path / "x.csv").read_text().splitlines()]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pandas as pd

    X, groups = three_groups(30)
    frame = pd.DataFrame({"a": X[:, 0], "n": np.arange(30, dtype="int16"), "s": pd.Categorical(groups.astype(str))})
    frame.loc[4, "a"] = np.nan
    frame.to_parquet(tmp_path / "x.parquet")
    run, out = tmp_path / "run", tmp_path / "out.parquet"
    fit = ["fit", str(tmp_path / "x.parquet"), "--columns", "a", *K_MEANS, "--out", str(run), "--append", str(out)]
    assert main(fit) == 0
    written = pd.read_parquet(out)
    pd.testing.assert_frame_equal(written[["a", "n", "s"]], frame)
    assert written["cluster"].isna().tolist() == [i == 4 for i in range(30)]
    known = labels_of(run / "labels.csv")
    assert {i: str(int(label)) for i, label in written["cluster"].dropna().items()} == known


@pytest.mark.parametrize(
    ("name", "append", "words"),
    [
        ("flowers.csv", "out.parquet", "must end in .csv, .tsv, .tab, .psv, .txt, .dat, .data: a format"),
        ("flowers.npz", "out.npz", "flowers.npz holds arrays, which have no columns"),
        ("flowers.csv", "run/labels.csv", "is a file that the run writes"),
        ("flowers.csv", ".", "must end in"),
        ("flowers.csv", "nowhere/out.csv", "nowhere"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_fit(
    files: Path, name: str, append: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    append = str(tmp_path / append) if append != "." else str(tmp_path)
    assert main(["fit", str(files / name), *K_MEANS, "--out", str(run), "--append", append]) in (1, 2)
    assert words in last_line(capsys)
    assert os.listdir(tmp_path) == []


def test_names_and_formulas() -> None:
    assert [cluster_name(names) for names in ((), ("cluster",), ("cluster", "cluster.1"))] == [
        "cluster", "cluster.1", "cluster.2",
    ]  # fmt: skip
    for harmless in ("", "x", "-1,5", "+49 30 / 123-4", "-", "-12 %", "-1e-5", "- 3 €", "'=x", "5-A"):
        assert no_formula(harmless) == harmless
    for formula in ("=1", "-A1", "+cmd|x", "@SUM(A1)", " =x", "\t=x", "＝1+x"):
        assert no_formula(formula) == "'" + formula
