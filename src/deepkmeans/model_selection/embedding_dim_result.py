"""From the figures of all folds to one width: the one-standard-error rule, the table, the plot and the sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .._optional import require
from ..graph import IntrinsicDimension
from .embedding_dim_folds import LINEAR
from .selection_html import selection_html

__all__ = ["EmbeddingDimSelection", "decide"]

_FIGURES = ("reconstruction", "trustworthiness", "continuity", "score")


@dataclass(frozen=True)
class EmbeddingDimSelection:
    """What :func:`select_embedding_dim` found.

    Attributes
    ----------
    embedding_dim : int
        The choice.
    hidden_sizes : tuple of int or None
        Hidden layers of the chosen network; empty for the linear autoencoder, None if the estimator's ``encoder``
        function decides on them.
    params : dict
        For ``estimator.set_params(**params)``: width and, for an ``Autoencoder``, layers and activation.
    table : DataFrame
        A row for each width and network: means over the folds of reconstruction (share of variance, per degree of
        freedom), trustworthiness and continuity, their mean ``score``, its ``standard_error``, whether it is a
        ``candidate`` (not wider than the intrinsic dimension), and whether it was ``chosen``.
    intrinsic : IntrinsicDimension or None
        The estimates that bound the choice; None for fewer than 20 different rows.
    sentence : str
        The choice in words.
    folds : DataFrame
        The same figures before the mean, one row a fold.
    """

    embedding_dim: int
    hidden_sizes: tuple[int, ...] | None
    params: dict[str, Any]
    table: pd.DataFrame
    intrinsic: IntrinsicDimension | None
    sentence: str
    folds: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        chosen = self.table["chosen"].tolist()
        columns = ("embedding_dim", "network", *_FIGURES)
        return selection_html(
            f"embedding_dim={self.embedding_dim}", self.sentence, self.table, columns,
            chosen.index(True) if True in chosen else None,
        )  # fmt: skip

    def plot(self, ax: Any = None) -> Any:
        """Plot score and standard error over the width, a line for each network; returns the figure.

        Parameters
        ----------
        ax : matplotlib Axes or None
            Where to draw; None makes a figure of its own (never through pyplot).
        """
        if ax is None:
            ax = require("matplotlib.figure", extra="plot", purpose="plot()").Figure(
                figsize=(7, 4), layout="constrained"
            ).subplots()  # fmt: skip
        for name, part in self.table.groupby("network", sort=False):
            ax.errorbar(
                part["embedding_dim"], part["score"], part["standard_error"], marker="o", capsize=3, label=str(name)
            )
        if self.intrinsic is not None:
            ax.axvline(self.intrinsic.value, color="0.5", linestyle=":", label="intrinsic dimension")
        ax.axvline(self.embedding_dim, color="tab:red", linestyle="--", label=f"chosen: {self.embedding_dim}")
        ax.set_xscale("log")
        widths = sorted(set(self.table["embedding_dim"]))
        ax.set_xticks(widths, [str(width) for width in widths], minor=False)
        ax.set_xticks([], minor=True)
        ax.set(xlabel="embedding_dim", ylabel="held-out score (1 is best)", title="Width of the bottleneck")
        ax.legend()
        return ax.figure


def decide(
    records: list[dict[str, Any]], *, intrinsic: IntrinsicDimension | None, linear_competes: bool,
    left_out: list[int], n_features: int, n_samples: int, layered: bool, takes_layers: bool,
) -> EmbeddingDimSelection:  # fmt: skip
    """Apply the rule to the records of all folds."""
    folds = pd.DataFrame(records)
    groups = folds.groupby(["embedding_dim", "network"], sort=False)
    table = groups[list(_FIGURES)].mean().reset_index()
    table["standard_error"] = groups["score"].sem().to_numpy()
    n_folds = groups["fold"].count().to_numpy()
    # PCA of more components than a fold has rows is not defined, so such widths are judged by no fold or by few.
    competes = (linear_competes | (table["network"] != LINEAR)) & (n_folds == n_folds.max())
    table["candidate"] = competes & (table["embedding_dim"] <= _bound(table["embedding_dim"].to_numpy(), intrinsic))
    table = table.sort_values(["embedding_dim"], kind="stable", ignore_index=True)
    candidates = table[table["candidate"]]
    best = candidates.iloc[int(candidates["score"].to_numpy().argmax())]
    good_enough = candidates[candidates["score"] >= best["score"] - best["standard_error"]]
    chosen = good_enough.iloc[0]  # the smallest width, and its simplest network, which comes first
    table["chosen"] = table.index == chosen.name
    width, network = int(chosen["embedding_dim"]), str(chosen["network"])
    hidden = () if network in (LINEAR, "no hidden layer") else tuple(int(size) for size in network.split("-"))
    params: dict[str, Any] = {"embedding_dim": width}
    if layered and takes_layers:
        params["hidden_sizes"] = hidden
        if network == LINEAR:
            params["activation"] = "linear"
    words = _sentence(table, chosen, best, intrinsic, left_out, n_features, n_samples)
    return EmbeddingDimSelection(width, hidden if takes_layers else None, params, table, intrinsic, words, folds)


def _bound(widths: np.ndarray, intrinsic: IntrinsicDimension | None) -> int:
    """The width nearest to the intrinsic dimension, by ratio."""
    if intrinsic is None:
        return int(widths.max())
    return int(widths[np.abs(np.log(widths / max(intrinsic.value, 1.0))).argmin()])


def _sentence(
    table: pd.DataFrame, chosen: pd.Series, best: pd.Series, intrinsic: IntrinsicDimension | None, left_out: list[int],
    n_features: int, n_samples: int,
) -> str:  # fmt: skip
    width, widths = int(chosen["embedding_dim"]), sorted(set(table["embedding_dim"]))
    text = f"embedding_dim={width} ({chosen['network']}): on held-out rows it reconstructs"
    text += f" {max(chosen['reconstruction'], 0):.1%} of the variance and keeps neighbours to"
    text += f" {min(chosen['trustworthiness'], chosen['continuity']):.3f}"
    if len(widths) == 1:
        text += "; no other width was there to choose"
    elif chosen.name == best.name:
        text += ", the best score of all candidates"
    else:
        text += f"; it is the smallest within one standard error of the best ({int(best['embedding_dim'])})"
    if intrinsic is not None:
        text += f". The rows' intrinsic dimension is about {intrinsic.value:.1f}"
        wider = [w for w in widths if w > table.loc[table["candidate"], "embedding_dim"].max()]
        text += f", so {_listed(wider)} would only copy more" if wider else ""
    else:
        text += f". {n_samples} rows, equal ones once, are too few to tell their intrinsic dimension"
    if left_out:
        text += f". Left out: {_listed(left_out)}, more than the {n_features} columns"
    return text + "."


def _listed(values: list[int]) -> str:
    return ", ".join(map(str, values))
