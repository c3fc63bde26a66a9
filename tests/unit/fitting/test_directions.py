"""Texts and embeddings by default: terms decide against K-Means, dense as sparse, other rows as before."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import normalized_mutual_info_score
from sklearn.preprocessing import normalize

from benchmarks.generated_titles import LANGUAGES, generated_titles
from deepkmeans import DeepKMeans
from deepkmeans.data.given import GivenInput
from deepkmeans.data.preprocessing.text import TextPreprocessor
from deepkmeans.graph import SHARED
from deepkmeans.runtime import Seeds

QUICK = {"max_epochs": 3, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def tfidf(language: str, n: int, seed: int) -> tuple[sp.csr_matrix, np.ndarray]:
    titles, y = generated_titles(language, n, seed)
    assert all(6 <= len(title) <= 30 and " " not in title for title in titles)
    return TextPreprocessor.fit(GivenInput("text", titles), seeds=Seeds(0))[1], y


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_without_spaces(language: str) -> None:
    X, y = tfidf(language, 800, 0)
    model = DeepKMeans(8, random_state=0).fit(X)
    assert normalized_mutual_info_score(y, model.labels_) >= 0.8


def test_terms_decide_and_dense_rows_have_them_too() -> None:
    X, _ = tfidf("chinese", 200, 1)
    empty = sp.vstack([X, sp.csr_matrix((2, X.shape[1]), dtype=X.dtype)]).tocsr()
    models = [DeepKMeans(8, **QUICK).fit(rows) for rows in (empty, empty.toarray())]
    for model in models:
        assert SHARED in model.report_["rounds"][0]["candidates"]
        assert model.labels_[-1] == model.labels_[-2] == model.predict(empty[-1:])[0]
    assert normalized_mutual_info_score(models[0].labels_, models[1].labels_) > 0.9


def test_embeddings_share_neighbours() -> None:
    draw = np.random.RandomState(0)
    y = draw.randint(4, size=300)
    X = normalize(3 * draw.randn(4, 300)[y] / np.sqrt(300) + draw.randn(300, 300) / np.sqrt(30)).astype(np.float32)
    model = DeepKMeans(4, **QUICK).fit(X)
    table = model.report_["rounds"][0]["candidates"]
    assert SHARED in table and model.report_["scaling"] == "cosine"
    if model.report_["chosen"] == SHARED:
        assert "share more neighbours" in model.report_["reason"]


def test_other_rows_have_no_such_candidates() -> None:
    draw = np.random.RandomState(0)
    X = draw.randn(200, 5) + 4 * draw.randint(3, size=200)[:, None]
    model = DeepKMeans(3, **QUICK).fit(X)
    assert not any(name.startswith("shared/") for name in model.report_["rounds"][0]["candidates"])
