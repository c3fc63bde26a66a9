"""Plots that need the rows: map, silhouette, centres."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import silhouette_samples

from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.inspection import project
from deepkmeans.inspection.palette import cluster_colour
from deepkmeans.plotting import plot_centers, plot_map, plot_silhouette

from .conftest import rgb, ticks, words


def test_the_map_is_that_of_the_projection(blobs, deep):
    X = blobs[0]
    projection = project(deep, X, random_state=0)
    for figure in (plot_map(deep, X, random_state=0), plot_map(projection)):
        ax = figure.axes[0]
        drawn = np.asarray(ax.collections[0].get_offsets())
        np.testing.assert_allclose(drawn[np.lexsort(drawn.T)], projection.embedding[np.lexsort(projection.embedding.T)])
        assert set(words(ax)) == {"0", "1", "2"}
    raw = plot_map(projection, space="raw").axes[0]
    assert raw.get_title().startswith("rows: pca")


def test_clusters_keep_their_colours_where_some_are_absent(blobs, deep):
    X = blobs[0][deep.labels_ != 0]
    dots = plot_map(deep, X).axes[0].collections[0]
    drawn = {tuple(rgb(colour[:3])) for colour in dots.get_facecolors()}
    assert drawn == {tuple(rgb(cluster_colour(j))) for j in (1, 2)}


def test_floats_are_a_scale_and_anything_else_classes(blobs, deep):
    X, y = blobs
    scale = plot_map(deep, X, color=X[:, 0])
    assert len(scale.axes) == 2 and sorted(scale.axes[0].collections[0].get_array()) == sorted(X[:, 0])
    classes = plot_map(deep, X, color=np.array(["a", "b", "c"])[y])
    assert [text.get_text() for text in classes.legends[0].get_texts()] == ["a", "b", "c"]
    with pytest.raises(InvalidDataError, match=r"color must have shape \(200,\)"):
        plot_map(deep, X, color=[1.0])


def test_neighbourhoods_are_mapped_of_a_sample_and_the_picture_says_so(blobs, deep):
    figure = plot_map(deep, blobs[0], method="tsne", max_rows=40, random_state=0)
    assert len(figure.axes[0].collections[0].get_offsets()) == 200
    assert figure.axes[0].get_title().endswith("; 40 of 200 rows mapped, the others placed")
    assert "placed" not in plot_map(deep, blobs[0], max_rows=40).axes[0].get_title()
    with pytest.raises(InvalidParameterError, match="'max_rows' parameter of plot_map"):
        plot_map(deep, blobs[0], max_rows=2)


def test_maps_that_cannot_be_drawn_are_refused(blobs, deep):
    X = blobs[0]
    with pytest.raises(InvalidParameterError, match="'X' parameter of plot_map is missing"):
        plot_map(deep)
    with pytest.raises(InvalidParameterError, match="a projection has its rows"):
        plot_map(project(deep, X), X)
    with pytest.raises(InvalidParameterError, match="this model has none; give 'raw'"):
        plot_map(KMeans(3, n_init=1).fit(X), X, space="embedding")
    with pytest.raises(InvalidParameterError, match="'space' parameter of plot_map"):
        plot_map(deep, X, space="plane")


def test_silhouettes_are_those_of_scikit_learn(blobs, deep):
    X = blobs[0]
    values = silhouette_samples(deep.embed(X), deep.labels_)
    means = [values[deep.labels_ == j].mean() for j in range(3)]
    ax = plot_silhouette(deep, X).axes[0]
    assert ticks(ax.yaxis) == [f"{j}  ({mean:.2f})" for j, mean in enumerate(means)]
    assert ax.get_title() == f"mean of the clusters {np.mean(means):.2f} (embedding)"
    widest = [area.get_paths()[0].vertices[:, 0].max() for area in ax.collections]
    np.testing.assert_allclose(widest, [values[deep.labels_ == j].max() for j in range(3)])


def test_a_sample_has_rows_of_every_cluster(blobs, deep):
    ax = plot_silhouette(deep, blobs[0], max_rows=30, random_state=0).axes[0]
    assert "30 of 200 rows" in ax.get_title() and len(ax.collections) == 3
    one = KMeans(1, n_init=1).fit(blobs[0])
    with pytest.raises(InvalidDataError, match="rows in two clusters at least"):
        plot_silhouette(one, blobs[0])


def test_centres_of_columns_are_a_table_in_units_of_the_data():
    X = pd.DataFrame({"income": [10, 10, 20_000, 20_000.0], "age": [1, 3, 7.5, 7.5]})
    model = KMeans(2, init=X.iloc[[0, 2]], n_init=1).fit(X)
    ax = plot_centers(model).axes[0]
    assert ticks(ax.yaxis) == ["income", "age"]
    assert words(ax) == ["10", "20,000", "2", "7.5"]
    np.testing.assert_allclose(ax.images[0].get_array(), [[-1, 1], [-1, 1]])
    assert ticks(plot_centers(model, max_columns=1).axes[0].yaxis) == ["income"]


def test_centres_of_many_columns_are_lines_and_of_pictures_pictures():
    rows = np.random.RandomState(0).rand(30, 64)
    model = KMeans(3, n_init=1, random_state=0).fit(rows)
    panels = [ax for ax in plot_centers(model).axes if ax.lines]
    for j, ax in enumerate(panels):
        np.testing.assert_allclose(ax.lines[-1].get_ydata(), model.cluster_centers_[j])
    assert len(panels) == 3
    shown = [ax for ax in plot_centers(model, image_shape=(8, 8)).axes if ax.images]
    pictures = model.cluster_centers_.reshape(3, 8, 8)
    for j, ax in enumerate(shown):
        drawn = np.asarray(ax.images[0].get_array())
        np.testing.assert_allclose(drawn, (pictures[j] - pictures.min()) / np.ptp(pictures))
    assert len(shown) == 3
    with pytest.raises(InvalidParameterError, match=r"of 64 pixels in all. Got \(8, 9\) instead"):
        plot_centers(model, image_shape=(8, 9))


def test_centres_in_an_embedding_are_decoded(blobs, deep):
    ax = plot_centers(deep).axes[0]
    decoded = deep.decode(deep.cluster_centers_)
    assert [float(text) for text in words(ax)] == pytest.approx(decoded.T.ravel().tolist(), rel=0.01)
    assert ticks(ax.yaxis) == [f"x{j}" for j in range(6)]


def test_without_centres_there_is_nothing_to_draw(blobs):
    with pytest.raises(InvalidParameterError, match="Those of this DBSCAN cannot"):
        plot_centers(DBSCAN(eps=3).fit(blobs[0]))
