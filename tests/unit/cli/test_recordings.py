"""A folder of recordings at the command: fit, predict, the other verbs, and what is said of files that are skipped."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line
from tests.unit.data.media.sounds import sweep, write_wav

FIT = ("-k", "2", "--partition", "k-means", "--device", "cpu", "--no-progress")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def calls(folder: Path, n: int, seed: int = 0) -> Path:
    """Rising tones have odd numbers, falling ones even numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.RandomState(seed)
    for number in range(n):
        low, high, seconds = random.uniform((280, 1400, 0.3), (320, 1600, 0.6))
        samples = sweep(low, high, seconds) if number % 2 else sweep(high, low, seconds)
        write_wav(folder / f"{number:03}.wav", samples)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings, one in a folder of its own, two that cannot be read, a text, a picture; and a run, with its page."""
    folder = tmp_path_factory.mktemp("recordings")
    sounds = calls(folder / "calls", 24)
    shutil.copytree(calls(folder / "one", 1), sounds / "more")
    (sounds / "003a.wav").write_text("renamed")
    write_wav(sounds / "silent.wav", np.zeros(4000))
    (sounds / "README.txt").write_text("these are calls")
    (sounds / "map.png").write_bytes(b"")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.delenv("DEEPKMEANS_FIT_NO_REPORT", raising=False)
        assert main(["fit", "calls/", *FIT, "--append", "with.csv", "--quiet"]) == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_labels_are_by_file_one_a_readable_recording(made: Path) -> None:
    labels = rows_of((made / "run-calls" / "labels.csv").read_text())
    assert [*labels[0]] == ["file", "label", "distance"]
    assert [row["file"] for row in labels] == [*(f"{number:03}.wav" for number in range(24)), "more/000.wav"]
    assert len({(int(row["file"][-7:-4]) % 2, row["label"]) for row in labels}) == 2
    document = json.loads((made / "run-calls" / "run.json").read_text())
    assert (document["data"]["rows"], document["data"]["identifier"]) == (25, "file")
    said = document["report"]["input"]
    assert [(each["name"], each["reason"][:20]) for each in said["skipped"]] == [
        ("003a.wav", "it cannot be decoded"), ("silent.wav", "it is silent: all sa"),
    ]  # fmt: skip
    assert (said["n_recordings"], said["left_out"], said["notes"]) == (27, True, [])
    assert [row["file"] for row in rows_of((made / "with.csv").read_text())] == [row["file"] for row in labels]
    assert (made / "run-calls" / "report.html").is_file()


def test_what_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "calls", "-k", "2", "--dry-run", "--json", "--verbose"]) == 0
    out, said = capsys.readouterr()
    assert (plan := json.loads(out)["plan"])["kind"] == "audio" and plan["rows"] == 25
    assert "calls: 2 of 27 recordings cannot be read and are left out (003a.wav: it cannot be decoded" in said
    assert "calls: 2 files are no recording and not read" in said and "calls: 25 recordings" in said
    assert "input: recordings (25 recordings); change with --kind text" in said and said.count("003a.wav") == 1
    assert main(["fit", "calls", "-k", "2", "--dry-run", "--json", "--quiet", "--kind", "audio"]) == 0
    assert json.loads(capsys.readouterr().out)["plan"]["rows"] == 25


def test_predict_takes_a_folder_and_a_recording(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kind = {row["file"]: row["label"] for row in rows_of((place / "run-calls" / "labels.csv").read_text())}
    calls(place / "new", 4, seed=1)
    (place / "new" / "001a.wav").write_bytes(b"")
    assert main(["predict", "run-calls", "new", "--proba"]) == 0
    said = capsys.readouterr()
    assert [(row["file"], row["label"]) for row in rows_of(said.out)] == [
        (f"{number:03}.wav", kind[f"{number:03}.wav"]) for number in range(4)
    ]  # fmt: skip
    assert "new: 1 of 5 recordings cannot be read and are left out (001a.wav: " in said.err
    assert main(["predict", "run-calls", "calls/005.wav", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["labels"] == [int(kind["005.wav"])]
    shutil.copy(place / "run-calls" / "model.dkm", place / "alone.dkm")
    assert main(["predict", "alone.dkm", "calls", "--out", "labels.csv", "--quiet"]) == 0
    assert {row["file"]: row["label"] for row in rows_of((place / "labels.csv").read_text())} == kind


def test_other_verbs_find_the_recordings_again(made: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = place / "run-calls" / "run.json"
    document.write_text(document.read_text().replace(f"{made}/", f"{made}/gone/"))  # the project was moved
    lines = [f"{number:03}.wav,{'up' if number % 2 else 'down'}" for number in range(24)]
    (place / "classes.csv").write_text("\n".join(["file,class", "more/000.wav,down", *lines]) + "\n")
    for line, expected in (
        ("describe run-calls", "Typical files: "), ("report run-calls", "report.html"),
        ("info run-calls", "log-mel in 40 bands"),
        ("evaluate run-calls --labels classes.csv --label-column class", "ARI 1.0000"),
    ):  # fmt: skip
        assert main(line.split()) == 0, line
        assert expected in capsys.readouterr().out
    (place / "calls" / "007.wav").unlink()
    assert main(["describe", "run-calls"]) == 3
    assert "the data of the fit, is not there any more" in last_line(capsys)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("fit calls --out x --columns a", 2, "--columns is for tables, and calls holds recordings"),
        ("fit calls --out x --separator ;", 2, "--separator is for text tables; got calls"),
        ("fit calls --out x --missing error", 3, "003a.wav"),
        ("fit calls --out x --kind a=number", 2, "it holds recordings, one a row, and has no columns"),
        ("fit lost --out x", 3, "None of the 1 recordings can be read: a.wav: it cannot be decoded"),
        ("fit one --out x", 3, "one has 1 row"),
        ("fit one --out x --kind image", 3, "holds no pictures"),
        ("fit photos --out x --kind audio", 3, "holds no recordings"),
        ("predict run-calls with.csv", 3, "with.csv: the model takes recordings; give a folder of them, or one"),
        ("predict run-calls photos", 3, "holds no recordings"),
        ("predict run-calls lost", 3, "lost: no recording can be read (a.wav: it cannot be decoded"),
    ],
)
def test_what_is_refused(
    line: str, code: int, message: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    (place / "lost").mkdir()
    (place / "lost" / "a.wav").write_text("no recording")
    (place / "photos").mkdir()
    (place / "photos" / "a.png").write_text("no picture")
    assert main(line.split()) == code
    assert message in last_line(capsys)


def test_a_model_of_columns_takes_no_recordings(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "numbers.csv").write_text("a,b\n" + "".join(f"{i % 2 * 9},{i}\n" for i in range(20)))
    assert main(["fit", "numbers.csv", "-k", "2", "--partition", "k-means", "--out", "numbers", "--quiet"]) == 0
    assert main(["predict", "numbers", "calls"]) == 3
    assert "holds recordings" in last_line(capsys)
