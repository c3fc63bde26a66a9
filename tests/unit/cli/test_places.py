"""Where results are to go: refused with the option, a cure, and before anything is read or fitted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deepkmeans import KMeans, save
from deepkmeans.cli import main
from tests.subprocesses import PATIENCE, environment

from .conftest import three_groups, write_csv


@pytest.fixture(autouse=True)
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "rows.csv", three_groups(60)[0], None)
    (tmp_path / "file").write_text("")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) != 0
    captured = capsys.readouterr()
    assert captured.out == "" and "unexpected" not in captured.err and "Traceback" not in captured.err
    return " ".join(captured.err.split())


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_place_that_can_hold_no_run(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    fit = ["fit", "rows.csv", "-k", "3", *more, "--out"]
    assert "file is a file; a run is a folder: give another name with --out" in refused(capsys, *fit, "file")
    assert "is not a folder; choose another path" in refused(capsys, *fit, "file/run")
    if sys.platform == "linux" and os.path.isdir("/proc/self"):
        said = refused(capsys, *fit, "/proc/run")
        assert "/proc; choose another folder" in said and "does not exist" not in said
    assert sorted(os.listdir()) == ["file", "rows.csv"]


def test_a_dry_run_may_name_what_exists_or_is_to_be_made(capsys: pytest.CaptureFixture[str]) -> None:
    Path("run").mkdir()
    Path("run/notes.txt").write_text("mine")
    for out in ("run", "new/run"):
        assert main(["fit", "rows.csv", "-k", "3", "--dry-run", "--out", out]) == 0
    assert sorted(os.listdir()) == ["file", "rows.csv", "run"] and os.listdir("run") == ["notes.txt"]


def test_a_name_that_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a" * 300
    for arguments, option in (
        (["fit", "rows.csv", "-k", "3", "--out", name], "'--out'"),
        (["fit", "rows.csv", "-k", "3", "--dry-run", "--out", f"{name}/run"], "'--out'"),
        (["fit", name, "-k", "3"], "'DATA'"),
        (["evaluate", name], "'RUN'"),
        (["predict", name, "rows.csv"], "'RUN_OR_MODEL'"),
    ):
        said = refused(capsys, *arguments)
        assert option in said and "the name is too long for this file system; choose a shorter one" in said


def test_evaluate_of_a_file_names_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("run").mkdir()
    for name in ("run.json", "model.dkm"):
        Path("run", name).write_text("{}")
    said = refused(capsys, "evaluate", "run/model.dkm")
    assert "run/model.dkm is a file; a run is a folder: name the folder run" in said and "--force" not in said
    assert refused(capsys, "evaluate", "file").endswith("name the folder that holds its run.json")


@pytest.mark.skipif(os.name == "nt", reason="the current folder cannot be removed")
def test_a_current_folder_that_is_gone(tmp_path: Path) -> None:
    """Said once and before torch is loaded, which would end the process; help needs no folder."""
    commands = [
        ["fit", str(tmp_path / "rows.csv"), "-k", "3", "--out", str(tmp_path / "run")], ["fit", "rows.csv"], ["doctor"],
        ["info", str(tmp_path)], ["evaluate", "run"], ["fit", "rows.csv", "--config", "fit.toml"], ["fit", "--help"],
    ]  # fmt: skip
    code = (
        "import os, sys; os.rmdir(os.getcwd()); from deepkmeans.cli import main; "
        f"codes = [main(words) for words in {commands!r}]; sys.exit(codes != [1] * 6 + [0] or 'torch' in sys.modules)"
    )
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "gone", env=environment(), capture_output=True, text=True,
        timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert len(lines) == 6
    assert set(lines) == {
        "deepkmeans: error: the current folder no longer exists (a new one of its name is another); go to one that "
        "does, for example with: cd ~"
    }


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_device_that_is_full(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    save(KMeans(2, random_state=0).fit(three_groups(60)[0]), tmp_path / "model.dkm")
    assert main(["predict", "model.dkm", "rows.csv", "--out", "/dev/full"]) == 5
    said = capsys.readouterr().err
    assert "cannot write '/dev/full': no space is left on the device /dev/full" in said and "free" not in said


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_result_that_standard_output_cannot_take_is_in_the_run(tmp_path: Path) -> None:
    options = ["-k", "3", "--out", "run", "--partition", "k-means", "--quiet"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "deepkmeans", "fit", "rows.csv", *options],
            cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
    assert done.returncode == 5
    assert "cannot write to standard output" in done.stderr and "the complete run is in run" in done.stderr
    assert (tmp_path / "run" / "run.json").is_file()


@pytest.mark.parametrize("letter", ["a", "é", "漢"])
def test_names_as_long_as_can_be(letter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is made beside a file, or called after it, has a longer name."""
    name = letter * (251 // len(letter.encode()))
    data = tmp_path / f"{name}.csv"
    data.write_bytes((tmp_path / "rows.csv").read_bytes())
    options = ["-k", "3", "--partition", "k-means", "--device", "cpu", "--quiet"]
    assert main(["fit", data.name, *options]) == 0
    run = next(path for path in tmp_path.iterdir() if path.name.startswith("run-"))
    assert f"run-{name}".startswith(run.name) and 100 < len(os.fsencode(run.name)) <= 120
    assert main(["fit", data.name, *options]) == 2
    assert main(["fit", data.name, *options, "--force"]) == 0
    (tmp_path / "out").mkdir()
    for _ in range(2):
        assert main(["predict", run.name, data.name, "--force", "--out", f"out/{data.name}"]) == 0
    assert os.listdir(tmp_path / "out") == [data.name]
    (tmp_path / "rows.csv").rename("short.csv")
    assert main(["fit", "short.csv", *options]) == 0
    assert (tmp_path / "run-short").is_dir()
