"""The words of conditions of a rule: its operators, and how its parts are joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .column_words import column_called

if TYPE_CHECKING:
    from .original import OriginalColumn

__all__ = ["ENGLISH", "RuleWording"]

#: ``{name}`` is the column, ``{value}`` a value, a level or a word.
_ENGLISH = {
    "is": "{name} is {value}", "is_not": "{name} is not {value}", "includes": "{name} includes {value}",
    "includes_not": "{name} does not include {value}", "mentions": "{name} mentions {value}",
    "mentions_not": "{name} does not mention {value}", "or_above": "{name} is {value} or above",
    "or_below": "{name} is {value} or below", "after": "{name} after {value}", "by": "{name} by {value}",
    "above": "{name} above {value}", "at_most": "{name} at most {value}",
    "between": "{name} between {value} and {last}", "missing": "{name} is missing", "known": "{name} is known",
    "or_missing": "{text} or missing", "comma": ", ", "or": " or ", "and": " and ", "all_rows": "all rows",
    "or_rule": ", or ", "more_rules": "one of {count} more rules", "one_more_rule": "one more rule",
}  # fmt: skip


def _shown(column: OriginalColumn, value: float, exact: bool) -> str:
    return column.shown(value, exact=exact)


@dataclass(frozen=True)
class RuleWording:
    """Templates by key, and how a value of a column is written.

    Attributes
    ----------
    templates : mapping of str to str
    shown : function from (column, value, whether all digits count) to its text
    """

    templates: Mapping[str, str]
    shown: Callable[[OriginalColumn, float, bool], str] = _shown

    def __call__(self, key: str, /, **values: object) -> str:
        """The words of this key; a ``name`` is that of a column."""
        if "name" in values:
            values["name"] = column_called(str(values["name"]))
        return self.templates[key].format(**values)

    def joined(self, parts: Iterable[str], last: str) -> str:
        """``a, b and c``; ``last`` is the key of what stands before the last."""
        parts = list(parts)
        if len(parts) < 2:
            return "".join(parts)
        return self.templates["comma"].join(parts[:-1]) + self.templates[last] + parts[-1]


ENGLISH = RuleWording(_ENGLISH)
