"""Which encoder it was: what a model file names, and by which another one is recognised."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..._validation import OneOf
from ...storage.schema import NAME, TEXT, Record, Rule

__all__ = ["STORED_IDENTITY", "EncoderIdentity", "output_digest", "weights_digest"]

#: Packages whose release may change what a model makes of a text.
_PACKAGES = ("model2vec", "sentence-transformers", "tokenizers", "transformers")


@dataclass(frozen=True)
class EncoderIdentity:
    """What a file says of an encoder.

    Attributes
    ----------
    source : {"hub", "folder", "object", "function"}
    name : str
        The id on the hub, the folder, or the name of a class or function.
    library : str or None
        That reads its files: "sentence-transformers" or "model2vec".
    revision : str or None
        The commit of a model of the hub.
    sha256 : str or None
        Of the weights of a pretrained model.
    """

    source: str
    name: str
    library: str | None = None
    revision: str | None = None
    sha256: str | None = None

    @property
    def has_files(self) -> bool:
        """Whether it can be loaded again by its name; a file cannot make us ask other machines for a folder."""
        return self.source in ("hub", "folder") and not self.name.startswith(("//", "\\\\"))

    def to_document(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


_OPTIONAL: list[Rule] = [None, *NAME]
STORED_IDENTITY = Record({
    "source": [OneOf("hub", "folder", "object", "function")], "name": TEXT, "library": _OPTIONAL,
    "revision": _OPTIONAL, "sha256": _OPTIONAL,
})  # fmt: skip


def weights_digest(arrays: Iterable[Any]) -> str:
    """SHA-256 of all weights as float32, whatever their names and order: these differ between releases of a library.

    Parameters
    ----------
    arrays : iterable of Tensor or ndarray
    """
    digests = sorted(_digest(array) for array in arrays)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def output_digest(sha256: str, settings: Any, tokenizer: Any) -> str:
    """SHA-256 of all that an output depends on, for the cache: weights, settings, tokenizer, releases of libraries."""
    releases = {name: _release(name) for name in _PACKAGES}
    text = json.dumps([sha256, settings, _tokenizer_text(tokenizer), releases], sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(array: Any) -> bytes:
    tensor = array if isinstance(array, torch.Tensor) else torch.from_numpy(np.ascontiguousarray(array))
    tensor = tensor.detach().to("cpu").to(torch.float32).contiguous()
    digest = hashlib.sha256(repr(tuple(tensor.shape)).encode())
    digest.update(tensor.reshape(-1).numpy().view(np.uint8).data)
    return digest.digest()


def _tokenizer_text(tokenizer: Any) -> str:
    """A tokenizer as text, without its lengths, which every call sets anew."""
    tokenizer = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if hasattr(tokenizer, "to_str"):
        described = json.loads(tokenizer.to_str())
        return json.dumps({key: value for key, value in described.items() if key not in ("truncation", "padding")})
    vocabulary = tokenizer.get_vocab() if hasattr(tokenizer, "get_vocab") else {}
    return json.dumps([type(tokenizer).__name__, vocabulary], sort_keys=True, default=str)


def _release(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
