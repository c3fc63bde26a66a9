"""What ``random_state`` may be is said in one place, for estimators and functions alike."""

import numpy as np
import pytest

from deepkmeans import KMeans
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.inspection import project
from deepkmeans.model_selection import make_label_free_scorer, select_embedding_dim, select_n_clusters
from deepkmeans.runtime import Seeds

X = np.random.RandomState(0).randn(40, 3)


@pytest.mark.parametrize("value", ["x", -1, 2**32, 1.5, [1], np.random.default_rng(0)], ids=range(6))
def test_seeds_refuse_what_is_no_seed(value):
    with pytest.raises(InvalidParameterError, match="'random_state' parameter must be an integer from 0 to 4294967295"):
        Seeds(value)


def test_functions_refuse_it_in_the_same_words():
    from deepkmeans import Autoencoder

    fitted = KMeans(2, random_state=0).fit(X)
    for act in (
        lambda: project(fitted, X, random_state="x"),
        lambda: select_n_clusters(KMeans(2), X, random_state="x"),
        lambda: select_embedding_dim(Autoencoder(2, max_epochs=1), X, random_state="x"),
        lambda: make_label_free_scorer(random_state="x")(fitted, X),
    ):
        with pytest.raises(InvalidParameterError, match="'random_state' parameter"):
            act()


def test_a_class_is_no_clusterer():
    with pytest.raises(InvalidParameterError, match="'estimator' of select_n_clusters must be"):
        select_n_clusters(KMeans, X)


def test_options_that_so_few_rows_do_not_allow():
    fitted = KMeans(2, random_state=0).fit(X)
    with pytest.raises(InvalidParameterError, match=r"'options' .*perplexity.*cannot be used for 40 rows"):
        project(fitted, X, method="tsne", options={"perplexity": 500})
