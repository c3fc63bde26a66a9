"""What a model says of its own fit: what was compared, its columns, its settings."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..inspection.partition_words import partition_in_words

if TYPE_CHECKING:
    from ..inspection.explanation import Explanation

__all__ = ["column_facts", "compared", "input_facts", "settings", "skipped_files", "versions"]

_MOST_CANDIDATES = 8
_MOST_COLUMNS = 200
_LONGEST_VALUE = 200


def compared(
    report: Mapping[str, Any], in_words: Callable[[str], str] = partition_in_words
) -> dict[str, Any] | None:
    """The candidates of the last round, the best first, and why one of them was taken; None if nothing was compared."""
    rounds = [entry for entry in report.get("rounds", ()) if isinstance(entry, Mapping) and entry.get("candidates")]
    if not rounds:
        return None
    last = rounds[-1]
    scored = {
        name: float(figures["consensus"]) for name, figures in last["candidates"].items()
        if isinstance(figures, Mapping) and figures.get("consensus") is not None
    }  # fmt: skip
    best = sorted(scored, key=lambda name: -scored[name])[:_MOST_CANDIDATES]
    chosen = str(last.get("chosen", report.get("chosen")))
    if chosen in scored and chosen not in best:
        best.append(chosen)
    return {
        "chosen": chosen, "reason": last.get("reason", report.get("reason")), "runner_up": report.get("runner_up"),
        "n_candidates": len(last["candidates"]), "n_rounds": len(rounds), "alternatives": report.get("alternatives"),
        "candidates": [
            {"name": name, "words": in_words(name), "consensus": scored[name], "chosen": name == chosen}
            for name in best
        ],
    }  # fmt: skip


def column_facts(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Which columns the fit used, which it left out and why, and where cells were imputed; None if it does not say."""
    recognised = report.get("input") or {}
    imputed = report.get("imputed") or {}
    columns = list(recognised.get("columns", ()))
    if not columns and not imputed:
        return None
    shown: list[dict[str, Any]] = [
        {
            "name": str(column["name"]), "kind": str(column["kind"]), "used": bool(column["used"]),
            "reason": str(column.get("reason", "")), "missing": int(column.get("n_missing") or 0),
            "imputed": int(imputed.get(column["name"], 0)),
        }
        for column in columns
    ]  # fmt: skip
    if not shown:
        shown = [
            {"name": str(name), "kind": "number", "used": True, "reason": "", "missing": int(n), "imputed": int(n)}
            for name, n in imputed.items()
        ]
    shown.sort(key=lambda column: column["used"])  # what was left out first: that is what surprises
    return {
        "columns": shown[:_MOST_COLUMNS], "n_columns": len(shown),
        "notes": [str(note) for note in recognised.get("notes", ())],
        "n_used": sum(column["used"] for column in shown) if columns else None,
        "n_imputed": sum(imputed.values()),
    }  # fmt: skip


def input_facts(explanation: Explanation) -> list[dict[str, Any]]:
    """Of several inputs, what each has decided, weighs and lacks, the one that decides most first; else none."""
    inputs = explanation.inputs
    if inputs is None:
        return []
    same, missing = inputs.same(), inputs.missing()
    return [
        {
            "name": name, "share": share, "weight": inputs.weights.get(name), "agreement": inputs.agreement.get(name),
            "same": None if np.isnan(same[name]) else same[name], "missing": missing[name],
        }
        for name, share in inputs.mean().items()
    ]  # fmt: skip


def skipped_files(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Names of what the fit could not read, and why; None where it could read all."""
    listed = [
        {"name": str(each.get("name", each.get("row", ""))), "reason": str(each["reason"])}
        for of_input in (report.get("input"), *(each.get("input") for each in (report.get("inputs") or {}).values()))
        for each in (of_input or {}).get("skipped", ())
    ]
    return {"shown": listed[:_MOST_COLUMNS], "count": len(listed)} if listed else None


def settings(model: Any) -> list[tuple[str, str, bool]]:
    """(name, value, whether it differs from the default) of the parameters, those that differ first."""
    defaults = type(model)().get_params(deep=False) if _makes_itself(model) else {}
    given = model.get_params(deep=False) if hasattr(model, "get_params") else {}
    rows = [
        (name, _short(value), name in defaults and repr(value) != repr(defaults[name])) for name, value in given.items()
    ]
    return sorted(rows, key=lambda row: not row[2])


def versions() -> list[tuple[str, str]]:
    """Of what the result depends on."""
    packages = ("torch", "scikit-learn", "numpy", "pandas")
    rows = [("deepkmeans", __version__), ("Python", platform.python_version())]
    return rows + [(name, importlib.metadata.version(name)) for name in packages]


def _makes_itself(model: Any) -> bool:
    try:
        type(model)()
    except TypeError:
        return False
    return True


def _short(value: Any) -> str:
    text = " ".join(repr(value).split()) if not isinstance(value, str) else value
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
