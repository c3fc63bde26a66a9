"""Tables of categories alone: groups are found no worse than by one-hot columns as they are."""

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from deepkmeans.data.given import GivenInput
from deepkmeans.data.preprocessing.table import TablePreprocessor
from deepkmeans.runtime import Seeds

_NAMES = ["ash", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine", "rowan", "yew"]


def levels_of_groups(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """500 rows in four groups: 12 columns of 2 to 12 levels, of which about a third tell nothing."""
    random = np.random.RandomState(seed)
    y, columns = random.randint(4, size=500), {}
    for column in range(12):
        count = random.randint(2, 13)
        shares = random.dirichlet(np.full(count, 0.8), 4)
        if random.uniform() < 0.3:
            shares[:] = shares[0]
        columns[f"q{column}"] = [_NAMES[random.choice(count, p=shares[group])] for group in y]
    return pd.DataFrame(columns), y


def test_groups_in_categories_are_found() -> None:
    prepared, plain = [], []
    for seed in range(4):
        frame, y = levels_of_groups(seed)
        _, X = TablePreprocessor.fit(GivenInput("table", frame), seeds=Seeds(0))
        for rows, found in ((X, prepared), (pd.get_dummies(frame).to_numpy(float), plain)):
            labels = KMeans(4, n_init=10, random_state=0).fit_predict(rows)
            found.append(adjusted_rand_score(y, labels))
    assert np.mean(prepared) > np.mean(plain)
    assert (np.array(prepared) > np.array(plain) - 0.05).all(), (prepared, plain)
