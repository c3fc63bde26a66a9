"""``DeepKMeans`` of several inputs, ``fit({"photo": ..., "title": ...})``: the steps that are not as for one."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .._validation import did_you_mean, validate_estimator
from ..data import CheckedInput, InputPipeline, PreparedSample
from ..data.by_name import given_by_name
from ..data.joined_given import fit_inputs, inputs_as_in_the_fit
from ..data.joined_input import is_mapping_of_inputs, refuse_columns
from ..data.joined_pipeline import JoinedPipeline
from ..data.validation import refuse_constant
from ..data.weights import check_enough_rows
from ..encoders.networks import fresh_network
from ..exceptions import InvalidDataError, InvalidParameterError
from ..fitting import DataFacts, FitContext, exact_repr, joined_plan
from ..objectives import SelfLabelling
from ..runtime import Seeds, resolve_precision
from .bottleneck import intrinsic_dim
from .fit_steps import FitSteps, ValidatedFit
from .given_inputs import warn_of_unknown_cells
from .new_encoder import check_batch_size
from .stored_objective import objective_name

__all__ = ["JoinedFitSteps"]

#: Parameters that are given for each input by its name.
_BY_NAME = ("encoder", "preprocessor")
#: What ``reduce`` may be where there are several inputs.
_REDUCTIONS = ("auto", "pca", "none")


@dataclass(frozen=True)
class CheckedInputs(CheckedInput):
    """Several checked inputs; ``X`` holds the rows of all."""

    inputs: Mapping[str, CheckedInput] = field(default_factory=dict)


class JoinedFitSteps(FitSteps):
    """A deep K-Means that takes a mapping of inputs by name, too; a mapping of one is that input."""

    #: None of a fit of one input.
    _joined: JoinedPipeline | None = None
    #: Of a fit of a mapping.
    _input_names: list[str] | None = None

    def _validate(self, X: Any, sample_weight: Any) -> ValidatedFit:
        if not is_mapping_of_inputs(X):
            self._input_names = None
            self._refuse_by_name()
            return super()._validate(X, sample_weight)
        refuse_columns(X)
        if len(X) == 1:
            self._input_names = [str(name) for name in X]
            return super()._validate(next(iter(X.values())), sample_weight)
        validate_estimator(self)
        self._refuse_what_is_for_one()
        seeds, owner = Seeds(self.random_state), type(self).__name__
        given = fit_inputs(
            X, owner, how=self.preprocessor, encoder=self.encoder, missing=self.missing, sample_weight=sample_weight,
            seeds=seeds,
        )  # fmt: skip
        rows, sample = given.sample.given, given.sample
        k = 1 if isinstance(self.n_clusters, str) else int(self.n_clusters)
        check_enough_rows(sample.X, k, len(rows))
        if k > 1:
            refuse_constant(sample.X, owner, len(rows))
        valid = self._with_objective(sample, CheckedInputs(rows, inputs=given.checked), seeds)
        strategy = valid.objective.strategy
        if not isinstance(strategy, SelfLabelling) or hasattr(strategy, "run"):
            raise InvalidParameterError(
                f"The 'objective' parameter of {owner} must be 'selflabel' for several inputs. Got "
                f"{objective_name(valid.objective)!r} instead."
            )
        for name in {"feature_names_in_", "_column_names"} & {*vars(self)}:
            delattr(self, name)
        self._input_names = list(given.checked)
        self.n_features_in_ = sum(each.n_given or each.X.shape[1] for each in given.checked.values())
        return valid

    def _of_input(self, parameter: str) -> Any:
        value = super()._of_input(parameter)
        if not isinstance(value, Mapping) or parameter not in _BY_NAME:
            return value
        names = self._input_names or []
        if len(names) != 1:  # each of several inputs has its own
            return "auto"
        return given_by_name(type(self).__name__, parameter, value, names)[names[0]]

    def _refuse_by_name(self) -> None:
        """Refuse parameters by name for an input that has none."""
        for parameter in _BY_NAME:
            value = getattr(self, parameter, "auto")  # a subclass may store none: told of by whoever needs it
            if isinstance(value, Mapping):
                raise InvalidParameterError(
                    f"The {parameter!r} parameter of {type(self).__name__} is a mapping by the names of inputs, and X "
                    f"is one input without a name; give X by name, or the {parameter} itself. Got {value!r:.80}."
                )

    def _refuse_what_is_for_one(self) -> None:
        if not (isinstance(self.reduce, str) and self.reduce in _REDUCTIONS):
            raise InvalidParameterError(
                f"The 'reduce' parameter of {type(self).__name__} must be {' or '.join(map(repr, _REDUCTIONS))} for "
                f"several inputs. Got {self.reduce!r:.80} instead."
            )
        if any(hasattr(callback, "open") for callback in self.callbacks or ()):
            raise InvalidParameterError(
                f"The 'callbacks' of {type(self).__name__} hold a Checkpoint, and a fit of several inputs cannot be "
                "continued; leave it out."
            )

    def _fit_pipeline(self, valid: ValidatedFit) -> tuple[InputPipeline, PreparedSample]:
        if not isinstance(valid.input, CheckedInputs):
            return super()._fit_pipeline(valid)
        pipeline: Any
        pipeline, prepared = JoinedPipeline.fit(
            valid.sample, valid.input.inputs, self._preparation(valid), valid.seeds, self._device
        )  # fmt: skip
        return pipeline, prepared

    def _plan(self, valid: ValidatedFit, pipeline: Any, prepared: PreparedSample) -> FitContext:
        if not isinstance(pipeline, JoinedPipeline):
            return super()._plan(valid, pipeline, prepared)
        objective, seeds, rows = valid.objective, valid.seeds, prepared.rows.network
        parts = pipeline.pipelines
        inputs = {name: _facts(len(rows), part, pipeline.image_shapes[name]) for name, part in parts.items()}
        learnt = {name: [] if p.preprocessor is None else [*p.preprocessor.to_parts()] for name, p in parts.items()}
        data = DataFacts(
            n_samples=len(valid.sample.X), n_features=self.n_features_in_, n_distinct=len(rows),
            n_reduced=rows.n_inputs, n_inputs=rows.n_inputs, n_flags=0, scaling=pipeline.scaling.kind, reduction="none",
            image_shape=None, intrinsic_dim=intrinsic_dim(self.embedding_dim, rows, seeds),
            preprocessing=exact_repr(learnt),
        )  # fmt: skip
        plan = joined_plan(vars(self), objective, objective_name(objective), data, inputs, str(self._device))
        encoder = fresh_network(plan.architecture, seeds.seed("weights")).to(self._device)
        encoder.compute_in(resolve_precision(self.precision, self._device, encoder))
        plan = plan.with_network(plan.architecture, str(encoder.precision).removeprefix("torch."))
        check_batch_size(type(self).__name__, plan.batch_size, encoder, len(rows))
        return FitContext(plan, prepared.rows, encoder, objective, seeds)

    def _publish(
        self, result: Any, context: FitContext, course: Any, pipeline: Any, prepared: Any, earlier: Any = None
    ) -> None:  # fmt: skip
        self._joined = pipeline if isinstance(pipeline, JoinedPipeline) else None
        super()._publish(result, context, course, pipeline, prepared, earlier)
        for name, said in self.report_.get("modalities", {}).items():
            said["missing"] = int((~prepared.sample.given.present[name]).sum())

    @property
    def _pipeline(self) -> Any:
        return super()._pipeline if self._joined is None else self._joined

    def _checked_and_given(self, X: Any) -> tuple[Any, Any]:
        if self._joined is None:
            return super()._checked_and_given(self._only_input(X))
        rows, unknown = inputs_as_in_the_fit(X, self._joined, type(self).__name__, self.missing)
        if unknown:
            warn_of_unknown_cells(unknown)
        return rows, None

    def _as_given(self, X: Any) -> Any:
        return super()._as_given(self._only_input(X))

    def _checked_with_excess(self, X: Any) -> tuple[Any, np.ndarray | None]:
        return super()._checked_with_excess(X) if self._joined is None else (self._checked(X), None)

    def _only_input(self, X: Any) -> Any:
        """The one input of a mapping, which a fit of one input takes as well."""
        if not is_mapping_of_inputs(X):
            return X
        names, owner = self._input_names, type(self).__name__
        if len(X) != 1 or (names is not None and list(X) != names):
            fitted = "one input without a name" if names is None else f"the input {names[0]!r} alone"
            near = did_you_mean(str(next(iter(X), "")), names or ())
            raise InvalidDataError(
                f"{owner} was fitted on {fitted}. Got a mapping of {', '.join(map(repr, X)) or 'nothing'}{near}; give "
                "the rows themselves."
            )
        return next(iter(X.values()))

    def _decoded(self, z: Tensor) -> Any:
        if self._joined is None:
            return super()._decoded(z)
        network = copy.deepcopy(self.encoder_).to(z.dtype).eval()
        with torch.no_grad():
            return self._joined.inverse(network.decode(z.to(self.encoder_.shift.device)))


def _facts(n_samples: int, pipeline: InputPipeline, image_shape: tuple[int, int, int] | None) -> DataFacts:
    """What the network of one input is made by."""
    scaling = pipeline.scaling
    return DataFacts(
        n_samples=n_samples, n_features=len(scaling.fill), n_distinct=n_samples, n_reduced=len(scaling.fill),
        n_inputs=scaling.n_inputs, n_flags=len(scaling.flagged), scaling=scaling.kind, reduction="none",
        image_shape=image_shape, intrinsic_dim=None,
        input_kind=getattr(pipeline.preprocessor, "kind_of_pictures", "image"),
    )  # fmt: skip
