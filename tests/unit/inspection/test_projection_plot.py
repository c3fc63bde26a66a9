"""The picture of a map, and the extras that it takes."""

import importlib
import subprocess
import sys

import numpy as np
import pytest
import torch
from sklearn.cluster import DBSCAN, KMeans

from deepkmeans.exceptions import InvalidDataError, MissingDependencyError
from deepkmeans.inspection import project
from tests.subprocesses import PATIENCE, environment

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning"),
]


def test_the_picture_shows_what_the_result_holds(blobs, deep, maps, tmp_path):
    found = maps("pca")
    loaded = "matplotlib.pyplot" in sys.modules
    figure = found.plot(blobs[2][:7])
    assert ("matplotlib.pyplot" in sys.modules) == loaded
    left, right = figure.axes
    for ax, where, new in ((left, found.raw, found.place(blobs[2][:7]).raw), (right, found.embedding, None)):
        rows, squares = ax.collections[:2]
        order = np.lexsort(where.T)
        drawn = np.asarray(rows.get_offsets())
        by = np.lexsort(drawn.T)
        np.testing.assert_allclose(drawn[by], where[order])
        colours = rows.get_facecolors()[by][:, :3]
        for label in range(3):  # one colour a cluster, the same in both panels
            own = colours[found.labels[order] == label]
            assert (own == own[0]).all() and (own[0] == figure_colour(figure, label)).all()
        assert {text.get_text() for text in ax.texts} == {"0", "1", "2"}
        assert len(squares.get_offsets()) == 7
        if new is not None:
            np.testing.assert_allclose(squares.get_offsets(), new)
    assert "trustworthiness" in left.get_title() and "% of the variance" in left.get_xlabel()
    figure.savefig(tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 10_000
    classes = found.plot(y=np.array(["a", "b"])[blobs[1] % 2])
    assert [text.get_text() for text in classes.legends[0].get_texts()] == ["a", "b"]
    with pytest.raises(InvalidDataError, match=r"y must have shape \(200,\)"):
        found.plot(y=[1, 2])
    half = np.arange(200) % 2
    for known in (torch.from_numpy(half * 1.0).requires_grad_(), np.ma.array(half, mask=half > 0), [1, "a"] * 100):
        assert len(found.plot(y=known).legends[0].get_texts()) == 2
    with pytest.raises(InvalidDataError, match="y is a sparse tensor"):
        found.plot(y=torch.from_numpy(half).to_sparse())


def figure_colour(figure, label):
    handle = figure.legends[0].legend_handles[label]
    return handle.get_facecolors()[0][:3]


def test_noise_is_grey_and_thirty_clusters_are_told_by_number(blobs):
    X = blobs[0]
    noisy = DBSCAN(eps=3.0).fit(X)
    assert -1 in noisy.labels_
    figure = project(noisy, X).plot()
    assert "-1" not in {text.get_text() for text in figure.axes[0].texts}
    assert figure.legends[0].get_texts()[0].get_text() == "noise"
    many = project(KMeans(30, n_init=1, random_state=0).fit(X), X).plot()
    assert many.legends == [] and len(many.axes[0].texts) == 30


def test_without_the_extras_the_install_line_is_given(blobs, deep, maps, monkeypatch):
    real = importlib.import_module

    def missing(name, *args):
        if name.split(".")[0] in ("umap", "matplotlib"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *args)

    maps("pca")
    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[map\]'"):
        project(deep, blobs[0], "umap")
    with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[plot\]'"):
        maps("pca").plot()


@pytest.mark.slow
def test_umap_leaves_the_threads_of_torch_alone():
    # numba sets OpenMP's count when it starts: only a process of its own shows that.
    code = (
        "import numpy, torch; torch.set_num_threads(1); from sklearn.cluster import KMeans; "
        "from deepkmeans.inspection import project; X = numpy.random.RandomState(0).rand(60, 4); "
        "found = project(KMeans(2, random_state=0).fit(X), X, 'umap'); print(torch.get_num_threads()); "
        "found.place(X[:3]); print(torch.get_num_threads())"
    )
    run = [sys.executable, "-W", "ignore", "-c", code]
    environ = environment(NUMBA_NUM_THREADS="2", NUMBA_OPT="0")  # compiled in haste
    done = subprocess.run(run, capture_output=True, text=True, env=environ, check=True, timeout=PATIENCE)
    assert done.stdout.split() == ["1", "1"]
