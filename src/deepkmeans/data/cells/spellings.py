"""Texts whose letters say something though each text is there once: versions, colours, sequences, addresses in a net.

They are no names of rows: categories that have many values are compared by how they are spelled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

__all__ = ["spelled"]

_SHARE = 0.95
_SHAPES = (
    ("addresses in a net",
     re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}|:\d{1,5})?|[0-9a-fA-F]{3,4}(?::[0-9a-fA-F]{0,4}){2,7}")),
    ("versions",
     re.compile(r"(?:v(?:er(?:sion)?)?\.? ?)?\d{1,5}(?:\.\d{1,5}){1,4}(?:[-+._]?[a-z][0-9a-z.+-]*)?", re.IGNORECASE)),
    ("colours", re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")),
    ("chemical formulas",
     re.compile(r"(?=.*[=(\[])(?=(?:[^Cc]*[Cc]){2})[BCFHIKNOPSabcilnoprs0-9@+\-\[\]()=#$/\\%.:]{5,}")),
)  # fmt: skip
#: Sequences of molecules: long words of few letters.
_SEQUENCE = re.compile(r"[A-Z*-]{8,}|[acgtun-]{8,}")
_NUCLEIC, _AMINO = 6, 24


def spelled(texts: Sequence[str], counts: np.ndarray) -> str | None:
    """What the distinct ``texts``, ``counts`` times each, are, if how they are spelled tells; None of others."""
    total = counts.sum()
    for what, pattern in _SHAPES:
        if any(map(pattern.fullmatch, texts[:5])) and _matching(texts, counts, pattern) >= _SHARE * total:
            return what
    if len(texts) > 1 and _matching(texts, counts, _SEQUENCE) >= _SHARE * total and _are_sequences(texts):
        return "sequences of letters"
    return None


def _matching(texts: Sequence[str], counts: np.ndarray, pattern: re.Pattern[str]) -> int:
    there = np.fromiter((pattern.fullmatch(text) is not None for text in texts), dtype=bool, count=len(texts))
    return int(counts[there].sum())


def _are_sequences(texts: Sequence[str]) -> bool:
    """Whether words are written in the letters of nucleic acids, or are long and in those of proteins."""
    sample = texts[:: max(1, len(texts) // 500)]
    letters = set("".join(sample))
    long = np.median([len(text) for text in sample]) >= 16
    return len(letters) <= _NUCLEIC or (len(letters) <= _AMINO and bool(long))
