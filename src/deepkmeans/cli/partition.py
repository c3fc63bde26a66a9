"""Messages on the partition that a fit chose: its name, how sure it is, and the flag that chooses another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .console import Console
from .flags import in_flags

__all__ = ["partition_text", "say_partition"]

#: Confidence from which on a choice is fairly sure.
_FAIRLY = 0.5


def say_partition(console: Console, model: Any) -> None:
    """Say which partition the fitted ``model`` chose and how sure it is; with --verbose, also why."""
    report = model.report_
    if "chosen" not in report:  # this objective does not choose
        return
    name, other, reason = report["chosen"], report.get("runner_up"), in_flags(report["reason"])
    no_choice = other is None and name == "k-means"
    if model.partition != "auto" or "rounds" not in report or no_choice:
        console.note(f"partition: {name}, {reason}")
        return
    if other is None:  # pictures have no other candidate
        console.guess("partition", name, flag="--partition k-means", asked_for=True)
    elif other == name:  # all candidates are alike
        console.guess("partition", name, because=_sure(report), flag="--partition NAME", asked_for=True)
    else:
        because = "; ".join(filter(None, [_sure(report), f"runner-up {other}"]))
        console.guess("partition", name, because=because, flag=f"--partition {other}", asked_for=True)
    if console.verbose:
        console.note(f"reason: {reason}")


def partition_text(report: Mapping[str, Any]) -> str:
    """The chosen partition, how sure it is, and the runner-up, without the reason."""
    parts = [str(report["chosen"])]
    if _sure(report):
        parts.append(_sure(report))
    if report.get("runner_up") not in (None, report["chosen"]):
        parts.append(f"runner-up {report['runner_up']}")
    return "; ".join(parts)


def _sure(report: Mapping[str, Any]) -> str:
    """How sure the choice is; nothing of tables of which no judge was learnt."""
    confidence = report.get("confidence")
    if confidence is None:
        return ""
    words = "sure" if report.get("sure") else "fairly sure" if confidence >= _FAIRLY else "not sure"
    return f"{words}: {min(99, math.floor(100 * confidence))}%"
