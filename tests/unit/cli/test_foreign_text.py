"""Names and texts of others cannot steer the terminal, forge a line, run in a shell or in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepkmeans import DeepKMeans, save
from deepkmeans._quoting import json_safe, printable, shell_list, shell_word
from deepkmeans.cli import main
from deepkmeans.cli.exit_codes import report
from deepkmeans.cli.options import parse_columns
from deepkmeans.exceptions import InvalidDataError

from .conftest import QUICK, three_groups

#: A window title, a C1 colour, reversed letters, a forged line, shell syntax.
EVIL = "\x1b]0;owned\x07\x9b31m\u202egnp.exe\nFORGED\u2028$(touch x)`touch x`"
#: The same for a file's name, which holds no slash.
EVIL_FILE = EVIL + "'; touch x #"
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def said(capsys: pytest.CaptureFixture[str], *, table: bool = False) -> tuple[str, str]:
    """What was written to both streams, looked at."""
    out, err = capsys.readouterr()
    for text in (out, err):
        assert STEERING.search(text) is None, repr(text)
    lines = err.splitlines() if table else [*out.splitlines(), *err.splitlines()]
    assert not any(line.startswith(("FORGED", "touch")) for line in lines)
    return out, err


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model with hostile names of columns, whose run.json was tampered with, in a folder of such a name."""
    folder = tmp_path_factory.mktemp("evil") / EVIL_FILE
    X, groups = three_groups(24)
    names = [EVIL, "=1+1", "plain", "b,c"]
    frame = pd.DataFrame(X, columns=names)
    data = folder.parent / "data.csv"
    table = frame.rename(columns={EVIL: EVIL.split("\n")[0]})
    table.assign(**{"class": [f"{EVIL}{group}" for group in groups]}).to_csv(data, index=False)
    assert main(["fit", str(data), "-k", "3", "--label-column", "class", "--out", str(folder),
                 "--quiet", "--json", "--device", "cpu"]) == 0  # fmt: skip
    save(DeepKMeans(3, random_state=0, device="cpu").fit(frame), folder / "other.dkm")
    document = json.loads((folder / "run.json").read_text())
    document |= {"created": EVIL, "warnings": [EVIL]}
    document["data"]["sha256"] = EVIL
    (folder / "run.json").write_text(json.dumps(document))
    return folder


def test_files_of_a_run_can_be_looked_at(run: Path) -> None:
    for name in ("labels.csv", "history.jsonl"):
        assert STEERING.search((run / name).read_text()) is None


def test_info(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for model in (run, run / "other.dkm"):
        assert main(["info", str(model)]) == 0
        assert r"\x1b]0;owned\x07\x9b31m\u202egnp.exe\nFORGED\u2028" in said(capsys)[0]
    assert main(["info", str(run / "other.dkm"), "--json"]) == 0
    assert json.loads(said(capsys)[0])["feature_names"][0] == EVIL  # JSON loses nothing
    assert main(["info", str(run), "--json"]) == 0
    assert json.loads(said(capsys)[0])["run"]["warnings"] == [EVIL]


def test_evaluate(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run)]) == 0
    out, err = said(capsys)
    assert r"\x1b]0;owned" in out and "has changed since the fit" in err
    assert main(["evaluate", str(run), "--label-column", EVIL + "?"]) == 2
    said(capsys)


def test_predict(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow")
    names = [EVIL.split("\n")[0], "=1+1", "plain", "b,c"]
    index = [EVIL, "=cmd|' /C calc'!A0", "\n=1", "＝1+1", " @SUM(A1)", "x;=1", "plain"]
    frame = pd.DataFrame(three_groups(7)[0], columns=names, index=pd.Index(index, name="id"))
    frame.to_parquet(tmp_path / "new.parquet")
    assert main(["predict", str(run / "model.dkm"), str(tmp_path / "new.parquet")]) == 0
    out, _ = said(capsys, table=True)
    rows = [row[0] for row in csv.reader(io.StringIO(out, newline=""))][1:]
    assert rows[1:] == ["'=cmd|' /C calc'!A0", "'\n=1", "'＝1+1", "' @SUM(A1)", "x;=1", "plain"]
    assert rows[0].startswith(r"\x1b]0;owned\x07") and '"x;=1"' in out
    assert main(["predict", str(run), str(tmp_path / f"{EVIL_FILE}.csv")]) == 3
    assert "there is no such file" in said(capsys)[1]
    frame.drop(columns=names[0]).to_parquet(tmp_path / "few.parquet")
    assert main(["predict", str(run), str(tmp_path / "few.parquet")]) == 3
    said(capsys)


def test_advice_is_one_word_of_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["$(touch x)", "`id`;rm -rf *", 'it\'s, "so"', EVIL.replace("\n", " ")]
    pair = pa.array([b"x"] * 4)
    data = tmp_path / f"{EVIL_FILE}.parquet"
    pq.write_table(pa.table({**dict.fromkeys(names, pair), "b": [1, 2, 3, 4]}), data)
    for verb in (["fit", "-k", "2", "--out", str(tmp_path / "run")], ["select"]):
        assert main([verb[0], str(data), *verb[1:]]) == 3
        _, err = said(capsys)
        word = shlex_words(err.split("--drop ")[1])[0]
        assert parse_columns("--drop", word) == [" ".join(name.split()) for name in names]
    assert [path.name for path in tmp_path.iterdir()] == [data.name]


def shlex_words(text: str) -> list[str]:
    """Words as bash reads them; of ``$'...'`` shlex knows nothing."""
    quoted = re.match(r"\$'((?:[^'\\]|\\.)*)'", text)
    if quoted is None:
        return shlex.split(text.replace("\\'", "'\\''") if text.count("'") % 2 else text)[:1]
    return [quoted[1].replace("\\'", "'").encode("latin-1", "backslashreplace").decode("unicode_escape")]


@pytest.mark.parametrize(
    "arguments",
    [
        [EVIL], ["fit", f"--{EVIL}"], ["fit", "x.csv", "-k", EVIL], ["fit", "x.csv", "--objective", EVIL],
        ["fit", "x.csv", "--device", EVIL], ["fit", "x.csv", "--partition", EVIL], ["fit", EVIL_FILE],
        ["fit", "x.csv", "--objective", "dcn", "--partition", EVIL], ["fit", "x.csv", "--columns", '"' + EVIL],
        ["fit", "x.csv", "--config", EVIL_FILE], ["fit", "x.csv", EVIL], ["fit", "x.csv", "-k", "1", "-k", EVIL],
        ["predict", EVIL_FILE, "x.csv"], ["predict", "x", "y", "--out", EVIL], ["select", EVIL_FILE],
        ["select", "x.csv", "--k-range", EVIL], ["select", "x.csv", "--estimator", EVIL],
        ["select", "x.csv", "--plot", EVIL], ["evaluate", EVIL_FILE], ["info", EVIL_FILE], ["info", "x", f"--{EVIL}"],
        ["demo", "--seed", EVIL], ["demo", EVIL], ["doctor", EVIL], ["fit", "x.csv", "--force=" + EVIL],
    ],
    ids=lambda arguments: "-".join(part for part in arguments if part.isascii() and part.isprintable()) or "verb",
)  # fmt: skip
@pytest.mark.parametrize("extra", [[], ["--json"], ["--debug"]], ids=["text", "json", "debug"])
def test_refused_arguments_are_quoted(
    arguments: list[str], extra: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code = main([*arguments, *extra])
    assert code in (2, 3, 4)
    out, err = said(capsys)
    last = err.splitlines()[-1]
    assert last.startswith("deepkmeans: error: ")
    if extra == ["--json"]:
        document = json.loads(out)
        assert set(document) == {"error", "exit_code"} and document["exit_code"] == code
        assert last == f"deepkmeans: error: {printable(document['error'])}"
    else:
        assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_configuration_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"{EVIL_FILE}.toml"
    for text in (f"{json.dumps(json_safe(EVIL))} = 1", "clusters = [1, 2]", f"clusters = {json.dumps(EVIL)}", "\x1b"):
        path.write_text(text, encoding="utf-8")
        assert main(["fit", "x.csv", "--config", str(path)]) == 2
        said(capsys)


def test_fit_of_a_file_and_into_a_folder_of_such_a_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save(f"{EVIL_FILE}.npy", three_groups(24)[0])
    assert main(["fit", f"{EVIL_FILE}.npy", "-k", "3", "--verbose", *QUICK]) == 0
    out, err = said(capsys)
    assert r"run-\x1b]0;owned" in out and r"\x1b]0;owned" in err
    assert main(["fit", f"{EVIL_FILE}.npy", "-k", "3"]) == 2  # it exists
    said(capsys)
    (tmp_path / f"run-{EVIL_FILE}" / "labels.csv").unlink()
    assert main(["evaluate", f"run-{EVIL_FILE}", "--labels", f"{EVIL_FILE}.npy"]) == 3
    assert shell_word(f"run-{EVIL_FILE}") in said(capsys)[1]
    (tmp_path / EVIL_FILE).mkdir()
    monkeypatch.chdir(tmp_path / EVIL_FILE)
    for extra in ([], ["--json"]):
        assert main(["doctor", *extra]) == 0
        assert "owned" in said(capsys)[0]
    (tmp_path / EVIL_FILE / EVIL_FILE).touch()
    assert main(["demo", "--out", EVIL_FILE]) == 2
    said(capsys)


def test_errors_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    for error in (InvalidDataError(EVIL), KeyError(EVIL), OSError(5, EVIL, EVIL), MemoryError(EVIL), ValueError(EVIL)):
        for json_too in (False, True):
            report(error, debug=True, json=json_too)
            out, _ = said(capsys)
            assert ("owned" in out) == json_too


@given(st.text())
def test_printable_is_one_line_and_plain_text_stays(text: str) -> None:
    shown = printable(text)
    assert STEERING.search(shown) is None and "\n" not in shown
    assert printable(shown) == shown
    if text.isprintable():
        assert shown == text


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1))
def test_lists_of_columns_come_back(names: list[str]) -> None:
    (word,) = shlex.split(shell_list(names))
    assert parse_columns("--drop", word) == names


@given(st.dictionaries(st.text(), st.text()))
def test_json_says_the_same(document: dict[str, str]) -> None:
    text = json_safe(json.dumps(document, ensure_ascii=False))
    assert json.loads(text) == document
    assert STEERING.search(text) is None


def test_words_of_a_shell() -> None:
    assert shell_word("plain") == "plain"
    assert shell_word("$(touch x)") == "'$(touch x)'"
    assert shell_word("a\x1b'b\\") == r"$'a\x1b\'b\\'"
