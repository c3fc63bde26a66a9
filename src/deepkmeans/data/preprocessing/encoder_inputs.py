"""Texts, pictures or recordings on their way through an encoder: each different one is known by its content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...exceptions import InvalidDataError
from .resolved_encoder import ResolvedEncoder

__all__ = ["KIND_WORDS", "EncoderInputs", "KindWords", "TextInputs"]


@dataclass(frozen=True)
class KindWords:
    """What messages call one thing, several of them, and the class of the encoder's settings."""

    one: str
    several: str
    settings: str


KIND_WORDS = {
    "text": KindWords("text", "texts", "TextEncoder"),
    "image": KindWords("picture", "pictures", "ImageEncoder"),
    "audio": KindWords("recording", "recordings", "AudioEncoder"),
}


class EncoderInputs(Protocol):
    """Things of one kind.

    Attributes
    ----------
    kind : {"text", "image", "audio"}
    keys : sequence of str of length n
        By which equal ones are known, in a cache too; "" where there is nothing to encode.
    blank : float
        What the row of such a thing is filled with.
    """

    @property
    def kind(self) -> str: ...

    @property
    def keys(self) -> Sequence[str]: ...

    @property
    def blank(self) -> float: ...

    def ordered(self, keys: Iterable[str]) -> list[str]:
        """Different keys in the order in which they are encoded, whatever the order of the rows."""
        ...

    def read(self, keys: Sequence[str], encoder: ResolvedEncoder) -> list[Any]:
        """What the encoder takes of each; None for what turns out to be unreadable."""
        ...

    def none_left(self) -> InvalidDataError:
        """Why there is nothing to cluster, where no row can be made."""
        ...


class TextInputs:
    """Texts; those of white space alone become rows of zeros, as in TF-IDF, and are not encoded."""

    kind = "text"
    blank = 0.0

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.keys = [text if text.strip() else "" for text in texts]

    def ordered(self, keys: Iterable[str]) -> list[str]:
        """The longest first: texts of like length are padded least in one batch, and memory fails at once or never."""
        return sorted(keys, key=lambda text: (-len(text), text))

    def read(self, keys: Sequence[str], encoder: ResolvedEncoder) -> list[Any]:
        if encoder.pretrained:  # tokenizers refuse halves of surrogate pairs, as undecodable bytes of a file become
            return [text.encode("utf-8", "replace").decode("utf-8") for text in keys]
        return list(keys)

    def none_left(self) -> InvalidDataError:
        return InvalidDataError(f"All {len(self.texts):,} texts are empty: there is nothing to cluster.")
