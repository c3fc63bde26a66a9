"""A row is labelled by what it has of several inputs, whatever the other rows of its batch have."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import MissingValuesWarning

KIND = np.arange(60) % 3
WORDS = [["red", "apple", "fruit"], ["fast", "car", "road"], ["loud", "song", "tune"]]


def inputs(tmp_path):
    """Four inputs of 60 rows, of which the first 16 lack each subset of them."""
    image = pytest.importorskip("PIL.Image")
    random = np.random.RandomState(0)
    lacks = [*itertools.product([False, True], repeat=4)]
    X = {
        "title": [" ".join(random.choice(WORDS[k], 4)) for k in KIND],
        "array": 3 * np.eye(3)[KIND] + random.rand(60, 3),
        "facts": pd.DataFrame({
            "price": 10.0 * KIND + random.randn(60), "shop": np.array(["north", "south", "west"], dtype=object)[KIND],
        }),
        "photo": [],
    }  # fmt: skip
    for row, k in enumerate(KIND):
        path = tmp_path / f"{row}.png"
        image.fromarray((60 * k + 30 + random.randint(20, size=(8, 8))).astype(np.uint8)).save(path)
        X["photo"].append(path)
    for row, (title, array, facts, photo) in enumerate(lacks):
        if title:
            X["title"][row] = None
        if array:
            X["array"][row] = np.nan
        if facts:
            X["facts"].loc[row] = [np.nan, None]
        if photo:
            X["photo"][row] = None
    return X, len(lacks)


def rows_of(X, rows):
    return {
        name: [each[row] for row in rows] if isinstance(each, list) else getattr(each, "iloc", each)[rows]
        for name, each in X.items()
    }


def test_a_row_is_the_same_alone_as_in_any_batch(tmp_path):
    X, n_subsets = inputs(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingValuesWarning)
        model = DeepKMeans(3, max_epochs=2, random_state=0).fit(X)
        together = model.transform(X)
        assert (model.predict(X) == model.labels_).all()
        for row in range(n_subsets):
            for batch in ([row], [row, row], [row, n_subsets - 1], [row, 20]):
                some = rows_of(X, batch)
                assert model.predict(some)[0] == model.labels_[row]
                assert np.allclose(model.transform(some)[0], together[row], rtol=1e-5, atol=1e-5)


def test_a_row_without_any_input_is_the_mean_row_however_that_is_said():
    random = np.random.RandomState(0)
    X = {"title": [" ".join(random.choice(WORDS[k], 4)) for k in KIND], "a": 3 * np.eye(3)[KIND] + random.rand(60, 3)}
    X["title"][0], X["a"][0] = None, np.nan
    model = DeepKMeans(3, max_epochs=2, random_state=0).fit(X)
    nothing = np.full((1, 3), np.nan)
    given = [
        {"title": [None], "a": nothing}, {"title": [""], "a": nothing}, {"title": ["unheard"], "a": nothing},
        {"title": pd.Series([None], dtype=object), "a": nothing}, {"title": np.array([None]), "a": nothing},
        {"title": [None]}, {"a": nothing}, {"a": [None]}, {"a": pd.DataFrame(nothing)}, X,
    ]  # fmt: skip
    expected = None
    for each in given:
        with pytest.warns(MissingValuesWarning, match="1 row has none of the inputs"):
            got = model.transform(each)[0]
        expected = got if expected is None else expected
        assert np.allclose(got, expected, rtol=1e-5, atol=1e-5)
        assert model.labels_[0] == got.argmin()
