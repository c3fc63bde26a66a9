"""Networks: plain ``nn.Module`` with ``encode`` and ``decode``."""

from .adapter import ScaledCodes, adapt, copy_module
from .convolutional import ConvAutoencoder
from .dense import ACTIVATIONS, OUTPUT_RANGES, DenseAutoencoder, VariationalAutoencoder

__all__ = [
    "ACTIVATIONS",
    "OUTPUT_RANGES",
    "ConvAutoencoder",
    "DenseAutoencoder",
    "ScaledCodes",
    "VariationalAutoencoder",
    "adapt",
    "copy_module",
    "draws_nothing",
]


def __dir__() -> list[str]:
    return list(__all__)


def draws_nothing(network: object) -> bool:
    """Whether a network is one of ours, which draw no random numbers while they train."""
    return type(network) in (ConvAutoencoder, DenseAutoencoder, VariationalAutoencoder)
