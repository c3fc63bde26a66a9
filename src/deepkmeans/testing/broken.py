"""A broken rule is an AssertionError that names it, whatever the code of others raised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["naming"]


@contextmanager
def naming(name: str, rule: str) -> Iterator[None]:
    """Raise AssertionError, which begins with ``name``, for any error of the block.

    Parameters
    ----------
    name : str
    rule : str
        What the rule says: in the message where the block raised another error than AssertionError.
    """
    try:
        yield
    except Exception as error:
        words = " ".join(str(error).split())
        if not isinstance(error, AssertionError) or not words:
            raised = f"{type(error).__name__}: {words}" if words else type(error).__name__
            words = f"{rule.replace('``', '').rstrip('.')}; trying it raised {raised}"
        raise AssertionError(f"{name}: {words}") from error
