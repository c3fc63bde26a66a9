"""``highest income`` of several clusters of high income: words for a name that set them apart from one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .profile import ClusterProfile

__all__ = ["superlatives"]

_MOST = {
    "high": "highest", "low": "lowest", "large": "largest", "small": "smallest", "long": "longest", "short": "shortest",
    "many": "most", "few": "fewest", "old": "oldest", "young": "youngest",
}  # fmt: skip


def superlatives(profiles: Sequence[ClusterProfile]) -> dict[tuple[int, str], str]:
    """By cluster and plain phrase what to say instead, where others have it and none a median as extreme."""
    same: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for profile in profiles:
        for one in profile.headline:
            if one.direction in ("high", "low") and isinstance(one.inside, float) and one.kind == "number":
                sign = 1 if one.direction == "high" else -1
                same[one.phrase].append((sign * one.inside, profile.number))
    instead = {}
    for phrase, clusters in same.items():
        first, *others = sorted(clusters, key=lambda item: -item[0])
        adjective, _, rest = phrase.partition(" ")
        if others and first[0] > others[0][0] and adjective in _MOST:
            instead[first[1], phrase] = f"{_MOST[adjective]} {rest}".rstrip()
    return instead
