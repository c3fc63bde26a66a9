"""One method a file. A new one is such a file and one line here.

The names are known without torch, so that the command can offer and check them at once; classes load on first use.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeVar

from .._lazy import lazy_names
from .._validation import did_you_mean, takes
from ..exceptions import InvalidParameterError
from .registry import Registry

if TYPE_CHECKING:  # for type checkers; of an objective that is not here they know no more than its registry says
    from .base import Objective as Objective
    from .dcn import DCN as DCN
    from .dec import DEC as DEC
    from .dec import IDEC as IDEC
    from .deepcluster import DeepCluster as DeepCluster
    from .dkm import DKM as DKM
    from .reconstruction import Reconstruction as Reconstruction
    from .selflabel import SelfLabel as SelfLabel
    from .sequential import Sequential as Sequential
    from .strategy import Pretrained as Pretrained
    from .strategy import SelfLabelling as SelfLabelling
    from .strategy import Strategy as Strategy
    from .vade import VaDE as VaDE

#: Every objective that ``objective=`` and ``--objective`` take by name.
OBJECTIVES = Registry(
    __name__,
    {
        "sequential": "sequential:Sequential",
        "dcn": "dcn:DCN",
        "dkm": "dkm:DKM",
        "dec": "dec:DEC",
        "idec": "dec:IDEC",
        "vade": "vade:VaDE",
        "deepcluster": "deepcluster:DeepCluster",
        "selflabel": "selflabel:SelfLabel",
    },
)

_HOME = {
    "Objective": ".base", "Pretrained": ".strategy", "Reconstruction": ".reconstruction", "SelfLabelling": ".strategy",
    "Strategy": ".strategy", **OBJECTIVES.homes,
}  # fmt: skip

__all__ = sorted(
    ["OBJECTIVES", *_HOME, "make_objective"], key=lambda name: (not name.isupper(), not name[0].isupper(), name)
)

_Given = TypeVar("_Given")

__getattr__ = lazy_names(__name__, _HOME)


def make_objective(objective: Any) -> Objective:
    """A fresh, un-set-up objective from a name, an instance (cloned) or a factory.

    What a user gives is copied, hyper-parameters that are modules or arrays too: a fit changes nothing of it.
    """
    from .base import Objective

    if isinstance(objective, Objective):
        return type(objective)(**_copied(objective.get_params(), objective))._check_params()
    if isinstance(objective, str) and objective in OBJECTIVES:
        return OBJECTIVES[objective]()
    if callable(objective) and takes(objective):
        made = objective()
        if isinstance(made, Objective):
            return _copied(made, made)._check_params()
    raise InvalidParameterError(
        f"The 'objective' parameter of DeepKMeans must be one of {', '.join(map(repr, OBJECTIVES))}, "
        f"an Objective or a function without arguments that returns one. Got {objective!r} instead"
        f"{did_you_mean(objective, OBJECTIVES)}."
    )


def _copied(value: _Given, objective: Objective) -> _Given:
    try:
        return copy.deepcopy(value)
    except Exception as error:  # code of the user's own can fail in any way
        raise InvalidParameterError(
            f"The hyper-parameters of the objective {type(objective).__name__} must be such that copy.deepcopy can "
            f"copy them, as each fit trains a copy; it failed ({error}). Make what cannot be copied in setup."
        ) from error


def __dir__() -> list[str]:
    return list(__all__)
