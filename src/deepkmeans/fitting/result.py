"""What happens in a fit, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..data import Scaling
from ..encoders import Encoder
from ..exceptions import InvalidParameterError
from ..objectives.notes import stored_findings
from ..storage.schema import MismatchError, TensorOf, check_tensors
from ..training import Callback
from ..training.state import refused
from .table_partition import TablePartition

__all__ = ["REPORT_NAMES", "ComparedPartitions", "Course", "FitResult"]

#: What ``report_`` says of every fit: settings of the plan, and results.
REPORT_NAMES = frozenset({
    "alignment", "batch_size", "cluster_sizes", "collapsed", "converged", "corrections", "device", "doubt",
    "embedding_dim", "expected_accuracy", "hidden_sizes", "how_sure", "image_shape", "imputed", "input", "interrupted",
    "layout", "learning_rate", "max_epochs", "n_clusters", "n_clusters_selection", "n_columns", "n_components",
    "n_directions", "n_features", "n_iter", "n_rows", "n_samples", "noise_share", "objective", "precision",
    "pretrain_epochs", "reduce", "scaling", "unsure_share",
})  # fmt: skip

Resumed = tuple[Mapping[str, Any], Mapping[str, Tensor]]


@dataclass(frozen=True)
class ComparedPartitions:
    """Partitions of some rows that a fit has compared.

    Attributes
    ----------
    index : Tensor of shape (m,), int64
        These rows among those that are trained on.
    partitions : mapping of str to ndarray of shape (m,)
    """

    index: Tensor
    partitions: Mapping[str, np.ndarray]

    def to_tensors(self) -> dict[str, Tensor]:
        """The partitions for a checkpoint."""
        return {name: torch.from_numpy(each.astype(np.int32)) for name, each in self.partitions.items()}


@dataclass(frozen=True)
class FitResult:
    """What a strategy returns.

    Attributes
    ----------
    encoder : Encoder
        The trained network.
    architecture : mapping
        Of the network; JSON-safe.
    scaling : Scaling
        In front of the network.
    converged : bool
    centers : Tensor of shape (k, embedding_dim)
    partition : TablePartition or None
        The partition of a table that was chosen among several, and its rivals.
    compared : ComparedPartitions or None
        All candidates, of tables and pictures alike; None where none were compared in this process.
    """

    encoder: Encoder
    architecture: Mapping[str, Any]
    scaling: Scaling
    converged: bool
    centers: Tensor
    partition: TablePartition | None = None
    compared: ComparedPartitions | None = None


@dataclass
class Course:
    """A fit on its way: who watches it, where it continues, and what it has found so far.

    A fit that is stopped has a history and findings, but no result.

    Attributes
    ----------
    history : list of dict
        A record an epoch.
    watchers : sequence of Callback
    resumed : (document, tensors) or None
        State of a checkpoint to continue from.
    findings : dict
        For the report.
    compared : ComparedPartitions or None
        What was compared before phase "cluster", where that cannot be found again once the phase is resumed.
    """

    history: list[dict[str, Any]]
    watchers: Sequence[Callback]
    resumed: Resumed | None = None
    findings: dict[str, Any] = field(default_factory=dict)
    compared: ComparedPartitions | None = None

    @property
    def resumed_phase(self) -> str | None:
        """The phase in which the state to continue from was written."""
        return None if self.resumed is None else str(self.resumed[0]["phase"])

    def resume(self, phase: str) -> Resumed | None:
        """The state to continue from, if it is of this phase."""
        return self.resumed if self.resumed_phase == phase else None

    @property
    def kept(self) -> dict[str, Tensor]:
        """What checkpoints of phase "cluster" hold for what comes after it."""
        return {} if self.compared is None else self.compared.to_tensors()

    def keep(self, compared: ComparedPartitions) -> None:
        """Partitions have been compared, which nothing in phase "cluster" can make again."""
        self.compared = compared

    def keep_again(self, index: Tensor, n_clusters: int) -> None:
        """Take the partitions of the rows ``index`` (m,) from the checkpoint, as far as it has any.

        Raises
        ------
        CheckpointError
            If these are no partitions of so many rows into so many clusters.
        """
        assert self.resumed is not None
        document, tensors = self.resumed
        there = {name.removeprefix("kept/"): each for name, each in tensors.items() if name.startswith("kept/")}
        if not there:  # of an earlier version
            return
        rule = TensorOf([torch.int32], ("n_landmarks",), low=0, below="n_clusters")
        try:
            sizes = {"n_landmarks": len(index), "n_clusters": n_clusters}
            check_tensors(tensors, dict.fromkeys(there, rule), prefix="kept/", sizes=sizes)
        except MismatchError as error:
            raise refused(document, str(error)) from error
        self.compared = ComparedPartitions(index, {name: each.numpy() for name, each in there.items()})

    def note(self, **findings: Any) -> None:
        """Something was found, for ``report_``; names that it has itself and what JSON cannot hold are refused."""
        taken = [name for name in findings if name in REPORT_NAMES]
        if taken:
            raise InvalidParameterError(
                f"course.note adds findings to report_, which has {taken[0]!r} of its own; choose another name."
            )
        self.findings |= stored_findings(findings, "course.note")
