"""An encoder of texts that can be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .encoder_identity import EncoderIdentity

__all__ = ["ResolvedEncoder"]


@dataclass(frozen=True)
class ResolvedEncoder:
    """A function from texts to rows, and what is known of it.

    Attributes
    ----------
    identity : EncoderIdentity
    encode : callable
        From a list of texts to rows in any container.
    batch_size : int
        Texts that it takes at once.
    cache_key : str or None
        Of its rows in a cache; None where nobody can tell whether another object computes the same.
    max_tokens : int or None
        After how many tokens it cuts a text or part of one, if it says so.
    max_parts : int
        Parts of a long text that it reads, at most.
    pretrained : bool
        Whether it is a model of a known library, whose outputs depend on nothing but the text.
    """

    identity: EncoderIdentity
    encode: Callable[[list[str]], Any]
    batch_size: int
    cache_key: str | None = None
    max_tokens: int | None = None
    max_parts: int = 1

    @property
    def pretrained(self) -> bool:
        return self.identity.sha256 is not None
