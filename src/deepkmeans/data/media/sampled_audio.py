"""Recordings in memory: pairs (rate, samples)."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import torch

from ..._quoting import short
from ...exceptions import InvalidDataError
from ...runtime import tensor_array
from ..given_texts import is_missing

__all__ = ["FORM", "is_sampled", "looks_sampled", "sampled_recording"]

FORM = "give a list of (rate, samples), as scipy.io.wavfile.read returns them, or of paths"


def is_sampled(cell: Any) -> bool:
    """Whether it can only be meant as a rate and samples: a number and an array (n,) or (n, channels), in any order."""
    return any(_is_rate(rate) and _is_array(samples) and samples.ndim < 3 for rate, samples in _both_ways(cell))


def looks_sampled(cell: Any) -> bool:
    """The same where a part is wrong: a rate that is a text or a truth value, an array of more dimensions."""
    return any(
        _is_array(samples) and (isinstance(rate, numbers.Real) or _spells_number(rate))
        for rate, samples in _both_ways(cell)
    )


def sampled_recording(cell: Any, place: str) -> tuple[int, np.ndarray]:
    """Rate and samples (n,) or (n, channels); these may be a list of floats, too.

    Parameters
    ----------
    cell : Any
    place : str
        What messages call it, such as "X[3]".

    Raises
    ------
    InvalidDataError
        For anything else; it says which part is wrong, and what to give.
    """
    if not isinstance(cell, (tuple, list)) or len(cell) != 2:
        raise InvalidDataError(f"{place} is {_what(cell)}, and no recording: {FORM}, None where one is missing.")
    rate, samples = cell
    if _is_rate(samples) and (_is_array(rate) or isinstance(rate, (tuple, list))):
        raise InvalidDataError(f"{place} is (samples, rate): {FORM}.")
    return _rate(rate, place), _samples(samples, place)


def _rate(rate: Any, place: str) -> int:
    if not _is_rate(rate) or not np.isfinite(float(rate)) or rate != int(rate) or rate <= 0:
        got = repr(rate) if _is_rate(rate) else _what(rate)
        raise InvalidDataError(
            f"The rate of {place} is {got}: give a whole number of samples a second, above 0, as in (rate, samples)."
        )
    return int(rate)


def _samples(given: Any, place: str) -> np.ndarray:
    if is_missing(given):
        raise InvalidDataError(f"The samples of {place} are missing ({given!r}): give None in place of the pair.")
    samples = _as_array(given, place)
    if samples.ndim not in (1, 2):
        raise InvalidDataError(
            f"The samples of {place} are an array of shape {samples.shape}: give (n_samples,) or "
            "(n_samples, n_channels)."
        )
    if samples.dtype.kind not in "iuf":
        raise InvalidDataError(f"The samples of {place} are of {samples.dtype}: give whole numbers or floats.")
    if isinstance(given, (list, tuple)) and samples.dtype.kind != "f":
        raise InvalidDataError(
            f"The samples of {place} are a {type(given).__name__} of whole numbers, which does not tell how large they "
            "may be: give np.asarray(samples, dtype='int16'), or what their type was, or floats from -1 to 1."
        )
    if samples.ndim == 2 and samples.shape[0] < samples.shape[1]:
        raise InvalidDataError(
            f"The samples of {place} are of shape {samples.shape}, more channels than samples: give them as "
            "(n_samples, n_channels), samples.T."
        )
    return samples


def _as_array(samples: Any, place: str) -> np.ndarray:
    if isinstance(samples, torch.Tensor):
        return tensor_array(samples, place)
    if isinstance(samples, (list, tuple)):
        try:
            return np.asarray(samples)
        except ValueError:
            raise InvalidDataError(
                f"The samples of {place} are lists of different lengths: give an array (n_samples,) or "
                "(n_samples, n_channels)."
            ) from None
    if not hasattr(samples, "__array__"):
        raise InvalidDataError(f"The samples of {place} are {_what(samples)}: give an array of numbers.")
    return np.asarray(samples)


def _both_ways(cell: Any) -> list[Any]:
    return [cell, cell[::-1]] if isinstance(cell, (tuple, list)) and len(cell) == 2 else []


def _is_rate(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_array(value: Any) -> bool:
    return isinstance(value, (np.ndarray, torch.Tensor)) and value.ndim > 0


def _spells_number(value: Any) -> bool:
    return isinstance(value, str) and value.strip().removesuffix(".0").isdecimal()


def _what(value: Any) -> str:
    if _is_array(value):
        return f"an array of shape {tuple(value.shape)} without a rate"
    kind = type(value).__name__
    if isinstance(value, (tuple, list)):
        return f"a {kind} of {len(value):,}"
    if isinstance(value, (str, bytes)):
        return f"{short(value)} ({kind})"
    return f"{value!r} ({kind})" if isinstance(value, numbers.Number) else f"of type {kind}"
