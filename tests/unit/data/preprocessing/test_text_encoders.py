"""What can be handed in as an encoder of texts, and what is made of its output."""

from __future__ import annotations

import asyncio
import copy
import itertools
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
import torch
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from deepkmeans import Autoencoder, DeepKMeans
from deepkmeans.data.preprocessing.encoding import encode_texts
from deepkmeans.data.preprocessing.text_encoder_kinds import is_text_encoder
from deepkmeans.data.preprocessing.text_encoders import resolve_text_encoder
from deepkmeans.encoders import DenseAutoencoder, TextEncoder
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingDependencyError
from tests.unit.data.preprocessing.given_encoders import TEXTS, Counting, embed, vector

NETWORK = DenseAutoencoder(4, 2, hidden_sizes=(3,))


def encoded(encoder, texts=TEXTS, **options):
    return encode_texts(resolve_text_encoder(encoder), texts, **options)


@pytest.mark.parametrize(
    "value",
    [
        "sentence-transformers/all-MiniLM-L6-v2", "name", Path("folder"), embed, lambda texts, size=3: texts,
        Counting(), TextEncoder("a/b"), TfidfVectorizer(), Counting().encode,
    ],
    ids=["id", "word", "path", "function", "default", "object", "settings", "transformer", "method"],
)  # fmt: skip
def test_these_are_encoders_of_texts(value):
    assert is_text_encoder(value)


@pytest.mark.parametrize(
    "value",
    ["auto", None, 3, NETWORK, lambda n_inputs, embedding_dim: NETWORK, Counting, lambda: 0, lambda *, texts: 0, [1]],
    ids=["auto", "none", "number", "network", "maker", "class", "no-argument", "keyword", "list"],
)
def test_these_are_none(value):
    assert not is_text_encoder(value)


@pytest.mark.parametrize(
    "container",
    [
        np.asarray, lambda rows: rows.astype(np.float16), lambda rows: rows.tolist(), torch.from_numpy, pd.DataFrame,
        list, lambda rows: pl.DataFrame(rows, schema=list("abcd")),
        lambda rows: [torch.from_numpy(row) for row in rows], lambda rows: torch.from_numpy(rows).requires_grad_(),
    ],
    ids=["array", "half", "lists", "tensor", "pandas", "arrays", "polars", "tensors", "gradient"],
)  # fmt: skip
def test_rows_in_any_container(container):
    rows = encoded(lambda texts: container(embed(texts))).rows
    assert rows.dtype == np.float32 and rows.shape == (len(TEXTS), 4)
    expected = [vector(text) if text.strip() else np.zeros(4) for text in TEXTS]
    assert np.allclose(rows, expected, atol=5e-3)


def test_an_asynchronous_function_is_awaited_inside_a_loop_too():
    async def embed_later(texts):
        await asyncio.sleep(0)
        return embed(texts)

    async def notebook():
        return encoded(embed_later).rows

    assert np.array_equal(encoded(embed_later).rows, encoded(embed).rows)
    assert np.array_equal(asyncio.run(notebook()), encoded(embed).rows)

    async def failing(texts):
        raise KeyError("no such key")

    with pytest.raises(InvalidParameterError, match="failed on 5 texts: KeyError: 'no such key'"):
        encoded(failing)


def test_each_different_text_is_encoded_once_in_batches_and_empty_ones_never():
    encoder = Counting()
    result = encoded(TextEncoder(encoder, batch_size=2))
    assert sorted(text for call in encoder.calls for text in call) == sorted({text for text in TEXTS if text.strip()})
    assert [len(call) for call in encoder.calls] == [2, 2, 1]
    lengths = [len(text) for call in encoder.calls for text in call]
    assert lengths == sorted(lengths, reverse=True)
    assert result.n_empty == 2 and result.n_cached == 0
    assert not result.rows[[2, 4]].any() and np.array_equal(result.rows[0], result.rows[3])


def test_the_order_and_the_batches_change_nothing():
    texts = [f"text number {i % 37} of {i % 11}" for i in range(500)]
    index = np.random.RandomState(0).permutation(len(texts))
    whole = encoded(TextEncoder(embed, batch_size=500), texts).rows
    assert np.array_equal(encoded(TextEncoder(embed, batch_size=7), [texts[i] for i in index]).rows, whole[index])
    first, second = Counting(), Counting()
    encoded(first, texts)
    encoded(second, [texts[i] for i in index])
    assert first.calls == second.calls  # so that batches round alike


def test_a_fitted_transformer_dense_and_sparse():
    texts = ["cats sit", "dogs run", "cats run", "birds fly", "birds sit"] * 2
    words = TfidfVectorizer().fit(texts)
    both = make_pipeline(words, TruncatedSVD(2, random_state=0)).fit(texts)
    sparse = encoded(words, [*texts, ""]).rows
    assert sp.issparse(sparse) and sparse.dtype == np.float32
    assert np.allclose(sparse.toarray(), words.transform([*texts, ""]).toarray())
    assert np.allclose(encoded(both, texts).rows, both.transform(texts), atol=1e-6)
    for first in (sp.csr_matrix, np.asarray):  # some batches dense, some sparse
        turns = itertools.cycle([first, np.asarray, sp.csr_matrix])
        changing = TextEncoder(lambda some, turns=turns: next(turns)(both.transform(some)), batch_size=2)
        mixed = encoded(changing, texts).rows
        assert np.allclose(mixed.toarray() if sp.issparse(mixed) else mixed, both.transform(texts), atol=1e-6)
    with pytest.raises(InvalidParameterError, match=r"TfidfVectorizer is not fitted.*preprocessor="):
        encoded(TfidfVectorizer(), texts)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (lambda texts: np.ones(len(texts)), r"Got an output of shape \(5,\) for 5 texts; it must be of shape \(5, p\)"),
        (lambda texts: np.ones((2, 3)), r"shape \(2, 3\) for 5 texts"),
        (lambda texts: np.ones((len(texts), 0)), r"shape \(5, 0\)"),
        (lambda texts: np.ones((len(texts), 2, 2)), r"shape \(5, 2, 2\)"),
        (lambda texts: None, "must give one row of numbers"),
        (lambda texts: [["a"]] * len(texts), "the text 'a' is not a number"),
        (lambda texts: [[1.0], [1.0, 2.0]], "must give one row of numbers"),
        (lambda texts: np.ones((len(texts), 2), dtype=complex), "Complex data not supported"),
        (lambda texts: 1 / 0, "failed on 5 texts: ZeroDivisionError"),
    ],
)
def test_other_outputs_are_refused_in_one_sentence(output, message):
    with pytest.raises(InvalidParameterError, match=message) as caught:
        encoded(output)
    assert "\n" not in str(caught.value)


def test_numbers_that_are_not_finite_and_other_widths_are_refused():
    with pytest.raises(InvalidDataError, match="gave NaN"):
        encoded(lambda texts: np.full((len(texts), 3), np.nan))
    with pytest.raises(InvalidDataError, match="beyond the range of float32"):
        encoded(lambda texts: np.full((len(texts), 3), 1e300))
    with pytest.raises(InvalidParameterError, match="Got 1 columns where it has given 2 before"):
        encoded(TextEncoder(lambda texts: np.ones((len(texts), len(texts))), batch_size=2))
    with pytest.raises(InvalidDataError, match="All 2 texts are empty"):
        encoded(embed, ["", "  "])
    assert encoded(embed, ["", "  "], width=4).rows.shape == (2, 4)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Counting, "Got the class Counting, not an object of it, instead"),
        (3, "Got 3 instead"),
        ("all-MiniLM-L6-v2", "the hub may have it as 'sentence-transformers/all-MiniLM-L6-v2'"),
        ("no/such/folder", "is a path, and there is no such folder on this machine"),
        ("./model", "is a path, and there is no such folder"),
        (Path("/nowhere/model"), "there is no such folder"),
        (__file__, "is a file; name the folder"),
        (TextEncoder(TextEncoder("a/b")), "must be the name or folder"),
    ],
)
def test_what_is_no_encoder_is_refused(value, message):
    with pytest.raises(InvalidParameterError, match=message):
        resolve_text_encoder(value)


@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        (Counting, r"is the class Counting; give an object of it, Counting\(...\)"),
        (TfidfVectorizer, "is the class TfidfVectorizer; .*fitted if it learns"),
        (lambda: 1, "must take two arguments.*or one, a list of texts"),
        (lambda texts: np.ones((len(texts), 2)), "All 8 rows that the 'encoder' '.*lambda.*' makes of X are the same"),
    ],
    ids=["class", "transformer class", "no argument", "constant"],
)
def test_what_an_estimator_refuses_as_encoder(encoder, words):
    with pytest.raises((InvalidParameterError, InvalidDataError), match=words):
        DeepKMeans(2, encoder=encoder, max_epochs=1, random_state=0).fit(["red apple", "blue sky"] * 4)


@pytest.mark.parametrize(
    "options", [{"batch_size": 0}, {"revision": 3}, {"cache": True}, {"local_files_only": None}, {"name": ""}]
)
def test_settings_are_checked(options):
    with pytest.raises(InvalidParameterError, match=f"{next(iter(options))!r} parameter of TextEncoder must be"):
        TextEncoder("a/b", **options)


def test_clones_of_an_estimator_share_an_encoder():
    encoder = TextEncoder(Counting())
    assert copy.deepcopy({"encoder": encoder})["encoder"] is encoder
    assert clone(DeepKMeans(encoder=encoder)).encoder is encoder
    fitted = TfidfVectorizer().fit(["red apple", "blue sky"])
    for kept in (fitted, FrozenEstimator(fitted), Counting(), embed):
        model = DeepKMeans(2, encoder=kept, max_epochs=1, random_state=0).set_output(transform="pandas")
        copied = clone(model)
        assert copied.encoder is kept and copied.get_params()["n_clusters"] == 2 and copied is not model
        assert isinstance(copied.fit(["red apple", "blue sky"] * 4).transform(["red apple"]), pd.DataFrame)
    assert clone(Autoencoder(encoder=fitted)).encoder is fitted
    network = DenseAutoencoder(4, 2, hidden_sizes=(3,))
    assert clone(DeepKMeans(encoder=network)).encoder is not network


def test_the_environment_and_torch_stay_as_they_were(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")

    def rude(texts):
        os.environ["OMP_NUM_THREADS"] = "8"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        torch.set_num_threads(3)
        torch.set_grad_enabled(True)
        return torch.rand(len(texts), 3)

    before, threads, state = dict(os.environ), torch.get_num_threads(), torch.get_rng_state()
    first, second = encoded(rude).rows, encoded(rude).rows
    assert dict(os.environ) == before and torch.get_num_threads() == threads and torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), state)
    assert np.array_equal(first, second)  # and what is drawn is the same each time


def test_missing_packages_are_named_with_the_install_line(tmp_path, monkeypatch):
    for package in ("huggingface_hub", "sentence_transformers"):
        monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / "config.json").write_text("{}", "utf-8")
    for name, package in (("owner/name", "huggingface_hub"), (str(tmp_path), "sentence_transformers")):
        with pytest.raises(MissingDependencyError, match=rf"{package}'.*pip install 'deepkmeans\[text\]'"):
            encoded(name)
    (tmp_path / "config.json").unlink()
    with pytest.raises(InvalidParameterError, match="is no model of sentence-transformers or model2vec"):
        encoded(tmp_path)


def test_progress_is_said_when_asked(capsys, monkeypatch):
    monkeypatch.setattr("deepkmeans.data.preprocessing.encoding._PAUSE", 0.0)
    texts = [f"text {i}" for i in range(3000)]
    encoded(embed, texts)
    assert capsys.readouterr() == ("", "")
    encoded(embed, texts, verbose=True)
    said = capsys.readouterr()
    assert said.out == "" and "encoded 1,024 of 3,000 texts" in said.err and "encoded 3,000 of 3,000" in said.err


def test_nothing_warns_of_unit_rows_of_zeros():
    from deepkmeans.data.preprocessing.encoded_rows import unit_rows

    rows = np.array([[3e38, 3e38], [0, 0], [1e-38, 0], [3, 4]], dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dense, sparse = unit_rows(rows.copy()), unit_rows(sp.csr_matrix(rows)).toarray()
    assert np.allclose(dense, [[0.5**0.5, 0.5**0.5], [0, 0], [1, 0], [0.6, 0.8]])
    assert np.allclose(dense, sparse)
