"""The command in a copy of this process, which signals, limits and full disks may end; and what a run folder holds."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from .faults_damage import blobs
from .faults_verdict import RAW, Finding, one_line

__all__ = ["Ended", "Scenario", "check_words", "data_files", "expected", "forked_command", "leftovers", "run_state"]

#: The calls between which the files of a run change: before and after each, everything may end.
_POINTS = ("replace", "rename", "fsync", "unlink", "remove", "mkdir", "rmdir", "link", "open")
_PATIENCE = 120.0


@dataclass
class Ended:
    """How a copy ended: exit status (negative: the signal), what it said, the points it passed, and its seconds."""

    code: int
    out: str
    err: str
    points: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """A fit of the command."""

    source: str
    objective: str
    checkpoints: bool
    over: bool

    def arguments(self, folder: Path, *more: str) -> list[str]:
        every = ["--checkpoint-every", "1"] if self.checkpoints else []
        return [
            "fit", str(data_files() / self.source), "-k", "3", "--objective", self.objective, "--pretrain-epochs", "2",
            "--max-epochs", "3", "--embedding-dim", "2", "--out", str(folder), *every, *more,
        ]  # fmt: skip


@cache
def data_files() -> Path:
    """A folder with the same rows as .csv and .npy."""
    folder = Path(mkdtemp(prefix="deepkmeans-faults-data-"))
    X = blobs(60, 4).round(3)
    np.save(folder / "rows.npy", X)
    (folder / "rows.csv").write_text("a,b,c,d\n" + "".join(",".join(map(str, row)) + "\n" for row in X))
    return folder


def forked_command(
    arguments: Sequence[str],
    *,
    stop: tuple[int, bool, int] | None = None,
    prepare: Callable[[], None] | None = None,
    kill: tuple[float, int] | None = None,
) -> Ended:
    """Run ``deepkmeans ARGUMENTS`` in a copy of this process.

    ``stop=(n, after, signal)`` sends the copy a signal before or after its n-th point; ``kill=(seconds, signal)`` after
    a while; ``prepare`` is called in the copy (limits, streams).
    """
    pipes = {stream: os.pipe() for stream in ("out", "err", "points")}  # no files: those may be what is limited
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _run_and_exit(arguments, {stream: writing for stream, (_, writing) in pipes.items()}, stop, prepare)
    said = {}
    for stream, (reading, writing) in pipes.items():
        os.close(writing)
        os.set_blocking(reading, False)
        said[stream] = bytearray()
    at = None if kill is None else started + kill[0]
    ended = (0, 0)
    while not ended[0]:
        ended = os.waitpid(child, os.WNOHANG)
        for stream, (reading, _) in pipes.items():
            said[stream] += _available(reading)
        if at is not None and kill is not None and time.monotonic() >= at and not ended[0]:
            os.kill(child, kill[1])
            at = None
        if time.monotonic() - started > _PATIENCE:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            words = one_line(said["err"].decode("utf-8", "replace")[-200:])
            raise Finding("hang", f"the command did not end within {_PATIENCE:.0f} s: {words}")
        if not ended[0]:
            time.sleep(0.002)
    for reading, _ in pipes.values():
        os.close(reading)
    out, err, points = (said[stream].decode("utf-8", "replace") for stream in ("out", "err", "points"))
    return Ended(os.waitstatus_to_exitcode(ended[1]), out, err, points.splitlines(), time.monotonic() - started)


def _available(reading: int) -> bytes:
    data = b""
    try:
        while more := os.read(reading, 65_536):
            data += more
    except BlockingIOError:
        pass
    return data


def _run_and_exit(
    arguments: Sequence[str], streams: dict[str, int], stop: tuple[int, bool, int] | None, prepare: Any
) -> None:
    code = 70
    try:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(streams["out"], 1)
        os.dup2(streams["err"], 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        from deepkmeans.cli import main

        _watch_points(streams["points"], stop)
        if prepare is not None:
            prepare()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.argv = ["deepkmeans", *arguments]
        code = main()
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError as error:  # as the interpreter does at its end
            os.write(2, f"Exception ignored while flushing stdout: {error}\n".encode())
            code = 120
    except KeyboardInterrupt:
        os.write(2, b"Traceback: a KeyboardInterrupt left main\n")
        code = 71
    except BaseException as error:
        os.write(2, f"Traceback: {error!r} left main\n".encode())
        code = 72
    finally:
        os._exit(code)


def _watch_points(log: int, stop: tuple[int, bool, int] | None) -> None:
    """Count the calls of the points; send the signal at the one that was asked for."""
    count = -1

    def watched(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def point(*given: Any, **options: Any) -> Any:
            nonlocal count
            if name == "open" and not (len(given) > 1 and given[1] & os.O_CREAT):
                return call(*given, **options)
            count += 1
            os.write(log, f"{name} {given[-1] if name in ('replace', 'rename') else given[0]}\n".encode())
            mine = stop is not None and stop[0] == count
            if mine and stop and not stop[1]:
                os.kill(os.getpid(), stop[2])
            try:
                return call(*given, **options)
            finally:  # a call that failed is a point, too
                if mine and stop and stop[1]:
                    os.kill(os.getpid(), stop[2])

        return point

    for name in _POINTS:
        setattr(os, name, watched(name, getattr(os, name)))
    with contextlib.suppress(ImportError, AttributeError):  # folders that change names by a call that os lacks
        from deepkmeans.storage import folder_swap

        folder_swap._exchange = watched("rename", folder_swap._exchange)


@cache
def expected(scenario: Scenario) -> tuple[Any, Ended]:
    """What an undisturbed run of the scenario leaves, and how it went."""
    folder = Path(mkdtemp(prefix="deepkmeans-faults-whole-"))
    run, force = folder / "run", ["--force"] if scenario.over else []
    if scenario.over:
        old_run(run)
    ended = forked_command(scenario.arguments(run, *force))
    state = run_state(run)
    if ended.code or state[0] != "whole":
        raise Finding("campaign", f"the undisturbed run: {ended.code}, {state[0]}: {one_line(ended.err[-200:])}")
    return state, ended


def old_run(run: Path) -> Any:
    """An earlier, finished run with other results; returns its state."""
    import shutil

    shutil.copytree(_old_run(), run, symlinks=True)
    return run_state(run)


@cache
def _old_run() -> Path:
    folder = Path(mkdtemp(prefix="deepkmeans-faults-old-"))
    fit = ["fit", str(data_files() / "rows.csv"), "-k", "2", "--objective", "dcn", "--pretrain-epochs", "1"]
    ended = forked_command([*fit, "--max-epochs", "1", "--out", str(folder / "run")])
    if ended.code:
        raise Finding("campaign", f"the old run: {one_line(ended.err[-200:])}")
    return folder / "run"


def run_state(run: Path) -> tuple[str, Any, Any]:
    """("nothing" | "interrupted" | "whole", labels, tensors of the model) of a run folder; a mixture is a finding.

    A folder without run.json holds nothing that looks finished.
    """
    if not (run / "run.json").exists():
        left = [name for name in ("labels.csv", "model.dkm", "results.json") if (run / name).exists()]
        if left:
            raise Finding("mixture", f"{', '.join(left)} without run.json")
        return "nothing", None, None
    from deepkmeans.storage import read_container

    try:
        document = json.loads((run / "run.json").read_text("utf-8"))
        _, tensors = read_container(run / "model.dkm", kind="model")
    except (OSError, ValueError) as error:
        raise Finding("mixture", f"a run that cannot be read: {one_line(error)}") from error
    bits = {name: tensor.numpy().tobytes() for name, tensor in sorted(tensors.items())}
    if document["interrupted"]:
        if (run / "labels.csv").exists():
            raise Finding("mixture", "an interrupted run with labels.csv")
        return "interrupted", None, bits
    if not (run / "labels.csv").exists():
        raise Finding("mixture", "a finished run without labels.csv")
    labels = (run / "labels.csv").read_text("utf-8")
    own = [int(line.split(",")[1]) for line in labels.splitlines()[1:]]
    if own != tensors["labels"].tolist() or document["cluster_sizes"] != np.bincount(own).tolist():
        raise Finding("mixture", "labels.csv, model.dkm and run.json are of different fits")
    return "whole", labels, bits


def leftovers(run: Path) -> list[str]:
    """Temporaries in and beside a run, which the next start should have cleared; locks may stay."""
    entries = [*run.parent.iterdir(), *(run.rglob("*") if run.is_dir() else ())]
    odd = [path.name for path in entries if path.name.startswith(".") or path.name.endswith((".tmp", ".new", ".old"))]
    return sorted(name for name in odd if "lock" not in name)


def check_words(ended: Ended, codes: Sequence[int]) -> None:
    """An expected exit status, no traceback, one line of error at most."""
    if ended.code < 0 and ended.code not in codes and not ended.err:
        return  # the signal came before the command was there to take it
    if RAW.search(ended.err):
        raise Finding("raw error", f"exit {ended.code}: {one_line(ended.err[-300:])}")
    if ended.code not in codes:
        wanted = " or ".join(map(str, codes))
        raise Finding("exit code", f"{ended.code} instead of {wanted}: {one_line(ended.err[-200:])}")
    lines = [line for line in ended.err.splitlines() if "error:" in line[:30]]
    if ended.code > 0 and len(lines) != 1:
        raise Finding("exit code", f"{ended.code} with {len(lines)} lines of error: {one_line(ended.err[-200:])}")
