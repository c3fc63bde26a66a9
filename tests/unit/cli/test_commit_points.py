"""A fit that is stopped, or meets a full disk, at each call by which it changes the disk: nothing is lost or mixed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepkmeans.persistence import RunFolder
from tests.commit_points import Server, every_point

from .bench import FITTED, RESULTS, Bench, said_well
from .conftest import QUICK, three_groups, write_csv

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="open files are named by /proc")

#: Every point in the slow tests, some in the fast ones.
each = pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.slow)])


@pytest.fixture(scope="module", params=["exchange", pytest.param("inside", marks=pytest.mark.slow)])
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
        RunFolder(bench.run).recover()  # as every verb that reads a run does first
        state = bench.state()
        assert state in ("old", "new"), trial
        assert at_once in ("none", state) or (at_once, state) == ("old", "new"), trial  # it is ended, never undone
        bench.check_rest()
        seen.add(state)
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
        RunFolder(bench.run).recover()
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system with room for a run's labels and not for its model."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") is not None and os.getuid() == 0
    if not mounted or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "none", disk], check=False).returncode:
        pytest.skip("mounting needs root")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("source", ["rows.csv", "rows.parquet", "rows.npy"])
def test_a_small_disk_and_resume(bench: Bench, small_disk: Path, source: str) -> None:
    rows = pd.DataFrame(three_groups(60)[0], columns=list("abcd"))
    data = small_disk.parent / source
    write = {".csv": rows.to_csv, ".parquet": rows.to_parquet, ".npy": lambda path, **_: np.save(path, rows.to_numpy())}
    write[data.suffix](data, **({} if data.suffix == ".npy" else {"index": False}))
    bench.fresh()
    run = small_disk / "run"
    changed = {str(bench.run): str(run), bench.arguments[1]: str(data)}
    arguments = [changed.get(argument, argument) for argument in bench.arguments]
    full = bench.server.run(arguments, under=small_disk)
    said_well(full, 5, "the disk is full", "and --resume puts it in place once there is room")
    assert list(small_disk.iterdir()) == []  # nothing of a run that is not there
    (place,) = bench.temporary.iterdir()
    assert {path.name for path in place.iterdir()} == RESULTS | {"fit.json"}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700

    still = bench.server.run([*arguments, "--resume"], under=small_disk)
    said_well(still, 5, "the disk is full", f"the complete run is in {place}, and --resume puts it in place")
    assert list(bench.temporary.iterdir()) == [place]  # neither lost by the attempt nor copied again
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    other = bench.server.run([*arguments, "--resume", "--seed", "1", "--dry-run"], under=small_disk)
    assert other.code == 0
    again = bench.server.run([*arguments, "--resume"], under=small_disk)
    assert again.code == 0, again.said
    assert "60 rows in 3 clusters" in again.said
    assert {path.name for path in run.iterdir()} == RESULTS
    assert RunFolder(run).read_document()["data"]["path"] == str(data)
    assert not place.exists()


def test_a_small_disk_that_holds_an_earlier_run(bench: Bench, small_disk: Path) -> None:
    """What puts the new results in place is said by the failure, and by whoever tries less."""
    bench.fresh()
    run = small_disk / "run"
    arguments = [str(run) if argument == str(bench.run) else argument for argument in bench.arguments]
    run.mkdir()
    (run / "run.json").write_text(json.dumps({"layout": 1, "data": {"rows": 60}, "interrupted": False}))
    full = bench.server.run([*arguments, "--force"], under=small_disk)
    (place,) = bench.temporary.iterdir()
    cure = f"the complete run is in {place}, and --resume --force puts it in place"
    said_well(full, 5, "the disk is full", cure)
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    said_well(bench.server.run([*arguments, "--resume"], under=small_disk), 2, "is a finished run", cure)
    again = bench.server.run([*arguments, "--resume", "--force"], under=small_disk)
    assert again.code == 0, again.said
    assert {path.name for path in run.iterdir()} == RESULTS
    assert list(bench.temporary.iterdir()) == []


def test_a_disk_without_any_room(bench: Bench, small_disk: Path) -> None:
    bench.fresh()
    arguments = [str(small_disk / "run") if a == str(bench.run) else a for a in bench.arguments]
    said_well(bench.server.run(arguments, under=small_disk), 5, "the complete run is in")
    (place,) = bench.temporary.iterdir()
    (small_disk / "other").write_bytes(bytes(32 * 1024))
    still = bench.server.run([*arguments, "--resume"], under=small_disk)
    said_well(still, 5, "the disk is full", f"the complete run is in {place}, and --resume puts it in place")
    assert list(bench.temporary.iterdir()) == [place]


def test_results_of_another_fit_are_not_taken_for_this_one(bench: Bench, small_disk: Path) -> None:
    bench.fresh()
    arguments = [str(small_disk / "run") if a == str(bench.run) else a for a in bench.arguments]
    said_well(bench.server.run(arguments, under=small_disk), 5, "the complete run is in")
    (place,) = bench.temporary.iterdir()
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    done = bench.server.run([*arguments, "--resume", "--seed", "1"], under=small_disk)
    assert done.code == 0, done.said
    assert json.loads((small_disk / "run" / "run.json").read_text())["seed"] == 1
    assert {path.name for path in place.iterdir()} == RESULTS | {"fit.json"}


@pytest.mark.parametrize("blocks", [4, 16])
def test_a_limit_on_file_sizes(bench: Bench, blocks: int) -> None:
    """What is complete is kept, also where no place can take the model."""
    bench.fresh()
    setup = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({blocks * 1024},) * 2)"
    done = bench.server.run(bench.arguments, under=bench.work, first=setup)
    said_well(done, 5, "limit on file sizes", "bytes", "are in")
    assert os.listdir(bench.work) == []
    (place,) = bench.temporary.iterdir()
    assert {path.name for path in place.iterdir()} == {"history.jsonl", "labels.csv"}
    assert len((place / "labels.csv").read_text().splitlines()) == 61
