"""Errors that name the file, the rows and the flags that a user gave, and a cure that works."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from deepkmeans.cli import main
from deepkmeans.cli.console import Console
from deepkmeans.cli.flags import in_flags_of_files
from deepkmeans.cli.partition import say_partition
from deepkmeans.storage import container

from .conftest import QUICK, three_groups, write_csv
from .talk import last_line


def test_equal_rows_have_nothing_to_learn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "const.csv").write_text("a,b\n" + "1,2\n" * 20)
    assert main(["fit", str(tmp_path / "const.csv"), "-k", "2", "--out", str(tmp_path / "run")]) == 3
    assert last_line(capsys) == (
        "deepkmeans: error: all 20 rows are the same in all 2 columns: there is nothing to learn. Check the file and "
        "the chosen columns."
    )
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("fitted", "new", "words"),
    [
        ("named.csv", "bare.npy", "the columns have no names, and those of the fit have: they are taken in the order"),
        ("bare.npy", "named.csv", "the columns have names, and those of the fit have none: they are taken in their"),
    ],
)
def test_names_on_one_side_only(
    fitted: str, new: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    X = three_groups(90)[0]
    write_csv(tmp_path / "named.csv", X, None)
    np.save(tmp_path / "bare.npy", X)
    run, out = str(tmp_path / "run"), str(tmp_path / "labels.csv")
    assert main(["fit", str(tmp_path / fitted), "-k", "3", "--out", run, *QUICK]) == 0
    capsys.readouterr()
    assert main(["predict", run, str(tmp_path / new), "--out", out]) == 0
    said = capsys.readouterr().err
    assert said.count("deepkmeans: warning: ") == 1 and words in said
    assert "DeepKMeans" not in said


@pytest.mark.parametrize("source", ["rows.npy", "rows.csv"])
def test_a_run_of_rows_without_classes_is_told_so(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    X, groups = three_groups(90)
    np.save(tmp_path / "rows.npy", np.column_stack([X, groups]))
    write_csv(tmp_path / "rows.csv", X, None)
    run = str(tmp_path / "run")
    assert main(["fit", str(tmp_path / source), "-k", "3", "--out", run, *QUICK]) == 0
    assert main(["evaluate", run]) == 3
    assert last_line(capsys) == (
        f"deepkmeans: error: {source}: no labels were found; name the column with --label-column"
    )
    if source == "rows.npy":
        assert main(["evaluate", run, "--label-column", "4"]) == 0  # the cure works
        np.save(tmp_path / "images.npy", np.zeros((90, 2, 2)))
        assert main(["evaluate", run, "--labels", str(tmp_path / "images.npy")]) == 3
        assert last_line(capsys).endswith("images.npy: the labels have the shape (90, 2, 2); (rows,) is needed")


@pytest.mark.parametrize(("chosen", "cure"), [("k-means", ""), ("leiden", "; change with --partition k-means")])
def test_no_flag_is_advised_that_is_in_use(chosen: str, cure: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = {"chosen": chosen, "reason": "its reason", "rounds": []}  # as images have it, without a runner-up
    say_partition(Console(), SimpleNamespace(report_=report, partition="auto"))
    said = capsys.readouterr().err.strip()
    assert said == f"partition: {chosen}{cure or ', its reason'}"


def test_a_checkpoint_of_an_earlier_format_is_left_with_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, run = write_csv(tmp_path / "rows.csv", three_groups(90)[0], None), tmp_path / "run"
    fit = ["fit", str(data), "-k", "3", "--objective", "dcn", "--out", str(run), *QUICK]
    with monkeypatch.context() as earlier:
        earlier.setattr(container, "FORMAT", 1)
        assert main([*fit, "--checkpoint-every", "1"]) == 0
    for name in ("run.json", "model.dkm", "labels.csv", "history.jsonl"):  # as if it had been killed
        (run / name).unlink()
    capsys.readouterr()
    assert main([*fit, "--resume"]) == 4
    cure = "start the fit again with another --out, or here with --force instead of --resume"
    assert last_line(capsys).endswith(f"continues only in its own format, which is {container.FORMAT} here: {cure}")
    assert main(fit) == 2
    said = last_line(capsys)
    assert "its fit did not end, but this version cannot continue it; give another --out, or replace" in said
    assert said.endswith("with --force") and "--resume" not in said
    assert main([*fit, "--force"]) == 0  # the cure works
    assert (run / "run.json").is_file() and not (run / "checkpoints").exists()


@pytest.mark.parametrize(
    "text",
    [
        "a.ckpt: it was written in format 1: start the fit again in an empty folder",
        "The checkpoint a.ckpt is of a version whose fits had other numbers; start the fit again in an empty folder.",
        "a.ckpt: install deepkmeans==0.1.* or start the fit again",
    ],
)
def test_to_start_again_names_its_flags(text: str) -> None:
    assert "start the fit again with another --out, or here with --force" in in_flags_of_files(text)
    assert "empty folder" not in in_flags_of_files(text)
