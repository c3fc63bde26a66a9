"""From checked rows of several inputs to the inputs of their networks: one pipeline for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..exceptions import InvalidDataError, InvalidParameterError
from ..runtime import Seeds
from .distinct import distinct_rows
from .joined_input import JoinedInput
from .joined_scaling import JoinedScaling
from .pipeline import InputPipeline
from .prepared_rows import Preparation, PreparedRows, PreparedSample
from .rows import Rows
from .source import JoinedRows
from .validation import CheckedInput
from .weights import Sample, relative_weight

__all__ = ["JoinedPipeline"]


@dataclass(frozen=True)
class JoinedPipeline:
    """A pipeline for each input, and how their rows are put side by side.

    Attributes
    ----------
    pipelines : mapping of str to InputPipeline
    n_given : mapping of str to int
        Columns of each input as they are given.
    scaling : JoinedScaling
    image_shapes : mapping of str to (int, int, int) or None
        Of the inputs that are seen as pictures in a fit; of one that is loaded those of arrays alone.
    """

    pipelines: Mapping[str, InputPipeline]
    n_given: Mapping[str, int]
    scaling: JoinedScaling
    image_shapes: Mapping[str, tuple[int, int, int] | None] = field(default_factory=dict)

    reduction = None
    preprocessor = None
    pictures = None

    @classmethod
    def fit(
        cls, sample: Sample, checked: Mapping[str, CheckedInput], asked: Preparation, seeds: Seeds, device: torch.device
    ) -> tuple[JoinedPipeline, PreparedSample]:  # fmt: skip
        """Fit each pipeline on the rows that have its input, and prepare all.

        Parameters
        ----------
        sample : Sample
            Of a :class:`~deepkmeans.data.joined_input.JoinedInput`.
        checked : mapping of str to CheckedInput
        asked, seeds, device
            As of :meth:`.InputPipeline.fit`; inputs that do not vary are taken as well.
        """
        X, weight, copies = sample.X, relative_weight(sample.weight), None
        if asked.collapses_copies:
            fewest = asked.clusters if isinstance(asked.clusters, int) else 1
            X, weight, copies = _without_copies(X, weight, fewest)
        asked = replace(asked, collapses_copies=False, clusters=None)
        pipelines, shapes, tables = {}, {}, set()
        for name, rows in checked.items():
            there = X.present[name]
            part = X.parts[name][there]
            sample_of = Sample(part, part, None if weight is None else weight[there])
            try:
                pipeline, prepared = InputPipeline.fit(
                    sample_of, asked, seeds, device, names=rows.names, image_shape=rows.image_shape,
                    preprocessor=rows.preprocessor,
                )  # fmt: skip
            except InvalidDataError as error:
                raise type(error)(f"Input {name!r}: {error}") from error
            pipelines[name], shapes[name] = pipeline, prepared.image_shape
            if prepared.rows.plain.scaling.kind == "standard" and prepared.image_shape is None:
                tables.add(name)
        n_given = {name: int(rows.n_given or rows.X.shape[1]) for name, rows in checked.items()}
        parts = _scaled(pipelines, X, device, torch.float32)
        present = _present(X, device)
        mass = None if weight is None else torch.as_tensor(weight / weight.mean(), dtype=torch.float32, device=device)
        scaling = JoinedScaling.fit(parts, present, mass, tables)
        rows_ = JoinedRows(parts, present, mass, scaling)
        every: Any = rows_  # what compares whole rows takes them joined
        absent = sample.absent
        prepared = PreparedSample(sample, PreparedRows(every, every, every), sample.X, absent, copies, None)
        return cls(pipelines, n_given, scaling, shapes), prepared

    def transform(self, X: JoinedInput, *, device: torch.device, dtype: torch.dtype = torch.float32) -> JoinedRows:
        """Inputs of the networks, of checked rows; a row that has no input is the mean of each."""
        return JoinedRows(_scaled(self.pipelines, X, device, dtype), _present(X, device), None, self.scaling)

    scale = transform

    def reduce(self, X: JoinedInput) -> JoinedInput:
        """The rows as they are."""
        return X

    def of_fit(self, prepared: PreparedSample, *, device: torch.device, dtype: torch.dtype) -> JoinedRows:
        """What :meth:`transform` gives for the rows of the fit that have weight, without doing again what is done."""
        rows: Any = prepared.rows.network
        if rows.dtype != dtype:
            return self.transform(prepared.X, device=device, dtype=dtype)
        return rows if prepared.copies is None else rows.subset(torch.from_numpy(prepared.copies).to(device))

    def inverse(self, inputs: Mapping[str, Tensor]) -> dict[str, Any]:
        """Rows in the units of each input, by its name, of what networks have decoded; texts do not come back."""
        rows, refused = {}, None
        for name, pipeline in self.pipelines.items():
            try:
                rows[name] = pipeline.inverse(inputs[name])
            except InvalidParameterError as error:
                refused = error
        if not rows and refused is not None:
            raise refused
        return rows

    def imputed(self, X: JoinedInput) -> dict[str, int]:
        """How many missing cells of rows that have the input were filled, by the names of input and column."""
        return {
            f"{name}: {column}": count
            for name, pipeline in self.pipelines.items()
            for column, count in pipeline.imputed(X.parts[name][X.present[name]]).items()
        }

    def report(self) -> dict[str, Any]:
        """What ``report_`` says of each input."""
        return {"inputs": {
            name: {"scaling": pipeline.scaling.kind, "n_features": self.n_given[name], **pipeline.report()}
            for name, pipeline in self.pipelines.items()
        }}  # fmt: skip

    def with_scaling(self, scaling: Any) -> JoinedPipeline:
        """The same: a fit of several inputs ends with the scalings that it began with."""
        return self


def _without_copies(
    X: JoinedInput, weight: np.ndarray | None, fewest: int
) -> tuple[JoinedInput, np.ndarray | None, np.ndarray | None]:  # fmt: skip
    """Distinct rows in the order in which they come, their weight, None where all weigh the same, and which of them
    each row is; None where each is itself. Where fewer than ``fewest`` are distinct, copies stay rows."""
    kinds = np.zeros((len(X), len(X.parts)), dtype=np.int64)
    for number, (name, part) in enumerate(X.parts.items()):
        there = X.present[name]
        kinds[there, number] = 1 + distinct_rows(part if there.all() else part[there])[1]
    _, first, inverse = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
    if len(first) == len(X) or len(first) < fewest:
        return X, weight, None
    order = np.argsort(first)
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    copies = position[inverse.reshape(-1)]
    mass = np.bincount(copies, weights=weight, minlength=len(first)).astype(np.float64)
    return X[first[order]], None if bool((mass == mass[0]).all()) else mass, copies


def _present(X: JoinedInput, device: torch.device) -> dict[str, Tensor]:
    """Which rows have which input; rows that have none count as the mean of all."""
    empty = X.empty
    return {name: torch.from_numpy(there | empty).to(device) for name, there in X.present.items()}


def _scaled(
    pipelines: Mapping[str, InputPipeline], X: JoinedInput, device: torch.device, dtype: torch.dtype
) -> dict[str, Rows]:
    """Scaled rows (n, p_name) by the name of the input; what a row lacks is its mean.

    That of sparse rows stays what it is, and is masked; only rows without any input need the mean of every one.
    """
    made, empty = {}, torch.from_numpy(X.empty)
    for name, pipeline in pipelines.items():
        part, there = X.parts[name], X.present[name]
        if not there.all() and not sp.issparse(part):
            fill = pipeline.scaling.fill.numpy().astype(part.dtype)
            part = np.where(there[:, None], part, fill)
        try:
            rows = pipeline.transform(part, device=device, dtype=dtype)
            made[name] = rows.with_means(empty) if bool(empty.any()) else rows
        except InvalidDataError as error:
            raise type(error)(f"Input {name!r}: {error}") from error
    return made
