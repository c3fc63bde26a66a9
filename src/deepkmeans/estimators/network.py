"""What the two estimators with a network share: building it, encoding with it, writing it down."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from torch import Tensor, nn

from .._quoting import short
from .._validation import takes
from ..data import Rows, Scaling
from ..data.memory_limit import free_memory, size_text
from ..encoders import Encoder, ScaledCodes, adapt, copy_module
from ..encoders.adapter import codes_of
from ..encoders.networks import make_network
from ..exceptions import InvalidDataError, InvalidParameterError
from ..runtime import Seeds, resolve_device, seeded_torch
from ..training import encode_rows
from ..training.codes import LARGEST, finite_codes
from ..types import SINGLE_INPUT
from .inputs import as_numbers, check_rows, flatten_pictures
from .reduction import Reduction, scaled_names

__all__ = ["NetworkEstimator", "is_constant", "refuse_constant"]

#: Bytes that are never refused: what is free is an estimate.
_ALWAYS = 2**28


class NetworkEstimator(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Base of ``Autoencoder`` and ``DeepKMeans``; holds no state of its own before ``fit``."""

    encoder_: ScaledCodes
    scaling_: Scaling
    _architecture: dict[str, Any]
    _reduction: Reduction | None = None

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

    def _build(self, source: Any, architecture: dict[str, Any], rows: Rows, seeds: Seeds) -> None:
        """Set ``encoder_`` from ``"auto"``, a module or a function (n_inputs, embedding_dim) -> module."""
        with seeded_torch(seeds.seed("weights")):
            if isinstance(source, nn.Module):
                module = adapt(copy_module(source))
            elif callable(source):
                if not takes(source, rows.n_inputs, architecture["embedding_dim"]):
                    raise InvalidParameterError(
                        "The 'encoder' parameter, a function, must take two arguments, (n_inputs, embedding_dim), and "
                        f"return a torch.nn.Module. Got {short(source)} instead."
                    )
                module = adapt(source(rows.n_inputs, architecture["embedding_dim"]))
            elif source in ("auto", None):
                _check_room(type(self).__name__, architecture, rows.device)
                module = make_network(architecture)
            else:
                module = adapt(source)
            if isinstance(source, nn.Module) or callable(source):
                architecture = {"network": "custom", "class": type(source).__name__, "n_inputs": rows.n_inputs}
                architecture["embedding_dim"] = _probe(module, rows)
        self._architecture = architecture
        self.encoder_ = ScaledCodes(module, architecture["embedding_dim"]).to(rows.device)

    def _rows(self, X: Any) -> Rows:
        """Scaled rows for inference, in the precision of ``X``: float64 in, float64 through the network."""
        if self._reduction is not None:
            X = self._reduction.transform(X)
        dtype = torch.float64 if X.dtype == np.float64 and self._double_works() else torch.float32
        return Rows(X, self.scaling_, device=resolve_device(self.device), dtype=dtype, names=scaled_names(self))

    def _double_works(self) -> bool:
        return self._architecture["network"] != "custom" and resolve_device(self.device).type != "mps"

    def _codes(self, X: Any) -> Tensor:
        """Codes (n, embedding_dim) of checked rows; the one path of fit, predict, transform and embed."""
        rows = self._rows(X)
        return finite_codes(encode_rows(self._network(rows), rows))

    def _network(self, rows: Rows) -> Encoder:
        network: Encoder = self.encoder_.to(rows.device)
        return copy.deepcopy(network).double() if rows.dtype == torch.float64 else network

    def _decoded(self, z: Tensor) -> np.ndarray:
        """Rows (n, d) in the columns' own units of codes (n, embedding_dim)."""
        network = copy.deepcopy(self.encoder_).to(z.dtype).eval()
        with torch.no_grad():
            decoded = network.decode(z.to(self.encoder_.shift.device))[SINGLE_INPUT]
        rows = np.asarray(self.scaling_.invert(decoded).cpu().numpy())
        return rows if self._reduction is None else self._reduction.invert(rows)

    def _checked(self, X: Any) -> Any:
        """Rows to encode, checked against the fitted columns."""
        missing = getattr(self, "missing", "error")
        return check_rows(self, flatten_pictures(X)[0], reset=False, missing=missing)

    def _checked_codes(self, Z: Any, name: str) -> Tensor:
        """Codes (n, embedding_dim) that a user gives, in the precision in which they are decoded."""
        codes, width = as_numbers(Z, name), self._architecture["embedding_dim"]
        codes = codes.toarray() if sp.issparse(codes) else codes
        if codes.ndim != 2 or codes.shape[1] != width:
            raise InvalidDataError(
                f"{name} must be codes of shape (n, embedding_dim) = (n, {width}). Got shape {codes.shape} instead."
            )
        if not np.isfinite(codes).all():
            wrong = int(np.flatnonzero(~np.isfinite(codes).all(axis=1))[0])
            raise InvalidDataError(
                f"{name} must be finite codes. Row {wrong} (counted from 0) has NaN or infinity; leave it out."
            )
        z = torch.from_numpy(np.array(codes))
        return z if z.dtype == torch.float32 or self._double_works() else z.float()

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.allow_nan = self.missing == "impute"  # type: ignore[attr-defined]
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _missing_report(self, X: Any) -> dict[str, int]:
        """Imputed cells by column name (or number)."""
        columns = self.scaling_.flagged.numpy() if self._reduction is None else self._reduction.filled
        if sp.issparse(X) or not len(columns):
            return {}
        counts = np.isnan(X[:, columns]).sum(axis=0)
        names = getattr(self, "feature_names_in_", None)
        return {str(columns[i] if names is None else names[columns[i]]): int(counts[i]) for i in range(len(columns))}


def _check_room(estimator: str, architecture: Mapping[str, Any], device: torch.device) -> None:
    """Refuse a network that cannot fit into memory before any of it is taken: the system may end the process."""
    inputs, hidden, codes = architecture["n_inputs"], architecture.get("hidden_sizes"), architecture["embedding_dim"]
    sizes = [codes] if hidden is None else [inputs, *hidden, codes]  # convolutions are small
    weights = sum(a * b for a, b in itertools.pairwise(sizes)) * (1 if architecture.get("tied") else 2)
    kept = 4 if device.type == "cpu" else 1  # weights; in training their gradients and two moments
    needed = torch.float32.itemsize * (kept * weights + 2 * codes**2)  # the map of ScaledCodes and its inverse
    free = free_memory()
    if free is None or needed <= max(free, _ALWAYS):
        return
    room = f"the network takes {needed} bytes ({size_text(needed)}) of memory, and {size_text(free)} are free"
    widest = max(hidden or [0])
    if inputs > max(codes, widest):
        raise InvalidDataError(f"X makes {inputs} inputs of the network: {room}. Take fewer columns.")
    name, value = ("embedding_dim", codes) if codes >= widest else ("hidden_sizes", tuple(hidden or ()))
    raise InvalidParameterError(
        f"The {name!r} parameter of {estimator} is too large: {room}. Got {value!r:.80} instead of less."
    )


@torch.no_grad()
def _probe(module: nn.Module, rows: Rows) -> int:
    """Run two rows through a user's encoder (this also builds lazy layers); return the width of its codes."""
    x = rows.take(torch.arange(min(2, len(rows)), device=rows.device))
    if any(part.is_meta for part in (*module.parameters(), *module.buffers())):
        raise InvalidParameterError(
            "The 'encoder' parameter is on the device 'meta', where weights have no values; give it after "
            "to_empty(device='cpu') and with weights, or a function (n_inputs, embedding_dim) -> module."
        )
    try:
        module.to(rows.device)
        z = codes_of(module, x)
        _check_codes(z, len(x))
        if callable(getattr(module, "decode", None)):
            decoded = module.decode(z)  # type: ignore[operator]
            if not isinstance(decoded, Tensor) or decoded.shape != x.shape:
                found = tuple(decoded.shape) if isinstance(decoded, Tensor) else f"a {type(decoded).__name__}"
                raise InvalidParameterError(
                    f"The encoder's decode must return rows of shape {tuple(x.shape)}. Got {found} instead."
                )
    except (InvalidParameterError, MemoryError):
        raise
    except Exception as error:  # code of the user's own can fail in any way
        reason = " ".join(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}".split())
        raise InvalidParameterError(f"The 'encoder' cannot take rows of {x.shape[1]} inputs: {reason}") from error
    return int(z.shape[1])


def _check_codes(z: Any, n_rows: int) -> None:
    """Refuse what a user's ``encode`` returned for so many rows unless K-Means can take it."""
    if not isinstance(z, Tensor) or z.dim() != 2 or len(z) != n_rows or not math.prod(z.shape):
        found = tuple(z.shape) if isinstance(z, Tensor) else f"a {type(z).__name__}"
        raise InvalidParameterError(
            f"The encoder's codes must have shape (rows, embedding_dim). Got {found} instead."
        )
    if z.layout != torch.strided or z.is_complex():
        kind = "complex numbers" if z.is_complex() else f"a tensor of layout {z.layout}"
        raise InvalidParameterError(f"The encoder's codes must be a dense tensor of real numbers. Got {kind} instead.")
    largest = float(z.abs().max())
    if LARGEST < largest < math.inf:  # what is no number at all is refused for each row, with its place
        raise InvalidParameterError(
            f"The encoder's codes must be moderate numbers, whose squares a float32 holds. Got {largest:.1e}; scale "
            "them down, for instance by normalisation in the last layer."
        )


def is_constant(X: Any) -> bool:
    """Whether all rows are the same."""
    if sp.issparse(X):  # by the columns' ranges: equal rows as a matrix would be as large as dense rows
        return bool((X.max(axis=0) != X.min(axis=0)).nnz == 0)
    first = X[:1]
    return not ((X != first) & ~(np.isnan(X) & np.isnan(first))).any()


def refuse_constant(X: Any, estimator: str, n_given: int | None = None) -> None:
    """An all-constant table has nothing to learn; ``X`` are its rows with weight, of ``n_given``."""
    if is_constant(X):
        weighted = n_given is not None and n_given > X.shape[0]
        which, cause = (" that have weight", "sample_weight, ") if weighted else ("", "")
        raise InvalidDataError(
            f"All {X.shape[0]} rows of X{which} are the same in all {X.shape[1]} column(s): {estimator} has nothing to "
            f"learn. Check {cause}the file and the chosen columns."
        )
