"""Importing the package and asking for help cost nothing: no torch, no scikit-learn, no pandas."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.architecture._sources import ROOT

HEAVY = {
    *("keras", "matplotlib", "narwhals", "numpy", "pandas", "polars", "pyarrow"),
    *("safetensors", "scipy", "sklearn", "torch"),
}


def imported(arguments: list[str]) -> tuple[set[str], subprocess.CompletedProcess[str]]:
    """First-level names of all modules that a fresh interpreter imports."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, env=environment, check=False
    )
    names = re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s*(\S+)", done.stderr, flags=re.MULTILINE)
    return {name.split(".")[0] for name in names}, done


@pytest.mark.parametrize(
    "arguments",
    [
        ["-c", "import deepkmeans; dir(deepkmeans); deepkmeans.__version__"],
        ["-m", "deepkmeans", "--help"],
        ["-m", "deepkmeans", "fit", "--help"],
        ["-m", "deepkmeans", "--version"],
    ],
    ids=["import", "help", "fit-help", "version"],
)
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    names, done = imported(arguments)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "deepkmeans" in names
    assert names & HEAVY == set()


def test_importing_says_nothing() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-W", "error", "-c", "import deepkmeans"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_unknown_names_are_refused_as_by_any_module() -> None:
    import deepkmeans

    with pytest.raises(AttributeError, match="has no attribute 'KMedians'"):
        _ = deepkmeans.KMedians  # type: ignore[attr-defined]
    assert {"DeepKMeans", "KMeans", "Autoencoder", "save", "load", "metrics"} <= set(dir(deepkmeans))


def test_dir_shows_public_names_only() -> None:
    import deepkmeans

    assert set(dir(deepkmeans)) == {*deepkmeans.__all__, *deepkmeans._ROOMS}
    assert [name for name in dir(deepkmeans) if name.startswith("_")] == ["__version__"]
    assert all(hasattr(deepkmeans, name) for name in dir(deepkmeans))
