"""Tensors of a user as NumPy arrays."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..exceptions import InvalidDataError

__all__ = ["tensor_array"]

_NUMPY_FLOATS = (torch.float16, torch.float32, torch.float64)


def tensor_array(tensor: Tensor, name: str = "X") -> np.ndarray:
    """The numbers of a dense real tensor, wherever it lives and whatever gradient it carries, as an ndarray.

    Views that only mark a sign or a conjugation are resolved; bfloat16 and float8, which NumPy lacks, become float32,
    which holds them exactly.

    Raises
    ------
    InvalidDataError
        For sparse, quantised, nested and complex tensors, and for those that hold no numbers.
    """
    if problem := _problem(tensor, name):
        raise InvalidDataError(f"{name} is {problem}.")
    try:
        plain = tensor.detach()
        _refuse_released(plain, name)
        if plain.is_floating_point() and plain.dtype not in _NUMPY_FLOATS:
            plain = plain.float()
        return np.asarray(plain.numpy(force=True))
    except (RuntimeError, TypeError) as error:
        if "memory" in str(error):
            raise
        raise InvalidDataError(
            f"{name} is a {type(tensor).__name__} of dtype {tensor.dtype}, which has no NumPy array: give a dense "
            "tensor of float32 or float64."
        ) from error


def _problem(tensor: Tensor, name: str) -> str:
    """What keeps the tensor from being an array, and the cure; empty if nothing does."""
    if type(tensor).__name__ == "MaskedTensor":  # its class has no public name, and its methods warn
        return f"a masked tensor: give {name}.to_tensor(float('nan')), whose NaN are missing cells"
    if tensor.is_nested:
        return "a nested tensor, whose rows may differ in length: give a dense one with the same columns in every row"
    if tensor.is_quantized:
        return f"a quantised tensor ({tensor.dtype}): give {name}.dequantize()"
    if tensor.is_meta:
        return "a tensor on the device 'meta', which holds no numbers: give one that was computed on a real device"
    if tensor.layout != torch.strided:
        kind = str(tensor.layout).removeprefix("torch.")
        return f"a sparse tensor ({kind}): give a scipy.sparse matrix of the same cells, or {name}.to_dense()"
    if tensor.is_complex():
        return (
            f"a tensor of complex numbers ({tensor.dtype}). Complex data not supported: give real columns, such as "
            "real and imaginary parts side by side"
        )
    return ""


def _refuse_released(tensor: Tensor, name: str) -> None:
    """Refuse a tensor that reaches beyond its storage: NumPy would read foreign memory."""
    last = sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride(), strict=True))
    needed = (tensor.storage_offset() + last + 1) * tensor.element_size()
    held = tensor.untyped_storage().nbytes()
    if tensor.numel() and needed > held:
        raise InvalidDataError(
            f"{name} is a tensor of shape {tuple(tensor.shape)} whose storage holds {held} bytes, not the {needed} "
            "that it needs, as after storage.resize_: give one that holds its numbers."
        )
