"""Is a column of words one of categories, of free text, or of names for the rows?"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from .identifiers import ENOUGH
from .row_names import naming_reason
from .spellings import spelled

__all__ = ["kind_of_words"]

#: A key is there in nearly all rows.
_COMPLETE = 0.9
#: More of the cells are different than this where texts name the rows.
_NEARLY_ALL = 0.95
#: Cells of so many words say something each, though they repeat; unless there are few of them, as of the answers to a
#: question.
_SENTENCE, _FEW = 5, 20
#: Letters of scripts that put no blanks between words, of which about two make one.
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0002ffff]")


def kind_of_words(
    texts: Sequence[str], counts: np.ndarray, n: int, *, named: bool, people: bool = False
) -> tuple[str, str]:
    """Kind and reason of a column of the distinct ``texts``, ``counts`` times each in n rows.

    ``named``: the column is called like a key; ``people``: like one of names of people.
    """
    present, distinct = int(counts.sum()), len(texts)
    complete = present >= _COMPLETE * n
    share = distinct / present
    if named and distinct == present:
        return "identifier", "called like a key, and all different"
    if (shape := spelled(texts, counts)) is not None:
        return "category", shape
    if complete and (present >= ENOUGH or named):
        reason = naming_reason(texts, counts, present, people=people)
        if reason is not None:
            return "identifier", reason
    words = float(np.mean([words_in(text) for text in texts[:: max(1, distinct // 2000)]]))
    if share > 0.5 and present >= 5 and (words >= 4 or (words >= 2 and share > 0.8)):
        return "text", f"texts of about {words:.0f} words, {'all' if share == 1 else 'most of them'} different"
    if words >= _SENTENCE and distinct > _FEW:
        return "text", f"texts of about {words:.0f} words"
    if share > _NEARLY_ALL and present >= ENOUGH and (complete or words >= 1.5):
        if words >= 1.5:
            return "text", "short texts, nearly all different"
        with_digits = np.mean([any(map(str.isdigit, text)) for text in texts[:: max(1, distinct // 2000)]])
        if share == 1 or with_digits < 0.5:  # the beginnings of labels with digits may mean something
            return "identifier", "single words, nearly all different: names of the rows"
    return "category", f"{'few' if distinct <= _FEW else f'{distinct:,}'} different texts"


def words_in(text: str) -> float:
    """Words of a text: between blanks, and two letters each where a script has no blanks."""
    if text.isascii():
        return float(len(text.split()))
    dense = len(_DENSE.findall(text))
    return len(_DENSE.sub(" ", text).split()) + dense / 2
