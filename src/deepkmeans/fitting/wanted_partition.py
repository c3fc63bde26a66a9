"""The candidate that ``partition=`` names, where it is none of these rows: refused."""

from __future__ import annotations

from collections.abc import Collection

from .._validation import did_you_mean
from ..exceptions import InvalidParameterError
from ..graph import KMEANS

__all__ = ["refuse_name_without_candidates", "refuse_unknown_partition"]


def refuse_unknown_partition(wanted: str | None, candidates: Collection[str]) -> None:
    """Refuse a name that is none of the ``candidates``; None is no name."""
    if wanted is not None and wanted not in candidates:
        raise InvalidParameterError(
            f"The 'partition' parameter {wanted!r} is no candidate of these rows"
            f"{did_you_mean(wanted, candidates)}: give 'auto', 'k-means', or a name of "
            "report_['rounds'][0]['candidates'] of a fit with 'auto'."
        )


def refuse_name_without_candidates(wanted: str, reason: str) -> None:
    """Refuse the name of a candidate where there are none, for this ``reason``, but K-Means."""
    if wanted not in ("auto", KMEANS):
        raise InvalidParameterError(
            f"The 'partition' parameter {wanted!r} is no candidate of these rows ({reason}): give 'auto' or 'k-means'."
        )
