"""The words of a page in its language, and the sentences that are made of figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..inspection.formatting import share_text

if TYPE_CHECKING:
    from ..inspection.distinctions import Distinction
    from ..inspection.explanation import Explanation
    from ..inspection.original import OriginalRows

__all__ = ["LANGUAGES", "Sentences"]

LANGUAGES = ("en", "zh")
#: A row of less confidence is unsure.
_SURE = 0.5


@dataclass(frozen=True)
class Sentences:
    """Words of one language.

    What an explanation says is English. In other languages the page makes its own sentences of the same figures where
    it can, and marks the others as English.
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

    def title(self, n_samples: int, n_clusters: int) -> str:
        key = "title_one" if n_clusters == 1 else "title"
        return self(key, rows=n_samples, clusters=n_clusters)

    def summary(self, explanation: Explanation) -> list[str]:
        """Three sentences: what there is, how the clusters differ, how sure that is."""
        clusters = sorted(explanation.clusters, key=lambda cluster: -cluster.size)
        if self.lang == "en" or len(clusters) < 2:
            return list(explanation.summary)
        largest, smallest = clusters[0], clusters[-1]
        said = [
            self("summary_sizes", rows=len(explanation.rows), clusters=len(clusters), largest=largest.title,
                 most=largest.share, smallest=smallest.title, least=smallest.share)
        ]  # fmt: skip
        if explanation.columns:
            said.append(self("summary_columns", columns=self.words["between"].join(explanation.columns[:3])))
        if explanation.confidence is not None:
            unsure = float((explanation.confidence < _SURE).mean())
            said.append(self("summary_sure", mean=float(explanation.confidence.mean()), unsure=unsure))
        elif all(cluster.stability is not None for cluster in clusters):
            kept = sum(cluster.share * (cluster.stability or 0.0) for cluster in clusters)
            said.append(self("summary_stable", share=kept / sum(cluster.share for cluster in clusters)))
        return said

    def distinction(self, distinction: Distinction, rows: OriginalRows) -> str:
        """What tells a cluster from the others, in one column."""
        if self.lang == "en":
            return distinction.text
        key = f"distinction_{distinction.direction}"
        if distinction.kind == "date":
            key += "_date"
        known = {column.name: column for column in rows.columns}

        def shown(value: float | str) -> str:
            if isinstance(value, str):
                return value
            return known[distinction.column].shown(value) if distinction.kind == "number" else share_text(value)

        level = "" if distinction.level is None else self("distinction_level", level=distinction.level)
        return self(
            key if key in self.words else "distinction_other", column=distinction.column, level=level,
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
