"""A column of free text in a table: a preprocessor of texts, in a few directions that together weigh as one number."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from ..._validation import OneOf
from ...decomposition import principal_components
from ...runtime import Seeds
from ...storage.schema import POSITIVE, MapOf, MismatchError, Record, Rule, TensorOf, check_value
from ..given import GivenInput
from ..input_spec import InputSpec
from .grouping import row_groups

__all__ = ["TextBlock", "check_stored_texts"]

#: Directions in which texts are kept.
_DIRECTIONS = 32
#: A text weighs as eight numbers: k topics are apart in k - 1 directions, and a word more or less is noise in all.
_EMPHASIS = 8**0.5
#: Where the preprocessors of texts are, by the kind that they write down, and how the names of their tensors begin.
_KINDS = {"text": (".text", "TextPreprocessor"), "frozen": (".frozen", "FrozenTextPreprocessor")}
_STORED = "preprocessing/"


@dataclass(frozen=True, eq=False)
class TextBlock:
    """Rows of a preprocessor of texts at length one, in at most 32 directions, centred, of a total variance of one.

    Attributes
    ----------
    texts : TextPreprocessor or FrozenTextPreprocessor
    directions : ndarray of shape (m, w)
        Principal components of wide rows; the identity of others.
    center : ndarray of shape (w,)
    deviation : float
        Root of the total variance.
    """

    texts: Any
    directions: np.ndarray
    center: np.ndarray
    deviation: float

    kind: ClassVar[str] = "text"
    coded: ClassVar[bool] = False
    RULES: ClassVar[Mapping[str, Sequence[Rule]]] = {"deviation": POSITIVE, "texts": [MapOf()]}
    ARRAYS: ClassVar[Mapping[str, TensorOf]] = {
        "directions": TensorOf([torch.float64], ("n_wide", "n_directions")),
        "center": TensorOf([torch.float64], ("n_directions",)),
    }

    @classmethod
    def fit(
        cls, values: Sequence[str], mass: np.ndarray, seeds: Seeds, encoder: Any = None
    ) -> tuple[TextBlock, np.ndarray]:  # fmt: skip
        """Fit on texts (n,), "" missing, weighed by mass (n,), and what :meth:`encode` gives for them.

        Raises
        ------
        InvalidDataError
            If no text has a word.
        """
        given = GivenInput("text", list(values))
        texts: Any
        if encoder is None:
            texts, rows = _preprocessor("text").fit(
                given, InputSpec(), weight=mass, seeds=seeds, n_components=_DIRECTIONS
            )
        else:
            texts, rows = _preprocessor("frozen").fit(given, InputSpec(), encoder)
        rows = _at_length_one(rows)
        present = ~np.isnan(rows[:, 0])
        known, share = rows[present], mass[present] / mass[present].sum()
        directions = np.eye(rows.shape[1])
        if rows.shape[1] > _DIRECTIONS:
            _, components = principal_components(
                torch.from_numpy(known), _DIRECTIONS, seeds.numpy("directions"), torch.from_numpy(share)
            )
            directions = components.numpy()
        reduced = known @ directions
        center = share @ reduced
        total = float((share @ np.square(reduced - center)).sum())
        block = cls(texts, directions, center, float(np.sqrt(total)) if total > 1e-12 else 1.0)
        return block, block._scaled(rows)

    @property
    def parts(self) -> tuple[int, ...]:
        return (self.directions.shape[1],)

    @property
    def emphasis(self) -> float:
        return _EMPHASIS

    def names(self, column: str) -> list[str]:
        return [f"{column} (topic {number})" for number in range(1, self.directions.shape[1] + 1)]

    def encode(self, values: Sequence[str]) -> np.ndarray:
        return self._scaled(_at_length_one(self.texts.transform(GivenInput("text", list(values)))))

    def _scaled(self, rows: np.ndarray) -> np.ndarray:
        return np.asarray((rows @ self.directions - self.center) / self.deviation)

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """None of each row: a text cannot be made of its directions."""
        return np.full(len(numbers), None, dtype=object)

    def groups(self, numbers: np.ndarray, mass: np.ndarray) -> list[np.ndarray]:
        return [row_groups(numbers, mass)]

    def decided(self) -> dict[str, Any]:
        return {"texts": self.texts.report()}

    def to_parts(self) -> tuple[dict[str, Any], Mapping[str, np.ndarray]]:
        document, tensors = self.texts.to_parts()
        inner = {f"texts/{name.removeprefix(_STORED)}": value.numpy() for name, value in tensors.items()}
        arrays = {"directions": self.directions, "center": self.center}
        return {"deviation": self.deviation, "texts": document}, arrays | inner

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], arrays: Mapping[str, np.ndarray], encoder: Any = None
    ) -> TextBlock:  # fmt: skip
        """The block again, around the ``encoder`` of the fit where the file cannot name it."""
        tensors = {
            f"{_STORED}{name.removeprefix('texts/')}": torch.from_numpy(array)
            for name, array in arrays.items() if name.startswith("texts/")
        }  # fmt: skip
        stored = document["texts"]
        given = {} if stored["kind"] == "text" else {"encoder": encoder}
        texts = _preprocessor(stored["kind"]).from_parts(stored, tensors, **given)
        return cls(texts, arrays["directions"], arrays["center"], document["deviation"])


def check_stored_texts(document: Any, tensors: Mapping[str, torch.Tensor], width: int) -> None:
    """Refuse, with MismatchError, what is no preprocessor of texts to rows of this width."""
    check_value(document, [Record({"kind": [OneOf(*_KINDS)]}, others=True)], "'texts'")
    stored = {f"{_STORED}{name}": tensor for name, tensor in tensors.items()}
    made = _preprocessor(document["kind"]).check_parts(document, stored)["n_features"]
    if made != width:
        raise MismatchError(f"texts become {made} numbers, where directions are of {width}")


def _preprocessor(kind: str) -> Any:
    module, name = _KINDS[kind]
    return getattr(importlib.import_module(module, __package__), name)


def _at_length_one(rows: Any) -> np.ndarray:
    """Dense float64 rows (n, m) of length one; NaN where a text has no known word."""
    rows = np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows, dtype=np.float64)
    length = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    return np.where(length > 1e-9, rows / np.maximum(length, 1e-9), np.nan)
