"""The heat map of profiles: the differences and typical values of the explanation."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.inspection import explain
from deepkmeans.plotting import plot_centers, plot_profile, plot_training

from .conftest import ticks, words


@pytest.fixture(scope="module")
def explanation():
    random, kind = np.random.RandomState(0), np.repeat([0, 1, 2], 40)
    frame = pd.DataFrame({
        "income (EUR)": 20_000.0 + 30_000 * kind + random.randint(0, 4000, 120),
        "member": np.where(kind == 0, random.choice(["yes", "no"], 120, p=[0.9, 0.1]), "no"),
        "noise": random.randn(120),
        "city": np.array(["Bern", "Basel", "Chur"])[kind],
    })  # fmt: skip
    return explain(DeepKMeans(3, partition="k-means", random_state=0).fit(frame), frame)


def test_cells_are_differences_and_typical_values(explanation):
    ax = plot_profile(explanation).axes[0]
    names, cells = ticks(ax.yaxis), np.asarray(ax.images[0].get_array())
    assert names[0] == "income (EUR)" and {"city: Bern", "city: Basel", "city: Chur"} <= set(names)
    assert not {"noise"} & set(names) and sum(name.startswith("member") for name in names) == 1
    for j, cluster in enumerate(explanation.clusters):
        (column,) = (each for each in cluster.profile.columns if each.column == "income (EUR)")
        assert cells[0, j] == pytest.approx(column.standardized_difference)
        assert words(ax)[j] == column.typical_inside
    at = names.index("city: Bern")
    bern = explanation.labels[0]
    assert cells[at, bern] == 3 and "100%" in words(ax)
    assert [title.split()[0] for title in ticks(ax.xaxis)] == ["0", "1", "2"]
    assert ticks(plot_profile(explanation, max_columns=1).axes[0].yaxis) == ["income (EUR)"]


def test_without_differences_there_is_nothing_to_draw():
    rows = np.random.RandomState(0).rand(60, 2)
    model = DBSCAN(eps=1.0).fit(rows)
    with pytest.raises(InvalidDataError, match="no column tells these clusters apart"):
        plot_profile(explain(model, rows))
    with pytest.raises(InvalidParameterError, match="must be what explain returns. Got DBSCAN instead"):
        plot_profile(model)


@pytest.mark.parametrize("figure", [3, "figure.png", object()])
def test_what_is_no_figure_is_refused_by_name(explanation, deep, figure):
    for draw in (lambda: plot_profile(explanation, figure=figure), lambda: plot_centers(deep, figure=figure),
                 lambda: plot_training(deep, figure=figure)):  # fmt: skip
        with pytest.raises(InvalidParameterError, match=f"matplotlib Figure or .* Got {type(figure).__name__}"):
            draw()


def test_a_subfigure_is_drawn_in(explanation):
    from matplotlib.figure import Figure

    left, _ = (whole := Figure()).subfigures(1, 2)
    assert plot_profile(explanation, figure=left) is left
    assert whole.subfigs[0].axes and not whole.subfigs[1].axes


def test_texts_have_no_columns_to_draw():
    texts = ["moon orbit launch", "ice puck goal"] * 30
    model = DeepKMeans(2, partition="k-means", random_state=0).fit(texts)
    with pytest.raises(InvalidDataError, match=r"texts have none: print\(explanation\) and the report show the words"):
        plot_profile(explain(model, texts))
