"""Column names that are not strings are compared as strings are."""

import numpy as np
import pandas as pd
import pytest

import deepkmeans
from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
ROWS = np.random.RandomState(0).rand(60, 6) * [1, 2, 4, 8, 16, 32]
MODELS = {
    "kmeans": KMeans(2, random_state=0),
    "deep": DeepKMeans(2, objective="dcn", pretrain_epochs=1, max_epochs=1, random_state=0),
    "autoencoder": Autoencoder(embedding_dim=2, max_epochs=1, random_state=0),
}
NAMES = {
    "integers": pd.RangeIndex(6),
    "tuples": pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]]),
    "dates": pd.date_range("2020-01-01", periods=6),
}


@pytest.mark.parametrize("names", [*NAMES])
@pytest.mark.parametrize("kind", [*MODELS])
def test_another_order_or_other_names_are_refused(kind, names, tmp_path):
    frame = pd.DataFrame(ROWS, columns=NAMES[names])
    model = MODELS[kind].fit(frame)
    deepkmeans.save(model, tmp_path / "model")
    for fitted in (model, deepkmeans.load(tmp_path / "model")):
        same = fitted.transform(frame)
        assert np.allclose(same, fitted.transform(ROWS)) and np.allclose(same, fitted.transform(frame.copy()))
        with pytest.raises(InvalidDataError, match="should match.*\\n.*must be in the same order as they were in fit"):
            fitted.transform(frame.iloc[:, ::-1])
        with pytest.raises(InvalidDataError, match="should match.*\\nFeature names unseen at fit time:\\n- 9"):
            fitted.transform(pd.DataFrame(ROWS, columns=[*range(94, 100)]))


def test_a_later_fit_forgets_the_names():
    frame = pd.DataFrame(ROWS)
    model = KMeans(2, random_state=0).fit(frame).fit(ROWS)
    assert len(model.predict(frame[[5, 4, 3, 2, 1, 0]])) == 60
    model = KMeans(2, random_state=0).partial_fit(frame)
    with pytest.raises(InvalidDataError, match="same order"):
        model.partial_fit(frame[[5, 4, 3, 2, 1, 0]])
    named = KMeans(2, random_state=0).fit(frame).fit(frame.add_prefix("c"))
    with pytest.raises(InvalidDataError, match="same order"):
        named.predict(frame.add_prefix("c").iloc[:, ::-1])
