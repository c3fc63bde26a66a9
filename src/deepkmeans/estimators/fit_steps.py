"""The steps of ``DeepKMeans.fit`` around its strategy: validate, fit the pipeline, plan; and publish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.base import clone
from torch import Tensor

from .._validation import validate_estimator
from ..data import CheckedInput, InputPipeline, Preparation, PreparedSample, Sample
from ..data.preprocessing.given_fit import maker
from ..data.reduction import is_transformer
from ..data.validation import is_constant, refuse_constant
from ..data.weights import check_enough_rows
from ..exceptions import InvalidParameterError
from ..fitting import Course, DataFacts, FitContext, FitResult, exact_repr, last_state, resolve_plan
from ..kmeans import assign
from ..metrics.label_numbers import by_size
from ..objectives import Objective, make_objective
from ..runtime import Seeds, plain_torch, resolve_precision
from ..training.embedding import finite_embedding
from ..types import KMeansResult
from .alignment import EarlierClusters, aligned_order, same_clusters
from .bottleneck import intrinsic_dim
from .correcting import CorrectsClusters
from .doubting import KnowsDoubt
from .given_inputs import fitted_preprocessing
from .new_encoder import check_batch_size, new_encoder
from .size_bounds import size_bounds, within_bounds
from .stored_objective import objective_name

__all__ = ["FitSteps", "ValidatedFit"]

#: Clusters are put in order so many times at most; once is enough unless rows lie midway between centres.
_MOST_ORDERS = 10


@dataclass(frozen=True)
class ValidatedFit:
    """What a user asks for, checked."""

    sample: Sample
    input: CheckedInput
    objective: Objective
    seeds: Seeds


class FitSteps(CorrectsClusters, KnowsDoubt):
    """A deep K-Means that can be prepared and published; its parameters are those of ``DeepKMeans``."""

    n_clusters: Any
    objective: Any
    embedding_dim: Any
    scaling: str
    reduce: Any
    partition: str
    balance: float
    precision: str
    random_state: Any
    align_to: Any
    history_: list[dict[str, Any]]
    alternatives_: list[dict[str, Any]]

    @plain_torch()
    def prepare(self, X: Any, sample_weight: Any = None) -> FitContext:
        """What ``fit`` does before it trains: check and scale the rows, resolve every "auto", make the network.

        The estimator stays as it is.

        Parameters
        ----------
        X, sample_weight
            As for ``fit``.

        Returns
        -------
        FitContext
            With the ``plan`` of the fit, its rows, an untrained network and the objective.

        Raises
        ------
        InvalidParameterError, InvalidDataError
        """
        other = clone(self)
        return other._context(other._validate(X, sample_weight))  # type: ignore[no-any-return]

    def _validate(self, X: Any, sample_weight: Any) -> ValidatedFit:
        """Check parameters, rows and weights."""
        validate_estimator(self)
        seeds = Seeds(self.random_state)
        checked, sample = self._fit_input(X, sample_weight, seeds)
        k, n_given = 1 if isinstance(self.n_clusters, str) else int(self.n_clusters), checked.X.shape[0]
        check_enough_rows(sample.X, k, n_given)
        if k > 1:
            refuse_constant(sample.X, "DeepKMeans", n_given, maker(checked.preprocessor))
        return self._with_objective(sample, checked, seeds)

    def _with_objective(self, sample: Sample, checked: CheckedInput, seeds: Seeds) -> ValidatedFit:
        """Checked rows with the objective and the seeds of their fit."""
        objective = make_objective(self.objective)
        if self.partition != "auto" and not objective.strategy.chooses_partition:
            raise InvalidParameterError(
                f"The 'partition' parameter {self.partition!r} is for objective='selflabel', which chooses a "
                f"partition; leave it 'auto' with {objective_name(objective)!r}."
            )
        return ValidatedFit(sample, checked, objective, seeds)

    def _fit_pipeline(self, valid: ValidatedFit) -> tuple[InputPipeline, PreparedSample]:
        """Reduce and scale the rows: nothing does so a second time in this fit."""
        return InputPipeline.fit(
            valid.sample, self._preparation(valid), valid.seeds, self._device, names=valid.input.names,
            image_shape=valid.input.image_shape, preprocessor=valid.input.preprocessor,
        )  # fmt: skip

    def _preparation(self, valid: ValidatedFit) -> Preparation:
        """How the rows are to be prepared."""
        strategy = valid.objective.strategy
        return Preparation(
            scaling=self.scaling, reduce=self.reduce, compares_rows=strategy.compares_rows,
            collapses_copies=strategy.collapses_copies, recognises_images=strategy.recognises_images,
            own_encoder=not isinstance(self._network_source(valid.input.preprocessor), str),
            clusters="auto" if isinstance(self.n_clusters, str) else self.n_clusters,
        )  # fmt: skip

    def _plan(self, valid: ValidatedFit, pipeline: InputPipeline, prepared: PreparedSample) -> FitContext:
        """Resolve every "auto", make the network."""
        objective, seeds, rows, scaling = valid.objective, valid.seeds, prepared.rows.network, pipeline.scaling
        n_samples, n_features = valid.sample.X.shape[0], valid.input.n_given or valid.sample.X.shape[1]
        named = isinstance(self.reduce, str)
        by_columns = "none" if scaling.components is None else "pca"
        data = DataFacts(
            n_samples=n_samples, n_features=n_features, n_distinct=len(rows), n_reduced=prepared.X.shape[1],
            n_inputs=rows.n_inputs, n_flags=len(scaling.flagged), scaling=scaling.kind,
            reduction=by_columns if pipeline.reduction is None else self.reduce if named else repr(self.reduce),
            image_shape=prepared.image_shape if objective.strategy.recognises_images else None,
            input_kind=getattr(pipeline.preprocessor, "kind_of_pictures", "image"),
            intrinsic_dim=intrinsic_dim(self.embedding_dim, rows, seeds),
            transformer=None if named else exact_repr(self.reduce),
            preprocessing=None if pipeline.preprocessor is None
            else exact_repr([self._of_input("preprocessor"), *pipeline.preprocessor.to_parts()]),
        )  # fmt: skip
        parameters = vars(self)  # a subclass may fix some
        plan = resolve_plan(parameters, objective, objective_name(objective), data, str(self._device))
        source = self._network_source(pipeline.preprocessor)
        encoder, architecture = new_encoder(source, plan.architecture, rows, seeds, type(self).__name__, plan.data)
        encoder.compute_in(resolve_precision(self.precision, self._device, encoder))
        plan = plan.with_network(architecture, str(encoder.precision).removeprefix("torch."))
        check_batch_size(type(self).__name__, plan.batch_size, encoder, len(rows))
        if prepared.absent is not None:  # refuses at once a row that is too far off to be given a label
            pipeline.scale(prepared.absent, device=self._device, dtype=self._dtype(valid.sample.X, architecture))
        return FitContext(plan, prepared.rows, encoder, objective, seeds)

    def _context(self, valid: ValidatedFit) -> FitContext:
        """The fit before anything is trained."""
        pipeline, prepared = self._fit_pipeline(valid)
        return self._plan(valid, pipeline, prepared)

    def _earlier_clusters(self, X: Any, valid: ValidatedFit) -> EarlierClusters | None:
        """What the model of ``align_to`` says of the rows, before anything is trained."""
        if self.align_to is None:
            return None
        if self.align_to is self:
            raise InvalidParameterError(
                f"The 'align_to' parameter of {type(self).__name__} must be an earlier model. Got the model that is "
                "fitted; give its file, or copy.deepcopy(model)."
            )
        return EarlierClusters.of(self.align_to, X, valid.sample.given.shape[0])

    def _publish(
        self, result: FitResult, context: FitContext, course: Course, pipeline: InputPipeline, prepared: PreparedSample,
        earlier: EarlierClusters | None = None,
    ) -> None:  # fmt: skip
        """Fitted attributes; each row is encoded once, as ``predict`` does it."""
        sample, pipeline = prepared.sample, pipeline.with_scaling(result.scaling)
        self.scaling_, self._reduction, self._pictures = pipeline.scaling, pipeline.reduction, pipeline.pictures
        self._with_fitted(fitted_preprocessing(pipeline.preprocessor))
        self.reducer_ = None if pipeline.reduction is None else pipeline.reduction.transformer
        self.objective_, self._architecture = context.objective, dict(result.architecture)
        self.encoder_ = result.encoder.finish()
        self.n_iter_ = sum(record["phase"] == "cluster" for record in self.history_)
        self.cluster_centers_ = result.centers.float().cpu().numpy().copy()
        self._corrections, self.cluster_names_ = None, {}
        device, dtype = self._device, self._dtype(sample.X)
        z = self._encode(pipeline.of_fit(prepared, device=device, dtype=dtype))
        others = None if prepared.absent is None else self._encode(
            pipeline.scale(prepared.absent, device=device, dtype=dtype)
        )  # fmt: skip
        every = z if others is None else torch.from_numpy(sample.merge(z.cpu().numpy(), others.cpu().numpy()))
        finite_embedding(every)
        self._doubt = self._noise_limit = None
        self._keep_balance(z, sample.weight)
        squared, sizes, alignment = self._number_clusters(sample, z, others, earlier)
        self.distances_ = self._distances_to_centers(every, self.labels_).astype(sample.X.dtype, copy=False)
        self._set_inertia(torch.from_numpy(squared), sample.weight, z.shape[1])
        self.n_clusters_ = int((sizes > 0).sum())
        shrunk = not (float(z.var(correction=0)) > 1e-12 or is_constant(sample.X))
        self.report_ |= {
            **context.plan.report_of_network(result.architecture, result.scaling), **course.findings,
            "converged": result.converged, "cluster_sizes": sizes.tolist(), "n_clusters": self.n_clusters_,
            "n_iter": self.n_iter_, "collapsed": self.n_clusters_ < context.n_clusters or shrunk, **alignment,
        }  # fmt: skip

    def _number_clusters(
        self, sample: Sample, z: Tensor, others: Tensor | None, earlier: EarlierClusters | None
    ) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:  # fmt: skip
        """Number the clusters by size, or as the earlier ones.

        Squared distances (m,) of the rows with weight, the sizes (k,), and what the report says of earlier clusters.
        """
        squared, sizes, step = self._label_rows(sample, z, others)
        order = kept = np.arange(len(sizes))
        # A row midway between two centres is in the first of them: it may move when they change places.
        for _ in range(_MOST_ORDERS):
            if step.tolist() == kept.tolist():
                break
            order = order[step]
            self._reorder(step)
            squared, sizes, step = self._label_rows(sample, z, others)
        alignment = {}
        if earlier is not None:
            mass = sample.mass()
            step = aligned_order(same_clusters(earlier.labels, self.labels_, mass), len(sizes))
            order = order[step]
            self._reorder(step)
            squared, sizes, _ = self._label_rows(sample, z, others)
            alignment = {"alignment": earlier.report(self.labels_, mass, len(sizes))}
            self.cluster_names_ = earlier.names_of(same_clusters(earlier.labels, self.labels_, mass))
        if isinstance(getattr(self.objective_, "centers", None), Tensor):
            self.objective_.renumber(torch.from_numpy(order))
        return squared, sizes, alignment

    def _reorder(self, order: np.ndarray) -> None:
        """Put what is known of each cluster (k,) in another order."""
        self.cluster_centers_, self.prices_ = self.cluster_centers_[order], self.prices_[order]

    def _label_rows(
        self, sample: Sample, z: Tensor, others: Tensor | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
        """Set ``labels_``; squared distances (m,) of the rows with weight, sizes and order (k,) of the clusters."""
        labels, squared = self._assigned(z)
        self.labels_ = sample.merge(labels, None if others is None else self._assigned(others)[0])
        # Where no weights are given each row counts in its cluster, one without content too.
        counted = self.labels_ if sample.weight is None else labels
        sizes = np.bincount(counted, weights=sample.weight, minlength=len(self.cluster_centers_))
        return squared, sizes, by_size(counted, sizes)

    def _keep_balance(self, z: Tensor, weight: np.ndarray | None) -> None:
        """Prices of the clusters, and the centres moved with them, where ``balance`` binds their sizes in z (n, e)."""
        centers = self._centers_like(z)
        bounds = size_bounds(type(self).__name__, len(centers), weight, len(z), balance=float(self.balance))
        self.prices_ = np.zeros(len(centers))
        if bounds is None:
            return
        labels, squared = assign(z, centers)
        free = KMeansResult(centers, labels, float(squared.sum()), 0, True, 0, ())
        prices, result = within_bounds(z, free, bounds, weight=weight)
        if prices is not None:
            self.prices_ = prices.cpu().double().numpy()
            self.cluster_centers_ = result.centers.float().cpu().numpy().copy()

    @contextmanager
    def _published_if_stopped(
        self, context: FitContext, course: Course, pipeline: InputPipeline, prepared: PreparedSample,
        earlier: EarlierClusters | None = None,
    ) -> Iterator[None]:  # fmt: skip
        """Results that cost time are never lost: a fit that is stopped ends with its last complete state, and the error
        goes on."""
        try:
            yield
        except InvalidParameterError:
            raise  # an objective or callback that is none: nothing can be finished with it
        except BaseException as stopped:
            if course.resumed is not None and not self.history_:
                raise  # stopped before the checkpoint was put back: there is nothing of this fit to keep
            self.report_["interrupted"] = True
            with suppress(Exception):  # what stopped the fit is to be seen, not what fails on account of it
                self._publish(last_state(context), context, course, pipeline, prepared, earlier)
                stopped.model = self  # type: ignore[attr-defined]
            raise

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters; with ``deep`` those of an objective or transformer too, as ``objective__name``."""
        params: dict[str, Any] = super().get_params(deep=False)
        for owner in ("preprocessor", "reduce") if deep else ():
            if is_transformer(getattr(self, owner)):
                inner = getattr(self, owner).get_params()
                params |= {f"{owner}__{name}": value for name, value in inner.items()}
        if deep and isinstance(self.objective, Objective):
            params |= {f"objective__{name}": value for name, value in self.objective.get_params().items()}
        return params
