"""Telling words: class TF-IDF by hand, phrases, scripts without spaces, and shuffled labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from deepkmeans.data.preprocessing.phrases import joined_sequences, phrases_of
from deepkmeans.inspection.telling_words import TellingWord, telling_words
from deepkmeans.inspection.word_counts import count_words

LABELS = np.repeat([0, 1], 60)


def words_of(
    texts: Sequence[str | None], group: np.ndarray = LABELS, weight: np.ndarray | None = None
) -> list[tuple[TellingWord, ...]]:  # fmt: skip
    mass = np.ones(len(texts)) if weight is None else weight
    return telling_words(count_words(texts, group, mass, int(group.max()) + 1))


def test_weights_by_hand() -> None:
    """Of the texts 30 of 60 here and 3 of 60 elsewhere have "puck"; "game" is everywhere."""
    texts = ["the game. puck"] * 30 + ["the game"] * 30 + ["the game. puck"] * 3 + ["the game"] * 57
    here, there = words_of(texts)
    (puck,) = (word for word in here if word.word == "puck")
    assert (puck.share_inside, puck.share_outside) == (0.5, 0.05)
    assert puck.weight == pytest.approx(0.5 * np.log(0.5 / (3.5 / 61)))
    assert len(here) == 1 and there == ()


def test_a_word_of_nearly_all_texts_of_a_large_cluster_is_heard() -> None:
    texts = ["puck ice"] * 100 + ["bank market"] * 20
    assert words_of(texts, np.repeat([0, 1], [100, 20]))[0]


def test_phrases_stand_for_their_words() -> None:
    assert phrases_of("Machine learning of the new machine, then") == [
        "machine", "learning", "of", "the", "new", "machine", "machine learning", "new machine", "then",
    ]  # fmt: skip
    assert "machine learning" not in phrases_of("machine, learning") and phrases_of("") == []
    assert "keith cco" not in phrases_of("keith@cco.caltech.edu") and "3.1" in phrases_of("windows 3.1")
    rng = np.random.default_rng(0)
    filler = [f"word{rng.integers(300)}" for _ in range(120)]
    texts = [f"{filler[i]} {'machine learning ' * (i < 60)}{filler[-i]}" for i in range(120)]
    assert [word.word for word in words_of(texts)[0]] == ["machine learning"]


def test_plurals_are_not_said_beside_their_words() -> None:
    texts = ["team"] * 30 + ["teams"] * 25 + ["season"] * 5 + ["bank"] * 60
    assert [word.word for word in words_of(texts)[0]][:1] == ["team"]
    assert "teams" not in [word.word for word in words_of(texts)[0]]


def test_chinese_words_are_whole() -> None:
    rng, labels = np.random.default_rng(0), np.repeat([0, 1], 150)
    topics, everywhere = (("机器学习", "神经网络"), ("股票市场", "银行利率")), ("我们", "今天", "非常", "可以")
    texts = ["".join(rng.permutation([rng.choice(topics[label]), *everywhere])) + "。" for label in labels]
    here, there = words_of(texts, labels)
    assert {word.word for word in here} == {*topics[0]} and {word.word for word in there} == {*topics[1]}


def test_sequences_are_joined_only_where_the_texts_have_them_together() -> None:
    texts = ["深度学习"] * 8 + ["学习"] * 2
    whole = joined_sequences(["深度", "度学", "学习", "word"], texts)
    assert whole == {"深度": "深度学习", "度学": "深度学习", "学习": "深度学习", "word": "word"}
    apart = ["学习"] * 20 + ["深度学习"] * 3
    assert joined_sequences(["深度", "度学", "学习"], apart)["学习"] == "学习"
    assert joined_sequences(["ああ", "あ"], ["あああああああああ"])["ああ"]  # repeated letters come to an end


def test_weights_are_repetition_and_empty_texts_count_for_nothing() -> None:
    texts = ["puck game"] * 30 + ["game"] * 30 + ["bank"] * 60
    weight = np.random.default_rng(0).integers(0, 3, 120).astype(float)
    again = np.repeat(np.arange(120), weight.astype(int))
    kept = weight > 0
    weighted = words_of([texts[i] for i in np.flatnonzero(kept)], LABELS[kept], weight[kept])
    repeated = words_of([texts[i] for i in again], LABELS[again])
    # Figures are those of repetition; but a text that counts twice is no second witness against chance, so "puck game",
    # which few texts have, needs more of them.
    assert weighted[1] == repeated[1] and [word.word for word in repeated[0]] == ["puck game"]
    assert [word.word for word in weighted[0]] == ["game"]
    more: list[str | None] = [*texts, None, "", " "]
    assert words_of(more, np.append(LABELS, [0, 1, 1])) == words_of(texts)
    assert words_of([None, ""], np.array([0, 1])) == [(), ()]


def test_shuffled_labels_have_no_words() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(f"word{int(number)}" for number in rng.zipf(1.5, 20) % 500) for _ in range(300)]
    for _ in range(20):
        assert words_of(texts, rng.permutation(np.arange(300) % 6)) == [()] * 6
