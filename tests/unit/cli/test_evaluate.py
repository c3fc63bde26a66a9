"""``evaluate``: every label beside the class of its own row, and what is said where a figure would mean nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans.cli import main
from deepkmeans.exceptions import ModelFileError
from deepkmeans.persistence.run_labels import index_hash, labels_text, read_labels

LABELS = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2]
CLASSES = ["a"] * 3 + ["b"] * 3 + ["c"] * 6


def write_run(folder: Path, labels: list[int] = LABELS, rows: Any = None, **data: Any) -> Path:
    run = folder / "run"
    run.mkdir(exist_ok=True)
    rows = range(len(labels)) if rows is None else rows
    (run / "labels.csv").write_text("row,label\n" + "".join(f"{i},{j}\n" for i, j in zip(rows, labels, strict=True)))
    (run / "run.json").write_text(json.dumps({"layout": 1, "data": {"path": None, "rows": len(labels), **data}}))
    return run


def table(path: Path, columns: dict[str, Any]) -> str:
    pd.DataFrame(columns).to_csv(path, index=False)
    return str(path)


def figures(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["evaluate", *map(str, arguments), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def refused(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 3) -> str:
    assert main(["evaluate", *map(str, arguments)]) == code
    said = capsys.readouterr().err
    assert "unexpected" not in said
    return said


def test_labels_csv_is_read_by_its_row_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path)
    classes = table(tmp_path / "classes.csv", {"class": CLASSES})
    lines = (run / "labels.csv").read_text().splitlines()
    (run / "labels.csv").write_text("\n".join([lines[0], *sorted(lines[1:], key=lambda line: line[::-1])]) + "\n")
    assert figures(capsys, run, "--labels", classes)["acc"] == 1
    write_run(tmp_path, LABELS[::-1], rows=[i for i in range(13, -1, -1) if i not in (4, 9)], rows_left_out=[4, 9])
    assert read_labels(run / "labels.csv", rows=12, left_out=[4, 9], index=None).labels == LABELS
    assert figures(capsys, run, "--labels", classes)["acc"] == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["0", "1", "-2", "3"], r"line 4: '-2' is no number of a row"),
        (["0", "1", "1", "3"], r"line 4: row 1 stands in line 3, too"),
        (["0", "1", "", "3"], r"line 4: '' is no number"),
        (["0", "1", "x", "3"], r"line 4: 'x' is no number"),
        (["0", "1", "2", "4"], r"line 5: '4' is no number"),
        (["0", "1", "2", "9" * 30], "line 5"),
    ],
)
def test_row_numbers_that_no_fit_wrote_are_refused(
    tmp_path: Path, rows: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path, [0, 0, 1, 1], rows=rows)
    with pytest.raises(ModelFileError, match=words):
        read_labels(run / "labels.csv", rows=4, index=None)
    classes = table(tmp_path / "classes.csv", {"class": list("aabb")})
    assert "labels.csv is damaged" in refused(capsys, run, "--labels", classes, code=4)
    (run / "labels.csv").write_text("label\n0\n0\n1\n1\n")
    assert "no column 'row'" in refused(capsys, run, "--labels", classes, code=4)


def test_rows_that_are_called_by_an_index(tmp_path: Path) -> None:
    names = ["=1+1", "b,c", "x\ny", "plain"]
    run = write_run(tmp_path, [0, 0, 1, 1], rows=["'=1+1", '"b,c"', '"x\ny"', "plain"])
    assert read_labels(run / "labels.csv", rows=4, index=index_hash(names)).labels == [0, 0, 1, 1]
    with pytest.raises(ModelFileError, match="not the index of the data in the order of the fit"):
        read_labels(run / "labels.csv", rows=4, index=index_hash(names[::-1]))
    # A fit on Parquet by an older version: its rows may be called by an index, of which nothing is known.
    assert read_labels(run / "labels.csv", rows=4, index="").labels == [0, 0, 1, 1]


def test_rows_that_are_called_by_an_identifier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["=a", "b,c", "10", "11"]
    (tmp_path / "labels.csv").write_text(labels_text(names, {"label": [0, 0, 1, 1]}, called="=id"))
    assert (tmp_path / "labels.csv").read_text().splitlines()[:2] == ["'=id,label", "'=a,0"]
    known = {"rows": 4, "index": index_hash(names), "identifier": "=id"}
    assert read_labels(tmp_path / "labels.csv", **known) == (["'=a", "b,c", "10", "11"], [0, 0, 1, 1])
    with pytest.raises(ModelFileError, match="its column '=id' is not that of the data in the order of the fit"):
        read_labels(tmp_path / "labels.csv", **known | {"index": index_hash(names[::-1])})
    with pytest.raises(ModelFileError, match="no column 'key'"):
        read_labels(tmp_path / "labels.csv", **known | {"identifier": "key"})
    (tmp_path / "run.json").write_text(json.dumps({"layout": 1, "data": {"rows": 4, "identifier": 3}}))
    assert "data.identifier must be a name" in refused(capsys, tmp_path, code=4)


def test_a_fit_on_parquet_keeps_what_its_rows_are_called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": np.repeat([0.0, 9.0], 20) + np.arange(40) / 99, "s": np.repeat(["u", "v"], 20)})
    frame.sample(frac=1, random_state=0).to_parquet(tmp_path / "x.parquet")  # with an index out of order
    run = tmp_path / "run"
    fit = ["fit", str(tmp_path / "x.parquet"), "-k", "2", "--partition", "k-means", "--label-column", "s", "--quiet"]
    assert main([*fit, "--device", "cpu", "--out", str(run)]) == 0
    capsys.readouterr()
    assert figures(capsys, run)["acc"] == 1
    by_row = table(tmp_path / "by-row.csv", {"row": range(40), "s": np.repeat(["u", "v"], 20)})
    assert figures(capsys, run, "--labels", by_row)["acc"] == 1
    lines = (run / "labels.csv").read_text().splitlines()
    (run / "labels.csv").write_text("\n".join([lines[0], *lines[:0:-1]]) + "\n")
    assert "not the index of the data" in refused(capsys, run, code=4)


def test_classes_are_found_by_a_column_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path, rows=[*range(6), *range(7, 13)], rows_left_out=[6])
    rows = [*range(6), *range(7, 13)]
    order = np.random.RandomState(0).permutation(12)
    shuffled = {"row": np.array(rows)[order], "class": np.array(CLASSES)[order]}
    assert figures(capsys, run, "--labels", table(tmp_path / "c.csv", shuffled))["acc"] == 1
    some = {name: values[:7] for name, values in shuffled.items()}
    found = figures(capsys, run, "--labels", table(tmp_path / "some.csv", some))
    assert (found["acc"], found["n_rows"], found["n_rows_without_class"]) == (1, 7, 5)
    every = {"row": [6, *shuffled["row"]], "class": ["b", *shuffled["class"]]}
    assert figures(capsys, run, "--labels", table(tmp_path / "every.csv", every))["n_rows"] == 12
    for wrong in (-1, 13, 3.5, "x"):
        said = refused(capsys, run, "--labels", table(tmp_path / "w.csv", {"row": [0, wrong], "class": ["a", "b"]}))
        assert f"row 1 (counted from 0): '{wrong}' in the column 'row' is none of the rows of the fit" in said
    said = refused(capsys, run, "--labels", table(tmp_path / "w.csv", {"row": [2, 2], "class": ["a", "b"]}))
    assert "occurs twice (first in row 0)" in said
    chosen = table(tmp_path / "f.csv", {"row": CLASSES, "b": range(12)})
    assert figures(capsys, run, "--labels", chosen, "--label-column", "row")["acc"] == 1


def test_the_file_of_the_fit_may_measure_something_called_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path / "grid.csv", {"row": [7] * 12, "class": CLASSES})
    run = write_run(tmp_path, path=path, label_column="class")
    assert figures(capsys, run)["acc"] == figures(capsys, run, "--labels", path)["acc"] == 1


@pytest.mark.parametrize("kind", ["csv", "csv numbers", "npz", "parquet"])
def test_rows_without_a_class_are_left_out_and_counted(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write_run(tmp_path)
    classes = [None if i in (0, 11) else "abc".index(c) for i, c in enumerate(CLASSES)]
    texts = [None if i in (0, 11) else c for i, c in enumerate(CLASSES)]
    if kind == "npz":
        path = tmp_path / "y.npz"
        np.savez(path, y=np.array(classes, dtype=float))
    elif kind == "parquet":
        pytest.importorskip("pyarrow")
        path = tmp_path / "y.parquet"
        pd.DataFrame({"class": texts}).to_parquet(path)
    else:
        path = Path(table(tmp_path / "y.csv", {"class": classes if "numbers" in kind else texts, "class_b": range(12)}))
    found = figures(capsys, run, "--labels", path)
    assert (found["acc"], found["n_rows"], found["n_classes"], found["n_rows_without_class"]) == (1, 10, 3, 2)
    assert main(["evaluate", str(run), "--labels", str(path)]) == 0
    out, err = capsys.readouterr()
    assert "10 of 12 rows have a class" in err
    assert "(10 rows, 3 classes" in out


def test_no_class_at_all_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path)
    np.savez(tmp_path / "y.npz", y=np.full(12, np.nan))
    said = refused(capsys, run, "--labels", tmp_path / "y.npz")
    assert "no label of any row; name another column with --label-column" in said


def test_a_class_for_nearly_every_row_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path, LABELS * 3)
    path = table(tmp_path / "m.csv", {"a": np.arange(36) / 7, "class": CLASSES * 3})
    assert main(["evaluate", str(run), "--labels", path, "--label-column", "a"]) == 0
    assert "nearly every row has a class of its own (36 classes of 36 rows)" in capsys.readouterr().err
    assert main(["evaluate", str(run), "--labels", path]) == 0
    assert "warning" not in capsys.readouterr().err


def coded(folder: Path, names: list[str]) -> Path:
    run = write_run(folder, rows=names, identifier="id", index=index_hash(names))
    (run / "labels.csv").write_text("id,label\n" + "".join(f"{n},{j}\n" for n, j in zip(names, LABELS, strict=True)))
    return run


def test_small_classes_count_as_much_as_large_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_run(tmp_path, [0] * 23 + [1] * 2)
    classes = table(tmp_path / "classes.csv", {"class": ["a"] * 20 + ["b"] * 5})
    assert main(["evaluate", str(run), "--labels", classes, "--label-column", "class"]) == 0
    said = capsys.readouterr().out
    # a: all 20 of 20, in a cluster of 23; b: 2 of 5, in a cluster of 2.
    assert "macro recall 0.7000   macro precision 0.9348   macro F1 0.7508" in said
    assert "the largest has 4 times the rows of the smallest" in said
    assert "less than half is in the cluster of its class: b (40% of 5 rows)" in said
    alike = table(tmp_path / "alike.csv", {"class": ["a"] * 13 + ["b"] * 12})
    assert main(["evaluate", str(run), "--labels", alike, "--label-column", "class"]) == 0
    assert "macro" not in capsys.readouterr().out


@pytest.mark.parametrize(("step", "order"), [(17, 1), (17, -1), (1000, 1)])
@pytest.mark.parametrize("written", ["{}", "{:05d}"])
def test_identifiers_with_leading_zeros(
    tmp_path: Path, step: int, order: int, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = coded(tmp_path, [f"{i * step:05d}" for i in range(12)])
    lines = [f"{written.format(i * step)},{CLASSES[i]}" for i in range(12)]
    (tmp_path / "classes.csv").write_text("\n".join(["id,cls", *lines[::order]]) + "\n")
    assert figures(capsys, run, "--labels", tmp_path / "classes.csv", "--label-column", "cls")["acc"] == 1


def test_zeros_that_tell_identifiers_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["17", "017", *(f"{i:03d}" for i in range(20, 30))]
    run = coded(tmp_path, names)
    lines = [f"{name},{known}" for name, known in zip(names, CLASSES, strict=True)]
    (tmp_path / "classes.csv").write_text("\n".join(["id,cls", *lines]) + "\n")
    options = ("--labels", tmp_path / "classes.csv", "--label-column", "cls")
    assert figures(capsys, run, *options)["acc"] == 1
    (tmp_path / "classes.csv").write_text("\n".join(["id,cls", *lines[:2], "0020,c"]) + "\n")
    assert "'0020' in the column 'id' is none of the rows of the fit" in refused(capsys, run, *options)
