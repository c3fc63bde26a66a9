"""A subclass may fix parameters, and take fewer than its parent: all the same works, and is checked."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.model_selection import select_embedding_dim, select_n_clusters

X = np.random.RandomState(0).randn(60, 4) + 6 * np.eye(4)[np.arange(60) % 3] + 3

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::UserWarning")


class Plain(KMeans):
    def __init__(self, n_clusters=8, random_state=None, tol=1e-4):
        super().__init__(n_clusters, refine="auto", tol=tol, random_state=random_state)


class Deep(DeepKMeans):
    def __init__(self, n_clusters=8, max_epochs=1):
        super().__init__(n_clusters, objective="dcn", pretrain_epochs=1, max_epochs=max_epochs, random_state=0)


class Codes(Autoencoder):
    def __init__(self, embedding_dim=2, max_epochs=1):
        super().__init__(embedding_dim, max_epochs=max_epochs, random_state=0)


def test_k_means():
    expected = KMeans(3, random_state=0).fit(X).labels_
    np.testing.assert_array_equal(Plain(3, 0).fit(X).predict(X), expected)
    np.testing.assert_array_equal(clone(Plain(3, 0)).partial_fit(X).labels_, expected)
    assert GridSearchCV(Plain(random_state=0), {"n_clusters": [2, 3]}, cv=2).fit(X).best_params_ == {"n_clusters": 3}
    found = select_n_clusters(Plain(), X, k_range=[1, 2, 3], n_references=1, n_resamples=1, random_state=0)
    same = select_n_clusters(KMeans(), X, k_range=[1, 2, 3], n_references=1, n_resamples=1, random_state=0)
    assert found.to_dict() == same.to_dict()


def test_deep_k_means():
    same = DeepKMeans(3, objective="dcn", pretrain_epochs=1, max_epochs=1, random_state=0).fit(X)
    np.testing.assert_array_equal(clone(Deep(3)).fit(X).transform(X), same.transform(X))
    assert select_embedding_dim(Deep(), X, dims=(1, 2), cv=2, random_state=0).embedding_dim in (1, 2)


def test_an_autoencoder():
    same = Autoencoder(2, max_epochs=1, random_state=0).fit(X)
    np.testing.assert_array_equal(clone(Codes()).fit(X).transform(X), same.transform(X))
    found = select_embedding_dim(Codes(), X, dims=(1, 2), cv=2, random_state=0)
    assert Codes().set_params(**found.params).embedding_dim == found.embedding_dim
    other = select_embedding_dim(Autoencoder(2, max_epochs=1), X, dims=(1, 2), cv=2, random_state=0)
    assert found.sentence == other.sentence and other.params.keys() >= {"embedding_dim", "hidden_sizes"}


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Plain(0), "The 'n_clusters' parameter of Plain must be an integer >= 1. Got 0"),
        (Plain(3, tol=-1), "The 'tol' parameter of Plain"),
        (Deep(3, max_epochs="many"), "The 'max_epochs' parameter of Deep"),
        (Codes(max_epochs=0), "The 'max_epochs' parameter of Codes"),
    ],
)
def test_what_a_subclass_fixes_is_checked_too(model, words):
    fixed = clone(model)
    with pytest.raises(InvalidParameterError, match=words):
        fixed.fit(X)
    fixed = type(model)(3)
    fixed.device = 7  # which the subclass does not take
    with pytest.raises(InvalidParameterError, match="'device' parameter"):
        fixed.fit(X)


@pytest.mark.parametrize("parent", [KMeans, DeepKMeans, Autoencoder])
def test_a_subclass_that_stores_nothing_is_told_how(parent):
    class Empty(parent):
        def __init__(self, n_clusters=3):
            self.n_clusters = n_clusters

    with pytest.raises(InvalidParameterError, match=r"Empty does not store .* '\w+': call super\(\)\.__init__"):
        Empty().fit(X)
