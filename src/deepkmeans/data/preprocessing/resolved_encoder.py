"""An encoder that can be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .encoder_identity import EncoderIdentity

__all__ = ["ResolvedEncoder"]


@dataclass(frozen=True)
class ResolvedEncoder:
    """A function from texts, pictures or recordings to rows, and what is known of it.

    Attributes
    ----------
    identity : EncoderIdentity
    encode : callable
        From a list of what it takes to rows in any container.
    batch_size : int
        So many it takes at once.
    cache_key : str or None
        Of its rows in a cache; None where nobody can tell whether another object computes the same.
    max_tokens : int or None
        After how many tokens it cuts a text or part of one, if it says so.
    max_parts : int
        Parts of a long text that it reads, at most.
    takes : str
        What it is called with, in words.
    read : callable
        What it takes of a picture or recording as given; raises what says that one is unreadable.
    pretrained : bool
        Whether it is a model whose weights are known, and whose outputs depend on nothing but these and the input.
    """

    identity: EncoderIdentity
    encode: Callable[[list[Any]], Any]
    batch_size: int
    cache_key: str | None = None
    max_tokens: int | None = None
    max_parts: int = 1
    takes: str = "a list of str"
    read: Callable[[Any], Any] = lambda thing: thing

    @property
    def pretrained(self) -> bool:
        return self.identity.sha256 is not None
