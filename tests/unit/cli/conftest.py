"""Small real files, and the command run as a user runs it: in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.subprocesses import PATIENCE, environment

#: Few tests are about what a fit says of its clusters at its end, which takes a second.
NO_REPORT = {"DEEPKMEANS_FIT_NO_REPORT": "1"}
#: Training that ends in about a second.
QUICK = ("--pretrain-epochs", "3", "--max-epochs", "3", "--embedding-dim", "2", "--batch-size", "64", "--device", "cpu")


def run_command(*arguments: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deepkmeans", *map(str, arguments)],
        cwd=cwd, env=environment(**NO_REPORT | more), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def no_report() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in NO_REPORT.items():
            patched.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    return run_command


@pytest.fixture(scope="session")
def quick() -> tuple[str, ...]:
    return QUICK


def three_groups(n: int = 240, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows of shape (n, 4) in three far groups, and their groups."""
    generator = np.random.RandomState(seed)
    groups = np.arange(n) % 3
    return (10.0 * groups[:, None] + generator.normal(size=(n, 4))).astype(np.float32), groups


def write_csv(path: Path, X: np.ndarray, groups: np.ndarray | None) -> Path:
    names = ["a", "b", "c", "d"][: X.shape[1]] + ([] if groups is None else ["species"])
    lines = [",".join(names)]
    for i, row in enumerate(X):
        cells = ["" if np.isnan(v) else f"{v:.5f}" for v in row]
        lines.append(",".join(cells + ([] if groups is None else [("rose", "lily", "iris")[groups[i]]])))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data files, to be read only."""
    folder = tmp_path_factory.mktemp("files")
    X, groups = three_groups()
    write_csv(folder / "flowers.csv", X, groups)
    holes = X.copy()
    holes[::20, 1] = np.nan
    write_csv(folder / "holes.csv", holes, groups)
    np.savez(folder / "flowers.npz", X=X, y=groups)
    np.save(folder / "narrow.npy", X[:, :2])
    (folder / "empty.csv").write_text("")
    (folder / "text.csv").write_text("a,b\n1,2\n3,red\n")
    (folder / "two.csv").write_text("a,b\n1,2\n3,4\n")
    (folder / "short.csv").write_text("species\nrose\nlily\n")
    (folder / "broken.dkm").write_bytes(b"PK\x03\x04 this is no model")
    return folder
