"""What happens in a fit, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from ..data import Scaling
from ..encoders import ScaledCodes
from ..training import Callback

__all__ = ["Course", "FitResult"]

Resumed = tuple[Mapping[str, Any], Mapping[str, Tensor]]


@dataclass(frozen=True)
class FitResult:
    """A trained network, its architecture, and the scaling in front of it; the objective holds the centres."""

    encoder: ScaledCodes
    architecture: Mapping[str, Any]
    scaling: Scaling
    converged: bool


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
    result : FitResult or None
        Set as soon as there is one, before the objective has the centres that belong to it.
    """

    history: list[dict[str, Any]]
    watchers: Sequence[Callback]
    resumed: Resumed | None = None
    findings: dict[str, Any] = field(default_factory=dict)
    result: FitResult | None = None

    @property
    def resumed_phase(self) -> str | None:
        """The phase in which the state to continue from was written."""
        return None if self.resumed is None else str(self.resumed[0]["phase"])

    def resume(self, phase: str) -> Resumed | None:
        """The state to continue from, if it is of this phase."""
        return self.resumed if self.resumed_phase == phase else None

    def note(self, **findings: Any) -> None:
        """Something was found."""
        self.findings |= findings
