"""What a file holds of the terms of texts, and the check of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..._validation import OneOf
from ...storage import schema

__all__ = ["StoredText", "decoded", "encoded"]

_FOUND = schema.Record({
    "n_texts": schema.COUNT,
    "n_empty": schema.COUNT,
    "n_without_terms": schema.COUNT,
    "n_terms": schema.SIZE,
    "n_terms_seen": schema.SIZE,
    "fewest_texts_of_a_term": schema.NOT_NEGATIVE,
    "left_out": [schema.ListOf(schema.TEXT)],
    "scripts": [schema.MapOf(schema.COUNT)],
})  # fmt: skip
_DOCUMENT = schema.Record({"kind": [OneOf("text")], "findings": [_FOUND]})
_TENSORS = {
    "terms": schema.TensorOf([torch.uint8], ("n_bytes_of_terms",)),
    "idf": schema.TensorOf([torch.float32], ("n_terms",), low=0),
    "components": schema.TensorOf([torch.float32], ("n_terms", "n_text_components"), optional=True),
}


def encoded(terms: Sequence[str]) -> Tensor:
    """Terms as the bytes of their lines in UTF-8, (b,)."""
    return torch.from_numpy(np.frombuffer("\n".join(terms).encode("utf-8"), dtype=np.uint8).copy())


def decoded(tensor: Tensor) -> tuple[str, ...]:
    """What :func:`encoded` was given; UnicodeDecodeError for other bytes."""
    return tuple(tensor.numpy().tobytes().decode("utf-8").split("\n"))


@dataclass(frozen=True)
class StoredText:
    """The parts of a text preprocessor whose tensors' names begin with ``prefix``."""

    prefix: str

    def check(self, document: Any, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Sizes by name, ``n_features`` among them; MismatchError where something does not fit."""
        schema.check_value(document, [_DOCUMENT], "'preprocessing'")
        sizes = schema.check_tensors(tensors, _TENSORS, prefix=self.prefix)
        path = f"the tensor {self.prefix + 'terms'!r}"
        try:
            terms = decoded(tensors[f"{self.prefix}terms"])
        except UnicodeDecodeError as error:
            raise schema.MismatchError(f"{path} must be text in UTF-8") from error
        if len(terms) != sizes["n_terms"] or document["findings"]["n_terms"] != sizes["n_terms"]:
            raise schema.MismatchError(
                f"{path} must hold {sizes['n_terms']} terms, as many as there are frequencies. Got {len(terms)} instead"
            )
        if any(not before < after for before, after in zip(("", *terms), terms, strict=False)):
            raise schema.MismatchError(f"{path} must hold different terms in alphabetical order")
        return {"n_terms": sizes["n_terms"], "n_features": sizes.get("n_text_components", sizes["n_terms"])}
