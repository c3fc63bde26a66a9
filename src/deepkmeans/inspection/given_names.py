"""Names of clusters from a function of the user's, such as a language model; the proposed ones where it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .._quoting import printable, short
from ..exceptions import InvalidParameterError
from .naming import proposals
from .profile import ClusterProfile

__all__ = ["ClusterNames", "name_clusters"]

_MOST_LETTERS = 80


@dataclass(frozen=True)
class ClusterNames:
    """Names by cluster, None where nothing distinguishes it, and what was wrong with those of a user's function."""

    names: dict[int, str | None]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The names as JSON takes them."""
        return {**asdict(self), "names": {str(number): name for number, name in self.names.items()}}


def name_clusters(
    profiles: Sequence[ClusterProfile], namer: Callable[[ClusterProfile], str | None] | None = None
) -> ClusterNames:  # fmt: skip
    """Names for all clusters.

    Parameters
    ----------
    profiles : sequence of ClusterProfile
    namer : callable or None
        Called with the profile of each cluster; returns a name of one line and at most 80 letters, such as that of a
        language model. Where it fails, returns None, or something else than a new name, the proposal stands and
        ``notes`` says why: an explanation that has taken a minute is not lost for a name.

    Raises
    ------
    InvalidParameterError
        If ``namer`` cannot be called.
    """
    if namer is not None and not callable(namer):
        raise InvalidParameterError(
            f"'namer' must be a function that takes the profile of a cluster and returns its name, or None. Got "
            f"{short(repr(namer))[1:-1]} of type {type(namer).__name__} instead."
        )
    proposed = proposals(profiles)
    if namer is None:
        return ClusterNames(proposed)
    names: dict[int, str | None] = {}
    taken: set[str] = set()
    notes: list[str] = []
    for profile in profiles:
        name, fault = _asked(namer, profile, taken)
        if fault:
            notes.append(f"namer ({_called(namer)}), cluster {profile.number}: {fault}; the proposed name stays.")
        if name is not None:
            taken.add(name.casefold())
        names[profile.number] = name
    for number, proposal in proposed.items():
        if names[number] is None and proposal is not None and proposal.casefold() not in taken:
            names[number] = proposal
    return ClusterNames(names, tuple(notes))


def _asked(namer: Callable[[ClusterProfile], Any], profile: ClusterProfile, taken: set[str]) -> tuple[str | None, str]:
    """What the user's function calls a cluster, and what is wrong with it: one of both, or nothing."""
    try:
        answer = namer(profile)
    except Exception as error:
        return None, f"it raised {type(error).__name__}: {printable(error)[:200]}"
    if answer is None:
        return None, ""
    if not isinstance(answer, str):
        return None, f"it returned {type(answer).__name__} instead of a string"
    name = answer.strip()
    if not name:
        return None, "it returned an empty name"
    if printable(name) != name:
        return None, f"a name is one line without control characters, and it returned {short(name)}"
    if len(name) > _MOST_LETTERS:
        return None, f"a name has at most {_MOST_LETTERS} letters, and it returned {len(name):,}: {short(name)}"
    if name.casefold() in taken:
        return None, f"another cluster has the name {short(name)}"
    return name, ""


def _called(namer: Any) -> str:
    return str(getattr(namer, "__qualname__", type(namer).__name__))
