"""Yes and no, in the languages of most users."""

from __future__ import annotations

from collections.abc import Sequence

from .words import words

__all__ = ["boolean_words"]


def boolean_words(texts: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """The distinct texts that mean yes and those that mean no; None unless every text means one of them."""
    for yes, no in words("yes_and_no"):
        known = {*yes, *no}
        if all(text.lower() in known for text in texts):
            true = [text for text in texts if text.lower() in yes]
            false = [text for text in texts if text.lower() in no]
            if true and false:
                return true, false
    return None
