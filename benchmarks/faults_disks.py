"""``disks``: a full disk, a limit on file sizes, and streams that cannot be written."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .faults_damage import model_bytes
from .faults_forks import Scenario, check_words, data_files, expected, forked_command, leftovers, old_run, run_state
from .faults_verdict import Finding, one_line, unheard

__all__ = ["disks"]

Generator = np.random.Generator


def disks(random: Generator, folder: Path) -> str:
    """One fit or prediction that finds no room; what was there before stays, and with room it ends as ever."""
    kind = str(random.choice(["tmpfs", "limit", "limit", "stream"]))
    if kind == "stream":
        return _no_stream(random, folder)
    scenario = Scenario(
        source=str(random.choice(["rows.csv", "rows.npy"])),
        objective=str(random.choice(["dcn", "vade", "selflabel"])),
        checkpoints=bool(random.random() < 0.5),
        over=bool(random.random() < 0.5),
    )
    if kind == "limit":
        size = int(2 ** random.uniform(0, 18))
        return _fit(scenario, folder / "run", f"files of at most {size} bytes", lambda: _limit(size))
    size = int(random.choice([16, 64, 128, 200, 256, 384, 512, 768])) * 1024
    disk, elsewhere = folder / "disk", folder / "elsewhere"
    elsewhere.mkdir()
    with _tmpfs(disk, size) as mounted:
        if not mounted:
            return "skipped: only root may mount"
        return _fit(scenario, disk / "run", f"a disk of {size} bytes", None, elsewhere=elsewhere)


def _limit(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python itself does
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _fit(
    scenario: Scenario, run: Path, words: str, limit: Callable[[], None] | None, *, elsewhere: Path | None = None
) -> str:
    whole, _ = expected(scenario)
    try:
        old = old_run(run) if scenario.over else None
    except (OSError, shutil.Error):
        return "no room for the old run"
    arguments = scenario.arguments(run, *(["--force"] if scenario.over else []))

    def begin() -> None:
        if elsewhere is not None:
            os.environ["TMPDIR"], tempfile.tempdir = str(elsewhere), None
        if limit is not None:
            limit()

    ended = forked_command(arguments, prepare=begin)
    try:
        if ended.code < 0:
            raise Finding("crash", signal.Signals(-ended.code).name)
        check_words(ended, (0, 5))
        state = run_state(run)
        if ended.code == 0 and state != whole:
            raise Finding("lost", "exit 0 and no new results")
        if old is not None and state not in (old, whole):
            raise Finding("lost", "the earlier results are gone")
        if left := [name for name in leftovers(run) if ended.code and name.endswith(".tmp")]:
            raise Finding("leftovers", str(left))
        trained = any("model.dkm" in point for point in ended.points)
        told = str(elsewhere) in ended.err or (run / "unfinished.dkm").exists()
        if elsewhere is not None and ended.code and trained and state != whole and not told:
            raise Finding("lost", f"the fit was done and nothing says where it is: {one_line(ended.err[-200:])}")
        if ended.code and state != whole:
            _again(scenario, run, whole, begin if limit is None else None)
    except Finding as finding:
        raise Finding(finding.kind, f"{finding.detail}: {words}: {scenario}") from finding
    return "refused" if ended.code else "fitted"


def _again(scenario: Scenario, run: Path, whole: object, begin: Callable[[], None] | None) -> None:
    """With room, ``--resume`` or the same command ends as ever."""
    if begin is not None:
        with unheard():
            subprocess.run(["mount", "-o", "remount,size=64M", str(run.parent)], check=True)
    again = forked_command(scenario.arguments(run, "--resume"), prepare=begin)
    if again.code == 2:
        check_words(again, (2,))
        again = forked_command(scenario.arguments(run, "--force"), prepare=begin)
    check_words(again, (0,))
    if run_state(run) != whole:
        raise Finding("other bits", "with room again, the results differ")


def _no_stream(random: Generator, folder: Path) -> str:
    """``/dev/full`` or nothing at all as stdout or stderr."""
    number, verb = int(random.choice([1, 1, 2])), str(random.choice(["predict", "fit", "info"]))
    closed = bool(random.random() < 0.4)
    run, model, rows = folder / "run", folder / "model.dkm", data_files() / "rows.csv"
    model.write_bytes(model_bytes()["kmeans"])
    scenario = Scenario("rows.csv", "dcn", False, False)
    rows = folder / "new.csv"
    rows.write_text((data_files() / "rows.csv").read_text())
    arguments = {
        "predict": ["predict", str(model), str(rows)], "info": ["info", str(model)], "fit": scenario.arguments(run),
    }[verb]  # fmt: skip

    def take_away() -> None:
        if closed:  # Python has no stream then
            os.close(number)
            setattr(sys, "stdout" if number == 1 else "stderr", None)
        else:
            os.dup2(os.open("/dev/full", os.O_WRONLY), number)

    ended = forked_command(arguments, prepare=take_away)
    words = f"{verb} with {'no' if closed else 'a full'} {'stdout' if number == 1 else 'stderr'}"
    try:
        if ended.code < 0:
            raise Finding("crash", signal.Signals(-ended.code).name)
        if number == 2:  # nobody can be told: the work alone counts
            if ended.code not in (0, 1, 5):
                raise Finding("exit code", f"{ended.code}")
        else:
            check_words(ended, (0, 1, 5) if closed else (1, 5))
            if ended.code and not any(name in ended.err for name in ("stdout", "standard output")):
                raise Finding("wording", f"does not name the stream: {one_line(ended.err[-200:])}")
        if verb == "fit" and run_state(run) != expected(scenario)[0]:
            raise Finding("lost", "the results of the fit are not there")
    except Finding as finding:
        raise Finding(finding.kind, f"{finding.detail}: {words}") from finding
    return "refused" if ended.code else "fitted"


@contextmanager
def _tmpfs(folder: Path, size: int) -> Iterator[bool]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    with unheard():
        mounted = os.geteuid() == 0 and not subprocess.run(command, capture_output=True, check=False).returncode
    try:
        yield mounted
    finally:
        if mounted:
            with unheard():
                subprocess.run(["umount", "-l", str(folder)], check=True)
