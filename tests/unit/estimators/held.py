"""Rows as Python users hold them."""

import numpy as np
import pandas as pd

B = np.random.RandomState(0).randn(12, 3)
DAYS = pd.date_range("2020-01-01", periods=12)
DATES = "holds dates or durations"
AN_EMPTY_CELL = r"contains NaN: 1 cells? in column"


def frame(**columns):
    return pd.DataFrame({"a": B[:, 0], "b": B[:, 1], **columns})


def cells(value, at=(5, 1)):
    X = B.astype(object)
    X[at] = value
    return X


def masked(X, at=(3, 1)):
    mask = np.zeros(X.shape, dtype=bool)
    mask[at] = True
    return np.ma.array(X, mask=mask)
