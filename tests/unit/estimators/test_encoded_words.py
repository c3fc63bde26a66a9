"""Texts by a pretrained encoder: their words help to find clusters, and nothing else depends on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import normalized_mutual_info_score

from deepkmeans import DeepKMeans
from deepkmeans.encoders import TextEncoder
from tests.unit.estimators.given import WORDS

N, K, WIDTH = 600, 6, 300
_DRAW = np.random.RandomState(0)
#: Names of which an encoder knows nothing, six a group: each text has two of them, and of the words that it knows.
NAMES = [[f"{first}{last}" for last in "uvwxyz"] for first in ("ka", "lo", "mi", "ne", "pu", "ri")]
GROUP = _DRAW.randint(0, K, N)
TEXTS = [
    " ".join([*_DRAW.choice(WORDS[group // 2], 3), *_DRAW.choice(NAMES[group], 2), f"number{i}"])
    for i, group in enumerate(GROUP)
]
_VECTORS = {word: _DRAW.randn(WIDTH) for words in WORDS for word in words}
_SIGNS = _DRAW.randn(K, WIDTH)
_NOISE = {text: _SIGNS[group] + 4.6 * _DRAW.randn(WIDTH) for text, group in zip(TEXTS, GROUP, strict=True)}


def encode(texts: list[str]) -> np.ndarray:
    """Rows that tell groups apart, but not well."""
    return np.stack([
        sum(_VECTORS.get(word, 0) for word in text.split()) * 0.3 + _NOISE.get(text, np.zeros(WIDTH)) for text in texts
    ])  # fmt: skip


def model(**options: object) -> DeepKMeans:
    return DeepKMeans(K, encoder=TextEncoder(encode, **options), random_state=0, max_epochs=20)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_words_help_where_they_agree_and_predict_needs_none() -> None:
    with_words, without = model().fit(TEXTS), model(words=False).fit(TEXTS)
    figures = [normalized_mutual_info_score(GROUP, each.labels_) for each in (with_words, without)]
    assert figures[0] > 0.95 and figures[1] < 0.9
    assert "neighbours and words" in with_words.report_["reason"] and "words" not in without.report_["reason"]
    np.testing.assert_array_equal(with_words.predict(TEXTS[:20]), with_words.labels_[:20])
    framed = model().fit(pd.DataFrame({"t": TEXTS}))
    np.testing.assert_array_equal(framed.labels_, with_words.labels_)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_copies_and_rows_of_no_weight_keep_their_words() -> None:
    order = np.random.RandomState(1).permutation(N)
    shuffled = model().fit([TEXTS[i] for i in order])
    whole = model().fit(TEXTS)
    assert normalized_mutual_info_score(whole.labels_[order], shuffled.labels_) > 0.95
    weight = np.where(np.arange(N) < 100, 0.0, 1.0)
    weighed, part = model().fit(TEXTS, sample_weight=weight), model().fit(TEXTS[100:])
    np.testing.assert_array_equal(weighed.labels_[100:], part.labels_)
