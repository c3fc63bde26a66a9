"""What a deep K-Means method is: centres, a loss, and what happens between epochs.

The loop is ``encode, cluster, update the weights from the clustering, repeat``. An objective is only the
part that differs between methods, in four hooks:

``setup(centers, n_samples)``
    K-Means of the pretrained embedding is done; create centres and other state.
``begin_epoch(epoch)``
    The embedding of all rows is at hand (``epoch.z``), without gradient: assign, move centres, refresh targets.
``forward(encoder, batch)``
    The loss of one batch as a :class:`~deepkmeans.types.LossOutput`.
``end_step(output, batch)``
    After the optimiser's step, without gradient: running updates.

The loop calls ``begin_epoch`` once more after the last step, so centres and embedding always belong together,
and prediction is the nearest of ``self.centers`` for every objective.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from .._quoting import short
from .._validation import Constraint, refuse_renamed, validate_parameters
from ..encoders import Encoder
from ..exceptions import InvalidParameterError
from ..storage.schema import TensorOf
from ..types import Batch, Epoch, LossOutput
from .notes import stored_findings
from .strategy import Pretrained, Strategy

__all__ = ["Objective"]

#: Class attributes of earlier releases, and what stands for each today.
_EARLIER_NAMES = {
    "needs_codes": "needs_embedding", "settling": "cooldown",
    "start": "strategy = SelfLabelling(), of deepkmeans.objectives,",
}  # fmt: skip


class Objective(nn.Module):
    """Base class of all objectives.

    The constructor stores hyper-parameters under their own names and nothing else, so that an objective can be
    cloned, compared and searched (``objective__weight``); tensors are made in :meth:`setup`.

    Attributes
    ----------
    centers : Tensor of shape (k, embedding_dim)
        Parameter (learnt by gradient) or buffer (moved by the objective itself).
    needs_embedding : bool
        Whether ``begin_epoch`` is called with the embedding of all rows; without, there is no clustering in the phase.
    network : {"dense", "variational"}
        Which network ``encoder="auto"`` builds.
    strategy : Strategy
        How a fit comes to its labels: :class:`Pretrained` unless the objective names another.
    learning_rate, max_epochs, pretrain_epochs
        What ``"auto"`` stands for. Epochs are given for 6,000 to 46,000 rows.
    schedule, cooldown, weight_decay
        Of the joint phase, see :class:`~deepkmeans.training.Settings`.
    annealing : bool
        True while a schedule is still running: the loop does not call the fit converged.
    notes : dict
        JSON-safe findings that belong to the fit; kept in checkpoints.
    """

    needs_embedding: ClassVar[bool] = True
    network: ClassVar[str] = "dense"
    strategy: Strategy = Pretrained()
    schedule: ClassVar[str] = "plateau"
    cooldown: ClassVar[float] = 0.25
    weight_decay: ClassVar[float] = 0.0
    learning_rate: ClassVar[float] = 1e-3
    max_epochs: ClassVar[int] = 20
    pretrain_epochs: ClassVar[int] = 20
    #: Of the hyper-parameters; a method of one's own may leave it empty and is then not checked.
    _constraints: ClassVar[Mapping[str, list[Constraint]]] = MappingProxyType({})
    #: Of tensors that :meth:`setup` makes, checked when they come out of a checkpoint.
    _state_ranges: ClassVar[Mapping[str, TensorOf]] = MappingProxyType({})
    #: Tensors with one entry a cluster, and along which axis.
    _cluster_axes: ClassVar[Mapping[str, int]] = MappingProxyType({"centers": 0})
    #: Buffers that no epoch changes once training has begun: no copy of them is kept to roll back to.
    _constant_buffers: ClassVar[frozenset[str]] = frozenset()
    #: Hyper-parameters that model files of earlier releases lack, which had their defaults.
    _later_parameters: ClassVar[frozenset[str]] = frozenset()
    #: Hyper-parameters of earlier releases, and their names of today.
    _renamed: ClassVar[Mapping[str, str]] = MappingProxyType({})
    annealing: bool = False
    notes: Mapping[str, Any] = MappingProxyType({})
    centers: Tensor

    def note(self, findings: Mapping[str, Any]) -> None:
        """Keep findings that belong to the fit, as ``notes``; what JSON cannot hold is refused."""
        self.notes = stored_findings(findings, f"The note of the objective {type(self).__name__}")

    def resume(self, *, annealing: bool, notes: Mapping[str, Any]) -> None:
        """Continue from a checkpoint, which has put all tensors back."""
        self.annealing, self.notes = annealing, notes

    def setup(self, centers: Tensor, n_samples: int) -> None:
        """Take the centres (k, embedding_dim) of K-Means in the pretrained embedding.

        ``n_samples`` are the rows of this process, for state of each: all rows, unless several processes share them.
        """
        self.centers = nn.Parameter(centers.clone())

    def begin_epoch(self, epoch: Epoch) -> None:
        """Prepare one epoch from the embedding of all rows."""

    def forward(self, encoder: Encoder, batch: Batch) -> LossOutput:
        """The loss of one batch."""
        raise InvalidParameterError(f"The objective {type(self).__name__} does not define forward(encoder, batch).")

    def end_step(self, output: LossOutput, batch: Batch) -> None:
        """React to one step of the optimiser."""

    def renumber(self, order: Tensor) -> None:
        """Put the clusters in another ``order`` (k,), in place: ``order[j]`` becomes number ``j``.

        A method of your own that keeps more than centres of each cluster extends this.
        """
        with torch.no_grad():
            for name, axis in self._cluster_axes.items():
                tensor = getattr(self, name, None)
                if tensor is None:  # a method that is derived from another may do without
                    continue
                tensor.copy_(tensor.index_select(axis, order.to(tensor.device)))
            for name, rule in self._state_ranges.items():
                if rule.below == "n_clusters":  # labels of rows
                    labels = getattr(self, name)
                    labels.copy_(order.argsort().to(labels)[labels])

    @classmethod
    def _parameter_names(cls) -> list[str]:
        parameters = inspect.signature(cls.__init__).parameters.values()
        several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)  # those of nn.Module
        return [each.name for each in parameters if each.name != "self" and each.kind not in several]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Hyper-parameters by name, as scikit-learn's ``get_params``."""
        names = self._parameter_names()
        for name in names:
            if not hasattr(self, name):
                raise InvalidParameterError(
                    f"The objective {type(self).__name__} must store its parameter {name!r} as self.{name}, so that it "
                    "can be cloned."
                )
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> Objective:
        """Set hyper-parameters by name."""
        for name, value in params.items():
            if name in self._renamed:
                refuse_renamed(type(self).__name__, [name], self._renamed)
            if name not in self._parameter_names():
                raise InvalidParameterError(
                    f"Invalid parameter {name!r} for objective {type(self).__name__}. "
                    f"Valid parameters are: {self._parameter_names()!r}."
                )
            setattr(self, name, value)
        return self

    def _check_params(self) -> Objective:
        """Refuse hyper-parameters outside their domains with :class:`~deepkmeans.exceptions.InvalidParameterError`."""
        params = self.get_params()
        # A subclass may have others.
        constraints = {name: rules for name, rules in self._constraints.items() if name in params}
        validate_parameters(type(self).__name__, constraints, params)
        self._check_strategy()
        return self

    def _check_strategy(self) -> None:
        """Refuse what is no strategy, or one whose hyper-parameters are outside their domains."""
        name = type(self).__name__
        if not isinstance(self.strategy, Strategy):
            raise InvalidParameterError(
                f"The 'strategy' of the objective {name} must be a deepkmeans.objectives.Strategy. Got "
                f"{short(self.strategy)} instead."
            )
        for earlier, cure in _EARLIER_NAMES.items():
            if isinstance(getattr(type(self), earlier, None), (str, bool, float)):
                raise InvalidParameterError(
                    f"The objective {name} has {earlier!r}, which earlier releases understood: write {cure} instead."
                )
        rules = self.strategy._constraints
        validate_parameters(type(self.strategy).__name__, rules, {each: getattr(self.strategy, each) for each in rules})

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({inner})"
