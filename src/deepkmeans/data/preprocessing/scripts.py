"""Writing systems: which separate words, and what stands between the words where one does not."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

__all__ = ["SCRIPTS", "UNSPACED", "marks", "script_of", "unspaced"]

#: Ranges of the scripts of most texts, in the order in which they are asked.
SCRIPTS: dict[str, str] = {
    "latin": "a-zA-ZªºÀ-ÖØ-öø-ɏḀ-ỿ",
    "cyrillic": "Ѐ-ԯ",
    "greek": "Ͱ-Ͽἀ-῿",
    "arabic": "؀-ۿݐ-ݿࢠ-ࣿ",
    "hebrew": "֐-׿",
    "indic": "ऀ-෿",
    "korean": "ᄀ-ᇿ㄰-㆏가-힣",
    "kana": "\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff",
    "han": "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "thai": "\u0e01-\u0e7f",
    "lao": "\u0e80-\u0eff",
    "burmese": "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
    "khmer": "\u1780-\u17ff",
}
#: Those that write words without anything between them.
UNSPACED = ("kana", "han", "thai", "lao", "burmese", "khmer")
_LAST_MARK = 0x1E950


@cache
def marks() -> str:
    """Combining marks, as a class of a regular expression holds them: vowel signs are parts of words."""
    return "".join(chr(code) for code in range(0x300, _LAST_MARK) if unicodedata.category(chr(code))[0] == "M")


def unspaced() -> str:
    """The letters of all scripts without spaces, as a class of a regular expression holds them."""
    return "".join(SCRIPTS[name] for name in UNSPACED)


@cache
def _letters() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(f"[{letters}]")) for name, letters in SCRIPTS.items()]


def script_of(text: str, most: int = 2000) -> str:
    """The script of most letters among the first ``most`` characters: one of :data:`SCRIPTS`, "other" or "none".

    Han beside kana is Japanese: both are counted as "kana" there.
    """
    part = text[:most]
    if part.isascii():
        return "latin" if any(map(str.isalpha, part)) else "none"
    counts = {name: len(pattern.findall(part)) for name, pattern in _letters()}
    if counts["kana"]:
        counts["kana"] += counts.pop("han")
    name = max(counts, key=counts.__getitem__)
    if counts[name]:
        return name
    return "other" if any(map(str.isalpha, part)) else "none"
