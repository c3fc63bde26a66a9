"""Where a model is written to and read from: a path, or an error that says so."""

import io
import os

import numpy as np
import pytest

import deepkmeans
from deepkmeans import KMeans
from deepkmeans.exceptions import InvalidParameterError


@pytest.fixture
def model():
    return KMeans(2, random_state=0).fit(np.random.RandomState(0).randn(20, 2))


@pytest.mark.parametrize("path", [None, 5, ["a"], io.BytesIO(), "open", "a\0b", "\ud800", b"a\0b", ""], ids=range(9))
def test_what_is_no_path_is_refused(model, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with open(os.devnull, "rb") as file:
        given = file if path == "open" else path
        for name, act in (("save", lambda: deepkmeans.save(model, given)), ("load", lambda: deepkmeans.load(given))):
            with pytest.raises(InvalidParameterError, match=f"'path' parameter of {name} must be a path"):
                act()
    assert not os.listdir(tmp_path)


def test_bytes_are_a_path_for_both(model, tmp_path):
    path = os.fsencode(tmp_path / "model.dkm")
    deepkmeans.save(model, path)
    assert (deepkmeans.load(path).labels_ == model.labels_).all()
    with pytest.raises(deepkmeans.exceptions.OutputError, match="exists"):
        deepkmeans.save(model, path, overwrite=False)


@pytest.mark.parametrize("overwrite", ["no", None, 2])
def test_overwrite_is_a_bool(model, tmp_path, overwrite):
    with pytest.raises(InvalidParameterError, match="'overwrite' parameter of save must be a bool"):
        deepkmeans.save(model, tmp_path / "model.dkm", overwrite=overwrite)
