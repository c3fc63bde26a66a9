"""The networks of this package by name, made from a description that a file can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from ..runtime import seeded_torch
from .adapter import SingleInputEncoder
from .convolutional import ConvAutoencoder
from .dense import DenseAutoencoder, VariationalAutoencoder
from .series import SeriesAutoencoder
from .spectrogram import SpectrogramAutoencoder

__all__ = ["NETWORKS", "fresh_network", "make_network"]

NETWORKS: dict[str, Any] = {
    "convolutional": ConvAutoencoder, "dense": DenseAutoencoder, "series": SeriesAutoencoder,
    "spectrogram": SpectrogramAutoencoder,
    "variational": VariationalAutoencoder,
}  # fmt: skip


def make_network(architecture: Mapping[str, Any]) -> nn.Module:
    """The network that this describes, its weights drawn from torch's current generator."""
    options = {key: value for key, value in architecture.items() if key != "network"}
    return NETWORKS[architecture["network"]](**options)


def fresh_network(architecture: Mapping[str, Any], seed: int) -> SingleInputEncoder:
    """The network that this describes, with weights of this seed, as an encoder."""
    with seeded_torch(seed):
        return SingleInputEncoder(make_network(architecture), architecture["embedding_dim"])
