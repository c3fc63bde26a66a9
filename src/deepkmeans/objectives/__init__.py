"""One method a file. A new one is such a file and one line here."""

from __future__ import annotations

from typing import Any

from .._validation import did_you_mean, takes
from ..exceptions import InvalidParameterError
from .base import Objective
from .dcn import DCN
from .dec import DEC, IDEC
from .deepcluster import DeepCluster
from .dkm import DKM
from .reconstruction import Reconstruction
from .selflabel import SelfLabel
from .sequential import Sequential
from .strategy import Pretrained, SelfLabelling, Strategy
from .vade import VaDE

OBJECTIVES: dict[str, type[Objective]] = {
    "sequential": Sequential,
    "dcn": DCN,
    "dkm": DKM,
    "dec": DEC,
    "idec": IDEC,
    "vade": VaDE,
    "deepcluster": DeepCluster,
    "selflabel": SelfLabel,
}

__all__ = [
    "DCN",
    "DEC",
    "DKM",
    "IDEC",
    "OBJECTIVES",
    "DeepCluster",
    "Objective",
    "Pretrained",
    "Reconstruction",
    "SelfLabel",
    "SelfLabelling",
    "Sequential",
    "Strategy",
    "VaDE",
    "make_objective",
]


def make_objective(objective: Any) -> Objective:
    """A fresh, un-set-up objective from a name, an instance (cloned) or a factory."""
    if isinstance(objective, Objective):
        return type(objective)(**objective.get_params())._check_params()
    if isinstance(objective, str) and objective in OBJECTIVES:
        return OBJECTIVES[objective]()
    if callable(objective) and takes(objective):
        made = objective()
        if isinstance(made, Objective):
            return made._check_params()
    raise InvalidParameterError(
        f"The 'objective' parameter of DeepKMeans must be one of {', '.join(map(repr, OBJECTIVES))}, "
        f"an Objective or a function without arguments that returns one. Got {objective!r} instead"
        f"{did_you_mean(objective, OBJECTIVES)}."
    )


def __dir__() -> list[str]:
    return list(__all__)
