"""``deepkmeans demo``: every objective on bundled data, beside plain K-Means."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..estimators.constraints import DEEP_KMEANS
from ..objectives import OBJECTIVES
from ..persistence import RunFolder
from ..persistence.run_labels import labels_text
from .console import Console
from .findings import find_out
from .options import DebugOption, ForceOption, JsonOption, QuietOption, checked_values, parse_output
from .row_names import RowNames
from .signals import allowed, deferred

if TYPE_CHECKING:
    from ..datasets import Dataset

__all__ = ["demo"]

_PLAIN, _SHOWN = "kmeans", "selflabel"

#: Shorter training than the defaults, so that all objectives on both data sets take two minutes; the default
#: objective is shown as it is.
_TRAINING: dict[str, dict[str, Any]] = {
    "digits": {"batch_size": 128, "pretrain_epochs": 45, "max_epochs": 45},
    "iris": {},
}


def demo(
    out: Annotated[Path, typer.Option(metavar="RUN", help="Folder to write.", parser=parse_output)] = Path("demo"),
    seed: Annotated[str, typer.Option(metavar="N", help="Start of all random numbers.")] = "0",
    json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Fit every objective on handwritten digits and on iris; print ACC, NMI, ARI and seconds.

    \b
    Examples:
      deepkmeans demo
      deepkmeans demo --out demo --force --seed 1

    Takes one to two minutes on two cores (training on the digits is shortened for it) and needs no network. The
    folder holds results.json (the table) and the run of the default objective on the digits, with a report.
    """
    console = Console(json=json, quiet=quiet)
    random_state = checked_values(DEEP_KMEANS, {"random_state": seed})["random_state"]
    folder = RunFolder(out)
    with deferred(), folder.claim(force=force):
        started = time.time()
        with allowed():
            results, shown, shown_data, shown_seconds = _all(console, random_state)

        from .fit_run import describe_run, labels_of

        source = {
            "path": None, "name": f"scikit-learn's {shown_data.name}", "rows": shown_data.X.shape[0],
            "features": shown_data.X.shape[1], "label_column": None,
        }  # fmt: skip
        document = describe_run(console, shown, source, seconds=shown_seconds)
        seconds = round(time.time() - started, 2)
        table = {"seed": random_state, "training": _TRAINING, "seconds": seconds, "results": results}
        folder.write(
            document, model=shown, labels=labels_text(range(len(shown.labels_)), labels_of(shown)),
            history=shown.history_, results=table,
        )  # fmt: skip
    n = len(shown_data.X)
    numbers = RowNames(range(n), are_numbers=True)
    findings = find_out(console, shown, shown_data.X, n, folder, folder.read_document(), lambda _: numbers)
    console.note(f"{out}: {_SHOWN} on {shown_data.name} (labels.csv, model.dkm) and results.json")
    console.result({"run": str(out), **findings.document(), **table}, _lines(results))
    findings.say(console)


def _all(console: Console, seed: int) -> tuple[list[dict[str, Any]], Any, Dataset, float]:
    """The figures of every fit, and the one to keep with its data and seconds."""
    from ..datasets import load_digits, load_iris

    results: list[dict[str, Any]] = []
    for data in (load_digits(), load_iris()):
        console.note(f"{data.name}: {data.X.shape[0]} rows, {data.X.shape[1]} columns, {data.n_classes} classes")
        for model, row in _fits(console, data, seed):
            results.append(row)
            console.note(f"  {row['method']:<12} ACC {row['acc']:.3f}  {row['seconds']:6.1f} s")
            if data.name == "digits" and row["method"] == _SHOWN:
                shown, shown_data, shown_seconds = model, data, row["seconds"]
    return results, shown, shown_data, shown_seconds


def _fits(console: Console, data: Dataset, seed: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Plain K-Means on the scaled columns, then every objective, each with its figures."""
    import torch

    from ..data import fit_scaling
    from ..estimators import DeepKMeans, KMeans
    from ..metrics import evaluate

    scaled = fit_scaling(data.X).apply(torch.from_numpy(data.X)).numpy()
    for method in (_PLAIN, *OBJECTIVES):
        if method == _PLAIN:
            model: Any = KMeans(data.n_classes, random_state=seed)
        else:
            training = {} if method == _SHOWN else _TRAINING[data.name]
            model = DeepKMeans(data.n_classes, objective=method, random_state=seed, **training)
        begun = time.perf_counter()
        with console.collected_warnings():
            model.fit(scaled if method == _PLAIN else data.X)
        seconds = time.perf_counter() - begun
        figures = evaluate(data.y, model.labels_)
        yield model, {
            "data": data.name, "method": method, **{name: figures[name] for name in ("acc", "nmi", "ari")},
            "seconds": round(seconds, 2),
        }  # fmt: skip


def _lines(results: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'data':<8}{'method':<14}{'ACC':>7}{'NMI':>7}{'ARI':>7}{'seconds':>9}"]
    previous = None
    for row in results:
        name = "" if row["data"] == previous else row["data"]
        previous = row["data"]
        lines.append(
            f"{name:<8}{row['method']:<14}{row['acc']:>7.3f}{row['nmi']:>7.3f}{row['ari']:>7.3f}{row['seconds']:>9.1f}"
        )
    return lines
