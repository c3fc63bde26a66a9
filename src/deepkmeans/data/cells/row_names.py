"""Texts that name the rows: reference numbers, addresses, telephone numbers, names of people."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from .words import words

__all__ = ["is_name_of_people", "naming_reason"]

_SHARE = 0.95
_UNIQUE = (
    ("UUIDs", re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")),
    ("numbers of bank accounts",
     re.compile(r"(?=(?:\D*\d){10})[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,4})?")),
    ("hashes", re.compile(r"(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])(?:[0-9a-fA-F]{16,128})|0x[0-9a-fA-F]{6,128}")),
    ("hardware addresses", re.compile(r"(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}")),
    ("e-mail addresses", re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")),
    (
        "telephone numbers",
        re.compile(r"(?:(?:\+|00|\(?0)\d[\d ()/.-]{6,18}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?: ?(?:x|ext\.?) ?\d+)?"),
    ),
)  # fmt: skip
#: With letters, or of six digits and more: "12-3" and "4:05" are measurements.
_CODE = re.compile(
    r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_./:#-]*|#?(?=(?:-?\d){6})\d+(?:[-_]\d+)*|[^\W\d_]{1,4}[-_ ]?\d{3,}"
)
_TITLE = re.compile(
    r"(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|sr|sra)\.? .+|.+, (?:mr|mrs|ms|miss|master|dr|rev)\.? .+", re.I
)
_LATIN_NAME = re.compile(
    r"[^\W\d_][^\W\d_'’.-]*,?(?: (?:[^\W\d_]\.|"
    r"(?:van|von|de|da|del|la|le|bin|al|der|den|di|[^\W\d_][^\W\d_'’-]*))){1,3}"
)
_LAST_FIRST = re.compile(r"[^\W\d_][\w'’ .-]*, [^\W\d_][\w'’ .-]*")
_CALLED = re.compile(
    r"(?:(?:full|last|first|family|given|customer|client|patient|employee|user|passenger)[ .-]?)?names?|"
    r"(?:vor|nach|familien|kunden)?name(?:n)?|nom(?: et pr[eé]nom)?|pr[eé]nom|nombres?|apellidos?|nome|cognome|"
    r"nachname, ?vorname|name, ?vorname|patient|passenger|姓名|名字|氏名|名前|имя|фио", re.IGNORECASE,
)  # fmt: skip
_PLATE = re.compile(r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2} ?\d{1,4}[EH]?|[A-Z]{2}-?\d{3}-?[A-Z]{2}|[A-Z]{2}\d{2} [A-Z]{3}")
_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


def is_name_of_people(name: str) -> bool:
    """Whether a column is called like one of names: "Name", "last name", "Nachname", "姓名"."""
    return _CALLED.fullmatch(name.strip().replace("_", " ")) is not None


def naming_reason(texts: Sequence[str], counts: np.ndarray, n: int, *, people: bool = False) -> str | None:
    """Why the distinct ``texts`` of n rows name the rows, None if they do not; ``people``: the column is called so."""
    share = len(texts) / max(1, n)
    if share < 0.5:
        return None
    for reason, pattern in _UNIQUE:
        if pattern.fullmatch(texts[0]) and _most(texts, counts, pattern):
            return reason
    if share == 1 and _most(texts, counts, _CODE) and len({len(text) for text in texts}) <= 8:
        return "reference numbers, all different"
    if share == 1 and _most(texts, counts, _PLATE):
        return "number plates, all different"
    if people and share >= 0.9 and (_most(texts, counts, _LAST_FIRST) or _most(texts, counts, _HAN_NAME)):
        return "names of people, nearly all different"
    if share >= 0.9 and _are_names(texts, n):
        return "names of people, nearly all different"
    return None


def _most(texts: Sequence[str], counts: np.ndarray, pattern: re.Pattern[str]) -> bool:
    there = np.fromiter((pattern.fullmatch(text) is not None for text in texts), dtype=bool, count=len(texts))
    return bool(counts[there].sum() >= _SHARE * counts.sum())


def _are_names(texts: Sequence[str], n: int) -> bool:
    """Whether these are names of people: in Latin letters with given names among them, or of a Chinese surname."""
    sample = texts[:: max(1, len(texts) // 1000)]
    count = len(sample)
    if sum(text[0] in words("surnames") and _HAN_NAME.fullmatch(text) is not None for text in sample) >= 0.8 * count:
        return True
    if sum(_TITLE.fullmatch(text) is not None for text in sample) >= 0.6 * count:
        return True
    if sum(_LATIN_NAME.fullmatch(text) is not None for text in sample) < 0.9 * count:
        return False
    given = set(words("given_names"))
    known = sum(any(word.strip(",.").lower() in given for word in text.split()) for text in sample)
    return known >= 0.2 * count
