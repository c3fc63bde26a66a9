"""The words of a page in its language, and the sentences that are made of figures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..inspection.formatting import MONTHS, share_text
from ..inspection.partition_words import partition_in_words, partition_parts
from ..inspection.rule_wording import ENGLISH, RuleWording

if TYPE_CHECKING:
    from ..inspection.distinctions import Distinction
    from ..inspection.health import HealthNote
    from ..inspection.original import OriginalColumn, OriginalRows

__all__ = ["LANGUAGES", "Sentences"]

LANGUAGES = ("en", "zh")
_DATE = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) (\d{{4}})")


@dataclass(frozen=True)
class Sentences:
    """Words of one language.

    What an explanation says is English. In other languages the page makes its own sentences of the same figures; what a
    fit gives as a reason stays English, and is marked so.
    """

    lang: str
    words: dict[str, Any]

    @classmethod
    def of(cls, lang: str) -> Sentences:
        """Of one of :data:`LANGUAGES`."""
        return cls(lang, _words(lang))

    def __call__(self, key: str, /, **values: Any) -> str:
        """The words of this key, with their numbers."""
        return str(self.words[key]).format(**values)

    def part(self, group: str, key: str, /, **values: Any) -> str:
        """The words of a key in one of the groups."""
        return str(self.words[group][key]).format(**values)

    def title(self, n_samples: int, n_clusters: int, kind: str = "table") -> str:
        if kind in self.words["titles"] and n_clusters > 1:
            return self.part("titles", kind, rows=n_samples, clusters=n_clusters)
        key = "title_one" if n_clusters == 1 else "title"
        return self(key, rows=n_samples, clusters=n_clusters)

    @property
    def is_english(self) -> bool:
        """Whether sentences of the explanation can stay as they are."""
        return self.lang == "en"

    def share(self, share: float) -> str:
        """A share of rows as a person reads it."""
        text = share_text(share)
        if self.is_english:
            return text
        key = {"under 1%": "under", "over 99%": "over", "unknown": "unknown"}.get(text)
        return text if key is None else self.part("shares", key)

    def date(self, text: str) -> str:
        """A date, as the explanation writes it, in this language."""
        if self.is_english:
            return text

        def said(match: re.Match[str]) -> str:
            day, month, year = match.groups()
            return self("days" if day else "months", day=day, month=MONTHS.index(month) + 1, year=year)

        return _DATE.sub(said, text)

    def value(self, column: OriginalColumn, text: str) -> str:
        """A value of a column, as the explanation writes it, in this language."""
        if self.is_english:
            return text
        if text == "nothing":
            return self("nothing")
        if column.kind == "boolean" and not column.levels and text in ("yes", "no"):
            return self(text)
        return self.date(text) if column.kind == "date" else text

    @property
    def rules(self) -> RuleWording:
        """How the conditions of a rule are said."""
        if self.is_english:
            return ENGLISH
        return RuleWording(
            self.words["rules"], lambda column, value, exact: self.value(column, column.shown(value, exact=exact))
        )

    def partition(self, name: str) -> str:
        """What a candidate partition is."""
        if self.is_english:
            return partition_in_words(name)
        method, space = partition_parts(name)
        words = str(self.words["methods"][method])
        return words if space is None else self("partition", method=words, space=self.words["spaces"][space])

    def is_foreign(self, note: HealthNote) -> bool:
        """Whether a note is said in English on a page of another language."""
        return not self.is_english and note.key not in self.words["health_notes"]

    def advice(self, note: HealthNote) -> str | None:
        """What the reader of a page can do about a note: one who has the page alone, and no Python."""
        advice = self.words["advice"].get(note.key)
        return None if advice is None else str(advice).format(**note.values)

    def distinction(self, distinction: Distinction, rows: OriginalRows) -> str:
        """What tells a cluster from the others, in one column."""
        if self.is_english:
            return distinction.text
        column = rows.column(distinction.column)
        if distinction.direction == "medium" and distinction.low is not None and distinction.high is not None:
            return self(
                "distinction_range", column=distinction.column, share=self.share(distinction.share_inside),
                low=column.shown(distinction.low), high=column.shown(distinction.high),
                rest=self.share(distinction.share_outside),
            )  # fmt: skip
        key = f"distinction_{distinction.direction}"
        if distinction.kind == "date":
            key += "_date"

        def shown(value: float | str) -> str:
            if isinstance(value, str):
                return self.value(column, value)
            of_shares = distinction.levels or distinction.direction in ("missing", "given")
            return self.share(value) if of_shares else column.shown(value)

        level = self.words["names"]["or"].join(distinction.levels)
        return self(
            key if key in self.words else "distinction_other", column=distinction.column,
            level=self("distinction_level", level=level) if level else "",
            inside=shown(distinction.inside), outside=shown(distinction.outside),
        )  # fmt: skip

    def correction(self, record: Mapping[str, Any]) -> str:
        """What a person changed, of a record in ``report_["corrections"]``."""
        kind = str(record["correction"])
        if kind == "rename" and record["name"] is None:
            kind = "unname"
        said = {
            key: self.words["between"].join(map(str, value)) if isinstance(value, (list, tuple)) else value
            for key, value in record.items()
        }
        return self(f"correction_{kind}", **said)


@cache
def _words(lang: str) -> dict[str, Any]:
    text = (resources.files(__package__) / "words" / f"{lang}.json").read_text("utf-8")
    words: dict[str, Any] = json.loads(text)
    return words
