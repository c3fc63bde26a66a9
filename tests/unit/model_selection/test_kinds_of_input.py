"""The number of clusters and the width of the embedding of several inputs together, and of pictures in files."""

import numpy as np
import pytest

from deepkmeans import Autoencoder, DeepKMeans, InputSpec, KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.model_selection import make_label_free_scorer, select_embedding_dim, select_n_clusters

Y = np.arange(120) % 3
QUICK = {"n_references": 1, "n_resamples": 1, "k_range": range(1, 6), "random_state": 0}
NETWORKS = {"dims": (1, 2), "cv": 2, "random_state": 0, "max_rows": 60}


def views():
    random = np.random.RandomState(0)
    a, b = (9 * random.randn(3, d)[Y] + random.randn(120, d) for d in (4, 3))
    a[5] = np.nan
    return {"a": a, "b": b}


def pictures():
    random = np.random.RandomState(1)
    bars = random.rand(120, 10, 10) * 60
    for row, k in enumerate(Y):
        bars[row, 3 * k : 3 * k + 3] += 150
    return [bar.astype(np.uint8) for bar in bars]


def test_k_of_several_inputs():
    X = views()
    found = select_n_clusters(DeepKMeans(), X, **QUICK)
    assert found.n_clusters == 3
    assert DeepKMeans("auto", max_epochs=1, random_state=0).fit(X).n_clusters_ == 3
    alone = select_n_clusters(DeepKMeans(), {"b": X["b"]}, **QUICK)
    assert alone.to_dict() == select_n_clusters(DeepKMeans(), X["b"], **QUICK).to_dict()
    with pytest.raises(InvalidParameterError, match="must be a DeepKMeans where X is a mapping"):
        select_n_clusters(KMeans(), X, **QUICK)
    with pytest.raises(InvalidParameterError, match="is for one input"):
        select_n_clusters(DeepKMeans(), X, space="raw", **QUICK)
    with pytest.raises(InvalidParameterError, match="did you mean 'b'"):
        select_n_clusters(DeepKMeans(preprocessor={"bb": InputSpec()}), X, **QUICK)


def test_width_of_several_inputs():
    X = views()
    found = select_embedding_dim(DeepKMeans(), X, **NETWORKS)
    assert found.embedding_dim in (1, 2)
    alone = select_embedding_dim(DeepKMeans(), {"b": X["b"]}, **NETWORKS)
    assert alone.embedding_dim == select_embedding_dim(DeepKMeans(), X["b"], **NETWORKS).embedding_dim
    with pytest.raises(InvalidParameterError, match="must be a DeepKMeans where X is a mapping"):
        select_embedding_dim(Autoencoder(), X, **NETWORKS)


def test_width_and_k_of_a_folder_of_pictures(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for number, picture in enumerate(pictures()):
        image.fromarray(picture).save(tmp_path / f"{number:03}.png")
    (tmp_path / "200.png").write_bytes(b"no picture")
    assert select_embedding_dim(DeepKMeans(), str(tmp_path), **NETWORKS).embedding_dim in (1, 2)
    listed = [*pictures(), str(tmp_path / "200.png")]
    assert 2 <= select_n_clusters(DeepKMeans(), listed, **QUICK).n_clusters <= 4


def test_the_scorer_reads_as_the_estimator_does():
    random, times = np.random.RandomState(2), np.arange(20)
    X = np.sin(times * (0.3 + 0.3 * Y[:, None])) + 0.1 * random.randn(120, 20)
    X = np.stack([X, -X], axis=2)
    model = DeepKMeans(3, preprocessor=InputSpec(kind="series"), partition="k-means", random_state=0).fit(X)
    scorer = make_label_free_scorer()
    assert scorer(model, [*X]) == scorer(model, X) > 0.5
    with pytest.raises(InvalidDataError, match="a mapping of the inputs 'a', 'b'"):
        scorer(model, {"a": X, "b": X})
