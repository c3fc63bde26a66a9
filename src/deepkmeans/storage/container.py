"""One file for a model or a checkpoint: a JSON manifest and tensors, checked to the last byte.

The file holds data only: nothing in it is executed, imported or unpickled. It has exactly two parts:

``manifest.json``
    ``format`` (int), ``kind`` ("model" or "checkpoint"), ``versions`` (of the libraries that wrote it),
    ``parts`` (bytes and SHA-256 of ``tensors.safetensors``), ``document`` (the caller's JSON object).
``tensors.safetensors``
    The named tensors.

Every later format keeps the manifest, with its ``format`` number, as the first part, so that an old version can
say which version a file needs. A *model* stays readable for years. A *checkpoint* continues a fit bit for bit, and
only the minor version that wrote it reads it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import zlib
from collections.abc import Mapping
from typing import Any

import numpy
import safetensors
import sklearn
import torch
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from .. import __version__
from ..exceptions import InvalidParameterError
from .archive import TENSORS, Entry, frame
from .atomic import atomic_write
from .manifest import FORMAT, Kind, RefusedError, read_verified, refusals
from .strict_json import MAX_BYTES, StrictJSONError, dump, parse

__all__ = ["read_container", "read_with_format", "write_container"]

#: Longest name of a tensor (the path of a weight in its network), and most tensors in a file: far beyond real networks.
_LONGEST_NAME, _MOST_TENSORS = 1_000, 50_000
#: The dtypes of all formats, by their names in safetensors.
_DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "BOOL": torch.bool,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8,
}  # fmt: skip


def write_container(
    path: str | os.PathLike[str], *, kind: Kind, document: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> None:
    """Write ``document`` and ``tensors`` to ``path``, atomically. The bytes depend on the content alone.

    Parameters
    ----------
    path : path-like
    kind : {"model", "checkpoint"}
    document : mapping
        JSON-safe: None, bool, numbers (NumPy scalars and non-finite floats included), str, lists, dicts
        with str keys. Tuples come back as lists.
    tensors : mapping of str to Tensor
        Any device and layout in memory; float, integer and bool dtypes, bfloat16 included. Read back on
        the CPU, contiguous, each with memory of its own.

    Raises
    ------
    InvalidParameterError
        If the document or a tensor cannot be written, naming it.
    OutputError
        If the file cannot be written; an old file at ``path`` is then intact.
    """
    payload = tensors_to_bytes(_writable(tensors))
    try:
        manifest = dump(
            {
                "format": FORMAT,
                "kind": kind,
                "versions": _versions(),
                "parts": {TENSORS: {"bytes": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}},
                "document": document,
            }
        )
    except StrictJSONError as error:
        raise InvalidParameterError(f"The 'document' of a {kind} file cannot be written: {error}.") from None
    head, tail = frame(manifest, Entry(TENSORS, len(payload), zlib.crc32(payload)))
    with atomic_write(path, needed=len(head) + len(payload) + len(tail)) as file:
        file.write(head)
        file.write(payload)
        file.write(tail)


def read_container(path: str | os.PathLike[str], *, kind: Kind) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read what :func:`write_container` wrote; takes memory of at most about twice the size of the file.

    Returns
    -------
    document : dict
    tensors : dict of str to Tensor

    Raises
    ------
    ModelFileError
        If the file is missing, damaged in any byte, not one of ours, of the other kind, or of a newer
        format (the message then says what to upgrade). For ``kind="checkpoint"`` the error is
        :class:`CheckpointError`, and a file of another minor version is refused.
    """
    return read_with_format(path, kind=kind)[1:]


def read_with_format(
    path: str | os.PathLike[str], *, kind: Kind
) -> tuple[int, dict[str, Any], dict[str, Tensor]]:  # fmt: skip
    """The number of the format that the file was written in, and what :func:`read_container` gives."""
    with refusals(path, kind):
        manifest, payload = read_verified(path, kind)
        return manifest["format"], manifest["document"], _tensors(payload)


def _versions() -> dict[str, str]:
    return {
        "deepkmeans": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__.split("+")[0],
        "numpy": numpy.__version__,
        "scikit-learn": sklearn.__version__,
        "safetensors": safetensors.__version__,
    }


def _writable(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors as the format stores them: on the CPU, contiguous, and without shared memory; copied where needed."""
    if len(tensors) > _MOST_TENSORS:
        raise InvalidParameterError(
            f"A model file holds at most {_MOST_TENSORS:,} tensors. Got {len(tensors):,} instead; use fewer layers."
        )
    ready: dict[str, Tensor] = {}
    taken: set[int] = set()
    for name, tensor in tensors.items():
        if not isinstance(name, str) or not name or name == "__metadata__":
            raise InvalidParameterError(f"A tensor of a model file needs a name of its own. Got {name!r} instead.")
        if len(name) > _LONGEST_NAME or not name.isprintable():
            raise InvalidParameterError(
                f"The name of a tensor of a model file must be printable and of at most {_LONGEST_NAME:,} characters. "
                f"Got {name[:80]!r} instead."
            )
        if not isinstance(tensor, Tensor) or tensor.layout != torch.strided or tensor.dtype not in _DTYPES.values():
            description = f"{tensor.layout}, {tensor.dtype}" if isinstance(tensor, Tensor) else type(tensor).__name__
            raise InvalidParameterError(
                f"The tensor {name!r} of a model file must be a dense tensor of a float, integer or bool dtype. "
                f"Got {description} instead."
            )
        plain = tensor.detach().to("cpu").contiguous()
        memory = plain.untyped_storage().data_ptr()
        whole = plain.untyped_storage().nbytes() == plain.numel() * plain.element_size()
        if memory in taken or not whole:
            plain = plain.clone()
            memory = plain.untyped_storage().data_ptr()
        if plain.numel():
            taken.add(memory)
        ready[name] = plain
    return ready


def _tensors(payload: bytes) -> dict[str, Tensor]:
    """Parse the tensors. Their checksum says nothing about who wrote the file, so every record is checked."""
    length = int.from_bytes(payload[:8], "little")
    if len(payload) < 8 or length > min(MAX_BYTES, len(payload) - 8):
        raise RefusedError(f"the file is damaged or forged: {TENSORS} has no valid header")
    try:
        header = parse(payload[8 : 8 + length])
        if len(header) > _MOST_TENSORS:
            raise StrictJSONError(f"it has {len(header):,} tensors; at most {_MOST_TENSORS:,} are allowed")
        for name, entry in header.items():
            if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
                raise StrictJSONError(f"the tensor {name[:80]!r} has no valid record")
            if len(name) > _LONGEST_NAME or not name.isprintable():
                raise StrictJSONError(f"the name {name[:80]!r} of a tensor is too long or not printable")
            if not isinstance(entry["dtype"], str) or entry["dtype"] not in _DTYPES:
                dtype = str(entry["dtype"])[:80]
                raise StrictJSONError(f"the tensor {name[:80]!r} has the dtype {dtype!r}, which no format has")
        tensors: dict[str, Tensor] = tensors_from_bytes(payload)
    except (StrictJSONError, safetensors.SafetensorError) as error:
        raise RefusedError(f"the file is damaged or forged: {TENSORS} is refused, {error}") from error
    except (ValueError, RuntimeError, KeyError, TypeError, AssertionError, OverflowError) as error:
        raise RefusedError(f"the file is damaged or forged: {TENSORS} holds a tensor that cannot be made") from error
    return tensors
