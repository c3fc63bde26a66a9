"""Label-free scores: by hand, against scikit-learn, inside its searches, and what they refuse."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.cluster import DBSCAN, MiniBatchKMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, silhouette_samples
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.model_selection import make_label_free_scorer


class Told:
    """A clusterer whose labels are given: the sign of the first column, times ``flip``."""

    def __init__(self, threshold: float = 0.0) -> None:
        self.threshold = threshold

    def predict(self, X: Any) -> np.ndarray:
        return (np.asarray(X)[:, 0] > self.threshold).astype(int)


def blobs(n: int = 150, k: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return make_blobs(n, n_features=4, centers=k, cluster_std=0.6, random_state=seed)  # type: ignore[no-any-return]


class TestFigures:
    def test_silhouette_by_hand(self) -> None:
        # On a line: {0, 1} and {10, 11}, and one space for all (any scaling is one factor).
        # Row 0: a = 1, b = 10.5, 9.5 / 10.5; row 1: a = 1, b = 9.5, 8.5 / 9.5; mirrored on the right.
        X = np.array([[0.0], [1.0], [10.0], [11.0]])
        value = make_label_free_scorer("silhouette")(Told(5.0), X)
        assert value == pytest.approx((9.5 / 10.5 + 8.5 / 9.5) / 2, abs=1e-6)

    def test_silhouette_counts_clusters_equally(self) -> None:
        draw = np.random.RandomState(0)
        X = np.concatenate([draw.randn(90, 2) * 0.1 + [3, 0], draw.randn(10, 2) + [-3, 0]])
        labels = Told().predict(X)
        own = silhouette_samples(X, labels)
        expected = (own[labels == 0].mean() + own[labels == 1].mean()) / 2
        scorer = make_label_free_scorer("silhouette", space=PCA(2).fit(X))
        assert scorer(Told(), X) == pytest.approx(expected, abs=1e-5)
        assert abs(expected - own.mean()) > 0.05

    def test_calinski_harabasz_is_scikit_learns(self) -> None:
        X, _ = blobs()
        scorer = make_label_free_scorer("calinski_harabasz", space=StandardScaler().fit(X))
        scaled = StandardScaler().fit_transform(X)
        assert scorer(Told(), X) == pytest.approx(calinski_harabasz_score(scaled, Told().predict(X)))

    def test_stability_is_agreement_with_a_fit_to_the_held_out_rows(self) -> None:
        X, _ = blobs(200, 3)
        model = KMeans(4, random_state=3).fit(X[:100])
        again = KMeans(4, random_state=3).fit(X[100:])
        expected = adjusted_rand_score(model.predict(X[100:]), again.predict(X[100:]))
        assert make_label_free_scorer("stability")(model, X[100:]) == pytest.approx(expected)

    def test_predictability_prefers_labels_that_follow_the_rows(self) -> None:
        X, _ = blobs()

        class Random(Told):
            def predict(self, X: Any) -> np.ndarray:
                return np.random.RandomState(0).randint(3, size=len(X))

        scorer = make_label_free_scorer("predictability")
        assert scorer(KMeans(3, random_state=0).fit(X), X) > 0.9
        assert scorer(Random(), X) < 0.2

    @pytest.mark.parametrize("score", ["silhouette", "calinski_harabasz", "predictability", "stability"])
    def test_collapse_gets_the_worst(self, score: str) -> None:
        X, _ = blobs()
        worst = make_label_free_scorer(score)(Told(1e9), X)
        assert worst == (-1.0 if score == "silhouette" else 0.0)
        assert make_label_free_scorer(score)(KMeans(3, random_state=0).fit(X), X) > worst


class TestOneSpace:
    def test_the_embedding_is_not_looked_at(self) -> None:
        """Two models with the same labels and other codes get the same score."""
        X, _ = blobs()

        class Shrunk(Told):
            def transform(self, X: Any) -> np.ndarray:
                return self.predict(X)[:, None] * 1e6

        scorer = make_label_free_scorer()
        assert scorer(Shrunk(), X) == pytest.approx(scorer(Told(), X))

    def test_a_reference_fixes_scale_and_directions(self) -> None:
        X, _ = blobs()
        X[:, 1] *= np.where(np.arange(len(X)) < 75, 1, 50)
        own, fixed = make_label_free_scorer(), make_label_free_scorer(reference=X)
        assert own(Told(), X) == pytest.approx(fixed(Told(), X), abs=1e-5)
        assert own(Told(), X[:75]) != pytest.approx(fixed(Told(), X[:75]), abs=1e-3)

    def test_reference_of_another_width(self) -> None:
        X, _ = blobs()
        with pytest.raises(InvalidDataError, match="must have the 4 columns.*Got 3"):
            make_label_free_scorer(reference=X[:, :3])(Told(), X)

    def test_many_columns_sparse_rows_missing_cells_frames(self) -> None:
        draw = np.random.RandomState(0)
        wide = sp.random(80, 400, density=0.05, format="csr", random_state=draw)
        model = KMeans(3, random_state=0).fit(wide)
        assert -1 <= make_label_free_scorer()(model, wide) <= 1
        X, _ = blobs()
        frame = pd.DataFrame(X, columns=list("abcd"))
        holes = frame.copy()
        holes.iloc[::9, 2] = np.nan
        scorer = make_label_free_scorer()
        assert scorer(Told(), frame) == pytest.approx(scorer(Told(), X))
        assert np.isfinite(scorer(Told(), holes))

    def test_a_sample_of_many_rows_is_repeatable(self) -> None:
        X, _ = blobs(600)
        scorer = make_label_free_scorer(max_rows=100)
        assert scorer(Told(), X) == scorer(Told(), X)
        assert scorer(Told(), X) != make_label_free_scorer(max_rows=100, random_state=1)(Told(), X)


class TestSearches:
    def test_grid_search_finds_the_clusters(self) -> None:
        X, _ = blobs()
        search = GridSearchCV(KMeans(random_state=0), {"n_clusters": [2, 3, 7]}, scoring=make_label_free_scorer(), cv=3)
        assert search.fit(X).best_params_ == {"n_clusters": 3}

    def test_several_scores_at_once(self) -> None:
        X, _ = blobs()
        scoring = {name: make_label_free_scorer(name) for name in ("silhouette", "stability")}
        search = GridSearchCV(KMeans(random_state=0), {"n_clusters": [3, 8]}, scoring=scoring, refit="stability", cv=2)
        search.fit(X)
        assert search.best_params_ == {"n_clusters": 3}
        assert np.isfinite(search.cv_results_["mean_test_silhouette"]).all()

    def test_deep_kmeans_in_a_random_search_and_a_pipeline(self) -> None:
        X, _ = blobs(90)
        model = make_pipeline(
            StandardScaler(), DeepKMeans(3, objective="dcn", pretrain_epochs=1, max_epochs=1, random_state=0)
        )
        search = RandomizedSearchCV(
            model, {"deepkmeans__embedding_dim": [1, 2, 3]}, n_iter=2, cv=2, random_state=0,
            scoring=make_label_free_scorer(), error_score="raise",
        )  # fmt: skip
        with pytest.warns(match="max_epochs"):
            search.fit(X)
        assert -1 <= search.best_score_ <= 1

    def test_any_clusterer_with_predict(self) -> None:
        X, _ = blobs()
        scores = cross_val_score(
            MiniBatchKMeans(3, n_init=1, random_state=0), X, scoring=make_label_free_scorer(), cv=3
        )
        assert (scores > 0).all()

    def test_survives_pickling_for_other_processes(self) -> None:
        X, _ = blobs()
        scorer = make_label_free_scorer("calinski_harabasz", reference=X)
        assert pickle.loads(pickle.dumps(scorer))(Told(), X) == scorer(Told(), X)


class TestRefused:
    def test_an_estimator_without_predict(self) -> None:
        X, _ = blobs()
        with pytest.raises(InvalidParameterError, match="needs an estimator with predict.*Got DBSCAN"):
            make_label_free_scorer()(DBSCAN().fit(X), X)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"score": "silhuette"}, "did you mean 'silhouette'"),
            ({"space": "embedding"}, "'space' parameter"),
            ({"max_rows": 1}, "'max_rows' parameter"),
        ],
    )
    def test_settings(self, options: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidParameterError, match=message):
            make_label_free_scorer(**options)
