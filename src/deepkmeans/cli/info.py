"""``deepkmeans info``: what a run or a model file is."""

from __future__ import annotations

from typing import Any

from .console import Console, counted
from .fitted_file import FittedFile
from .input_summary import input_in_words, inputs_in_words
from .options import DebugOption, JsonOption, ModelArgument, QuietOption
from .partition import partition_text
from .row_names import ROWS

__all__ = ["info"]


def info(
    model: ModelArgument, json: JsonOption = False, quiet: QuietOption = False, debug: DebugOption = False
) -> None:  # fmt: skip
    """Say what a run or a model file is; every byte of the model is checked on the way.

    \b
    Examples:
      deepkmeans info run-customers
      deepkmeans info model.dkm --json
    """
    file = FittedFile.of(model)
    file.check_labels()
    path, run = file.path, file.run or None

    from ..persistence import load

    fitted = load(path)
    parameters = fitted.get_params(deep=False)
    names = getattr(fitted, "feature_names_in_", None)
    document: dict[str, Any] = {
        "model": str(path),
        "bytes": path.stat().st_size,
        "estimator": type(fitted).__name__,
        "parameters": {name: value for name, value in parameters.items() if name not in ("align_to", "callbacks")},
        "n_features": int(fitted.n_features_in_),
        "feature_names": None if names is None else list(names),
    }
    if hasattr(fitted, "n_clusters_") or hasattr(fitted, "cluster_centers_"):
        document["n_clusters"] = int(getattr(fitted, "n_clusters_", len(fitted.cluster_centers_)))
    if getattr(fitted, "cluster_names_", {}):
        document["cluster_names"] = {str(number): name for number, name in fitted.cluster_names_.items()}
    encoder = getattr(fitted, "encoder_", None)
    if encoder is not None:
        document["weights"] = sum(weight.numel() for weight in encoder.parameters())
    if hasattr(fitted, "report_"):
        document["report"] = fitted.report_
    if run is not None:
        document["run"] = {
            name: run.get(name)
            for name in ("created", "seconds", "interrupted", "versions", "data", "seed", "cluster_sizes", "warnings")
        }
    Console(json=json, quiet=quiet).result(document, _lines(document))


def _lines(document: dict[str, Any]) -> list[str]:
    head = f"{document['model']}: {document['estimator']}"
    if "n_clusters" in document:
        head += f", {counted(document['n_clusters'], 'cluster')}"
    head += f" of {_fitted_on(document)}, {document['bytes']:,} bytes, undamaged"
    lines = [head]
    if document["feature_names"]:
        shown = document["feature_names"][:12]
        more = len(document["feature_names"]) - len(shown)
        lines.append("columns     " + ", ".join(shown) + (f" and {more} more" if more else ""))
    if "input" in document.get("report", {}):
        lines.append(f"input       {input_in_words(document['report']['input'])}")
    if "inputs" in document.get("report", {}):
        lines += [f"input       {line.removeprefix('input ')}" for line in inputs_in_words(document["report"])]
    if "weights" in document:
        lines.append(f"network     {document['weights']:,} weights")
    if "chosen" in document.get("report", {}):
        lines.append(f"partition   {partition_text(document['report'])}")
    if "cluster_names" in document:
        names = ", ".join(f"{number} {name}" for number, name in document["cluster_names"].items())
        lines.append(f"names       {names}")
    changed = ", ".join(f"{name}={value!r}" for name, value in document["parameters"].items())
    lines.append(f"parameters  {changed}")
    run = document.get("run")
    return lines if run is None else [*lines, *_run_lines(run)]


def _fitted_on(document: dict[str, Any]) -> str:
    """What the rows are made of."""
    report = document.get("report", {})
    kind = report.get("input", {}).get("kind")
    if "inputs" in report:
        return counted(len(report["inputs"]), "input")
    if kind == "series":
        return "series"
    return f"{ROWS[kind]}s" if kind in ROWS else counted(document["n_features"], "column")


def _run_lines(run: dict[str, Any]) -> list[str]:
    """What run.json says; keys that other versions do not write are left out."""
    lines = []
    if run["created"] is not None and run["seconds"] is not None:
        state = ", INTERRUPTED before its end" if run["interrupted"] else ""
        lines.append(f"fitted      {run['created']} in {run['seconds']} s{state}")
    data = run["data"] or {}
    if data.get("rows") is not None:
        name = data.get("path") or data.get("name") or "standard input"
        digest = "" if data.get("sha256") is None else f", SHA-256 {data['sha256']}"
        lines.append(f"data        {name}: {counted(data['rows'], 'row')}{digest}")
    if run["cluster_sizes"]:
        lines.append("sizes       " + ", ".join(map(str, run["cluster_sizes"])))
    return lines + [f"warning     {text}" for text in run["warnings"] or []]
