"""Why a row that is a file, or one thing, cannot be read."""

from __future__ import annotations

__all__ = ["UnreadablePictureError", "share_that"]


class UnreadablePictureError(Exception):
    """A picture that is skipped; the message is the reason, a clause that begins with "it"."""


def share_that(count: int, total: int, one: str, verb: str) -> str:
    """So many of all things do something: "1 of 3 pictures gets", "2 of 3 pictures get"."""
    return f"{count:,} of {total:,} {one}{'s' if total > 1 else ''} {verb}{'s' if count == 1 else ''}"
