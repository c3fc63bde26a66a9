"""Batch normalisation by the statistics of a batch that several processes hold together."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..runtime.collective import Collective

__all__ = ["SynchronizedBatchNorm", "synchronized"]


class _Sum(torch.autograd.Function):
    """``collective.sum`` of one tensor; its gradient is the sum of the gradients of all processes."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, collective: Collective) -> Tensor:
        ctx.collective = collective
        return collective.sum(tensor)[0]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.collective.sum(gradients[0].contiguous())[0], None


class SynchronizedBatchNorm(nn.Module):
    """What a batch-normalisation layer computes, of a batch of which each process holds some rows, maybe none.

    ``torch.nn.SyncBatchNorm`` does this on GPUs only.

    Parameters
    ----------
    layer : BatchNorm1d, 2d or 3d
        Its weights and running statistics are used and updated; they stay its own.
    collective : Collective
    """

    def __init__(self, layer: _BatchNorm, collective: Collective) -> None:
        super().__init__()
        self.layer, self.collective = layer, collective

    def forward(self, x: Tensor) -> Tensor:
        """Normalise x (B, channels, ...); all processes have to call this together in training."""
        layer = self.layer
        if not layer.training and layer.track_running_stats:
            return layer(x)  # type: ignore[no-any-return]
        axes = [0, *range(2, x.dim())]
        shape = (1, -1, *[1] * (x.dim() - 2))
        rows = x.new_full((1,), x.numel() / x.shape[1])
        sums = self._sum(torch.cat([x.sum(axes), rows]))  # (channels + 1,)
        count = sums[-1].detach()
        mean = sums[:-1] / count
        centred = x - mean.view(shape)
        variance = self._sum(centred.square().sum(axes)) / count
        if layer.training and layer.track_running_stats:
            self._track(mean.detach(), variance.detach() * count / (count - 1).clamp_min(1))
        y = centred * (variance + layer.eps).rsqrt().view(shape)
        return y if layer.weight is None else y * layer.weight.view(shape) + layer.bias.view(shape)

    def _sum(self, tensor: Tensor) -> Tensor:
        return _Sum.apply(tensor, self.collective)  # type: ignore[no-any-return, no-untyped-call]

    @torch.no_grad()
    def _track(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics as the layer itself would."""
        layer = self.layer
        assert layer.num_batches_tracked is not None
        assert layer.running_mean is not None
        assert layer.running_var is not None
        layer.num_batches_tracked.add_(1)
        share = 1.0 / float(layer.num_batches_tracked) if layer.momentum is None else layer.momentum
        layer.running_mean.lerp_(mean.to(layer.running_mean), share)
        layer.running_var.lerp_(variance.to(layer.running_var), share)


def synchronized(network: nn.Module, collective: Collective) -> nn.Module:
    """A network that shares all weights and buffers with ``network`` and normalises over all processes.

    What trains one trains the other. In one process it is ``network`` itself.
    """
    if collective.size == 1 or not any(isinstance(layer, _BatchNorm) for layer in network.modules()):
        return network
    tensors = itertools.chain(network.parameters(), network.buffers())
    twin = copy.deepcopy(network, {id(tensor): tensor for tensor in tensors})
    _replace(twin, collective)
    return twin


def _replace(module: nn.Module, collective: Collective) -> None:
    for name, child in module.named_children():
        if isinstance(child, _BatchNorm):
            module.add_module(name, SynchronizedBatchNorm(child, collective))
        else:
            _replace(child, collective)
