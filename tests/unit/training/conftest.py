"""Rows that the tests of the training loop share."""

import numpy as np
import pytest
import torch

from deepkmeans.data import Rows, fit_scaling


@pytest.fixture
def rows():
    X = np.random.RandomState(0).randn(90, 5).astype(np.float32)
    X[:45] += 4
    return Rows(X, fit_scaling(X), device=torch.device("cpu"))
