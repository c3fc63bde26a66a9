"""Texts to TF-IDF: by hand, weights as repetition, stored and read again, texts with nothing in them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer

from deepkmeans.data.given import GivenInput
from deepkmeans.data.preprocessing.scripts import script_of
from deepkmeans.data.preprocessing.terms import STOP_WORDS, terms_of
from deepkmeans.data.preprocessing.text import TextPreprocessor
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.runtime import Seeds
from deepkmeans.storage.schema import MismatchError

TEXTS = ["red apple red", "green apple", "blue sky", "", "!!"]


def fit(texts: list[str], weight: Any = None, n_components: int | None = None) -> tuple[TextPreprocessor, Any]:
    return TextPreprocessor.fit(GivenInput("text", texts), weight=weight, seeds=Seeds(0), n_components=n_components)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The CAT's hat, don't!", ["the", "cat", "hat", "don't"]),
        ("C# or C++ in version 3.5 of 2020 a", ["c#", "or", "c++", "in", "version", "3.5", "of", "2020"]),
        ("Müller’s Café ﬁne ＡＢＣ", ["muller", "cafe", "fine", "abc"]),
        ("Привет, мир! йод", ["привет", "мир", "йод"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京 is 北京的", ["東", "京", "東京", "is", "北", "京", "的", "北京", "京的"]),
        ("パソコ", ["パソ", "ソコ", "パソコ"]),
        ("ไม่มี", ["ไม่", "ม่มี", "ไม่มี"]),
        ("", []),
        ("!? ... a", []),
        ("good 👍🏽👍 ❤️!", ["good", "👍", "👍", "❤"]),
        ("🇫🇷🇩🇪 👩‍🚀", ["🇫🇷", "🇩🇪", "👩", "🚀"]),
        ("→ ©", ["→", "©"]),
        ("→ there ©", ["there"]),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


def test_ascii_has_the_terms_that_it_has_among_other_letters() -> None:
    text = "Don't use C# v1.2.3 (foo_bar) at 10:30, re-read's it's a b2b/x"
    assert terms_of(f"{text} é") == terms_of(text)


@pytest.mark.parametrize(
    ("text", "script"), [("abc", "latin"), ("été", "latin"), ("中文好 ok", "han"), ("東京の", "kana"), ("12", "none")]
)
def test_script(text: str, script: str) -> None:
    assert script_of(text) == script


def test_by_hand() -> None:
    preprocessor, X = fit(TEXTS)
    assert preprocessor.terms == ("apple", "blue", "green", "red", "sky") == tuple(preprocessor.feature_names)
    rare, common = 1 + math.log(6 / 2), 1 + math.log(6 / 3)
    red = (1 + math.log(2)) * rare
    length = math.hypot(red, common)
    assert X.shape == (5, 5) and X.dtype == np.float32
    np.testing.assert_allclose(X[0].toarray()[0], [common / length, 0, 0, red / length, 0], rtol=1e-6)
    assert np.diff(X.indptr).tolist() == [2, 2, 2, 0, 0]


def test_agrees_with_scikit_learn() -> None:
    texts = [f"w{i % 7:02d} w{i % 5:02d} w{i % 3:02d} w{i % 3:02d}" for i in range(30)]
    theirs = TfidfVectorizer(sublinear_tf=True, min_df=1, max_df=0.5, token_pattern=r"\w\w+").fit(texts)
    preprocessor, X = fit(texts)
    assert list(preprocessor.terms) == sorted(theirs.get_feature_names_out())
    np.testing.assert_allclose(X.toarray(), theirs.transform(texts).toarray(), atol=1e-6)


def test_weights_are_repetition() -> None:
    texts = ["one red apple", "green apple", "blue sky", "red sky", "wide open sea", "open window"] * 20
    weight = np.tile([1, 2, 3, 1, 2, 1], 20).astype(float)
    repeated = [text for text, count in zip(texts, weight, strict=True) for _ in range(int(count))]
    (weighted, X), (whole, _) = fit(texts, weight), fit(repeated)
    assert weighted.terms == whole.terms
    np.testing.assert_allclose(weighted.idf, whole.idf, rtol=1e-6)
    without, _ = fit([*texts, "zebra zebra"], np.append(weight, 0.0))
    assert without.terms == whole.terms and X.shape[0] == len(texts)


def test_terms_of_too_many_texts_and_function_words_are_left_out() -> None:
    texts = [f"the common thing{i % 4}" for i in range(40)]
    preprocessor, _ = fit(texts)
    assert preprocessor.terms == ("thing0", "thing1", "thing2", "thing3")
    assert preprocessor.report()["left_out"] == ["common", "the"] and "the" in STOP_WORDS
    assert fit(["the", "the", "of"])[0].terms == ("of", "the")  # nothing else is left


def test_report_counts() -> None:
    report = fit(TEXTS)[0].report()
    assert report["kind"] == "text" and report["n_texts"] == 5 and report["n_empty"] == 1
    assert report["n_without_terms"] == 2 and report["n_terms"] == 5 and report["scripts"] == {"latin": 3, "none": 2}


@pytest.mark.parametrize("n_components", [None, 3])
def test_stored_and_read_again(n_components: int | None) -> None:
    preprocessor, X = fit([*TEXTS, "東京の天気", "naïve Ünïcode"], n_components=n_components)
    document, tensors = preprocessor.to_parts()
    assert all(name.startswith("preprocessing/") for name in tensors)
    sizes = TextPreprocessor.check_parts(document, tensors)
    assert sizes["n_features"] == X.shape[1] == (n_components or len(preprocessor.terms))
    again = TextPreprocessor.from_parts(document, tensors)
    given = GivenInput("text", ["red sky", "nothing known", "東京"])
    one = again.transform(given)
    whole = one.toarray() if n_components is None else one
    assert one.dtype == np.float32 and not whole[1].any() and whole[0].any() and whole[2].any()
    before = preprocessor.transform(given)
    np.testing.assert_array_equal(whole, before.toarray() if n_components is None else before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d, t: d.update(more=1), "unknown key 'more'"),
        (lambda d, t: t.pop("preprocessing/idf"), "'preprocessing/idf' is missing"),
        (lambda d, t: t.update({"preprocessing/idf": torch.ones(3)}), "must hold 3 terms"),
        (lambda d, t: t.update({"preprocessing/terms": torch.tensor([255], dtype=torch.uint8)}), "text in UTF-8"),
        (lambda d, t: t.update({"preprocessing/terms": t["preprocessing/terms"].flip(0)}), "alphabetical order"),
        (lambda d, t: t.update({"preprocessing/components": torch.ones(2, 2)}), "must be of shape"),
        (lambda d, t: t.update({"preprocessing/x": torch.ones(2)}), "is unknown"),
    ],
)
def test_odd_parts_are_refused(change: Any, message: str) -> None:
    document, tensors = fit(TEXTS)[0].to_parts()
    change(document, tensors)
    with pytest.raises(MismatchError, match=message):
        TextPreprocessor.check_parts(document, tensors)


def test_texts_of_emoji_alone_lie_together() -> None:
    _, X = fit(["😀😀", "😀", "🚗", "🚗 🚗", "🍎", "🍎🏽"])
    np.testing.assert_allclose((X @ X.T).toarray(), np.kron(np.eye(3), np.ones((2, 2))), atol=1e-6)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["a", "b", " "], "The first is 'a'.*InputSpec"),
        (["!!", "?"], "The first is '!!'"),
        (["", " "], "All 2 texts .*empty"),
    ],
)
def test_texts_without_a_term(texts: list[str], words: str) -> None:
    with pytest.raises(InvalidDataError, match=words):
        fit(texts)


def test_odd_texts_are_texts() -> None:
    odd = ["red\0apple", "\0", "x" * 1_000_000, "word " * 200_000, "\ud800 sky", "12 34", "the of"]
    fitted, X = fit(odd)
    assert X.shape[0] == 7 and {"red", "apple", "word", "sky"} <= {*fitted.terms}


def test_refusals() -> None:
    preprocessor, _ = fit(TEXTS)
    with pytest.raises(InvalidDataError, match="None of the 2 texts has a word"):
        fit(["", "?!"])
    with pytest.raises(InvalidDataError, match="The fit was of texts, and a table is given"):
        preprocessor.transform(GivenInput("table", None))
    with pytest.raises(InvalidParameterError, match="cannot be made texts again"):
        preprocessor.inverse(np.ones((1, 5)))
