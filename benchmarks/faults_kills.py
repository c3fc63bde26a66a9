"""``kills``: SIGINT, SIGTERM and SIGKILL at every commit point and at any moment, then ``--resume``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from .faults_forks import Ended, Scenario, check_words, expected, forked_command, leftovers, old_run, run_state
from .faults_verdict import Finding, one_line, unheard

__all__ = ["kills"]

Generator = np.random.Generator

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
_CODES = {signal.SIGINT: (130, 0), signal.SIGTERM: (143, 0), signal.SIGKILL: (-9, 0)}


def kills(random: Generator, folder: Path) -> str:
    """One signal to one fit; old results or new ones stay whole, and going on ends in the same bits."""
    scenario = Scenario(
        source=str(random.choice(["rows.csv", "rows.npy"])),
        objective=str(random.choice(["dcn", "dcn", "vade", "selflabel"])),
        checkpoints=bool(random.random() < 0.7),
        over=bool(random.random() < 0.5),
    )
    whole, undisturbed = expected(scenario)
    number = signal.Signals(_SIGNALS[int(random.integers(3))])
    run = folder / "run"
    old = old_run(run) if scenario.over else None
    arguments = scenario.arguments(run, *(["--force"] if scenario.over else []))
    where = float(random.random())
    if where < 0.7:
        n, after = int(random.integers(len(undisturbed.points))), bool(random.integers(2))
        words = f"{number.name} {'after' if after else 'before'} point {n} ({_name(undisturbed.points[n])})"
        ended = forked_command(arguments, stop=(n, after, number))
        trained = any("model.dkm" in point for point in undisturbed.points[: n + after])
    elif where < 0.92:
        seconds = float(random.uniform(0, undisturbed.seconds))
        words, trained = f"{number.name} after {seconds:.3f} s", False
        ended = forked_command(arguments, kill=(seconds, number))
    else:
        seconds = float(random.uniform(0, 6))
        words, trained = f"{number.name} {seconds:.2f} s after the start", False
        ended = _started(arguments, seconds, number)
    try:
        return _judge(scenario, run, ended, number, trained, whole, old)
    except Finding as finding:
        raise Finding(finding.kind, f"{finding.detail}: {words}: {scenario}") from finding


def _judge(
    scenario: Scenario, run: Path, ended: Ended, number: signal.Signals, trained: bool, whole: object, old: object
) -> str:
    check_words(ended, _CODES[number])
    state = run_state(run)
    if state[0] == "whole" and state not in (whole, old):
        raise Finding("other bits", "the run is neither the old nor the new one")
    if state[0] == "nothing" and old is not None:
        raise Finding("lost", "the earlier results are gone")
    if trained and number is not signal.SIGKILL and (state[0] == "nothing" or state == old):
        raise Finding("lost", f"the fit was done and its results are not there: {one_line(ended.err[-200:])}")
    if ended.code == 0 and state != whole:
        raise Finding("lost", "exit 0 and no new results")
    _age(run)
    again = forked_command(scenario.arguments(run, "--resume"))
    if again.code == 2 and state != whole:
        check_words(again, (2,))
        again = forked_command(scenario.arguments(run, "--force"))
    check_words(again, (0, 2) if state == whole else (0,))
    if run_state(run) != whole:
        raise Finding("other bits", "what --resume ends in differs from an undisturbed run")
    if state != whole and (left := leftovers(run)):
        raise Finding("leftovers", f"{left} after the next start")
    return f"{state[0]}, resumed" if state != whole else "whole"


def _age(run: Path) -> None:
    """Temporaries are swept when they are some seconds old: make them so."""
    before = time.time() - 3600
    for path in [*run.parent.iterdir(), *(run.rglob("*") if run.is_dir() else ())]:
        os.utime(path, (before, before), follow_symlinks=False)


def _name(point: str) -> str:
    verb, _, path = point.partition(" ")
    return f"{verb} {Path(path).name}"


def _started(arguments: list[str], seconds: float, number: int) -> Ended:
    """A process of its own, so that the signal also meets its imports."""
    with unheard():
        process = subprocess.Popen(
            [sys.executable, "-m", "deepkmeans", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        out, err = process.communicate(timeout=120)
    if "Traceback" in err and "deepkmeans" not in err:
        err = ""  # Python itself had not finished to start
    # CPython 3.11 ends by the signal itself, which a shell shows as 130, when it came inside of an exec of text
    said = process.returncode == -signal.SIGINT and bool(err)
    return Ended(130 if said else process.returncode, out, err)
