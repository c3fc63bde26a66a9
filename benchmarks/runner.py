"""What every benchmark shares: rows that survive a kill, one process per row, time and peak memory.

A row is measured in a fresh process, so that its peak memory is its own and no row profits from what an
earlier one has warmed up. (A benchmark of many short fits, which measures no memory, may set ``ROWS_PER_PROCESS``
and start fewer.) It is appended with one write and one fsync; a line that a kill has torn is cut
off at the next start. A row is known by its key (data set, method, seed, ...), so a stopped run goes on
where it was, and a longer list of seeds measures only the new ones.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

__all__ = ["Benchmark", "load", "processor", "read_rows", "run", "timed"]

Row = dict[str, Any]


class Benchmark(Protocol):
    """A module with these names is a benchmark; one line in ``__main__`` registers it."""

    __doc__: str | None
    DATASETS: Sequence[str]

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def plan(self, options: argparse.Namespace) -> list[Row]: ...
    def measure(self, key: Row, data: Path | None) -> Row: ...
    def table(self, rows: list[Row], options: argparse.Namespace) -> str: ...


def load(name: str, data: Path | None) -> tuple[Any, Any]:
    """Rows and classes: one of the bundled sets by name, else FOLDER/NAME/NAME.npz."""
    from deepkmeans import datasets

    if data is not None and (data / name).is_dir():
        X, y = datasets.load_folder(data, name)
    elif name in ("iris", "wine", "breast_cancer", "digits"):
        bundled = getattr(datasets, f"load_{name}")()
        X, y = bundled.X, bundled.y
    elif data is None:
        raise ValueError(f"{name!r} is no bundled data set; name the folder that holds it with --data")
    else:
        X, y = datasets.load_folder(data, name)
    if y is None:
        raise ValueError(f"{name!r} has no classes (key y); a benchmark needs them to judge by")
    return X, y


def timed(work: Callable[[], Any]) -> tuple[Any, Row]:
    """Result, and wall seconds, processor seconds and peak memory (of the process, in MiB) of one call."""
    before = _peak_mib()
    started, busy = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - busy,
        "peak_mib": _peak_mib(),
        "peak_before_mib": before,
    }


def run(benchmark: Benchmark, keys: list[Row], options: argparse.Namespace) -> int:
    """Measure every key that has no row yet; return how many failed."""
    _cut_torn_line(options.json)
    done = read_rows(options.json)
    missing = [key for key in keys if not any(key.items() <= row.items() for row in done)]
    say(f"{len(keys) - len(missing)} of {len(keys)} rows are there, {len(missing)} to measure")
    failed = 0
    with closing(_Process(getattr(benchmark, "ROWS_PER_PROCESS", 1))) as process:
        for number, key in enumerate(missing, 1):
            label = " ".join(str(value) for value in key.values())
            try:
                row = process.call(benchmark.measure, key, options.data)
            except Exception as error:  # one row that fails (a killed process included) must not cost the others
                failed += 1
                say(f"[{number}/{len(missing)}] {label}: FAILED: {type(error).__name__}: {error}")
                continue
            append_row(options.json, {**key, **row, **_machine()})
            say(f"[{number}/{len(missing)}] {label}: " + ", ".join(f"{k} {_short(v)}" for k, v in row.items()))
    return failed


class _Process:
    """Another process, replaced by a fresh one after so many calls and after one that failed."""

    def __init__(self, calls: int) -> None:
        self.calls, self.left = calls, 0
        self.pool: ProcessPoolExecutor | None = None

    def call(self, work: Callable[..., Row], *arguments: Any) -> Row:
        if self.pool is None or self.left == 0:
            self.close()
            self.pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
            self.left = self.calls
        self.left -= 1
        try:
            return self.pool.submit(work, *arguments).result()
        except BaseException:
            self.left = 0
            raise

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown()


def read_rows(path: Path) -> list[Row]:
    """Finished rows; a torn last line is not one."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1] if line]


def append_row(path: Path, row: Row) -> None:
    """Add one line: a single write at the end of the file, on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(target, (json.dumps(row) + "\n").encode())
        os.fsync(target)
    finally:
        os.close(target)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _cut_torn_line(path: Path) -> None:
    if path.exists() and (content := path.read_bytes()) and not content.endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)


def _machine() -> Row:
    from deepkmeans import __version__

    return {
        "version": __version__, "python": platform.python_version(), "cores": os.cpu_count(),
        "processor": processor(),
    }  # fmt: skip


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Maker, name and widest vectors of the processor, as far as the system tells: figures differ between makers."""
    if not cpuinfo.exists():
        return platform.processor() or platform.machine()
    lines = [line.partition(":") for line in cpuinfo.read_text("utf-8").splitlines()]
    told = {key.strip(): value.strip() for key, _, value in lines}
    flags = told.get("flags", "").split()
    wide = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")
    name = told.get("model name") or platform.machine()
    family = " ".join(told[key] for key in ("cpu family", "model") if key in told)
    return ", ".join(part for part in (name, f"family {family}" if family else "", wide) if part)


def _peak_mib() -> float:
    # VmHWM is of this program; ru_maxrss may still hold the peak of the process that started it.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
