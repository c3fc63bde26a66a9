"""The process in which cases run, and its supervisor, to whom a crash and a hang are results like any other."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import signal
import tempfile
import time
import traceback
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from .runner import Row

__all__ = ["PARTS", "Supervisor", "canary", "run_case", "warm_up"]

#: Name of a part: the function ``(random, folder) -> outcome`` in the module beside it.
PARTS: dict[str, tuple[str, str]] = {
    "files": ("faults_models", "files"),
    "documents": ("faults_models", "documents"),
    "tables": ("faults_tables", "tables"),
    "odd-files": ("faults_files", "odd_files"),
    "kills": ("faults_kills", "kills"),
    "disks": ("faults_disks", "disks"),
    "threads": ("faults_threads", "threads"),
}
#: Seconds a case may take on a machine that needs ``_START`` seconds to start the process of the cases.
_PATIENCE, _START = 120.0, 5.0
#: A case that takes more than this part of it is too slow.
_SLOW = 4
#: GiB of address space beyond what the started process has: an endless request becomes a MemoryError.
_ROOM_GIB = 4


def canary() -> Path:
    """The file that a payload would make if something executed it."""
    return Path(os.environ.get("TMPDIR", "/tmp")) / f"deepkmeans-canary-{os.getpid():08d}"


def run_case(part: str, seed: int, case: int) -> Row:
    """One case, in this process: its outcome, or a finding of kind and detail."""
    from .faults_verdict import Finding, Refused, Watch, one_line

    place, name = PARTS[part]
    module = importlib.import_module(f".{place}", __package__)
    work = getattr(module, name)
    if hasattr(module, "prepare"):  # what many cases share is made once, unwatched
        module.prepare()
    random = np.random.default_rng([seed, zlib.crc32(part.encode()), case])
    row: Row = {"case": case}
    canary().unlink(missing_ok=True)
    started = time.perf_counter()
    try:
        with _folder() as folder, Watch(canary()):
            row["outcome"] = work(random, folder)
    except Refused as refused:
        row |= {"outcome": "refused", "said": one_line(refused)}
    except Finding as finding:
        row |= {"outcome": "finding", "kind": finding.kind, "detail": one_line(finding.detail)}
    except Exception as error:
        trace = traceback.format_exc()
        row |= {"outcome": "finding", "kind": "campaign", "detail": one_line(f"{error!r} {trace[-250:]}")}
    row["seconds"] = time.perf_counter() - started
    return row


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="deepkmeans-faults-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class Supervisor:
    """Runs cases in another process, replaced by a fresh one after a crash, a hang or an excess of memory."""

    def __init__(self) -> None:
        self._process: Any = None
        self.patience = _PATIENCE

    def call(self, part: str, seed: int, case: int) -> Row:
        if self._process is None:
            self._start()
        row: Row = {"case": case, "outcome": "finding"}
        try:
            self._pipe.send((part, seed, case))
            if self._pipe.poll(self.patience):
                row = self._pipe.recv()
                if row["outcome"] != "finding" and row["seconds"] > self.patience / _SLOW:
                    row |= {"outcome": "finding", "kind": "slow", "detail": f"{row['seconds']:.0f} s"}
                if row.get("kind") == "memory":
                    self.close()
                return row
            row |= {"kind": "hang", "detail": f"no answer within {self.patience:.0f} s"}
        except (EOFError, ConnectionError):
            self._process.join(10)
            code = self._process.exitcode or 0
            row |= {"kind": "crash", "detail": signal.Signals(-code).name if code < 0 else f"exit status {code}"}
        self.close()
        return row

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        before, os.environ["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS"), "1"
        started = time.perf_counter()
        self._folder = TemporaryDirectory(prefix="deepkmeans-faults-", ignore_cleanup_errors=True)
        self._process = context.Process(target=_serve, args=(theirs, self._folder.name), daemon=True)
        self._process.start()
        theirs.close()
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
        if self._pipe.recv() != "ready":
            raise RuntimeError("the process of the cases did not start")
        self.patience = _PATIENCE * max(1.0, (time.perf_counter() - started) / _START)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
            self._folder.cleanup()
            self._process = None


def _serve(pipe: Any, folder: str) -> None:
    os.environ["TMPDIR"] = tempfile.tempdir = folder  # whatever a killed process leaves goes with it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the supervisor
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warm_up()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + _ROOM_GIB * 2**30, resource.RLIM_INFINITY))
    pipe.send("ready")
    while True:
        try:
            part, seed, case = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        pipe.send(run_case(part, seed, case))


def warm_up() -> None:
    """Load what is loaded late: the first fit of a process changes filters of warnings, variables and threads."""
    import pandas as pd
    import polars
    import pyarrow as pa
    import pyarrow.parquet

    from deepkmeans import DeepKMeans, KMeans
    from deepkmeans.cli import main

    X = np.random.default_rng(0).normal(size=(40, 3))
    KMeans(2, random_state=0).fit(pd.DataFrame(X, columns=list("abc")))
    KMeans(2, random_state=0).fit(polars.DataFrame(X))
    KMeans(2, random_state=0).fit(pa.table({"a": X[:, 0], "b": X[:, 1]}))
    DeepKMeans(2, max_epochs=1, random_state=0).fit(X).predict(X)
    with TemporaryDirectory() as folder:
        from contextlib import redirect_stderr, redirect_stdout
        from io import StringIO

        pa.parquet.write_table(pa.table({"a": X[:, 0], "b": X[:, 1]}), f"{folder}/x.parquet")
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            main(["fit", f"{folder}/x.parquet", "-k", "2", "--max-epochs", "1", "--out", f"{folder}/run"])
