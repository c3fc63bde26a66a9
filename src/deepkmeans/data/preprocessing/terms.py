"""A text as terms: words in lower case where a script separates them, else sequences of characters; and emoji."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from .scripts import SCRIPTS, marks, unspaced

__all__ = ["STOP_WORDS", "terms_of"]

#: Characters of one term of a script without spaces: a letter of Han is often a word, a syllable of others is none.
_HAN_SIZES, _OTHER_SIZES = (1, 2), (2, 3)
#: Longer words are addresses and encoded files.
_LONGEST = 40
_FUNCTION_WORDS = """
a about above after again against all also am an and any are aren't as at be because been before being below
between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each else
ever few for from further get got had hadn't has hasn't have haven't having he he'd he'll he's her here hers
herself him himself his how however i i'd i'll i'm i've if in into is isn't it it's its itself just let me might
more most must my myself no nor not now of off on once only or other ought our ours ourselves out over own same
shall she she'd she'll should shouldn't since so some such than that that's the their theirs them themselves then
there there's these they they'd they'll they're they've this those through to too under until up upon us very via
was wasn't we we'd we'll we're we've were weren't what what's when where which while who whom whose why will with
within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself yourselves
"""
#: Function words of English, which say nothing of a topic and are spread over many texts: no frequency finds them among
#: titles.
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())


#: Flags, which are two letters, and other pictures without their tone of skin.
_EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}|"
    "[\u203c\u2049\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
#: What :func:`_patterns` finds in ASCII, at twice its speed.
_ASCII = re.compile(r"\d+(?:[.,:]\d+)+|[a-z0-9]+(?:'[a-z0-9]+)*(?:\+\+|\#)?")


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Words, runs without spaces or emoji; syllables in such a run; accents on Latin letters."""
    free, mark = unspaced(), marks()
    letter = rf"(?:(?![{free}])[^\W_])"
    number = r"\d+(?:[.,:]\d+)+"
    word = rf"{letter}(?:{letter}|[{mark}])*(?:['’]{letter}+)*(?:\+\+|\#)?"
    run = rf"[{free}](?:[{free}{mark}])*"
    return (
        re.compile(rf"({run})|({_EMOJI})|{number}|{word}"),
        re.compile(rf"[{free}][{mark}]*"),
        re.compile(r"(?<=[a-z])[\u0300-\u036f]+"),
    )


@cache
def _han() -> re.Pattern[str]:
    return re.compile(f"[{SCRIPTS['han']}]")


def terms_of(text: str) -> list[str]:
    """Terms of a text in their order, repeated as they are.

    Letters are compared without case, width and ligature (NFKC), Latin ones without accents. A word has two letters or
    more, or a mark behind it ("c#"); numbers are words. A run of Chinese, Japanese, Thai, Lao, Burmese or Khmer gives
    its overlapping sequences of one and two (Chinese, Japanese) or two and three characters, vowel signs and tones
    being parts of their letter. An emoji is a word, and so is any other symbol ("→") in a text that has no words.
    """
    if text.isascii():
        return [_bare(word) for word in _ASCII.findall(text.lower()) if len(word) > 1]
    words, syllables, accents = _patterns()
    text = unicodedata.normalize("NFKC", text).lower()
    text = unicodedata.normalize("NFC", accents.sub("", unicodedata.normalize("NFD", text)))
    terms: list[str] = []
    for match in words.finditer(text):
        run, word = match.group(1), match.group()
        if run is not None:
            terms.extend(_sequences(syllables.findall(run)))
        elif match.group(2) is not None:
            terms.append(word)
        elif len(word) > 1:
            terms.append(_bare(word))
    return terms or [letter for letter in text if unicodedata.category(letter) in ("So", "Sm", "Sc")]


def _bare(word: str) -> str:
    return word.replace("’", "'").removesuffix("'s")[:_LONGEST]


def _sequences(letters: list[str]) -> list[str]:
    """Sequences of letters; a letter alone where there is no more, and where it is of Han."""
    if len(letters) == 1:
        return letters
    sequences: list[str] = []
    mixed = any(map(_han().match, letters))
    for size in _HAN_SIZES if mixed else _OTHER_SIZES:
        if size == 1:
            sequences += [letter for letter in letters if _han().match(letter)]
        else:
            sequences += ["".join(letters[i : i + size]) for i in range(len(letters) - size + 1)]
    return sequences
