"""run.json and labels.csv as damage leaves them: one line that names the file, for every verb that reads a run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans import KMeans, save
from deepkmeans.cli import main
from deepkmeans.exceptions import ModelFileError
from deepkmeans.persistence.run_document import read_document
from deepkmeans.persistence.run_labels import read_labels

WHOLE: dict[str, Any] = {
    "layout": 1, "created": "2026-01-01T00:00:00+0000", "seconds": 1.5, "interrupted": False, "versions": {},
    "data": {"path": None, "sha256": None, "rows": 4, "columns": None, "drop": None, "label_column": None},
    "seed": 0, "parameters": {}, "cluster_sizes": [2, 2], "warnings": [], "report": {},
}  # fmt: skip

TEXTS = {
    "empty": b"", "cut": b'{"layout": 1', "list": b"[1]", "binary": bytes(range(256)), "UTF-16": "{}".encode("utf-16"),
    "not UTF-8": b'{"a": "\xff"}', "nested": b"[" * 100_000,
    "doubled": b'{"data": {}, "data": {}}', "nan": b'{"a": NaN}',
    "zeros": bytes(5000), "many": b'{"a": [' + b"0," * 3_000_000 + b"0]}",
}  # fmt: skip
VALUES = {
    "layout": ["1", 1.5], "data": ["x", 3, [1]], "interrupted": ["no", 1],
    "cluster_sizes": [5, ["a"], [[1]], {"a": 1}], "warnings": ["w", [1]], "seconds": ["1", [1]], "created": [3],
    "versions": ["x"], "report": [[]], "parameters": [1], "n_clusters": ["3", -1],
}  # fmt: skip
DATA = {
    "path": [3, ["a"], "a\0b"], "sha256": [1], "rows": ["4", -1, 4.5], "columns": ["a", [1.5], {"a": 1}],
    "drop": [[None]], "rows_left_out": [["a"]], "header": ["x"], "label_column": [3, ["a"]],
}  # fmt: skip


def crafted() -> list[Any]:
    cases = [pytest.param(text, id=name) for name, text in TEXTS.items()]
    for key, values in VALUES.items():
        cases += [pytest.param(json.dumps({**WHOLE, key: v}).encode(), id=f"{key}={v}") for v in values]
    for key, values in DATA.items():
        data = dict(WHOLE["data"])
        for value in values:
            text = json.dumps({**WHOLE, "data": {**data, key: value}})
            cases.append(pytest.param(text.encode(), id=f"data.{key}={value!r}"))
    for key in (*VALUES, "seed", "model_sha256"):
        cases.append(pytest.param(json.dumps({**WHOLE, key: None}).encode(), id=f"{key} is null"))
    text = json.dumps({**WHOLE, "data": {**WHOLE["data"], "rows": None}})
    return [*cases, pytest.param(text.encode(), id="data.rows is null")]


@pytest.mark.parametrize("text", crafted())
def test_a_spoilt_run_json_is_a_bad_model(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "run.json").write_bytes(text)
    with pytest.raises(ModelFileError, match=r"run\.json is damaged \(") as caught:
        read_document(tmp_path / "run.json")
    assert len(str(caught.value)) < 400 + len(str(tmp_path))


def test_a_whole_run_json_is_read_and_a_newer_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(WHOLE))
    assert read_document(path) == WHOLE
    path.write_text(json.dumps({"layout": 1, "interrupted": False}))
    assert read_document(path) == {"layout": 1, "interrupted": False}
    path.write_text(json.dumps({**WHOLE, "layout": 2}))
    with pytest.raises(ModelFileError, match="written by a newer version"):
        read_document(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "no column 'label'"),
        (b"row,cluster\n0,1\n", "no column 'label'"),
        (b"row,label\n0,1\n1,two\n", "line 3.*got 'two'"),
        (b"row,label\n0,1\n1\n", "line 3.*got ''"),
        (b"row,label\n0,-1\n", "line 2"),
        (b"row,label\n0,1.0\n", "line 2"),
        (b"row,label\n0,99999999999\n", "line 2"),
        ("row,label\n0,\u0661\n".encode(), "line 2"),
        (b"row,label\n0,1\n\xff\xfe,1\n", "not UTF-8"),
        (bytes(range(256)), "."),
        ("row,label\n0,1\n".encode("utf-16"), "not UTF-8"),
        (b"row,label\n" + b"x" * 200_000 + b",1\n", "field larger"),
        (b'row,label\n0,"1\n', "line"),
        (b"row,label\n0,1\n", "1 label for the 4 rows"),
        (b"row,label\n" + b"0,1\n" * 5, "5 labels for the 4 rows"),
    ],
)
def test_a_spoilt_labels_csv_is_a_bad_model(tmp_path: Path, text: bytes, words: str) -> None:
    (tmp_path / "labels.csv").write_bytes(text)
    with pytest.raises(ModelFileError, match=words) as caught:
        read_labels(tmp_path / "labels.csv", rows=4)
    assert "labels.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    save(KMeans(2, random_state=0).fit(np.array([[0.0], [0.1], [9.0], [9.1]])), folder / "model.dkm")
    (folder / "run.json").write_text(json.dumps(WHOLE))
    (folder / "labels.csv").write_text("row,label\n0,0\n1,0\n2,1\n3,1\n")
    np.save(tmp_path / "rows.npy", np.array([[0.0], [9.0]]))
    np.savez(tmp_path / "classes.npz", y=np.array([0, 0, 1, 1]), X=np.zeros((4, 1)))
    return folder


def verbs(run: Path) -> dict[str, list[str]]:
    return {
        "info": ["info", str(run)],
        "predict": ["predict", str(run), str(run.parent / "rows.npy")],
        "evaluate": ["evaluate", str(run), "--labels", str(run.parent / "classes.npz")],
        "resume": ["fit", str(run.parent / "rows.npy"), "-k", "1", "--out", str(run), "--resume"],
    }


SPOILT = ("binary", "folder", "pipe", "forged")


@pytest.mark.parametrize("kind", SPOILT)
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("run.json", {"info": 4, "predict": 4, "evaluate": 4, "resume": 2}),
        ("labels.csv", {"info": 4, "predict": 0, "evaluate": 4, "resume": 2}),
        ("results.json", {"info": 0, "predict": 0, "evaluate": 0, "resume": 2}),
        ("history.jsonl", {"info": 0, "predict": 0, "evaluate": 0, "resume": 2}),
        ("model.dkm", {"info": 4, "predict": 4, "evaluate": 4, "resume": 2}),
    ],
)
def test_every_verb_says_one_line(
    run: Path, name: str, codes: dict[str, int], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if kind == "pipe" and not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes")
    path = run / name
    path.unlink(missing_ok=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(bytes(range(256)) if kind == "binary" else b'{"data": 3, "warnings": 5}')
    for verb, arguments in verbs(run).items():
        assert main(arguments) == codes[verb], (verb, name)
        said = capsys.readouterr().err
        assert said.count("deepkmeans: error: ") == (codes[verb] != 0), said
        assert "unexpected" not in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("row,label\n0,0\n1,0\n2,77\n3,1\n", "line 4: the label must be a whole number from 0 to 1; got '77'"),
        ("row,label\n0,0\n1,0\n2,0\n3,0\n", "4 rows in cluster 0, where run.json has 2"),
        ("row,label\n0,0\n1,1\n2,1\n3,1\n", "1 row in cluster 0, where run.json has 2"),
        ("row,label\n0,0\n1,0\n2,1\n", "3 labels for the 4 rows of the fit"),
    ],
)
def test_labels_that_are_not_those_of_run_json(
    run: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "labels.csv").write_text(text)
    assert main(verbs(run)["evaluate"]) == 4
    captured = capsys.readouterr()
    assert f"{run / 'labels.csv'} is damaged ({words})" in captured.err and captured.out == ""


@pytest.mark.parametrize("key", ["data", "parameters", "report", "cluster_sizes", "n_clusters", "warnings", "created"])
def test_nulls_are_refused_and_what_is_not_said_is_left_out(
    run: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "run.json").write_text(json.dumps({**WHOLE, key: None}))
    for verb in ("info", "evaluate", "predict"):
        assert main(verbs(run)[verb]) == 4, verb
        assert f"run.json is damaged ({key} must be" in capsys.readouterr().err
    document = {**WHOLE}
    document.pop(key, None)
    (run / "run.json").write_text(json.dumps(document))
    assert main(verbs(run)["info"]) == 0
    assert "None" not in capsys.readouterr().out.split("parameters", 1)[1].split("\n", 1)[1]
