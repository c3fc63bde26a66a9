"""Why a row that is a file, or one thing, cannot be read."""

from __future__ import annotations

__all__ = ["UnreadablePictureError"]


class UnreadablePictureError(Exception):
    """A picture that is skipped; the message is the reason, a clause that begins with "it"."""
