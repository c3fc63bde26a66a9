"""Fits of one and of two processes, as ``torchrun`` starts them: the same centres, the same labels."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deepkmeans.datasets import load_digits
from tests.subprocesses import PATIENCE, environment

#: Run by torchrun, once for all fits; its argument is the folder of their data and of how each is fitted.
SCRIPT = """
import sys, warnings
from dataclasses import replace
import numpy as np, torch
from deepkmeans import DeepKMeans
from deepkmeans.data import PreparedRows
from deepkmeans.fitting import Course, run_strategy
from deepkmeans.runtime import ProcessGroup

folder = sys.argv[1]
torch.set_num_threads(1)
torch.distributed.init_process_group("gloo")
group = ProcessGroup()


def fit(name, options):
    data, dtype, uneven = np.load(f"{folder}/{name}.npz"), options.pop("dtype"), options.pop("uneven")
    weight = data["weight"] if "weight" in data else None
    whole = DeepKMeans(**options).prepare(data["X"], weight).to(getattr(torch, dtype))
    context = whole.shard(group)
    if uneven and group.size == 2:  # the first process has two fifths of the rows
        n = len(whole.rows.network)
        own = torch.arange(n * 2 // 5) if group.rank == 0 else torch.arange(n * 2 // 5, n)
        rows = PreparedRows(*(part.subset(own) for part in (whole.rows.network, whole.rows.plain, whole.rows.counted)))
        context = replace(context, rows=rows)
    course = Course([], [])
    result = run_strategy(context, course)
    weights = torch.cat([p.detach().double().reshape(-1) for p in result.encoder.parameters()]).numpy()
    np.savez(f"{folder}/{name}-{group.size}-{group.rank}.npz", centers=result.centers.numpy(), weights=weights,
             labels=context.labels(result).numpy(), loss=[record["loss"] for record in course.history],
             chosen=str(course.findings.get("chosen")))


for name, options in eval(open(f"{folder}/fits.txt").read()).items():
    fit(name, options)
torch.distributed.destroy_process_group()
"""


def torchrun(n_processes: int, script: Path, *arguments: str) -> str:
    """What the processes print."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(n_processes), "--master-addr",
        "127.0.0.1", "--master-port", str(port), str(script), *arguments,
    ]  # fmt: skip
    done = subprocess.run(
        command, env=environment(), timeout=PATIENCE, check=False, capture_output=True, text=True, cwd=script.parent
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


Fit = dict[str, Any]


def fit_all(folder: Path, fits: dict[str, tuple[Fit, Fit]], n_processes: int) -> dict[str, dict[str, np.ndarray]]:
    """What ``n_processes`` find of each pair of data and options, by name: the labels are those of all rows."""
    for name, (data, _) in fits.items():
        np.savez(folder / f"{name}.npz", **data)
    (folder / "fits.txt").write_text(repr({name: options for name, (_, options) in fits.items()}))
    script = folder / "fit.py"
    script.write_text(SCRIPT)
    torchrun(n_processes, script, str(folder))
    found = {}
    for name in fits:
        parts = [dict(np.load(folder / f"{name}-{n_processes}-{rank}.npz")) for rank in range(n_processes)]
        for part in parts[1:]:
            for key in part.keys() - {"labels"}:
                np.testing.assert_array_equal(part[key], parts[0][key], err_msg=f"{name}: {key}")
        found[name] = {**parts[0], "labels": np.concatenate([part["labels"] for part in parts])}
    return found


def blobs(n: int = 900, d: int = 6, k: int = 4) -> np.ndarray:
    """Rows (n, d) of ``k`` clusters that touch."""
    random = np.random.RandomState(0)
    return 3.0 * random.randn(k, d)[random.choice(k, n)] + random.randn(n, d)


def rings(n: int = 600) -> np.ndarray:
    """Rows (n, 2) of two circles, which K-Means cannot see."""
    random = np.random.RandomState(0)
    angle, radius = 2 * np.pi * random.rand(n), 1.0 + 2 * (np.arange(n) % 2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) + 0.1 * random.randn(n, 2)


def short_fits() -> dict[str, tuple[Fit, Fit]]:
    """In float64, in three epochs, with whatever is normalised normalised over both."""
    fits = {}
    for objective, uneven, weighted in (
        ("dcn", False, False), ("dcn", True, True), ("dec", False, False), ("dec", True, False),
        ("vade", True, True), ("deepcluster", True, False), ("selflabel", False, False), ("selflabel", True, True),
    ):  # fmt: skip
        X = rings() if objective == "selflabel" else blobs()
        data = {"X": X}
        if weighted:
            data["weight"] = np.random.RandomState(1).randint(0, 3, len(X)).astype(float)
        options: Fit = {
            "n_clusters": 2 if objective == "selflabel" else 4, "objective": objective, "max_epochs": 3,
            "random_state": 0, "uneven": uneven, "dtype": "float64",
        }  # fmt: skip
        if objective != "selflabel":
            options["pretrain_epochs"] = 3
        fits[f"{objective}-{uneven}-{weighted}"] = data, options
    return fits


def whole_fits() -> dict[str, tuple[Fit, Fit]]:
    """In float32, tables in full, pictures in a few epochs, with augmentations that each process draws for itself."""
    more: Fit = {"random_state": 0, "uneven": True, "dtype": "float32"}
    return {
        "table": ({"X": rings()}, {"n_clusters": 2, **more}),
        "pictures": ({"X": load_digits().X[:200]}, {"n_clusters": 10, "max_epochs": 10, **more}),
        "kept": ({"X": blobs()}, {"n_clusters": 4, **more}),
    }


Found = dict[str, dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Found]:
    """What one process and what two find in all fits: most of the seconds are the start of the processes."""
    folder, fits = tmp_path_factory.mktemp("fits"), short_fits() | whole_fits()
    return fit_all(folder, fits, 1), fit_all(folder, fits, 2)


@pytest.mark.slow
def test_two_processes_find_the_centers_of_one(found: tuple[Found, Found]) -> None:
    alone, shared = found
    for name in short_fits():
        one, two = alone[name], shared[name]
        np.testing.assert_allclose(two["centers"], one["centers"], atol=1e-5, err_msg=name)
        np.testing.assert_allclose(two["loss"], one["loss"], rtol=1e-5, err_msg=name)
        assert (two["labels"] == one["labels"]).mean() > 0.999, name
        assert two["chosen"] == one["chosen"] != "k-means", name


@pytest.mark.slow
def test_two_processes_find_the_labels_of_the_default(found: tuple[Found, Found]) -> None:
    alone, shared = found
    for name in whole_fits():
        one, two = alone[name], shared[name]
        assert (two["labels"] == one["labels"]).mean() >= 0.99, name
        assert two["chosen"] == one["chosen"], name
        assert (two["chosen"] == "k-means") == (name == "kept"), name


@pytest.mark.slow
def test_the_script_of_the_documentation_runs_on_two_processes(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "several-processes.md"
    script = tmp_path / "fit.py"
    script.write_text("\n".join(re.findall(r"^```python\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL)))
    # Two processes write to one stream: what each prints is whole, but both may stand on one line.
    printed = re.findall(r"process (\d): (\d+) of (\d+) rows, loss (\d+\.\d{4})", torchrun(2, script))
    assert sorted(process[:3] for process in printed) == [("0", "75", "150"), ("1", "75", "150")]
    assert printed[0][3] == printed[1][3]
    assert (tmp_path / "fit.pt").exists()
