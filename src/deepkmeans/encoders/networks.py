"""The networks of this package by name, made from a description that a file can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from ..runtime import seeded_torch
from .adapter import SingleInputEncoder
from .convolutional import ConvAutoencoder
from .dense import DenseAutoencoder, VariationalAutoencoder
from .encoder import Encoder
from .fusion import FusedEncoder
from .series import SeriesAutoencoder
from .spectrogram import SpectrogramAutoencoder

__all__ = ["JOINED", "NETWORKS", "fresh_network", "make_encoder", "make_network"]

#: What an architecture is called that has one for each of several inputs.
JOINED = "joined"
#: Share of its inputs that a row is embedded without in training.
_DROPOUT = 0.3

NETWORKS: dict[str, Any] = {
    "convolutional": ConvAutoencoder, "dense": DenseAutoencoder, "series": SeriesAutoencoder,
    "spectrogram": SpectrogramAutoencoder,
    "variational": VariationalAutoencoder,
}  # fmt: skip


def make_network(architecture: Mapping[str, Any]) -> nn.Module:
    """The network that this describes, its weights drawn from torch's current generator."""
    options = {key: value for key, value in architecture.items() if key != "network"}
    return NETWORKS[architecture["network"]](**options)


def make_encoder(architecture: Mapping[str, Any]) -> Encoder:
    """An encoder of one input or several, its weights drawn from torch's current generator."""
    if architecture["network"] != JOINED:
        return SingleInputEncoder(make_network(architecture), architecture["embedding_dim"])
    networks = {name: make_network(part) for name, part in architecture["inputs"].items()}
    return FusedEncoder(networks, architecture["embedding_dim"], weighted=True, dropout=_DROPOUT)


def fresh_network(architecture: Mapping[str, Any], seed: int) -> Encoder:
    """The network that this describes, with weights of this seed, as an encoder."""
    with seeded_torch(seed):
        return make_encoder(architecture)
