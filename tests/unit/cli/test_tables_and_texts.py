"""Tables of any columns and texts at the command: what is said of them, what rows are called, predict and evaluate."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line

FIT = ("-k", "3", "--device", "cpu", "--no-progress")
WORDS = (["apple", "pie", "sugar", "oven"], ["rain", "wind", "cloud", "storm"], ["engine", "wheel", "brake", "road"])


def customers(n: int = 60) -> list[dict[str, Any]]:
    """Rows of three groups: an identifier, a constant, numbers, categories, dates, texts."""
    random = np.random.RandomState(0)
    return [
        {
            "customer": f"={i}" if i == 4 else f"C{i:04d}", "age": 20 + 15 * (i % 3) + random.randint(5),
            "segment": ("basic", "plus", "pro")[i % 3], "since": f"20{10 + i % 3 * 5}-0{1 + i % 9}-11",
            "zip": random.choice(["10115", "20095"]), "country": "DE",
            "comment": " ".join(random.choice(WORDS[i % 3], 4)), "class": "xyz"[i % 3],
        }
        for i in range(n)
    ]  # fmt: skip


def write(path: Path, rows: list[dict[str, Any]], columns: list[str] | None = None) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns or list(rows[0]), extrasaction="ignore", restval="?")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("customers")
    data = write(folder / "customers.csv", customers())
    fit = ["fit", data, *FIT, "--label-column", "class", "--kind", "zip=category", "--quiet"]
    assert main([*fit, "--out", str(folder / "run")]) == 0
    return folder / "run"


def test_rows_are_called_by_the_users_identifier(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = rows_of((run / "labels.csv").read_text())
    assert [*labels[0]] == ["customer", "label", "distance"]
    assert [row["customer"] for row in labels[:6]] == ["C0000", "C0001", "C0002", "C0003", "'=4", "C0005"]
    document = json.loads((run / "run.json").read_text())
    assert document["data"]["identifier"] == "customer" and len(document["data"]["index"]) == 64
    assert document["parameters"]["preprocessor"] == {
        "kind": "auto", "columns": {"zip": "category"}, "levels": {}, "decimal": "auto",
    }  # fmt: skip
    assert main(["evaluate", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["acc"] == 1
    others = [{"class": row["class"], "customer": row["customer"]} for row in customers()[::-1][:50]]
    classes = write(run.parent / "classes.csv", others)
    assert main(["evaluate", str(run), "--labels", classes, "--label-column", "class", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["acc"], figures["n_rows"], figures["n_rows_without_class"]) == (1, 50, 10)
    write(run.parent / "classes.csv", [*others, {"class": "x", "customer": "C9"}])
    assert main(["evaluate", str(run), "--labels", classes, "--label-column", "class"]) == 3
    assert "'C9' in the column 'customer' is none of the rows of the fit" in last_line(capsys)


def test_predict_takes_what_the_fit_took(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {row["customer"]: row["label"] for row in rows_of((run / "labels.csv").read_text())}
    other = write(tmp_path / "other.csv", customers()[10:16], ["comment", "zip", "age", "since", "new", "segment"])
    assert main(["predict", str(run), other]) == 0
    predicted = rows_of(capsys.readouterr().out)
    assert [*predicted[0]] == ["row", "label"]  # the identifier is not in this file
    assert [row["label"] for row in predicted] == [known[f"C{i:04d}"] for i in range(10, 16)]

    one = [{**customers()[7], "segment": "never seen", "zip": ""}]
    assert main(["predict", str(run), write(tmp_path / "one.csv", one), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["labels"] == [int(known["C0007"])] and said["customer"] == ["C0007"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((tmp_path / "one.csv").read_bytes())))
    assert main(["predict", str(run), "-"]) == 0
    assert capsys.readouterr().out == f"customer,label\nC0007,{known['C0007']}\n"

    lacking = write(tmp_path / "lacking.csv", customers(), ["age", "zip", "comment", "class"])
    assert main(["predict", str(run), lacking]) == 3
    line = last_line(capsys)
    assert "lacks the columns 'segment', 'since'" in line and "DataFrame" not in line


def test_what_was_recognised_is_said(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(run.parent / "customers.csv")
    kinds = "columns: 1 number, 1 category, 1 ordered category, 1 date, 1 text column"
    for more in (["--out", str(tmp_path / "run"), "--verbose"], ["--dry-run"]):
        assert main(["fit", data, *FIT, "--drop", "class", "--kind", "zip=category", *more]) == 0
        said = capsys.readouterr()
        line = next(line for line in said.err.splitlines() if line.startswith("columns: 1 number"))
        assert line == (
            f"{kinds}; left out: 'customer' (identifier), 'country' (constant); change with --kind COLUMN=KIND"
        )
        assert ("  'country': constant, left out (one value in all rows)" in said.err) == ("--verbose" in more)
    assert "60 rows" in said.out and "nothing was fitted" in said.out
    assert main(["info", str(run)]) == 0
    assert "input       1 number, 1 category, 1 ordered category, 1 date" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (["--kind", "zip=categroy"], 2, "did you mean 'category'?"),
        (["--kind", "zpi=category"], 2, "--kind names 'zpi', which is no column of customers.csv (did you mean"),
        (["--levels", "sgment=a,b"], 2, "--levels names 'sgment', which is no column of customers.csv (did you mean"),
        (["--kind", "text"], 3, "texts are read from .txt"),
        (["--kind", "comment=number"], 2, "comment"),
        (["--columns", "customer,country"], 3, "none of the 2 columns can be used"),
        (["--encoder", "no/such-encoder"], 2, "no/such-encoder"),
        (["--columns", "age,zip", "--kind", "zip=number", "--encoder", "a/b"], 2, "DATA is numbers alone"),
    ],
)
def test_wrong_options_are_refused(
    run: Path, more: list[str], code: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", str(run.parent / "customers.csv"), *FIT, *more, "--out", str(tmp_path / "run")]) in (code, 1)
    line = last_line(capsys)
    assert words in line and "InputSpec" not in line and "unexpected" not in line
    assert not (tmp_path / "run").exists()


def test_long_identifiers_of_a_table_of_numbers_are_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{20_000_000_001 + 7 * i},{i % 3 * 9 + i / 99:.3f},{i / 50:.2f}" for i in range(60)]
    (tmp_path / "x.csv").write_text("\n".join(["id,a,b", *lines]) + "\n")
    run = tmp_path / "run"
    assert main(["fit", str(tmp_path / "x.csv"), *FIT, "--out", str(run)]) == 0
    rows = rows_of((run / "labels.csv").read_text())
    assert [row["id"] for row in rows] == [line.split(",")[0] for line in lines]
    assert main(["evaluate", str(run), "--labels", str(run / "labels.csv"), "--label-column", "label"]) == 0
    assert "ACC 1.0000" in capsys.readouterr().out


def titles(n: int = 60) -> list[str]:
    random = np.random.RandomState(0)
    return [" ".join(["the", *random.choice(WORDS[i % 3], 6)]) for i in range(n)]


@pytest.mark.parametrize("kind", ["lines", "folder"])
def test_texts(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, run, out = tmp_path / ("titles.txt" if kind == "lines" else "texts"), tmp_path / "run", tmp_path / "out.csv"
    if kind == "lines":
        data.write_text("\n".join(titles()) + "\n")
    else:
        data.mkdir()
        for i, title in enumerate(titles()):
            (data / f"{i:02d}.txt").write_text(title)
    assert main(["fit", str(data), *FIT, "--out", str(run), "--append", str(out)]) == 0
    said = capsys.readouterr()
    assert f"{data.name}: 60 texts" in said.err and "texts: TF-IDF of 12 terms; change with --encoder NAME" in said.err
    labels = [row["label"] for row in rows_of((run / "labels.csv").read_text())]
    assert len(labels) == 60 and len({(label, i % 3) for i, label in enumerate(labels)}) == 3
    name, first = ("text", titles()[0]) if kind == "lines" else ("file", "00.txt")
    appended = rows_of(out.read_text())
    assert appended[0][name] == first and [row["cluster"] for row in appended] == labels
    (tmp_path / "new.txt").write_text("storm and wind and rain\n")
    assert main(["predict", str(run), str(tmp_path / "new.txt")]) == 0
    assert capsys.readouterr().out == f"row,label\n0,{labels[1]}\n"
    assert main(["info", str(run)]) == 0
    assert "input       TF-IDF of 12 terms" in capsys.readouterr().out
    assert main(["fit", str(data), "--dry-run", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)["plan"]
    assert plan["rows"] == 60 and plan["seconds"]["preparing the rows"] >= 0


def test_json_lines_get_a_cluster(tmp_path: Path) -> None:
    given = [{**row, "tags": ["a", "b"], "cluster": None} for row in customers()]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in given))
    out = tmp_path / "out.jsonl"
    fit = ["fit", str(tmp_path / "c.jsonl"), *FIT, "--drop", "class", "--out", str(tmp_path / "run")]
    assert main([*fit, "--append", str(out), "--quiet"]) == 0
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert [{key: row[key] for key in given[0]} for row in written] == given
    labels = [row["label"] for row in rows_of((tmp_path / "run" / "labels.csv").read_text())]
    assert [str(row["cluster.1"]) for row in written] == labels


def test_a_workbook_gets_a_column(tmp_path: Path) -> None:
    openpyxl, _ = pytest.importorskip("openpyxl"), pytest.importorskip("python_calamine")
    book = openpyxl.Workbook()
    book.active.title = "notes"
    sheet = book.create_sheet("data")
    sheet.append([*customers()[0]])
    for row in customers():
        sheet.append([*row.values()])
    sheet["G3"] = "apple\npie sugar"  # a cell of two lines
    book.save(tmp_path / "c.xlsx")
    run, out = tmp_path / "run", tmp_path / "out.xlsx"
    fit = ["fit", str(tmp_path / "c.xlsx"), *FIT, "--drop", "class", "--out", str(run), "--append", str(out), "-q"]
    assert main(fit) == 0
    written = openpyxl.load_workbook(out)
    assert written.sheetnames == ["notes", "data"] and written["data"]["G3"].value == "apple\npie sugar"
    column = [cell.value for cell in written["data"]["I"]]
    labels = [row["label"] for row in rows_of((run / "labels.csv").read_text())]
    assert column[0] == "cluster" and [str(value) for value in column[1:]] == labels


def test_a_column_that_numbers_the_rows_gives_way_to_a_key(tmp_path: Path) -> None:
    data = write(tmp_path / "numbered.csv", [{"no": i + 1, **row} for i, row in enumerate(customers())])
    assert main(["fit", data, "--out", str(tmp_path / "run"), *FIT]) == 0
    assert [*rows_of((tmp_path / "run" / "labels.csv").read_text())[0]] == ["customer", "label", "distance"]
