"""Texts that are longer than an encoder reads at once: as parts, whose rows are averaged.

The mean of the rows of the parts, weighted by their tokens, is for a network that averages its tokens the average of
all tokens of the text, each seen in the context of its part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["PartReader", "TextParts"]

#: Behind these a sentence ends; those of Chinese and Japanese have no space behind them.
_ENDS, _ENDS_WITHOUT_SPACE = ".!?…", "。！？"
#: A part that could have fewer tokens is none.
_FEWEST_TOKENS = 4


@dataclass(frozen=True)
class TextParts:
    """Parts of n texts, in order.

    Attributes
    ----------
    parts : list of str of length m
        A text that is read at once is its own part.
    first : ndarray of shape (n,), int64
        The first part of each text.
    n_tokens : ndarray of shape (m,), int64
        1 for a text that is its own part.
    """

    parts: list[str]
    first: np.ndarray
    n_tokens: np.ndarray

    def average(self, rows: Any) -> Any:
        """Rows (n, p) of the texts, of the rows (m, p) of their parts."""
        if len(self.first) == len(self.parts):
            return rows
        total = np.add.reduceat(self.n_tokens, self.first)
        share = self.n_tokens / np.repeat(total, np.diff([*self.first, len(self.parts)]))
        whole = np.add.reduceat(np.asarray(rows, dtype=np.float64) * share[:, None], self.first, axis=0)
        return whole.astype(np.float32)


@dataclass(frozen=True)
class PartReader:
    """Cuts texts where a tokenizer and its network need it.

    Attributes
    ----------
    tokenizer : a fast tokenizer of transformers
    n_tokens : int
        What a network reads at once, without what is put around each text.
    max_parts : int
        Parts of a text, at most; what is behind them is not read.
    """

    tokenizer: Any
    n_tokens: int
    max_parts: int

    @classmethod
    def of(cls, network: Any, max_parts: int) -> PartReader | None:
        """That of a ``SentenceTransformer``; None where one part is asked for, or it does not say what it reads."""
        tokenizer = getattr(network, "tokenizer", None)
        most = getattr(network, "max_seq_length", None)
        if max_parts == 1 or not isinstance(most, int) or not getattr(tokenizer, "is_fast", False):
            return None
        assert tokenizer is not None
        prompt = (getattr(network, "prompts", None) or {}).get(getattr(network, "default_prompt_name", None)) or ""
        around = tokenizer.num_special_tokens_to_add() + len(_spans(tokenizer, prompt))
        return None if most - around < _FEWEST_TOKENS else cls(tokenizer, most - around, max_parts)

    def split(self, texts: Sequence[str]) -> TextParts:
        """The parts of texts."""
        parts: list[str] = []
        first, n_tokens = [], []
        for text in texts:
            first.append(len(parts))
            for part, count in self._parts(text):
                parts.append(part)
                n_tokens.append(count)
        return TextParts(parts, np.array(first, dtype=np.int64), np.array(n_tokens, dtype=np.int64))

    def _parts(self, text: str) -> list[tuple[str, int]]:
        """Parts of one text with their tokens, cut at a line where one ends in their second half, else at a sentence,
        a word, or anywhere.
        """
        if len(text.encode()) <= self.n_tokens:  # no tokenizer makes more tokens than there are bytes
            return [(text, 1)]
        spans = _spans(self.tokenizer, text)
        if len(spans) <= self.n_tokens:
            return [(text, 1)]
        parts: list[tuple[str, int]] = []
        begin = 0
        while begin < len(spans) and len(parts) < self.max_parts:
            end = begin + self.n_tokens
            if end < len(spans):
                latest_first = range(end, begin + self.n_tokens // 2, -1)
                end = max(latest_first, key=lambda token: _border(text, spans[token - 1][1], spans[token][0]))
                until = spans[end][0]
            else:
                end, until = len(spans), len(text)
            parts.append((text[spans[begin][0] : until], end - begin))
            begin = end
        return parts


def _spans(tokenizer: Any, text: str) -> list[tuple[int, int]]:
    """Where in a text its tokens begin and end."""
    made = tokenizer(text, add_special_tokens=False, truncation=False, verbose=False, return_offsets_mapping=True)
    return list(made["offset_mapping"])


def _border(text: str, end: int, start: int) -> int:
    """How well a text is cut between two tokens, of which one ends and the next starts there."""
    between = text[max(end - 1, 0) : start + 1]  # tokens of some tokenizers begin with the space before a word
    if "\n" in between:
        return 3
    spaced = any(letter.isspace() for letter in between)
    if between[0] in _ENDS_WITHOUT_SPACE or (spaced and between[0] in _ENDS):
        return 2
    return int(spaced)
