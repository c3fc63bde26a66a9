"""A fit that is stopped, or meets a full disk, at each call by which it changes the disk: nothing is lost or mixed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepkmeans.cli.run_folder import RunFolder
from tests.commit_points import Server, Trial, every_point

from .conftest import QUICK, three_groups, write_csv

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="open files are named by /proc")

#: The fit itself is put in the place of training: the same model without the seconds.
FITTED = """
import numpy as np
def fit(self, X, known=[]):
    if not known:
        known.append(estimators.DeepKMeans(**self.get_params()).__class__.fit_once(
            estimators.DeepKMeans(**{**self.get_params(), "callbacks": None}), X))
    self.__dict__.update({k: v for k, v in known[0].__dict__.items() if k.endswith("_") or k.startswith("_")})
    return self
estimators.DeepKMeans.fit_once, estimators.DeepKMeans.fit = estimators.DeepKMeans.fit, fit
import pandas as pd, warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    fit(estimators.DeepKMeans(3, objective="dcn", pretrain_epochs=1, max_epochs=1, embedding_dim=2, device="cpu",
                              random_state=0), pd.read_csv("groups.csv"))
"""
RESULTS = {"history.jsonl", "labels.csv", "model.dkm", "run.json"}


class Bench:
    """An old run, whose labels are all 7, and the command that replaces it."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.server, self.work, self.temporary = server, folder / "work", folder / "temporary"
        self.run = self.work / "run"
        self.arguments = [
            "fit", str(folder / "groups.csv"), "-k", "3", "--objective", "dcn", "--out", str(self.run), "--quiet",
            *QUICK,
        ]  # fmt: skip

    def fresh(self) -> None:
        """No run at all."""
        for folder in (self.work, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

    def old(self) -> None:
        """A finished run, with things in it that are somebody else's."""
        self.fresh()
        (self.run / "mine").mkdir(parents=True)
        (self.run / "checkpoints").mkdir()
        for name in ("notes.txt", "mine/more.txt", "checkpoints/mine.txt"):
            (self.run / name).write_text("mine")
        (self.run / "run.json").write_text(json.dumps({"layout": 1, "data": {"rows": 60}, "interrupted": False}))
        (self.run / "labels.csv").write_text("row,label\n" + "".join(f"{row},7\n" for row in range(60)))
        (self.run / "model.dkm").write_text("old")
        (self.run / "results.json").write_text("old")
        (self.run / "history.jsonl").write_text("")

    def state(self) -> str:
        """ "old", "new" or "none": what a reader finds in the folder; anything else fails."""
        if not (self.run / "run.json").exists():
            return "none"
        labels = set(RunFolder(self.run).read_labels(rows=RunFolder(self.run).read_document()["data"]["rows"]))
        old = (self.run / "model.dkm").read_bytes() == b"old"
        assert labels == ({7} if old else {0, 1, 2})
        assert (self.run / "results.json").exists() == old
        return "old" if old else "new"

    def check_rest(self) -> None:
        """Everything of somebody else is where it was."""
        for name in ("notes.txt", "mine/more.txt", "checkpoints/mine.txt"):
            assert (self.run / name).read_text() == "mine"

    def next_start(self) -> None:
        """The same command again, undisturbed: it succeeds and leaves nothing but its results."""
        done = self.server.run([*self.arguments, "--force"], under=self.work)
        assert done.code == 0, done.said
        assert self.state() == "new"
        assert os.listdir(self.work) == ["run"]
        left = {path.name for path in self.run.iterdir()}
        assert left - {"notes.txt", "mine", "checkpoints"} == RESULTS, left


def said_well(trial: Trial, code: int, *words: str) -> None:
    assert trial.code == code, (trial.point, trial.said)
    assert "Traceback" not in trial.said
    assert trial.said.count("deepkmeans: error: ") == 1, trial.said
    assert all(word in trial.said for word in words), trial.said


#: Every point in the slow tests, some in the fast ones.
each = pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.slow)])


@pytest.fixture(scope="module", params=["exchange", "inside"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("points")
    write_csv(folder / "groups.csv", three_groups(60)[0], None)
    inside = "\nfolder_swap._can_move = lambda target: False\n" if request.param == "inside" else ""
    place = f"\ntempfile.tempdir = {str(folder / 'temporary')!r}\n"
    warm = ["fit", "groups.csv", "-k", "3", "--objective", "dcn", *QUICK]
    with Server(folder, warm=warm, setup=FITTED + inside + place) as server:
        yield Bench(folder, server)


@each
def test_killed(bench: Bench, step: int) -> None:
    seen = set()
    for trial in every_point(
        bench.server, [*bench.arguments, "--force"], under=bench.work, action=str(signal.SIGKILL.value),
        prepare=bench.old, step=step,
    ):  # fmt: skip
        assert trial.code == -signal.SIGKILL, trial
        at_once = bench.state()
        RunFolder(bench.run).settle()  # as every verb that reads a run does first
        state = bench.state()
        assert state in ("old", "new"), trial
        assert at_once in ("none", state) or (at_once, state) == ("old", "new"), trial  # it is ended, never undone
        bench.check_rest()
        seen.add(state)
        if len(seen) == 2 or state == "new":
            bench.next_start()
            bench.check_rest()
    assert seen == {"old", "new"}


@each
def test_killed_without_an_earlier_run(bench: Bench, step: int) -> None:
    for trial in every_point(
        bench.server, bench.arguments, under=bench.work, action=str(signal.SIGKILL.value),
        prepare=bench.fresh, step=step,
    ):  # fmt: skip
        assert trial.code == -signal.SIGKILL, trial
        again = bench.server.run(bench.arguments, under=bench.work)
        assert again.code == 0 or (again.code == 2 and "is a finished run" in again.said), (trial, again)
        assert bench.state() == "new"
        assert os.listdir(bench.work) == ["run"]
        assert {path.name for path in bench.run.iterdir()} == RESULTS


@each
@pytest.mark.parametrize(
    ("number", "code", "words"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "ended by SIGTERM"), (signal.SIGHUP, 129, "SIGHUP")],
)  # fmt: skip
def test_signals_wait_until_the_results_are_whole(
    bench: Bench, number: signal.Signals, code: int, words: str, step: int
) -> None:
    seen = []
    for trial in every_point(
        bench.server, [*bench.arguments, "--force"], under=bench.work, action=str(number.value),
        prepare=bench.old, step=2 * step,
    ):  # fmt: skip
        said_well(trial, code, words)
        state = bench.state()
        seen.append(state)
        bench.check_rest()
        assert os.listdir(bench.work) == ["run"]
        assert not [path for path in bench.run.iterdir() if path.name.startswith(".")]
    assert seen == sorted(seen, reverse=True)  # "old" while there was no model yet, then "new"
    assert set(seen) == {"old", "new"}


@each
def test_a_disk_that_is_full_from_some_point_on(bench: Bench, step: int) -> None:
    kept = 0
    for trial in every_point(
        bench.server, [*bench.arguments, "--force"], under=bench.work, action="full", prepare=bench.old, step=step,
    ):  # fmt: skip
        if trial.code == 0:  # the last calls remove what is done with; that needs no room
            assert bench.state() == "new"
            continue
        said_well(trial, 5, "disk is full")
        RunFolder(bench.run).settle()
        bench.check_rest()
        state = bench.state()
        place = re.search(r"the complete run is in (\S+),", trial.said)
        if place is not None:
            kept += 1
            assert state in ("old", "new")
            assert {path.name for path in Path(place[1]).iterdir()} == RESULTS | {"fit.json"}
            again = bench.server.run([*bench.arguments, "--resume", "--force"], under=bench.work)
            assert again.code == 0, again.said
            assert bench.state() == "new"
            assert os.listdir(bench.temporary) == []
        else:
            assert state == "old", trial
    assert kept
