"""Pretrained encoders of pictures and of recordings, and how they are to be used: arguments for ``encoder=``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .._validation import Constraint, Instance, Interval
from .pretrained import PretrainedEncoder

__all__ = ["AudioEncoder", "ImageEncoder"]

#: Mean and deviation of red, green and blue in ImageNet, which most networks are trained with.
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
#: Sides of a picture in pixels, and samples a second, that anything is made of.
_SIDE, _RATE = Interval(int, 1, 4096), Interval(int, 100, 10_000_000)
_FINITE, _POSITIVE = Interval(float, None, None), Interval(float, 0, None, open_low=True)


@dataclass(frozen=True, eq=False)
class ImageEncoder(PretrainedEncoder):
    """A pretrained encoder of pictures. It makes the rows that are clustered, and is not trained.

    Parameters
    ----------
    model : str, path, nn.Module, object or callable
        The id of a model of transformers on the Hugging Face hub ("facebook/dinov2-small", SigLIP, CLIP, ...), or a
        local folder with one, which prepares pictures as it was trained to; a ``torch.nn.Module``, which is called
        with a float tensor (n, 3, height, width); or a function (or an object with ``encode`` or ``transform``) from a
        list of n PIL images, in RGB and at most 1,024 pixels long, to n rows of numbers. Of an output (n, channels,
        height, width) of a module the mean over all places is taken.
    size : int or (int, int), default=224
        Height and width to which pictures are brought for a module, whole: what has another aspect is stretched.
    mean, std : float, or three of them
        Of red, green and blue, from 0 to 1, that a module was trained with; by default those of ImageNet.
    revision : str or None, default=None
        Branch, tag or commit of a model on the hub.
    local_files_only : bool, default=True
        Take models of the hub from its cache on this machine alone. With False a model that is not there is
        downloaded, unless the variable ``HF_HUB_OFFLINE`` forbids it.
    batch_size : int or None, default=None
        Pictures per call, 32 by default.
    device : str or None, default=None
        Where a module or a model of transformers runs; by default where it is.
    normalize : bool, default=True
        Give each row length one: of an embedding only the direction has a meaning.
    cache : "auto", False or path, default="auto"
        Folder in which rows are kept by the content of their pictures, so that no picture is encoded twice. "auto" is
        the folder named by the variable ``DEEPKMEANS_CACHE`` ("off" for none), else one in the user's cache folder.
    name : str or None, default=None
        For a function or an object of your own: a name that stands for what it computes. Its rows are cached
        under this name; without one they are not, as nobody can tell whether it is the same function. Modules are
        known by their weights and by what they make of a few pictures.

    Raises
    ------
    InvalidParameterError

    Examples
    --------
    >>> from deepkmeans.encoders import ImageEncoder
    >>> ImageEncoder("facebook/dinov2-small", batch_size=8).batch_size
    8
    """

    model: Any
    size: Any = 224
    mean: Any = _MEAN
    std: Any = _STD
    revision: str | None = None
    local_files_only: bool = True
    batch_size: int | None = None
    device: str | None = None
    normalize: bool = True
    cache: Any = "auto"
    name: str | None = None

    kind: ClassVar[str] = "image"
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "size": [_SIDE, Instance(lambda value: _are(value, 2, _SIDE.accepts), "(height, width)")],
        "mean": [
            _FINITE,
            Instance(lambda value: _are(value, 3, _FINITE.accepts), "three numbers, of red, green and blue"),
        ],
        "std": [
            _POSITIVE,
            Instance(lambda value: _are(value, 3, _POSITIVE.accepts), "three positive numbers"),
        ],
    }


@dataclass(frozen=True, eq=False)
class AudioEncoder(PretrainedEncoder):
    """A pretrained encoder of recordings. It makes the rows that are clustered, and is not trained.

    Parameters
    ----------
    model : str, path, nn.Module, object or callable
        The id of a model of transformers on the Hugging Face hub ("facebook/wav2vec2-base", CLAP, ...), or a local
        folder with one; a ``torch.nn.Module``, which is called with a float tensor (n, samples), recordings of one
        length together and none of them padded; or a function (or an object with ``encode`` or ``transform``) from a
        list of n arrays (samples,) of float32 to n rows of numbers. Samples are of one channel, from -1 to 1.
    rate : int or None, default=None
        Samples a second to which recordings are resampled; by default 16,000, and for a model of transformers what it
        says.
    max_seconds : float, default=10
        A model of transformers reads a longer recording in parts of this length; its row is their mean, weighted by
        their lengths. Others get each recording whole.
    revision : str or None, default=None
        Branch, tag or commit of a model on the hub.
    local_files_only : bool, default=True
        Take models of the hub from its cache on this machine alone. With False a model that is not there is
        downloaded, unless the variable ``HF_HUB_OFFLINE`` forbids it.
    batch_size : int or None, default=None
        Recordings per call, 32 by default.
    device : str or None, default=None
        Where a module or a model of transformers runs; by default where it is.
    normalize : bool, default=True
        Give each row length one: of an embedding only the direction has a meaning.
    cache : "auto", False or path, default="auto"
        Folder in which rows are kept by the content of their recordings, as of
        :class:`~deepkmeans.encoders.ImageEncoder`.
    name : str or None, default=None
        For a function or an object of your own: a name that stands for what it computes, under which its rows are
        cached.

    Raises
    ------
    InvalidParameterError

    Examples
    --------
    >>> from deepkmeans.encoders import AudioEncoder
    >>> AudioEncoder("facebook/wav2vec2-base", max_seconds=5).max_seconds
    5
    """

    model: Any
    rate: int | None = None
    max_seconds: float = 10.0
    revision: str | None = None
    local_files_only: bool = True
    batch_size: int | None = None
    device: str | None = None
    normalize: bool = True
    cache: Any = "auto"
    name: str | None = None

    kind: ClassVar[str] = "audio"
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "rate": [_RATE, None],
        "max_seconds": [Interval(float, 0.1, 600)],
    }


def _are(value: Any, count: int, accepts: Any) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == count and all(map(accepts, value))
