"""Short names of clusters, from what distinguishes them: ``High income, few visits``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from .distinctions import Distinction
from .profile import ClusterProfile
from .superlatives import superlatives

__all__ = ["proposals", "propose_name"]

_MOST_LETTERS = 44
#: Weaker distinctions are told, but name nothing; nor do those of less than half of the strength of the first.
_LEAST_STRENGTH, _BESIDE = 0.25, 0.5
_MOST_CANDIDATES = 24


def propose_name(profile: ClusterProfile, profiles: Sequence[ClusterProfile]) -> str | None:
    """A name for one of the clusters, of about 40 letters at most; None where nothing distinguishes it.

    No two of ``profiles`` get the same name.
    """
    return proposals(profiles)[profile.number]


def proposals(profiles: Sequence[ClusterProfile]) -> dict[int, str | None]:
    """For each cluster the first of its names that no other cluster wants or has."""
    instead = superlatives(profiles)
    wanted = {one.number: list(islice(_candidates(one, instead), _MOST_CANDIDATES)) for one in profiles}
    names: dict[int, str | None] = dict.fromkeys(wanted)
    taken: set[str] = set()
    open_ = [number for number in wanted if wanted[number]]
    for last in (False, True):
        for step in range(_MOST_CANDIDATES):
            asked = {number: wanted[number][step] for number in open_ if step < len(wanted[number])}
            # Two that are called alike are both called otherwise, as long as they can be.
            shared = Counter(name.casefold() for name in asked.values())
            for number, name in asked.items():
                if name.casefold() not in taken and (last or shared[name.casefold()] == 1):
                    names[number] = name
                    taken.add(name.casefold())
            open_ = [number for number in open_ if names[number] is None]
    return names


def _candidates(profile: ClusterProfile, instead: dict[tuple[int, str], str]) -> Iterator[str]:
    """Names that fit a cluster, the best first."""
    if not profile.columns:
        words = [word.word for word in profile.words]
        lengths = (n for n in (3, 4, 5, 2, 1) if len(words) >= n)
        yield from (_title(name) for n in lengths if _fits(name := ", ".join(words[:n])))
        return
    strong = _strong(profile.headline)
    if not strong:
        return
    lists = [strong[:2], strong[:3], [strong[0], *strong[2:3]], strong[:4], strong[:1]]
    for chosen in lists:
        phrases = _listed([instead.get((profile.number, one.phrase), one.phrase) for one in chosen])
        if _fits(phrases):
            yield _title(phrases)
    yield _title(_shortened(strong[0].phrase))
    for chosen in (strong[:1], strong[:2]):
        figures = ", ".join(one.figure for one in chosen)
        if _fits(figures):
            yield _title(figures)
    yield from (_title(_shortened(f"{strong[0].phrase}, {one.phrase}")) for one in _strong(profile.distinctions)[1:])


def _listed(phrases: Sequence[str]) -> str:
    """``small petal length and width`` of phrases that differ in their last word alone, else commas between them."""
    words = [phrase.split(" ") for phrase in phrases]
    if len(words) > 1 and len(words[0]) > 2 and words[0][:-1] == words[1][:-1] and words[1][-1].isalpha():
        return ", ".join([f"{phrases[0]} and {words[1][-1]}", *phrases[2:]])
    return ", ".join(phrases)


def _strong(distinctions: Sequence[Distinction]) -> list[Distinction]:
    least = max(_LEAST_STRENGTH, _BESIDE * distinctions[0].strength) if distinctions else 0.0
    return [one for one in distinctions if one.strength >= least]


def _fits(name: str) -> bool:
    return len(name) <= _MOST_LETTERS


def _shortened(name: str) -> str:
    return name if _fits(name) else f"{name[: _MOST_LETTERS - 1].rstrip()}…"


def _title(name: str) -> str:
    """The first letter large, unless the word is written in a way of its own."""
    first = name.split(" ")[0]
    return name[:1].upper() + name[1:] if first.islower() else name
