"""Rows of benchmarks name the processor that they were measured on."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks import kmeans, runner
from benchmarks.kmeans_cases import CASES


def test_the_processor_is_read_from_what_the_system_tells(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("cpu family\t: 6\nmodel\t\t: 143\nmodel name\t: Some Maker 9\nflags\t\t: fpu avx2 avx512f\n")
    assert runner.processor(told) == "Some Maker 9, family 6 143, AVX-512"
    told.write_text("Features : asimd\n")
    assert runner.processor(told)
    assert runner.processor(tmp_path / "none")


def test_the_table_names_every_processor() -> None:
    row = {"dataset": "digits", "method": "deepkmeans", "seed": 0, "rows": 9, "columns": 2, "inertia": 1.0,
           "seconds": 1.0, "cpu_seconds": 1.0, "peak_mib": 2.0, "peak_before_mib": 1.0, "data_mib": 1.0}  # fmt: skip
    rows = [{**row, "processor": name, "cores": 2} for name in ("one", "other", "one")]
    options = argparse.Namespace(datasets=["digits"], methods=["deepkmeans"])
    assert "Measured on: one, 2 cores; other, 2 cores." in kmeans.table(rows, options)
    assert "not recorded" in kmeans.table([row], options)


def test_the_cases_hold_what_they_say() -> None:
    tails, columns = CASES["heavy_tails"].read(None), CASES["raw_columns"].read(None)
    square = np.sort((tails.astype(float) ** 2).sum(1))
    assert square[-(len(tails) // 20) :].sum() > 0.4 * square.sum()
    spread = columns.std(0)
    assert columns.shape == (100_000, 10) and spread[-1] > 1e4 * spread[0]
