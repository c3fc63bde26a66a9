"""What a fit decided for every "auto", said when training begins, with the flag that decides otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ..estimators.choosing import n_clusters_of
from ..graph import how_sure
from ..training import Callback
from .console import Console
from .flags import in_flags
from .input_summary import say_input, say_inputs
from .signals import raise_if_received

if TYPE_CHECKING:
    from ..training import TrainingState

__all__ = ["Decisions", "structure_lines"]


class Decisions(Callback):
    """Says, when training begins, what the estimator chose for every "auto"."""

    _FLAGS: ClassVar = {
        "scaling": "--scaling", "embedding_dim": "--embedding-dim N", "batch_size": "--batch-size N",
        "pretrain_epochs": "--pretrain-epochs N", "max_epochs": "--max-epochs N", "learning_rate": "--learning-rate X",
        "precision": "--precision P",
    }  # fmt: skip

    def __init__(self, console: Console, model: Any) -> None:
        self.console, self.model, self.said = console, model, False

    def setup(self, state: TrainingState | None = None) -> None:
        """Called before each phase, and after a fit without one; only the first call says anything."""
        if self.said:
            return
        self.said = True
        report = self.model.report_
        if "input" in report:
            say_input(self.console, report["input"])
        if "inputs" in report:
            say_inputs(self.console, report)
        if "n_clusters_selection" in report:
            _say_clusters(self.console, report["n_clusters_selection"], divides=self.model.n_clusters == "divide")
        for name, flag in self._FLAGS.items():
            if state is None and name != "scaling":
                continue  # no network was trained: nothing else had any effect
            # What --scaling says comes before a layout, not behind it.
            if name == "scaling" and "inputs" in report:
                continue  # each input has its own
            value = report["layout"]["scaling"] if name == "scaling" and "layout" in report else report[name]
            if getattr(self.model, name) == "auto" and value:
                self.console.guess(name.replace("_", " "), value, flag=flag)
        if self.model.reduce == "auto" and report["n_components"]:
            many = f"{report['n_features']} onto {report['n_components']} principal components"
            self.console.guess("columns", many, flag="--reduce none")
        if report["image_shape"] and report.get("input", {}).get("kind") not in ("series", "audio"):
            shape = " x ".join(map(str, report["image_shape"]))
            self.console.guess("pictures", f"rows are pictures of {shape}", flag="--scaling")
        if report["imputed"]:
            cells = sum(report["imputed"].values())
            self.console.guess("missing values", f"{cells} imputed by column means", flag="--missing error")

    def on_epoch_end(self, state: TrainingState) -> bool | None:
        """Stop for a signal that a library swallowed."""
        raise_if_received()
        return None


def _say_clusters(console: Console, selection: Mapping[str, Any], *, divides: bool) -> None:
    """How many clusters were chosen, why, and how sure that is."""
    k, reason = n_clusters_of(selection, divide=divides), in_flags(selection["reason"])
    if k == selection["n_clusters"]:
        second = "" if selection["second"] is None else f"; runner-up {selection['second']}"
        because = f"{reason}{second}; {how_sure(selection['confidence'])}"
    else:
        because = reason.removesuffix(f": --clusters {k} takes it")
    console.guess("clusters", k, because=because, flag="--clusters N", asked_for=True)


def structure_lines(report: Mapping[str, Any]) -> list[str]:
    """For the end of a fit that chose the number of clusters and saw no clear structure: what was done instead."""
    selection = report.get("n_clusters_selection")
    if selection is None or selection["n_clusters"] != 1:
        return []
    if selection["useful_division"] is None:
        return ["no clear structure: all rows are in one cluster; --clusters N divides them nevertheless"]
    k = selection["useful_division"]["n_clusters"]
    return [f"no clear structure: divided into {k}, the most useful division; --clusters 1 keeps all rows together"]
