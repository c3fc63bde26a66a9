"""A network for each input, and one embedding for each row: the mean over the inputs that the row has."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import torch
from torch import Tensor, nn

from ..exceptions import InvalidParameterError
from .adapter import rows_of
from .encoder import Encoder
from .presence import masked_mean, of_present
from .synchronized import SynchronizedBatchNorm

__all__ = ["FusedEncoder"]


class FusedEncoder(Encoder):
    """Several inputs, each with its network; a row is embedded as the mean over the inputs that it has.

    Parameters
    ----------
    networks : mapping of str to nn.Module
        By the name of the input: modules with ``encode(x)`` and, to reconstruct, ``decode(z)``, all of the same
        embedding_dim.
    embedding_dim : int
    weighted : bool
        Whether the inputs have weights in the mean, which are learnt; they start alike, or as :meth:`start_weights`
        says.
    dropout : float
        Share of the inputs that a row is embedded without while the encoder trains, though not of its last one: so that
        each input alone is enough. Reconstructions are still compared with all inputs that the row has.

    Raises
    ------
    InvalidParameterError
        There is no network, or one is none; in ``encode``, one cannot embed, or embeds in another shape.

    Notes
    -----
    Every network decodes the fused embedding, so that inputs which a row lacks are reconstructed, too. A
    network sees the rows that have its input and no others; for a single row batch normalisation takes its running
    statistics.

    Variational networks fuse their log variances by the same mean. A product of the Gaussians would weigh the means by
    their precisions; then the fused mean would no longer be ``encode``, which K-Means clusters and ``set_metric`` maps.
    """

    def __init__(
        self, networks: Mapping[str, nn.Module], embedding_dim: int, *, weighted: bool = False, dropout: float = 0.0
    ) -> None:  # fmt: skip
        super().__init__(embedding_dim)
        if not networks:
            raise InvalidParameterError("There is no network; give one for each input, by the name of the input.")
        for name, network in networks.items():
            if not isinstance(network, nn.Module):
                raise _no_network(name, network)
        self.embedding_dim, self.input_names = embedding_dim, tuple(networks)
        self.by_number = nn.ModuleList(networks.values())  # a name of an input may hold any character
        self.dropout, self._drawn = dropout, 0
        # Of the weights' generator, so that a seed of these is one of what is left out, too.
        self._seed = int(torch.randint(2**31 - 1, (), device="cpu")) if dropout > 0 else 0
        weights = nn.Parameter(torch.zeros(len(networks), dtype=torch.float32)) if weighted else None
        self.log_weights: nn.Parameter | None
        self.register_parameter("log_weights", weights)

    @torch.no_grad()
    def start_weights(self, weights: Mapping[str, float]) -> None:
        """Weights, above 0 and by the name of the input, from which they are learnt."""
        if self.log_weights is not None:
            given = torch.tensor([weights[name] for name in self.input_names], dtype=torch.float64)
            self.log_weights.copy_((given / given.mean()).log())

    @torch.no_grad()
    def shares(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, float]:
        """How much each input counts in the embedding of these rows: its weight times the deviation of its part."""
        size = []
        weights = [1.0] * len(self.by_number) if self.log_weights is None else self.log_weights.exp().tolist()
        for name, network, weight in zip(self.input_names, self.networks, weights, strict=True):
            x = inputs[name][present[name]]
            h = network.encode(x).double() if len(x) > 1 else None  # type: ignore[operator]
            size.append(0.0 if h is None else weight * float(h.var(0, correction=0).sum().sqrt()))
        total = sum(size) or 1.0
        return {name: each / total for name, each in zip(self.input_names, size, strict=True)}

    @property
    def networks(self) -> Iterable[nn.Module]:
        return self.by_number

    def _fused(
        self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None,
        function: Callable[[nn.Module, Tensor], Tensor], width: int,
    ) -> Tensor:  # fmt: skip
        """``function`` of each network and its input, (B, width), fused."""
        names = self.input_names
        if set(inputs) != set(names):
            raise InvalidParameterError(
                f"The encoder takes the inputs {', '.join(map(repr, names))}. Got {', '.join(map(repr, inputs))} "
                "instead; give each under its name."
            )
        masks = None if present is None else [present[name] for name in names]
        if self.training and self.dropout > 0 and len(names) > 1:
            masks = self._dropped(masks, inputs[names[0]])
        parts = []
        for number, (name, network) in enumerate(zip(names, self.networks, strict=True)):
            here = None if masks is None else masks[number]
            run = partial(self._run, function, network, name, width)
            parts.append(of_present(run, here, inputs[name], shape=(width,)))
        return masked_mean(parts, masks, None if self.log_weights is None else self.log_weights.exp())

    def _dropped(self, masks: list[Tensor] | None, x: Tensor) -> list[Tensor]:
        """Fewer inputs of each row, at least one of those it has."""
        shape = (len(self.input_names), len(x))
        there = torch.ones(shape, dtype=torch.bool, device=x.device) if masks is None else torch.stack(masks)
        generator = torch.Generator(x.device).manual_seed((self._seed << 31) + self._drawn)
        self._drawn += 1
        kept = there & (torch.rand(shape, device=x.device, dtype=torch.float32, generator=generator) >= self.dropout)
        return list(torch.where(kept.any(dim=0), kept, there))

    def _run(
        self, function: Callable[[nn.Module, Tensor], Tensor], network: nn.Module, name: str, width: int, x: Tensor
    ) -> Tensor:  # fmt: skip
        if not callable(getattr(network, "encode", None)):
            raise _no_network(name, network)
        with _steady(network, len(x)):
            z = function(network, x).to(self.shift.dtype)
        if z.shape != (len(x), width):
            raise InvalidParameterError(
                f"All networks must embed rows in embedding_dim={self.embedding_dim} dimensions. That of input "
                f"{name!r} makes shape {tuple(z.shape)} of {len(x)} rows, where ({len(x)}, {width}) is expected; "
                "give it the embedding_dim of the others."
            )
        return z

    def _embed(self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None) -> Tensor:
        return self._fused(inputs, present, lambda network, x: network.encode(x), self.embedding_dim)  # type: ignore[operator]

    def _rows(self, z: Tensor) -> dict[str, Tensor]:
        decoded = {}
        for name, network in zip(self.input_names, self.networks, strict=True):
            with _steady(network, len(z)):
                decoded[name] = rows_of(network, z)
        return decoded

    def _distribution(
        self, inputs: Mapping[str, Tensor], present: Mapping[str, Tensor] | None
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        def both(network: nn.Module, x: Tensor) -> Tensor:
            return torch.cat(network.distribution(x), dim=1)  # type: ignore[operator]

        mean, log_variance = self._fused(inputs, present, both, 2 * self.embedding_dim).chunk(2, dim=1)
        return mean, log_variance


def _no_network(name: str, given: object) -> InvalidParameterError:
    return InvalidParameterError(
        f"The network of input {name!r} must be a torch.nn.Module with encode(x). Got {type(given).__name__} instead."
    )


@contextlib.contextmanager
def _steady(network: nn.Module, n_samples: int) -> Iterator[None]:
    """Batch normalisation by the running statistics while there is one row only."""
    modules = list(network.modules()) if n_samples == 1 else []
    shared = {id(m.layer) for m in modules if isinstance(m, SynchronizedBatchNorm)}  # other processes have more rows
    norms = [
        m for m in modules if isinstance(m, nn.modules.batchnorm._BatchNorm) and m.training and id(m) not in shared
    ]  # fmt: skip
    for norm in norms:
        norm.eval()
    try:
        yield
    finally:
        for norm in norms:
            norm.train()
