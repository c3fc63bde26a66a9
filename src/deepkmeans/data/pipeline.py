"""From checked rows to the inputs of a network: fitted once, applied to all rows, and inverted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..exceptions import ModelFileError
from ..runtime import Seeds
from .images import find_image_shape
from .prepared_rows import Preparation, PreparedSample, collapse_copies, see_rows
from .reduction import Reduction, check_stored_reduction
from .rows import Rows
from .scaling import Scaling, check_stored_scaling
from .weights import Sample, relative_weight

__all__ = ["InputPipeline"]

_SCALING = "scaling/"


@dataclass(frozen=True)
class InputPipeline:
    """A transformer of the user's own, if there is one; then missing cells, scaling and projection.

    Attributes
    ----------
    scaling : Scaling
    reduction : Reduction or None
        The user's transformer.
    names : sequence of str or None
        Of the columns that are given, for messages and counts.
    """

    scaling: Scaling
    reduction: Reduction | None = None
    names: Any = None

    @classmethod
    def fit(
        cls, sample: Sample, asked: Preparation, seeds: Seeds, device: torch.device, *, names: Any = None,
        image_shape: tuple[int, int, int] | None = None,
    ) -> tuple[InputPipeline, PreparedSample]:  # fmt: skip
        """Fit on checked rows, and prepare these.

        Parameters
        ----------
        sample : Sample
        asked : Preparation
        seeds : Seeds
            Of the user's transformer; nothing else is random.
        device : torch.device
        names : sequence of str or None
            Of the columns.
        image_shape : (int, int, int) or None
            Height, width and channels of rows that were given as pictures.

        Returns
        -------
        pipeline : InputPipeline
            With the scaling in front of the network.
        prepared : PreparedSample

        Raises
        ------
        InvalidDataError
            For columns that cannot be scaled, and rows that are all the same afterwards.
        InvalidParameterError
            For a transformer that cannot take the rows.
        """
        reduction, X, absent = None, sample.X, sample.absent
        if not isinstance(asked.reduce, str):
            reduction = Reduction.fit(asked.reduce, X, seeds)
            X = reduction.transform(X)
            if asked.needs_difference:
                reduction.refuse_constant(X)
            absent = None if absent is None else reduction.transform(absent)
        trained, weight, copies = X, relative_weight(sample.weight), None
        if asked.collapses_copies:
            trained, weight, copies = collapse_copies(X, weight)
        if reduction is not None or asked.reduce == "pca":
            image_shape = None  # directions and made columns have no neighbours
        elif image_shape is None and asked.finds_pictures:
            image_shape = find_image_shape(trained)
        scaled_names = names if reduction is None else None
        rows = see_rows(trained, weight, asked, image_shape is not None, device, scaled_names)
        pipeline = cls(rows.network.scaling, reduction, names)
        return pipeline, PreparedSample(sample, rows, X, absent, copies, image_shape)

    def transform(self, X: Any, *, device: torch.device, dtype: torch.dtype = torch.float32) -> Rows:
        """Inputs of the network, of checked rows (n, d)."""
        return self.scale(self.reduce(X), device=device, dtype=dtype)

    def reduce(self, X: Any) -> Any:
        """Checked rows (n, d) behind the user's transformer, (n, p), if there is one."""
        return X if self.reduction is None else self.reduction.transform(X)

    def scale(self, X: Any, *, device: torch.device, dtype: torch.dtype = torch.float32) -> Rows:
        """Inputs of the network, of rows (n, p) that :meth:`reduce` gave."""
        names = self.names if self.reduction is None else None
        return Rows(X, self.scaling, device=device, dtype=dtype, names=names)

    def of_fit(self, prepared: PreparedSample, *, device: torch.device, dtype: torch.dtype) -> Rows:
        """What :meth:`transform` gives for the rows of the fit that have weight, without doing again what is done."""
        same = prepared.same_rows(self.scaling, dtype)
        return self.scale(prepared.X, device=device, dtype=dtype) if same is None else same

    def inverse(self, inputs: Tensor) -> np.ndarray:
        """Rows (n, d) in the columns' own units, of inputs of the network (n, p)."""
        rows = np.asarray(self.scaling.invert(inputs).cpu().numpy())
        return rows if self.reduction is None else self.reduction.invert(rows)

    def imputed(self, X: Any) -> dict[str, int]:
        """How many missing cells of the fit's rows (n, d) were filled, by column name (or number)."""
        columns = self.scaling.flagged.numpy() if self.reduction is None else self.reduction.filled
        if sp.issparse(X) or not len(columns):
            return {}
        counts = np.isnan(X[:, columns]).sum(axis=0)
        shown = columns if self.names is None else np.asarray(self.names, dtype=object)[columns]
        return {str(name): int(count) for name, count in zip(shown, counts, strict=True)}

    def with_scaling(self, scaling: Scaling) -> InputPipeline:
        """The same, with the scaling in front of the network that a fit ends with."""
        return replace(self, scaling=scaling)

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document and tensors for a file; the names of columns are the estimator's."""
        document: dict[str, Any] = {"scaling": self.scaling.kind}
        tensors = {f"{_SCALING}{name}": tensor for name, tensor in self.scaling.to_tensors().items()}
        if self.reduction is not None:
            document["reduce"], transformer_parts = self.reduction.to_parts()
            tensors |= transformer_parts
        return document, tensors

    @staticmethod
    def check_parts(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse, with ``MismatchError``, what is no pipeline; the sizes that its parts agree on, by name."""
        sizes = check_stored_scaling(document["scaling"], dict(tensors), _SCALING)
        if "reduce" in document:
            return sizes | check_stored_reduction(tensors, sizes)
        return sizes | {"n_features": sizes["n_columns"]}

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], transformer: Any = None
    ) -> InputPipeline:  # fmt: skip
        """The pipeline again, around the user's fitted ``transformer`` if it has one.

        Raises
        ------
        ModelFileError
            If the transformer is lacking, not the fitted one, or not needed.
        """
        parts = {name.removeprefix(_SCALING): tensor for name, tensor in tensors.items() if name.startswith(_SCALING)}
        scaling = Scaling.from_tensors(document["scaling"], parts)
        if "reduce" in document:
            return cls(scaling, Reduction.from_parts(document["reduce"], tensors, transformer))
        if transformer is not None:
            raise ModelFileError("The file holds its whole reduction: load it without reduce=.")
        return cls(scaling)
