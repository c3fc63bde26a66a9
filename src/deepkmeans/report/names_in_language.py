"""Names of clusters in the language of a page, made like those of an explanation of what distinguishes each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..inspection.column_words import column_words
from ..inspection.naming import proposals
from ..inspection.superlatives import superlatives
from .sentences import Sentences

if TYPE_CHECKING:
    from ..inspection.distinctions import Distinction
    from ..inspection.explanation import Explanation

__all__ = ["names_in_language"]

#: Stands for a comma inside of a phrase while phrases are joined.
_COMMA = "\ue000"
_YES = ("yes", "true", "1", "y")


def names_in_language(explanation: Explanation, sentences: Sentences) -> dict[int, str]:
    """What each cluster is called: as a person said, else by what distinguishes it, else by its number."""
    profiles = [cluster.profile for cluster in explanation.clusters]
    if not any(cluster.is_proposed for cluster in explanation.clusters):
        proposed: dict[int, str | None] = {}
    else:
        extreme = superlatives(profiles)
        said = [
            replace(
                profile, headline=tuple(_said(one, profile.number, extreme, sentences) for one in profile.headline),
                distinctions=tuple(_said(one, profile.number, extreme, sentences) for one in profile.distinctions),
            )
            for profile in profiles
        ]  # fmt: skip
        proposed = proposals(said)
    names = {}
    for cluster in explanation.clusters:
        name = proposed.get(cluster.number) if cluster.is_proposed else cluster.name
        if cluster.is_proposed and name is not None:
            name = name.replace(", ", sentences.words["names"]["comma"]).replace(_COMMA, ",")
        names[cluster.number] = name or sentences("cluster_title", number=cluster.number)
    return names


def _said(
    one: Distinction, number: int, extreme: dict[tuple[int, str], str], sentences: Sentences
) -> Distinction:  # fmt: skip
    """A distinction whose words for a name are in the language."""
    column = column_words(one.column, measured=one.kind == "number").words
    level = sentences.words["names"]["or"].join(one.levels)
    phrase = figure = ""
    if one.direction in ("missing", "given"):
        phrase = figure = sentences.part("names", one.direction, column=column)
    elif one.levels:
        phrase = _of_levels(one, column, level, sentences)
        figure = f"{phrase} {sentences.share(one.share_inside)}"
    else:
        inside = one.figure.removeprefix(f"{column} ")
        if one.kind == "date":
            inside = sentences.date(inside)
        key = one.direction
        if (number, one.phrase) in extreme:
            key = {"high": "highest", "low": "lowest"}[key]
        elif one.kind == "date":
            key = "date"
        phrase = sentences.part("names", key, column=column, value=inside)
        figure = f"{column} {inside}"
    return replace(one, phrase=phrase.replace(",", _COMMA), figure=figure.replace(",", _COMMA))


def _of_levels(one: Distinction, column: str, level: str, sentences: Sentences) -> str:
    if one.kind == "text":
        return sentences.part("names", "mentions", level=level)
    if one.kind == "boolean" and one.levels[0].lower() in (*_YES, "no", "false", "0", "n"):
        so = (one.levels[0].lower() in _YES) != (one.direction == "rarely")
        return sentences.part("names", "level", column=column, level=sentences("yes" if so else "no"))
    # As in English, a level that says little of itself comes with its column.
    alone = " or ".join(one.levels) in (one.phrase, one.phrase.removeprefix("not "), one.phrase.removeprefix("with "))
    said = level if alone else sentences.part("names", "level", column=column, level=level)
    return sentences.part("names", "not", level=said) if one.direction == "rarely" else said
