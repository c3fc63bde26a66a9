"""The network of a fit before it is trained: the one that a plan describes, or the user's own."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .._quoting import short
from .._validation import takes
from ..data import Rows
from ..data.layout import LAYOUTS
from ..data.memory_limit import free_memory, size_text
from ..data.preprocessing.text_encoder_kinds import encoding_method
from ..encoders import SingleInputEncoder, adapt, copy_module
from ..encoders.adapter import embedding_of
from ..encoders.networks import make_network
from ..exceptions import InvalidDataError, InvalidParameterError
from ..fitting import DataFacts
from ..runtime import Seeds, seeded_torch
from ..training.embedding import LARGEST

__all__ = ["check_batch_size", "new_encoder"]

#: Bytes that are never refused: what is free is an estimate.
_ALWAYS = 2**28


def new_encoder(
    source: Any, architecture: Mapping[str, Any], rows: Rows, seeds: Seeds, owner: str, data: DataFacts | None = None
) -> tuple[SingleInputEncoder, dict[str, Any]]:  # fmt: skip
    """An untrained encoder, and its architecture, which a network of the user's own says only now.

    Parameters
    ----------
    source : "auto", None, nn.Module or function (n_inputs, embedding_dim) -> nn.Module
        The parameter ``encoder``.
    architecture : mapping
        Of the network that ``"auto"`` is; where that is variational, one of the user's own has ``distribution``, too.
    rows : Rows
        Those that the network is to learn.
    seeds : Seeds
    owner : str
        The estimator, for messages.
    data : DataFacts or None
        What became of the columns before the network, for messages.
    """
    n_inputs, embedding_dim = rows.n_inputs, architecture["embedding_dim"]
    with seeded_torch(seeds.seed("weights")):
        if isinstance(source, nn.Module):
            module = adapt(copy_module(source))
        elif callable(source):
            if isinstance(source, type) and encoding_method(source) and not issubclass(source, nn.Module):
                raise InvalidParameterError(
                    f"The 'encoder' parameter is the class {source.__name__}; give an object of it, "
                    f"{source.__name__}(...), fitted if it learns from texts."
                )
            if not takes(source, n_inputs, embedding_dim):
                raise InvalidParameterError(
                    "The 'encoder' parameter, a function, must take two arguments, (n_inputs, embedding_dim), and "
                    "return a torch.nn.Module; or one, a list of texts, and return a row of numbers for each. Got "
                    f"{short(source)} instead."
                )
            module = adapt(source(n_inputs, embedding_dim))
        elif source in ("auto", None):
            _check_room(owner, architecture, rows.device)
            module = make_network(architecture)
        else:
            module = adapt(source)
        if isinstance(source, nn.Module) or callable(source):
            variational = architecture["network"] == "variational"
            architecture = {"network": "custom", "class": type(source).__name__, "n_inputs": n_inputs}
            architecture["embedding_dim"] = _probe(
                module, rows, owner, "" if data is None else _other_width(data), variational=variational
            )  # fmt: skip
    return SingleInputEncoder(module, architecture["embedding_dim"]).to(rows.device), dict(architecture)


def check_batch_size(owner: str, batch_size: int, encoder: nn.Module, n_samples: int) -> None:
    """Refuse batches of one row for a network that normalises each column over the batch."""
    if batch_size < 2 <= n_samples and any(isinstance(layer, nn.BatchNorm1d) for layer in encoder.modules()):
        raise InvalidParameterError(
            f"The 'batch_size' parameter of {owner} must be at least 2 here: the network has batch normalisation, "
            f"which compares the rows of a batch. Got {batch_size} instead."
        )


def _check_room(estimator: str, architecture: Mapping[str, Any], device: torch.device) -> None:
    """Refuse a network that cannot fit into memory before any of it is taken: the system may end the process."""
    inputs, hidden, width = architecture["n_inputs"], architecture.get("hidden_sizes"), architecture["embedding_dim"]
    sizes = [width] if hidden is None else [inputs, *hidden, width]  # convolutions are small
    weights = sum(a * b for a, b in itertools.pairwise(sizes)) * (1 if architecture.get("tied") else 2)
    kept = 4 if device.type == "cpu" else 1  # weights; in training their gradients and two moments
    needed = torch.float32.itemsize * (kept * weights + 2 * width**2)  # the map of SingleInputEncoder and its inverse
    free = free_memory()
    if free is None or needed <= max(free, _ALWAYS):
        return
    room = f"the network takes {needed} bytes ({size_text(needed)}) of memory, and {size_text(free)} are free"
    widest = max(hidden or [0])
    if inputs > max(width, widest):
        raise InvalidDataError(f"X makes {inputs} inputs of the network: {room}. Take fewer columns.")
    name, value = ("embedding_dim", width) if width >= widest else ("hidden_sizes", tuple(hidden or ()))
    raise InvalidParameterError(
        f"The {name!r} parameter of {estimator} is too large: {room}. Got {value!r:.80} instead of less."
    )


@torch.no_grad()
def _probe(module: nn.Module, rows: Rows, owner: str, other_width: str, *, variational: bool) -> int:
    """Run two rows through a user's encoder (this also builds lazy layers); return the width of its embedding."""
    x = rows.take(torch.arange(min(2, len(rows)), device=rows.device))
    if any(part.is_meta for part in (*module.parameters(), *module.buffers())):
        raise InvalidParameterError(
            "The 'encoder' parameter is on the device 'meta', where weights have no values; give it after "
            "to_empty(device='cpu') and with weights, or a function (n_inputs, embedding_dim) -> module."
        )
    if variational and not callable(getattr(module, "distribution", None)):
        raise InvalidParameterError(
            f"The 'encoder' parameter of {owner} must be a network with the methods encode, decode and "
            "distribution(x) -> (mean, log_variance), as the objective is variational. Got one without distribution; "
            "give another, encoder='auto', or another objective."
        )
    try:
        module.to(rows.device)
        z = embedding_of(module, x)
        _check_embedding(z, len(x))
        if callable(getattr(module, "decode", None)):
            decoded = module.decode(z)  # type: ignore[operator]
            if not isinstance(decoded, Tensor) or decoded.shape != x.shape:
                shape = tuple(decoded.shape) if isinstance(decoded, Tensor) else f"a {type(decoded).__name__}"
                raise InvalidParameterError(
                    f"The encoder's decode must return rows of shape {tuple(x.shape)}. Got {shape} "
                    f"instead{other_width}."
                )
        if variational:
            _check_distribution(module.distribution(x), z)  # type: ignore[operator]
    except (InvalidParameterError, MemoryError):
        raise
    except Exception as error:  # code of the user's own can fail in any way
        reason = " ".join(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}".split())
        raise InvalidParameterError(
            f"The 'encoder' cannot take rows of {x.shape[1]} inputs: {reason}{other_width}"
        ) from error
    return int(z.shape[1])


def _other_width(data: DataFacts) -> str:
    """Why a network has another number of inputs than there are columns, and what to do; "" where it has not."""
    function = "a function (n_inputs, embedding_dim) -> torch.nn.Module"
    if data.reduction != "none":
        of_user = repr(data.reduction) if data.reduction in LAYOUTS else f"{data.reduction:.60}"
        by = "reduce='pca', or 'auto' above 256 columns," if data.reduction == "pca" else f"reduce={of_user}"
        n_before = data.n_reduced if data.reduction == "pca" else data.n_features
        return (
            f"; {by} has made {data.n_inputs - data.n_flags} of {n_before} columns: give reduce='none', by which the "
            f"network has the columns as they are, or as 'encoder' {function}"
        )
    if data.n_inputs != data.n_features:
        flags = f", {data.n_flags} of them for missing cells" if data.n_flags else ""
        return f"; X has {data.n_features} columns, which become {data.n_inputs} inputs{flags}: give {function}"
    return ""


def _check_embedding(z: Any, n_samples: int) -> None:
    """Refuse what a user's ``encode`` returned for ``n_samples`` rows unless K-Means can take it."""
    if not isinstance(z, Tensor) or z.dim() != 2 or len(z) != n_samples or not math.prod(z.shape):
        shape = tuple(z.shape) if isinstance(z, Tensor) else f"a {type(z).__name__}"
        raise InvalidParameterError(
            f"The encoder's embedding must have shape (n_samples, embedding_dim). Got {shape} instead."
        )
    if z.layout != torch.strided or z.is_complex():
        kind = "complex numbers" if z.is_complex() else f"a tensor of layout {z.layout}"
        raise InvalidParameterError(
            f"The encoder's embedding must be a dense tensor of real numbers. Got {kind} instead."
        )
    largest = float(z.abs().max())
    if LARGEST < largest < math.inf:  # what is no number at all is refused for each row, with its place
        raise InvalidParameterError(
            f"The encoder's embedding must be moderate numbers, whose squares a float32 holds. Got {largest:.1e}; "
            "scale them down, for instance by normalisation in the last layer."
        )


def _check_distribution(result: Any, z: Tensor) -> None:
    """Refuse what a user's ``distribution`` returned unless it is a mean and a log variance, each as ``z``."""
    pair = isinstance(result, (tuple, list)) and len(result) == 2
    if pair and all(isinstance(part, Tensor) and part.shape == z.shape for part in result):
        return
    got = [
        tuple(part.shape) if isinstance(part, Tensor) else f"a {type(part).__name__}"
        for part in (result if pair else [result])
    ]
    raise InvalidParameterError(
        f"The encoder's distribution must return a mean and a log variance, each of shape {tuple(z.shape)}. Got "
        f"{' and '.join(map(str, got))} instead."
    )
