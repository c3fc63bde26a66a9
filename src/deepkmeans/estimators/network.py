"""What the two estimators with a network share: rows go in through one pipeline, their embedding comes out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from torch import Tensor

from .._quoting import short
from ..data import InputPipeline, Rows, Scaling
from ..data.reductions import AnyReduction
from ..data.validation import as_numbers
from ..encoders import Encoder
from ..exceptions import InvalidDataError, InvalidParameterError
from ..runtime import resolve_device
from ..training import encode_rows
from ..training.embedding import finite_embedding
from ..types import SINGLE_INPUT
from .fit_html import ShowsFit
from .given_inputs import TakesGivenInput

__all__ = ["NetworkEstimator"]


class NetworkEstimator(ShowsFit, TakesGivenInput, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Base of ``Autoencoder`` and ``DeepKMeans``; holds no state of its own before ``fit``."""

    encoder_: Encoder
    scaling_: Scaling
    _architecture: dict[str, Any]
    _reduction: AnyReduction | None = None

    def __sklearn_clone__(self) -> Any:
        """As scikit-learn clones, but with fitted models among the parameters as they are: clones would not be fitted.

        These are a pretrained encoder, and the model of ``align_to``.
        """
        by_name = isinstance(self.encoder, Mapping)
        kept = {} if self._frozen_encoder is None and not by_name else {"encoder": self.encoder}
        if getattr(self, "align_to", None) is not None:
            kept["align_to"] = self.align_to  # type: ignore[attr-defined]
        return super().__sklearn_clone__().set_params(**kept)

    def set_params(self, **params: Any) -> Any:
        # As scikit-learn's; it would fail inside for ``objective__weight`` where the objective is a name.
        for name in params:
            head, nested, _ = name.partition("__")
            owner = params.get(head, getattr(self, head, None)) if nested else None
            if nested and hasattr(self, head) and not callable(getattr(owner, "set_params", None)):
                raise InvalidParameterError(
                    f"The parameter {name!r} belongs to an object given as {head!r}, and {head!r} of "
                    f"{type(self).__name__} is {short(repr(owner))[1:-1]}, which has no parameters; set {head!r} to an "
                    "instance first."
                )
        return super().set_params(**params)

    @property
    def _pipeline(self) -> InputPipeline:
        """What rows go through on their way to the network."""
        names = getattr(self, "feature_names_in_", None)
        if self._preprocessor is not None:
            names = self._preprocessor.feature_names
        return InputPipeline(self.scaling_, self._reduction, names, self._preprocessor, self._pictures)

    @property
    def _device(self) -> torch.device:
        return resolve_device(self.device)  # type: ignore[attr-defined]

    def _dtype(self, X: Any, architecture: Mapping[str, Any] | None = None) -> torch.dtype:
        """The precision in which rows ``X`` are encoded: that of the rows, where the network can compute in it."""
        return torch.float64 if X.dtype == np.float64 and self._double_works(architecture) else torch.float32

    def _double_works(self, architecture: Mapping[str, Any] | None = None) -> bool:
        described = self._architecture if architecture is None else architecture
        return described["network"] != "custom" and self._device.type != "mps"

    def _inputs(self, X: Any) -> Rows:
        """Inputs of the network, of checked rows."""
        return self._pipeline.transform(X, device=self._device, dtype=self._dtype(X))

    def _embedding(self, X: Any) -> Tensor:
        """Embedding (n, embedding_dim) of checked rows; refuses rows that have none of finite numbers."""
        return finite_embedding(self._encode(self._inputs(X)))

    def _encode(self, rows: Rows) -> Tensor:
        """Embedding (n, embedding_dim) in the precision of the rows: the same for fit, predict, transform and embed."""
        return encode_rows(self._network(rows), rows)

    def _network(self, rows: Rows) -> Encoder:
        network: Encoder = self.encoder_.to(rows.device)
        return copy.deepcopy(network).double() if rows.dtype == torch.float64 else network

    def _embedding_of_cells(self, dtype: torch.dtype) -> Callable[[Tensor, Tensor], Tensor]:
        """The function from projected columns (n, p) and flags (n, m), as :meth:`.Scaling.inputs` takes them, to their
        embedding (n, embedding_dim): differentiable in both, for explanations of it."""
        network = copy.deepcopy(self.encoder_).to(dtype).eval()
        return lambda projected, flags: network.encode({SINGLE_INPUT: self.scaling_.inputs(projected, flags)})

    def _decoded(self, z: Tensor) -> Any:
        """What an embedding (n, embedding_dim) decodes to: rows (n, d) in the units of the data, or a frame of them."""
        network = copy.deepcopy(self.encoder_).to(z.dtype).eval()
        with torch.no_grad():
            return self._pipeline.inverse(network.decode(z.to(self.encoder_.shift.device))[SINGLE_INPUT])

    def _checked_embedding(self, Z: Any, name: str) -> Tensor:
        """An embedding (n, embedding_dim) that a user gives, in the precision in which it is decoded."""
        embedding, width = as_numbers(Z, name), self._architecture["embedding_dim"]
        embedding = embedding.toarray() if sp.issparse(embedding) else embedding
        if embedding.ndim != 2 or embedding.shape[1] != width:
            raise InvalidDataError(
                f"{name} must be an embedding of shape (n, embedding_dim) = (n, {width}). Got shape {embedding.shape} "
                "instead."
            )
        if not np.isfinite(embedding).all():
            wrong = int(np.flatnonzero(~np.isfinite(embedding).all(axis=1))[0])
            raise InvalidDataError(
                f"{name} must be an embedding of finite numbers. Row {wrong} (counted from 0) has NaN or infinity; "
                "leave it out."
            )
        z = torch.from_numpy(np.array(embedding))
        return z if z.dtype == torch.float32 or self._double_works() else z.float()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = self.missing == "impute"  # type: ignore[attr-defined]
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
