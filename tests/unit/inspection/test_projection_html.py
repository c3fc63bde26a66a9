"""A projection in a notebook is its picture."""

import base64
import importlib
import re

import numpy as np
from sklearn.cluster import KMeans

from deepkmeans.inspection import project


def test_a_projection_shows_its_picture_and_without_matplotlib_its_text(monkeypatch):
    X = np.random.RandomState(0).randn(40, 3)
    projection = project(KMeans(2, n_init=1, random_state=0).fit(X), X)
    page = projection._repr_html_()
    data, words = re.fullmatch(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)" style="[^"]+">', page).groups()
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert words == "map of 40 rows in 2 clusters, by pca"
    real = importlib.import_module

    def missing(name, *args):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(f"No module named {name!r}")
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", missing)
    assert projection._repr_html_() is None
