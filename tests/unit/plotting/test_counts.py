"""Plots of labels alone: sizes and confusion, worked out by hand."""

import importlib
import sys

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingDependencyError
from deepkmeans.inspection.palette import NOISE, cluster_colour
from deepkmeans.plotting import plot_confusion, plot_sizes

from .conftest import rgb, ticks, words


def test_bars_are_as_long_as_clusters_are_large():
    loaded = "matplotlib.pyplot" in sys.modules
    ax = plot_sizes(np.repeat([-1, 0, 1, 3], [1, 400, 1200, 399])).axes[0]
    assert [bar.get_width() for bar in ax.patches] == [1, 400, 1200, 399]
    expected = [NOISE, *map(cluster_colour, (0, 1, 3))]
    assert [rgb(bar.get_facecolor()) for bar in ax.patches] == [rgb(colour) for colour in expected]
    assert words(ax) == ["1 (under 1%)", "400 (20%)", "1,200 (60%)", "399 (20%)"]
    assert ticks(ax.yaxis) == ["noise", "0", "1", "3"]
    assert ("matplotlib.pyplot" in sys.modules) == loaded


def test_a_notebook_shows_the_picture_and_without_matplotlib_the_install_line_is_given(monkeypatch):
    assert plot_sizes([0, 1])._repr_png_().startswith(b"\x89PNG")
    real = importlib.import_module

    def missing(name, *args):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(f"No module named {name!r}")
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingDependencyError, match=r"plot_sizes needs .*pip install 'deepkmeans\[plot\]'"):
        plot_sizes([0, 1])


def test_sizes_are_asked_of_models_pipelines_and_explanations(blobs, deep):
    X = blobs[0]
    pipeline = make_pipeline(StandardScaler(), KMeans(3, n_init=1, random_state=0)).fit(X)
    for model, labels in ((deep, deep.labels_), (pipeline, pipeline[-1].labels_)):
        ax = plot_sizes(model).axes[0]
        assert [bar.get_width() for bar in ax.patches] == np.bincount(labels).tolist()


def test_names_stand_beside_numbers_and_are_no_formulas(deep, monkeypatch):
    monkeypatch.setattr(deep, "cluster_names_", {1: "$x$ <b>"}, raising=False)
    figure = plot_sizes(deep)
    assert ticks(figure.axes[0].yaxis) == ["0", "1  $x$ <b>", "2"]
    assert not any(label.get_parse_math() for label in figure.axes[0].get_yticklabels())
    figure.canvas.draw()


def test_matched_clusters_are_the_diagonal():
    labels = np.repeat([0, 1, 2, 1], [3, 5, 1, 1])  # 0 is a, 1 is b, 2 is spare
    y = ["b"] * 3 + ["a"] * 5 + ["b"] + ["b"]
    ax = plot_confusion(labels, y).axes[0]
    assert (ticks(ax.xaxis), ticks(ax.yaxis)) == (["1", "0", "2"], ["a", "b"])
    np.testing.assert_allclose(ax.images[0].get_array(), [[1, 0, 0], [0.2, 0.6, 0.2]])
    assert words(ax) == ["5\n100%", "1\n20%", "3\n60%", "1\n20%"]
    assert ax.get_title() == "accuracy 0.800"


def test_a_class_without_a_cluster_is_last():
    ax = plot_confusion([0, 0, 0, 1, 1], [2, 2, 0, 1, 1]).axes[0]
    assert (ticks(ax.xaxis), ticks(ax.yaxis)) == (["1", "0"], ["1", "2", "0"])


def test_what_cannot_be_drawn_is_refused_in_words(deep):
    with pytest.raises(InvalidDataError, match="y has 2 labels and labels has 200"):
        plot_confusion(deep, [0, 1])
    with pytest.raises(InvalidParameterError, match="holds none: it is not fitted"):
        plot_sizes(KMeans(3))
    with pytest.raises(InvalidParameterError, match="'ax' parameter of plot_sizes must be matplotlib axes"):
        plot_sizes([0, 1], ax=3)
