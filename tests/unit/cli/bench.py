"""A run that is there already, and the command that replaces it, which can be stopped at any point."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from deepkmeans.persistence import RunFolder
from tests.commit_points import Server, Trial

from .conftest import QUICK

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
            "--no-report", *QUICK,
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
        labels = set(RunFolder(self.run).read_labels(RunFolder(self.run).read_document()["data"]).labels)
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
