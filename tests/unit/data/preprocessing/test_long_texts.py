"""Texts that an encoder does not read at once: where they are cut, and what their parts are averaged to."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.preprocessing.frozen import FrozenTextPreprocessor
from deepkmeans.data.preprocessing.long_texts import PartReader
from deepkmeans.encoders import TextEncoder
from deepkmeans.exceptions import InvalidParameterError
from tests.unit.data.preprocessing.given_encoders import given
from tests.unit.data.preprocessing.tiny_models import bert_folder, static_model

LONG = "the cat sat and the dog ran away and the birds sat and a cat ran"


class Words:
    """A tokenizer whose tokens are words, Chinese letters and punctuation marks."""

    is_fast = True

    def __call__(self, text, **options):
        assert not options["add_special_tokens"] and not options["truncation"]
        return {"offset_mapping": [match.span() for match in re.finditer(r"[一-龥]|\w+|[^\w\s]", text)]}

    def num_special_tokens_to_add(self):
        return 2


def parts(text, n_tokens=6, max_parts=8):
    cut = PartReader(Words(), n_tokens, max_parts).split([text])
    return cut.parts, cut.n_tokens.tolist()


def test_a_text_that_is_read_at_once_is_its_own_part():
    assert parts(" one two three\n") == ([" one two three\n"], [1])
    assert parts("one two three four five six") == (["one two three four five six"], [1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two three four five six seven", ["one two three four five six ", "seven"]),
        ("one two, three. four five six seven", ["one two, three. ", "four five six seven"]),
        ("one two three four\nfive. six seven eight", ["one two three four\n", "five. six seven eight"]),
        ("one\ntwo three four five six seven eight", ["one\ntwo three four five six ", "seven eight"]),
        ("一二三。四五六七八", ["一二三。", "四五六七八"]),
        ("一二三四五六七八", ["一二三四五六", "七八"]),
    ],
)
def test_lines_are_kept_whole_then_sentences_then_words(text, expected):
    assert parts(text)[0] == expected


def test_parts_behind_the_last_are_not_read():
    text = " ".join(f"word{i}" for i in range(20))
    assert parts(text, max_parts=2) == ([text[:36], text[36:74]], [6, 6])


def test_the_average_weighs_parts_by_their_tokens():
    cut = PartReader(Words(), 6, 8).split(["short", "one two three four five six seven eight", "last"])
    assert cut.first.tolist() == [0, 1, 3] and cut.n_tokens.tolist() == [1, 6, 2, 1]
    rows = np.array([[0.1, 7], [4, 0], [0, 8], [5, 5]], dtype=np.float32)
    whole = cut.average(rows)
    assert whole.dtype == np.float32 and np.array_equal(whole[[0, 2]], rows[[0, 3]])
    assert np.allclose(whole[1], [3, 2])
    assert PartReader(Words(), 6, 8).split(["a", "b"]).average(rows) is rows


def test_what_stands_around_a_text_takes_room_and_networks_that_say_nothing_cut():
    network = SimpleNamespace(tokenizer=Words(), max_seq_length=16, prompts={"query": "search for:"})
    reader = PartReader.of(network, 8)
    assert reader is not None and reader.n_tokens == 14
    network.default_prompt_name = "query"
    reader = PartReader.of(network, 8)
    assert reader is not None and reader.n_tokens == 11
    assert PartReader.of(network, 1) is None
    for odd in (SimpleNamespace(), SimpleNamespace(tokenizer=Words(), max_seq_length=None),
                SimpleNamespace(tokenizer=Words(), max_seq_length=4),
                SimpleNamespace(tokenizer=object(), max_seq_length=16)):  # fmt: skip
        assert PartReader.of(odd, 8) is None


def test_max_parts_is_checked():
    with pytest.raises(InvalidParameterError, match="max_parts"):
        TextEncoder("name", max_parts=0)


def fit(encoder, texts):
    return FrozenTextPreprocessor.fit(given(texts), InputSpec(), encoder)


def test_static_models_read_as_many_tokens_as_all_parts(monkeypatch, tmp_path):
    pytest.importorskip("model2vec")
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path))
    model = static_model()
    model.max_length = 4
    texts = ["the cat sat and the dog ran away", "birds"]
    preprocessor, X = fit(TextEncoder(model, max_parts=2), texts)
    whole = fit(static_model(), texts)[1]
    assert np.allclose(X, whole, atol=1e-6) and (preprocessor.max_tokens, preprocessor.max_parts) == (4, 2)
    cut, Y = fit(TextEncoder(model, max_parts=1), texts)
    assert not np.allclose(Y[0], X[0], atol=1e-3) and cut.counts["cached"] == 0
    loaded = FrozenTextPreprocessor.from_parts(*cut.to_parts(), model)
    assert np.array_equal(loaded.transform(given(texts)), Y)


@pytest.mark.slow
@pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")
def test_a_long_text_is_the_mean_of_its_parts_and_a_file_remembers_it(tmp_path, monkeypatch):
    sentence_transformers = pytest.importorskip("sentence_transformers")
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))
    network = sentence_transformers.SentenceTransformer(str(bert_folder(tmp_path / "tiny")), device="cpu")
    texts = ["a cat", LONG, "a dog"]
    preprocessor, X = fit(TextEncoder(network, normalize=False), texts)
    words = LONG.split()
    by_hand = network.encode([" ".join(words[at : at + 6]) for at in range(0, len(words), 6)])
    weight = [6, 6, len(words) - 12]
    assert np.allclose(X[1], np.average(by_hand, axis=0, weights=weight), atol=1e-5)
    assert np.allclose(X[[0, 2]], network.encode(["a cat", "a dog"]), atol=1e-5)
    assert preprocessor.report()["notes"][-1] == (
        "The encoder reads 8 tokens at once; of a longer text it reads up to 8 parts, and the row is their mean."
    )
    first, Y = fit(TextEncoder(network, normalize=False, max_parts=1), texts)
    assert np.allclose(Y, network.encode(texts), atol=1e-5) and not np.allclose(Y[1], X[1], atol=1e-2)
    assert first.counts["cached"] == 0 and "reads the first 8 tokens" in first.report()["notes"][-1]
    for fitted, rows in ((preprocessor, X), (first, Y)):
        loaded = FrozenTextPreprocessor.from_parts(*fitted.to_parts(), network)
        assert np.allclose(loaded.transform(given(texts)), rows, atol=1e-5) and loaded.report() == fitted.report()
