"""Sentences of the package that the command says otherwise: of files and flags, not of ``X`` and folders."""

from __future__ import annotations

import re

from .spec_flags import spec_in_flags

__all__ = ["in_words_of_the_command"]

_SENTENCES = {
    re.compile(r"^All (\d+ rows) of X are the same in all (\d+) column\(s\): \w+ has nothing to learn\."):
        r"all \1 are the same in all \2 columns: there is nothing to learn.",
    re.compile(r"^None of the 1 columns of X can be used"): "the only column cannot be used",
    re.compile(r"^None of the (\d+) columns of X can be used"): r"none of the \1 columns can be used",
    re.compile(r"\b(to have the \w+ read to which (.+) leads, give ).*kind='(image|audio)'\)\.$"): r"\1--\3 \2.",
    re.compile(r"^(?:Input '[^']*': )?The table (lacks the columns?|has no names of columns)\b(.*)give a DataFrame"):
        r"DATA \1\2give a file",
    re.compile(r"InputSpec says that the column (.+?) is 'ordinal', but none of the levels (.+?) is in it"):
        r"--levels gives the column \1 the levels \2, and none of them is in it",
    re.compile(r", and no column of X is text; say"): ", and no column is text; say",
    re.compile(r", and X is numbers alone: give"): ", and DATA is numbers alone: give",
    re.compile(r"^The 'encoder' '([^']*)' is neither"): r"--encoder \1 is neither",
    re.compile(r" allow it with TextEncoder\([^)]*\),"): "",
    re.compile(r"leave out encoder=\.$"): "leave out --encoder.",
    re.compile(r"^X does not have valid feature names, but \w+ was fitted with feature names$"):
        "the columns have no names, and those of the fit have: they are taken in the order of the fit",
    re.compile(r"^X has feature names, but \w+ was fitted without feature names$"):
        "the columns have names, and those of the fit have none: they are taken in their order",
    re.compile(r"\buse missing='impute'"): "use --missing impute",
    re.compile(r"\bstart the fit again(?: in an empty folder)?(?=\.?$)"):
        "start the fit again with another --out, or here with --force instead of --resume",
}  # fmt: skip


def in_words_of_the_command(text: str) -> str:
    """``text``, with the command's sentence for each that is known."""
    for pattern, words in _SENTENCES.items():
        text = pattern.sub(words, text)
    return spec_in_flags(text)
