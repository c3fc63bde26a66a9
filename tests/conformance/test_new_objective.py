"""A new objective of the package is two files and one line; everything else finds it, or asks for it by name.

Done in a copy of the sources: command, registry, conformance, documentation.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture._sources import ROOT
from tests.subprocesses import PATIENCE, environment

METHOD = '''"""Pull: reconstruction plus the distance to the nearest centre."""

from __future__ import annotations

import torch

from .base import Objective
from .dcn import DCN

__all__ = ["Pull"]


class Pull(DCN):
    """The loss of DCN without its one half, the centres learnt with the network.

    Parameters
    ----------
    weight : float
    """

    def __init__(self, weight: float = 0.1) -> None:
        super().__init__(weight)

    def setup(self, centers: torch.Tensor, n_rows: int) -> None:
        Objective.setup(self, centers, n_rows)

    def begin_epoch(self, epoch: object) -> None:
        pass

    def end_step(self, output: object, batch: object) -> None:
        pass
'''
ORACLE = '''"""Pull by hand."""

from deepkmeans.objectives import Pull
from deepkmeans.testing import OracleCase

#: Squared distance 1, error of the half 1/4; DCN halves the weight.
ORACLE = OracleCase(Pull(weight=3.0), rows=[[1.0]], centers=[[0.0], [3.0]], expected={"total": 0.25 + 1.5})
'''


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = environment(PYTHONPATH=f"{folder / 'src'}:{folder}", NO_COLOR="1")
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=own, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, with a line for an objective ``pull`` and its method, but no oracle."""
    folder = tmp_path_factory.mktemp("house")
    no_caches = shutil.ignore_patterns("__pycache__")
    for name in ("src", "tests", "docs", "examples", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=no_caches)
    for path in (*ROOT.glob("*.md"), ROOT / "pyproject.toml"):
        shutil.copy(path, folder)
    registry = folder / "src" / "deepkmeans" / "objectives" / "__init__.py"
    line = '        "dcn": "dcn:DCN",\n'
    text = registry.read_text("utf-8")
    assert text.count(line) == 1
    registry.write_text(text.replace(line, line + '        "pull": "pull:Pull",\n'), "utf-8")
    (registry.parent / "pull.py").write_text(METHOD, "utf-8")
    return folder


@pytest.mark.slow
def test_two_files_and_one_line(house: Path) -> None:
    said = run(house, "-m", "deepkmeans", "fit", "--help")
    assert "dcn, pull, dkm" in " ".join(said.stdout.split()), said.stderr
    refused = run(house, "-m", "deepkmeans", "fit", "x.csv", "--objective", "pul")
    assert "'dcn', 'pull', 'dkm'" in refused.stderr and "did you mean 'pull'?" in refused.stderr
    offered = run(house, "-m", "benchmarks", "objectives", "--help")
    assert "'dcn', 'pull', 'dkm'" in " ".join(offered.stdout.split()), offered.stderr

    conformance = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/conformance/test_objectives.py", "-k")
    lacking = run(house, *conformance, "pull and oracle")
    assert "1 failed" in lacking.stdout, lacking.stdout[-3000:] + lacking.stderr
    assert "the objective 'pull' has no oracle: write tests/oracles/objectives/test_pull.py" in lacking.stdout
    (house / "tests" / "oracles" / "objectives" / "test_pull.py").write_text(ORACLE, "utf-8")
    whole = run(house, *conformance, "pull")
    assert whole.returncode == 0, whole.stdout[-3000:]
    assert int(whole.stdout.split(" passed")[0].split()[-1]) >= 15
    wrong = ORACLE.replace("0.25 + 1.5", "0.25 + 3.0")
    (house / "tests" / "oracles" / "objectives" / "test_pull.py").write_text(wrong, "utf-8")
    assert "total is 1.75, where the oracle of Pull has 3.25" in run(house, *conformance, "pull and oracle").stdout


@pytest.mark.slow
def test_the_pages_ask_for_it(house: Path) -> None:
    asked = run(house, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/docs/test_statements.py", "-k", "pull")
    assert "docs/objectives.md says nowhere when to take 'pull'" in asked.stdout, asked.stdout[-3000:]
