"""``odd-files``: odd data files and damaged run folders to the verbs of the command."""

from __future__ import annotations

import csv
import json
import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from .faults_command import Said, check_said, run_command
from .faults_damage import blobs, damage, model_bytes
from .faults_odd_binary import odd_npy, odd_npz, odd_parquet, pickled
from .faults_odd_text import odd_text
from .faults_verdict import Finding, Refused
from .faults_worker import canary

__all__ = ["odd_files", "prepare"]

Generator = np.random.Generator

_FORMULA = tuple("=+-@＝＋－＠\t\r\n")
_ADVICE = re.compile(r"--[a-z-]+ [^'\s]*(\$\(|`touch)")


def odd_files(random: Generator, folder: Path) -> str:
    """One odd file (or run) to one verb."""
    if random.random() < 0.2:
        return _damaged_run(random, folder)
    words, path, n_rows = _odd_file(random, folder)
    arguments = _arguments(random, path, folder)
    if n_rows is not None and "class column" in words and "fit" in arguments[0]:  # where a header is easily misread
        name = "red" if "no header" in words else str(random.choice(["class", "species", "y"]))
        arguments += [str(random.choice(["--drop", "--label-column"])), name]
    try:
        said = run_command(arguments)
        return _judge(said, arguments, folder / "run", n_rows)
    except Finding as finding:
        shown = " ".join(arguments).replace(str(folder), "")
        raise Finding(finding.kind, f"{finding.detail}: {words}: {shown}") from finding


def _judge(said: Said, arguments: list[str], run: Path, n_rows: int | None) -> str:
    if _ADVICE.search(said.err):
        raise Finding("shell injection", said.err[-300:])
    fitted = arguments[0] == "fit" and "--dry-run" not in arguments
    try:
        outcome = check_said(said, arguments, files=(run / "labels.csv",) if fitted else ())
    except Refused:
        if fitted and run.exists():
            raise Finding("half written", f"a refused fit left {[entry.name for entry in run.iterdir()]}") from None
        raise
    if fitted:
        _check_labels(run, n_rows)
    return outcome


def _check_labels(run: Path, n_rows: int | None) -> None:
    document = json.loads((run / "run.json").read_text("utf-8"))
    with (run / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    labels = [int(row["label"]) for row in rows]
    sizes = document["cluster_sizes"]
    if n_rows is not None and len(labels) != n_rows:
        raise Finding("lost rows", f"{len(labels)} labels of {n_rows} rows")
    if sum(sizes) != len(labels) or any(not 0 <= label < len(sizes) for label in labels):
        raise Finding("wrong labels", f"{len(labels)} rows in labels.csv, clusters of {sizes}")
    if list(np.bincount(labels, minlength=len(sizes))) != sizes:
        raise Finding("wrong labels", f"labels.csv does not hold clusters of {sizes}")
    if not all(np.isfinite(float(row["distance"])) for row in rows):
        raise Finding("not finite", "distance in labels.csv")
    for row in rows:
        if str(row["row"]).startswith(_FORMULA) and not re.fullmatch(r"[-+]?[\d.eE+-]+", str(row["row"])):
            raise Finding("formula", f"a cell of labels.csv is {row['row']!r:.60}")


def _arguments(random: Generator, path: Path, folder: Path) -> list[str]:
    verb = str(random.choice(["fit", "fit", "fit", "fit", "dry", "predict", "evaluate", "select"]))
    more = ["--json"] if random.random() < 0.2 else []
    if verb == "predict":
        model = prepare() / str(random.choice(["run", "model.dkm"]))
        return ["predict", str(model), str(path), *more]
    if verb == "evaluate":
        return ["evaluate", str(prepare() / "run"), "--labels", str(path), *more]
    if verb == "select" and path.suffix == ".npy":  # costly: where n is known to be small
        return ["select", str(path), "--k-range", "1:3", *more]
    fit = ["fit", str(path), "-k", str(random.choice(["1", "2", "2", "3", "auto"])), "--out", str(folder / "run")]
    fit += ["--objective", str(random.choice(["dcn", "idec", "vade", "selflabel"])), "--max-epochs", "1", *more]
    fit += ["--pretrain-epochs", "1"]
    optional = [["--missing", "error"], ["--scaling", "none"], ["--columns", "c0"], ["--drop", "c0"],
                ["--label-column", "class"],
                ["--columns", "0,1"], ["--label-column", "-1"], ["--drop", "=1+1"], ["--reduce", "pca"]]  # fmt: skip
    if random.random() < 0.3:
        fit += optional[int(random.integers(len(optional)))]
    return [*fit, "--dry-run"] if verb == "dry" else fit


def _odd_file(random: Generator, folder: Path) -> tuple[str, Path, int | None]:
    trap = str(canary())
    kind = str(random.choice(["csv", "csv", "csv", "tsv", "npy", "npz", "parquet"]))
    stem = str(random.choice(["data"] * 25 + ["my data", "$(touch x)", "\x1b[31mred", "-k", "données"]))
    path = folder / f"{stem}.{kind}"
    words, n_rows = kind, None
    if kind in ("csv", "tsv"):
        words, data, n_rows = odd_text(random, trap)
        path.write_bytes(data)
    elif kind == "npy":
        path.write_bytes(odd_npy(random, trap))
    elif kind == "npz":
        path.write_bytes(odd_npz(random, trap))
    else:
        odd_parquet(random, path)
    if random.random() < 0.05:  # one kind under the name of another
        words, n_rows = f"{words}, renamed", None
        path = path.rename(path.with_suffix(str(random.choice([".csv", ".npy", ".npz", ".parquet", ".xlsx", ""]))))
    if random.random() < 0.02:
        words += ", a pickle"
        path.write_bytes(pickled(trap))
    return words, path, n_rows


@cache
def prepare() -> Path:
    """A folder with a finished run of a table with classes, its data, and a model."""
    folder = Path(mkdtemp(prefix="deepkmeans-faults-run-"))
    X = blobs(40, 3).round(3)
    rows = [",".join([*map(str, row), "abc"[i % 3]]) for i, row in enumerate(X)]
    (folder / "data.csv").write_text("\n".join(["c0,c1,c2,class", *rows]) + "\n")
    arguments = ["fit", str(folder / "data.csv"), "-k", "3", "--objective", "dcn", "--pretrain-epochs", "1",
                 "--max-epochs", "1", "--label-column", "class", "--out", str(folder / "run")]  # fmt: skip
    said = run_command(arguments)
    if said.code:
        raise RuntimeError(said.err)
    (folder / "model.dkm").write_bytes(model_bytes()["kmeans"])
    return folder


def _damaged_run(random: Generator, folder: Path) -> str:
    run = folder / "run"
    shutil.copytree(prepare() / "run", run)
    name = str(random.choice(["run.json", "run.json", "labels.csv", "labels.csv", "history.jsonl", "model.dkm"]))
    how = _damage_side_file(run / name, random)
    data = str(prepare() / "data.csv")
    choices: list[list[str]] = [
        ["info", str(run)], ["info", str(run), "--json"], ["evaluate", str(run)], ["evaluate", str(run), "--json"],
        ["predict", str(run), data], ["evaluate", str(run), "--labels", data, "--label-column", "class"],
        ["fit", data, "-k", "3", "--objective", "dcn", "--pretrain-epochs", "1", "--max-epochs", "1",
         "--label-column", "class", "--out", str(run), *random.choice([["--force"], ["--resume"]])],
    ]  # fmt: skip
    arguments = choices[int(random.integers(len(choices)))]
    try:
        return check_said(run_command(arguments), arguments)
    except Finding as finding:
        shown = " ".join(arguments).replace(str(folder), "").replace(str(prepare()), "")
        raise Finding(finding.kind, f"{finding.detail}: {name} {how}: {shown}") from finding


def _damage_side_file(path: Path, random: Generator) -> str:
    kind = int(random.integers(6))
    if kind == 0:
        path.unlink()
        return "deleted"
    if kind == 1:
        path.unlink()
        path.mkdir()
        return "is a folder"
    if kind == 2 and path.name == "run.json":
        document = json.loads(path.read_text("utf-8"))
        place: Any = document
        while random.random() < 0.6 and any(isinstance(value, dict) and value for value in place.values()):
            place = random.choice([value for value in place.values() if isinstance(value, dict) and value])
        values = [None, 1, -1, "x", "\x1b[31mred", [], {}, [1, "a"], {"a": 1}, 1e308, True]
        key = str(random.choice(list(place)))
        place[key] = values[int(random.integers(len(values)))]
        path.write_text(json.dumps(document), "utf-8")
        return f"with {key}={place[key]!r}"
    if kind == 3 and path.name == "labels.csv":
        lines = path.read_text("utf-8").splitlines()
        odd = ["0,red,1", "0", "", "1,-5,1", "label", "0,1e400,1", '"', "0,99999999999999999999,1"]
        lines[int(random.integers(len(lines)))] = str(random.choice(odd))
        path.write_text("\n".join(lines), "utf-8")
        return "with an odd line"
    how, data = damage(path.read_bytes(), random, [(prepare() / "run" / "model.dkm").read_bytes()])
    path.write_bytes(data)
    return f"damaged by {how}"
