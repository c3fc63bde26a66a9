"""Texts: the same fit from every container, by TF-IDF and by a pretrained encoder; predict takes what fit took."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from tests.unit.estimators.given import autoencoder, clusterer, groups, letters, texts

TEXTS = texts()


@pytest.fixture(scope="module")
def model() -> DeepKMeans:
    return clusterer().fit(TEXTS)


def test_texts_are_clustered(model: DeepKMeans) -> None:
    assert adjusted_rand_score(groups(), model.labels_) == 1.0
    assert model.n_features_in_ == 1 and not hasattr(model, "feature_names_in_")
    assert model.report_["input"]["kind"] == "text" and model.report_["n_features"] == 1
    assert list(model.get_feature_names_out()) == ["deepkmeans0", "deepkmeans1", "deepkmeans2"]


@pytest.mark.parametrize(
    "held", [tuple, pd.Series, np.array, pl.Series, pa.array, pd.Index, lambda given: pd.DataFrame({"t": given})],
    ids=["tuple", "pandas", "array", "polars", "Arrow", "index", "one column"],
)  # fmt: skip
def test_predict_takes_every_container(held: object, model: DeepKMeans) -> None:
    np.testing.assert_array_equal(model.predict(held(TEXTS)), model.labels_)  # type: ignore[operator]


def test_one_text_and_none(model: DeepKMeans) -> None:
    assert [int(model.predict([text])[0]) for text in TEXTS[:8]] == model.labels_[:8].tolist()
    assert {*model.predict(["", "word that the fit has not seen"]), *model.predict([None])} <= {0, 1, 2}
    assert model.predict_proba(TEXTS[:2]).shape == (2, 3) and model.score(TEXTS) <= 0


def test_weights_are_repetitions() -> None:
    weight = np.random.RandomState(0).randint(0, 3, len(TEXTS))
    weighed = clusterer().fit(TEXTS, sample_weight=weight.astype(float))
    repeated = clusterer().fit([text for text, times in zip(TEXTS, weight, strict=True) for _ in range(times)])
    np.testing.assert_allclose(weighed.preprocessor_.idf, repeated.preprocessor_.idf, rtol=1e-6)
    assert adjusted_rand_score(weighed.predict(TEXTS), repeated.predict(TEXTS)) == 1.0
    np.testing.assert_array_equal(weighed.labels_, weighed.predict(TEXTS))


def test_a_pretrained_encoder_makes_the_numbers() -> None:
    for encoder in (letters, type("Letters", (), {"encode": staticmethod(letters)})()):
        model = clusterer(encoder=encoder).fit(TEXTS)
        assert model.report_["input"]["width"] == 26 and model.encoder_ is not encoder
        np.testing.assert_array_equal(model.predict(TEXTS), model.labels_)
        plain = clusterer().fit(letters(TEXTS) / np.linalg.norm(letters(TEXTS), axis=1, keepdims=True))
        assert adjusted_rand_score(model.labels_, plain.labels_) == 1.0
        network = autoencoder(encoder=encoder).fit(TEXTS)
        assert network.transform(TEXTS).shape == (90, 2)


@pytest.mark.parametrize("encoder", ["auto", letters], ids=["words", "encoder"])
def test_no_cluster_is_made_of_empty_texts(encoder: object) -> None:
    empty = ["", " ", "\n"] * 40
    for given in (TEXTS + empty, pd.DataFrame({"t": TEXTS + empty})):
        model = clusterer(encoder=encoder).fit(given)
        assert adjusted_rand_score(groups(), model.labels_[:90]) == 1.0
        assert set(model.labels_[:90]) == {0, 1, 2} and len(set(model.labels_[90:])) == 1
        np.testing.assert_array_equal(model.labels_, model.predict(given))
    alone = clusterer(encoder=encoder).fit(TEXTS, sample_weight=np.r_[np.zeros(30), np.ones(60)])
    beside = clusterer(encoder=encoder).fit(TEXTS + empty, sample_weight=np.r_[np.zeros(30), np.ones(180)])
    assert adjusted_rand_score(alone.labels_, beside.labels_[:90]) == 1.0
    with pytest.raises(InvalidDataError, match=r"^2 of 10 rows of X have weight.* texts without content have none"):
        DeepKMeans(3, encoder=encoder).fit([*TEXTS[:2], *empty[:8]])


def test_a_function_of_two_arguments_still_makes_the_network() -> None:
    from torch import nn

    model = clusterer(objective="dcn", encoder=lambda n_inputs, embedding_dim: nn.Linear(n_inputs, embedding_dim))
    with pytest.raises(InvalidParameterError, match="decode"):
        model.fit(TEXTS)
    trained = clusterer(objective="dec", encoder=lambda n_inputs, embedding_dim: nn.Linear(n_inputs, embedding_dim))
    assert type(trained.set_params(pretrain_epochs=0).fit(TEXTS).encoder_.module).__name__ == "_EncoderOnly"


@pytest.mark.parametrize(
    ("X", "words"),
    [
        (np.ones((2, 5)), r"was fitted on texts, and X is another kind of input \(ndarray of shape \(2, 5\)\)"),
        (pd.DataFrame({"a": TEXTS, "b": TEXTS}), "was fitted on texts, and X is another"),
        ("apple", "is one text, 'apple'"), ([1.0, 2.0], "was fitted on texts"), ([], r"0 sample\(s\)"),
    ],
    ids=["numbers", "a table", "a single str", "a list of numbers", "nothing"],
)  # fmt: skip
def test_what_predict_does_not_take(X: object, words: str, model: DeepKMeans) -> None:
    with pytest.raises(InvalidDataError, match=words):
        model.predict(X)


def test_what_cannot_be_done_with_texts(model: DeepKMeans) -> None:
    for attempt in (lambda: model.decode(model.cluster_centers_), lambda: model.reconstruct(TEXTS)):
        with pytest.raises(InvalidParameterError, match="cannot be made texts again"):
            attempt()
    with pytest.raises(InvalidDataError, match="missing texts: 1, the first in row 90"):
        clusterer(missing="error").fit([*TEXTS, None])
    with pytest.raises(InvalidDataError, match="2 texts and 1 row of another type.*row 2 .*3.0"):
        clusterer().fit(["a", "b", 3.0])
    with pytest.raises(InvalidParameterError, match="'encoder' parameter of DeepKMeans .* pretrained encoder"):
        clusterer(encoder="MiniLM").fit(TEXTS)


def test_copies_of_a_model(model: DeepKMeans) -> None:
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(TEXTS), model.labels_)
    np.testing.assert_array_equal(clone(model).fit(TEXTS).labels_, model.labels_)
    context = clusterer(objective="dcn").prepare(TEXTS)
    assert context.plan.data.n_features == 1 and context.plan.data.preprocessing is not None
