"""Networks (modules with ``encode(x)`` and ``decode(z)``) and the encoders made of them, which take inputs by name."""

from .adapter import SingleInputEncoder, adapt, copy_module
from .convolutional import ConvAutoencoder
from .dense import ACTIVATIONS, OUTPUT_RANGES, DenseAutoencoder, VariationalAutoencoder
from .encoder import Encoder
from .fusion import FusedEncoder
from .media_encoders import AudioEncoder, ImageEncoder
from .picture_network import PictureNetwork
from .series import SeriesAutoencoder
from .spectrogram import SpectrogramAutoencoder
from .text_encoder import TextEncoder

__all__ = [
    "ACTIVATIONS",
    "OUTPUT_RANGES",
    "AudioEncoder",
    "ConvAutoencoder",
    "DenseAutoencoder",
    "Encoder",
    "FusedEncoder",
    "ImageEncoder",
    "PictureNetwork",
    "SeriesAutoencoder",
    "SingleInputEncoder",
    "SpectrogramAutoencoder",
    "TextEncoder",
    "VariationalAutoencoder",
    "adapt",
    "copy_module",
    "draws_nothing",
]

ScaledCodes = SingleInputEncoder  # its earlier name


def __dir__() -> list[str]:
    return list(__all__)


def draws_nothing(encoder: Encoder) -> bool:
    """Whether all networks of an encoder are of this package, which draw no random numbers while they train."""
    known = (ConvAutoencoder, DenseAutoencoder, SeriesAutoencoder, SpectrogramAutoencoder, VariationalAutoencoder)
    return all(type(each) in known for each in encoder.networks)
