"""Training and number of clusters: the curves are those of the model."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from deepkmeans import Autoencoder
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.model_selection.n_clusters_result import from_statistics
from deepkmeans.plotting import plot_n_clusters, plot_training

from .conftest import words


def test_the_loss_of_every_epoch_phase_by_phase(deep):
    upper, lower = plot_training(deep).axes
    pretrain = [record for record in deep.history_ if record["phase"] == "pretrain"]
    first, second = upper.lines[:2]
    np.testing.assert_allclose(first.get_ydata(), [record["loss"] for record in pretrain])
    n, total = len(pretrain), len(deep.history_)
    assert list(second.get_xdata()) == list(range(n + 1, total + 1))
    changed = [100 * record["changed"] for record in deep.history_[n:]]
    np.testing.assert_allclose(lower.lines[1].get_ydata(), changed)
    assert words(upper) == ["pretrain", "cluster"]


def test_held_out_rows_have_a_line_of_their_own(blobs):
    model = Autoencoder(2, max_epochs=3, random_state=0).fit(blobs[0])
    (ax,) = plot_training(model).axes
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["loss", "loss of held-out rows"]
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [record["held_out"] for record in model.history_])
    assert len(plot_training(model.history_).axes[0].lines) == 2


def test_models_without_training_are_refused(chosen):
    chosen = type(chosen)(**chosen.get_params())._with_fitted({"history_": [], "report_": {"chosen": "k-means"}})
    with pytest.raises(InvalidParameterError, match=r"trained no network \(k-means was chosen"):
        plot_training(chosen)
    with pytest.raises(InvalidParameterError, match="or its history_. Got KMeans instead"):
        plot_training(KMeans(2))


def test_the_chosen_number_stands_out(chosen):
    selection = from_statistics(chosen.report_["n_clusters_selection"])
    assert selection.n_clusters == 3
    for source in (chosen, selection):
        ax = plot_n_clusters(source).axes[0]
        heights = [bar.get_height() for bar in ax.patches]
        np.testing.assert_allclose(heights, selection.table["posterior"][: len(heights)])
        colours = {bar.get_facecolor() for bar in ax.patches}
        assert len(colours) == 2
        assert [bar.get_facecolor() for bar in ax.patches].count(ax.patches[2].get_facecolor()) == 1
        assert ax.get_title().startswith("3 clusters (")
        np.testing.assert_allclose(ax.lines[0].get_ydata(), selection.table["silhouette"][: len(heights)])


def test_a_given_number_of_clusters_has_no_curve(deep):
    with pytest.raises(InvalidParameterError, match="Got DeepKMeans whose number of clusters was given, not chosen"):
        plot_n_clusters(deep)
    with pytest.raises(InvalidParameterError, match="Got int instead"):
        plot_n_clusters(3)
