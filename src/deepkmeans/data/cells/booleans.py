"""Yes and no, in the languages of most users."""

from __future__ import annotations

from collections.abc import Sequence

from .words import words

__all__ = ["boolean_words", "empty_means_no", "says_yes"]

_TICKED = frozenset(("checked", "ticked", "selected", "marked", "✓", "✔", "☑", "1"))


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


def says_yes(text: str) -> bool:
    """Whether a text, beside empty cells alone, means yes."""
    word = text.lower()
    meant = len(word) > 1 or word in "yj" or not word.isascii()
    return word in _TICKED or (meant and any(word in yes for yes, _ in words("yes_and_no")))


def empty_means_no(yes: str) -> str:
    """The note on a column that says yes or nothing."""
    return f"{yes!r} is read as yes, an empty cell as no"
