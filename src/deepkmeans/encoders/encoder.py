"""The encoder that objectives see: inputs by name, an embedding fit for K-Means, and the way back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

import torch
from torch import Tensor, nn

from ..exceptions import InvalidDataError, InvalidParameterError
from ..runtime import autocast
from ..types import Batch
from .presence import masked_mean, of_present
from .reconstruction import reconstruction_error

__all__ = ["Encoder"]


class Encoder(nn.Module):
    """Base of the encoders: one or more networks, and one invertible linear map of their embedding, undone in decoding.

    An objective calls these and knows nothing of how many inputs there are:

    ``encode(inputs, present=None)``
        The embedding z (B, embedding_dim) of the inputs ``{name: (B, d_name)}``, of which the rows ``present`` count.
    ``decode(z)``
        What z decodes to, all inputs ``{name: (B, d_name)}``.
    ``reconstruction_loss(z, batch, loss="mse")``
        Error (B,) of what z decodes to, averaged over columns and over the inputs that a row has.
    ``distribution(inputs, present=None)``
        Mean and log variance, (B, embedding_dim) each, where the networks are variational; the mean is ``encode``.

    The map is ``z = (h(x) - shift) @ metric`` for the embedding h(x) of the networks. With the metric of
    :func:`~deepkmeans.kmeans.fit_whitened_kmeans`, z has mean variance 1 and clusters of the same variance in all
    directions. The scale of h is arbitrary after pretraining, and the weights of a clustering loss, the kernel of
    Student's t and K-Means all depend on it: in z the same weights work for every data set. Reconstructions do not
    change.

    The networks compute in ``precision``; embeddings and reconstructions are returned in the precision of the weights,
    so that objectives and K-Means never see bfloat16.

    A subclass has ``networks`` and says how they take their inputs: ``_embed``, ``_rows`` and ``_distribution``.
    """

    precision: torch.dtype = torch.float32

    shift: Tensor
    metric: Tensor
    inverse: Tensor

    def __init__(self, embedding_dim: int) -> None:
        super().__init__()
        self.register_buffer("shift", torch.zeros(embedding_dim, dtype=torch.float32))
        # Not torch.eye: on the meta device, where load() plans a network, it imports 5 s of symbolic mathematics.
        square = torch.zeros(embedding_dim, embedding_dim, dtype=torch.float32)
        self.register_buffer("metric", square.fill_diagonal_(1.0))
        self.register_buffer("inverse", self.metric.clone())

    @torch.no_grad()
    def set_metric(self, shift: Tensor, metric: Tensor) -> None:
        """Set the map ``(h - shift) @ metric`` of what the networks embed: shift (e,), metric (e, e)."""
        self.shift.copy_(shift)
        self.metric.copy_(metric)
        self.inverse.copy_(torch.linalg.inv(metric.double()))

    def compute_in(self, precision: torch.dtype) -> Self:
        """Itself, the networks computing in this precision."""
        self.precision = precision
        return self

    def finish(self) -> Self:
        """Itself after training: in float32, evaluating, without gradients."""
        self.compute_in(torch.float32).eval().requires_grad_(False)
        return self

    @property
    def networks(self) -> Iterable[nn.Module]:
        """The networks of the inputs, in their order."""
        raise NotImplementedError

    def _embed(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None) -> Tensor:
        raise NotImplementedError

    def _rows(self, z: Tensor) -> dict[str, Tensor]:
        raise NotImplementedError

    def _distribution(
        self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        raise NotImplementedError

    def _check_dtypes(self, inputs: Mapping[str, Tensor]) -> None:
        dtype = self.shift.dtype
        for name, x in inputs.items():
            if x.is_floating_point() and x.dtype != dtype:
                given, wanted = (str(each).removeprefix("torch.") for each in (x.dtype, dtype))
                raise InvalidDataError(
                    f"The rows of input {name!r} are {given} and the encoder is {wanted}; give Rows(..., "
                    f"dtype=torch.{wanted}), or convert the encoder with .to(torch.{given})."
                )

    @property
    def multiplications(self) -> int | None:
        """Multiplications that one row costs, None where the networks do not say: then about one for each weight."""
        counts = [getattr(network, "multiplications", None) for network in self.networks]
        return None if None in counts else sum(counts)  # type: ignore[arg-type]

    @property
    def can_decode(self) -> bool:
        return all(callable(getattr(network, "decode", None)) for network in self.networks)

    def encode(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None = None) -> Tensor:
        """Embedding z (B, embedding_dim) of inputs (B, d_name) by name."""
        self._check_dtypes(inputs)
        with autocast(self.shift.device, self.precision):
            z = self._embed(inputs, present)
        return (z.to(self.shift.dtype) - self.shift) @ self.metric

    def decode(self, z: Tensor) -> dict[str, Tensor]:
        """All inputs (B, d_name) by name, from z (B, embedding_dim)."""
        with autocast(z.device, self.precision):
            rows = self._rows(z @ self.inverse + self.shift)
        return {name: x.to(self.shift.dtype) for name, x in rows.items()}

    def reconstruction_loss(self, z: Tensor, batch: Batch, loss: str = "mse") -> Tensor:
        """Error (B,) of each row: the mean over columns, and over the inputs that are present."""
        decoded, present = self.decode(z), batch.present
        masks = None if present is None else [present[name] for name in decoded]
        errors = []
        for number, (name, rows) in enumerate(decoded.items()):
            here = None if masks is None else masks[number]
            errors.append(of_present(lambda a, b: reconstruction_error(a, b, loss), here, rows, batch.inputs[name]))
        return masked_mean(errors, masks)

    def distribution(
        self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Mean (B, embedding_dim) in the scaled space, and the log variance head, which is read in that space."""
        self._check_dtypes(inputs)
        for network in self.networks:
            if not callable(getattr(network, "distribution", None)):
                raise InvalidParameterError(
                    f"The encoder, a {type(network).__name__}, has no distribution method, which this objective needs; "
                    "give a variational network."
                )
        with autocast(self.shift.device, self.precision):
            mean, log_variance = self._distribution(inputs, present)
        return (mean.to(self.shift.dtype) - self.shift) @ self.metric, log_variance.to(self.shift.dtype)

    def forward(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None = None) -> Tensor:
        return self.encode(inputs, present)
