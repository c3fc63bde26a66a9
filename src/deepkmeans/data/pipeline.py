"""From checked rows to the inputs of a network: fitted once, applied to all rows, and inverted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..exceptions import ModelFileError
from ..runtime import Seeds
from .images import find_image_shape
from .media.pictures_as_arrays import ArrayPictures
from .prepared_rows import Preparation, PreparedSample, collapse_copies, see_rows
from .preprocessing.base import Preprocessor, scaling_after
from .preprocessing.stored import check_stored_preprocessor
from .reductions import AnyReduction, behind, check_reduction, fit_reduction, restore_reduction
from .rows import Rows
from .scaling import Scaling, check_stored_scaling
from .weights import Sample, relative_weight

__all__ = ["InputPipeline"]

_SCALING = "scaling/"


@dataclass(frozen=True)
class InputPipeline:
    """A preprocessor of tables or texts, and a transformer of the user's own or a layout, where there are; then missing
    cells, scaling and projection.

    Attributes
    ----------
    scaling : Scaling
    reduction : Reduction or Layout or None
        The user's transformer, or where t-SNE or UMAP puts rows.
    names : sequence of str or None
        Of the columns that are given, for messages and counts.
    preprocessor : Preprocessor or None
        What makes these columns of a table of any columns, or of texts.
    pictures : ArrayPictures or None
        What the columns are where they were given as an array of pictures, or look like pictures.
    """

    scaling: Scaling
    reduction: AnyReduction | None = None
    names: Any = None
    preprocessor: Preprocessor | None = None
    pictures: ArrayPictures | None = None

    @classmethod
    def fit(
        cls, sample: Sample, asked: Preparation, seeds: Seeds, device: torch.device, *, names: Any = None,
        image_shape: tuple[int, int, int] | None = None, preprocessor: Preprocessor | None = None,
    ) -> tuple[InputPipeline, PreparedSample]:  # fmt: skip
        """Fit on checked rows, and prepare these.

        Parameters
        ----------
        sample : Sample
        asked : Preparation
        seeds : Seeds
            Of the user's transformer and of a layout; nothing else is random.
        device : torch.device
        names : sequence of str or None
            Of the columns.
        image_shape : (int, int, int) or None
            Height, width and channels of rows that were given as pictures.
        preprocessor : Preprocessor or None
            What made the rows; where it has scaled them, ``scaling="auto"`` does not do so again.

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
        asked = replace(asked, scaling=scaling_after(preprocessor, asked.scaling, asked.output_range))
        views = getattr(preprocessor, "views", None) if asked.scaling == "none" else None
        if views is not None and isinstance(asked.reduce, str) and asked.reduce == "auto":
            asked = replace(asked, reduce="none")  # columns of a table stay what they are
        X, absent, weight = sample.X, sample.absent, relative_weight(sample.weight)
        reduction = fit_reduction(X, weight, asked, seeds, names=names, image_shape=image_shape)
        if reduction is not None:
            X = reduction.transform(X)
            if asked.needs_difference:
                reduction.refuse_constant(X)
            absent = None if absent is None else reduction.transform(absent)
        trained, copies = X, None
        if asked.collapses_copies:
            trained, weight, copies = collapse_copies(X, weight)
        if reduction is not None or asked.reduce == "pca":
            image_shape = None  # directions and made columns have no neighbours
        elif image_shape is None and asked.finds_pictures:
            image_shape = find_image_shape(trained)
        scaled_names = names if reduction is None else None
        asked = behind(reduction, asked)
        rows = see_rows(trained, weight, asked, image_shape is not None, device, scaled_names)
        if reduction is None and rows.plain.scaling.components is None:
            of_table = None if views is None else preprocessor
            rows = replace(
                rows, views=views, levels=getattr(of_table, "levels", None),
                table_flags=getattr(of_table, "flags", None), level_owners=getattr(of_table, "level_owners", None),
            )  # fmt: skip
        if reduction is None and rows.terms is None and getattr(preprocessor, "holds_terms", False):
            rows = replace(rows, terms=sp.csr_matrix(trained))
        if asked.compares_rows and reduction is None and sample.texts is not None:
            rows = replace(rows, words=_words(sample.texts, sample.weight, copies))
        given_so = image_shape if preprocessor is None else None
        pictures = None if given_so is None else ArrayPictures.of(trained, given_so)
        pipeline = cls(rows.network.scaling, reduction, names, preprocessor, pictures)
        return pipeline, PreparedSample(sample, rows, X, absent, copies, image_shape)

    def transform(self, X: Any, *, device: torch.device, dtype: torch.dtype = torch.float32) -> Rows:
        """Inputs of the network, of checked rows (n, d)."""
        return self.scale(self.reduce(X), device=device, dtype=dtype)

    def reduce(self, X: Any) -> Any:
        """Checked rows (n, d) behind the reduction, (n, p), if there is one."""
        return X if self.reduction is None else self.reduction.transform(X)

    def scale(self, X: Any, *, device: torch.device, dtype: torch.dtype = torch.float32) -> Rows:
        """Inputs of the network, of rows (n, p) that :meth:`reduce` gave."""
        names = self.names if self.reduction is None else None
        return Rows(X, self.scaling, device=device, dtype=dtype, names=names)

    def of_fit(self, prepared: PreparedSample, *, device: torch.device, dtype: torch.dtype) -> Rows:
        """What :meth:`transform` gives for the rows of the fit that have weight, without doing again what is done."""
        same = prepared.same_rows(self.scaling, dtype)
        return self.scale(prepared.X, device=device, dtype=dtype) if same is None else same

    def inverse(self, inputs: Tensor) -> Any:
        """Rows (n, d) in the columns' own units, of inputs of the network (n, p); a frame where a table was given."""
        rows = np.asarray(self.scaling.invert(inputs).cpu().numpy())
        rows = rows if self.reduction is None else self.reduction.invert(rows)
        return rows if self.preprocessor is None else self.preprocessor.inverse(rows)

    def imputed(self, X: Any) -> dict[str, int]:
        """How many missing cells of the fit's rows (n, d) were filled, by column name (or number)."""
        if self.preprocessor is not None and self.preprocessor.scaled:
            return dict(getattr(self.preprocessor, "missing", {}))
        columns = self.scaling.flagged.numpy() if self.reduction is None else self.reduction.filled
        if sp.issparse(X) or not len(columns):
            return {}
        counts = np.isnan(X[:, columns]).sum(axis=0)
        shown = columns if self.names is None else np.asarray(self.names, dtype=object)[columns]
        return {str(name): int(count) for name, count in zip(shown, counts, strict=True)}

    def report(self) -> dict[str, Any]:
        """What ``report_`` says of it beyond the plan: of a table or texts their "input", of a layout its size and the
        scaling before it.
        """
        said = {} if self.reduction is None else self.reduction.report()
        return said if self.preprocessor is None else {**said, "input": self.preprocessor.report()}

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
        if self.preprocessor is not None:
            document["preprocessing"], preprocessor_parts = self.preprocessor.to_parts()
            tensors |= preprocessor_parts
        if self.pictures is not None:
            document["pictures"] = self.pictures.to_document()
        return document, tensors

    @staticmethod
    def check_parts(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse, with ``MismatchError``, what is no pipeline; the sizes that its parts agree on, by name."""
        sizes = check_stored_scaling(document["scaling"], dict(tensors), _SCALING)
        if "reduce" in document:
            sizes |= check_reduction(document["reduce"], tensors, sizes)
        else:
            sizes |= {"n_features": sizes["n_columns"]}
        if "pictures" in document:
            ArrayPictures.from_document(document["pictures"], sizes["n_features"])
        return sizes | check_stored_preprocessor(document.get("preprocessing"), tensors, sizes["n_features"])

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], transformer: Any = None,
        preprocessor: Preprocessor | None = None,
    ) -> InputPipeline:  # fmt: skip
        """The pipeline again, around the user's fitted ``transformer`` if it has one, behind a ``preprocessor``.

        Raises
        ------
        ModelFileError
            If the transformer is lacking, not the fitted one, or not needed.
        """
        parts = {name.removeprefix(_SCALING): tensor for name, tensor in tensors.items() if name.startswith(_SCALING)}
        scaling = Scaling.from_tensors(document["scaling"], parts)
        if "reduce" in document:
            reduction = restore_reduction(document["reduce"], tensors, transformer)
            return cls(scaling, reduction, preprocessor=preprocessor)
        if transformer is not None:
            raise ModelFileError("The file holds its whole reduction: load it without reduce=.")
        stored = document.get("pictures")
        pictures = None if stored is None else ArrayPictures.from_document(stored, math.prod(stored["shape"]))
        return cls(scaling, preprocessor=preprocessor, pictures=pictures)


def _words(texts: Sequence[str], weight: np.ndarray | None, copies: np.ndarray | None) -> sp.csr_matrix | None:
    """Words of the rows that are trained on, of the first text of each."""
    from .preprocessing.words_beside import words_beside

    words = words_beside(texts, weight)
    return words if words is None or copies is None else words[np.unique(copies, return_index=True)[1]]
