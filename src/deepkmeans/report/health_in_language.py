"""What is to be known of a fit, in the language of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .sentences import Sentences

if TYPE_CHECKING:
    from ..inspection.health import HealthNote

__all__ = ["note_in_language"]

#: Sizes of so many clusters are told one by one.
_MOST_SIZES = 12


def note_in_language(note: HealthNote, titles: Mapping[int, str], sentences: Sentences) -> HealthNote:
    """The note of the same figures; one without a key stays as it is.

    ``titles`` are what the clusters are called in the language.
    """
    if sentences.is_foreign(note):
        return note
    key, values = note.key, dict(note.values)
    if key == "sizes" and len(values["sizes"]) > _MOST_SIZES:
        key, sizes = "sizes_many", values["sizes"]
        values |= {"least": min(sizes), "most": max(sizes)}
    return replace(note, text=sentences.part("health_notes", key, **_in_words(note, values, titles, sentences)))


def _in_words(
    note: HealthNote, values: dict[str, Any], titles: Mapping[int, str], sentences: Sentences
) -> dict[str, Any]:  # fmt: skip
    between = str(sentences.words["between"])

    def part(key: str, **given: Any) -> str:
        return sentences.part("health_notes", key, **given)

    more = part("and_more", count=values["more"]) if values.get("more") else ""
    if note.key == "sizes":
        return values | {"sizes": between.join(f"{size:,}" for size in values["sizes"])}
    if note.key == "small":
        rows = {titles[number]: sentences("rows", rows=size) for number, size in values["clusters"].items()}
        return values | {"names": between.join(f"{name}（{size}）" for name, size in rows.items()), "more": more}
    if "closest" in values:
        pair = values["closest"]
        closest = "" if pair is None else part("closest", first=titles[pair[0]], second=titles[pair[1]])
        return values | {"closest": closest}
    if "weakest" in values:
        weakest = ""
        if values["weakest"] is not None:
            weakest = part("weakest", name=titles[values["weakest"]], share=sentences.share(values["weakest_share"]))
        return values | {"share": sentences.share(values["share"]), "weakest": weakest}
    if note.key in ("sure", "unsure"):
        share = values["unsure"]
        unsure = part("rows_unsure", share=sentences.share(share)) if share else part("no_row_unsure")
        return values | {"unsure": unsure}
    if "chosen" in values:
        rival = values["rival"]
        return values | {
            "chosen": sentences.partition(values["chosen"]),
            "rival": "" if rival is None else sentences.partition(rival),
        }
    if note.key == "left_out":
        kinds = sentences.words["column_kinds"]
        named = [part("column", name=name, kind=kinds.get(kind, kind)) for name, kind in values["columns"].items()]
        return values | {"columns": between.join(named), "more": more}
    return values | ({"share": sentences.share(values["share"])} if "share" in values else {})
