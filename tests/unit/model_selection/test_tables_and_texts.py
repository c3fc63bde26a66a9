"""Choosing k and widths, scoring without labels, and maps, of tables of any columns and of texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.model_selection import GridSearchCV

from deepkmeans import DeepKMeans
from deepkmeans.inspection import project
from deepkmeans.model_selection import make_label_free_scorer, select_embedding_dim, select_n_clusters
from tests.unit.estimators.given import autoencoder, clusterer, letters, mixed, texts

GIVEN: dict[str, Any] = {"table": mixed(missing=False), "texts": texts()}
given = pytest.mark.parametrize("X", GIVEN.values(), ids=GIVEN)


@given
def test_the_number_of_clusters(X: Any) -> None:
    counts: dict[str, Any] = {"k_range": range(1, 7), "n_references": 1, "n_resamples": 1, "random_state": 0}
    chosen = select_n_clusters(DeepKMeans(), X, **counts).n_clusters
    assert chosen == clusterer(n_clusters="auto").fit(X).report_["n_clusters_selection"]["n_clusters"] == 3
    assert select_n_clusters(KMeans(n_init=1), X, **counts).n_clusters == 3


@given
def test_the_width(X: Any) -> None:
    chosen = select_embedding_dim(autoencoder(), X, dims=(2, 3), random_state=0)
    assert chosen.embedding_dim in (2, 3)
    by_letters = select_embedding_dim(autoencoder(encoder=letters), X, dims=(2,), cv=2, random_state=0)
    assert by_letters.embedding_dim == 2


@pytest.mark.slow
@given
def test_searches(X: Any) -> None:
    sizes = GridSearchCV(autoencoder(), {"hidden_sizes": [(), (8,)]}, cv=2).fit(X)
    assert np.isfinite(sizes.cv_results_["mean_test_score"]).all()
    for scorer in (make_label_free_scorer(), make_label_free_scorer("predictability", reference=X)):
        search = GridSearchCV(clusterer(), {"n_clusters": [2, 3]}, scoring=scorer, cv=2).fit(X)
        assert np.isfinite(search.cv_results_["mean_test_score"]).all() and search.predict(X).shape == (90,)


@given
def test_maps(X: Any) -> None:
    model = clusterer().fit(X)
    projection = project(model, X)
    few = X[:4]
    place = projection.place(few)
    np.testing.assert_allclose(place.raw, projection.raw[:4], atol=1e-4)
    assert place.labels is not None and place.labels.tolist() == model.labels_[:4].tolist()
