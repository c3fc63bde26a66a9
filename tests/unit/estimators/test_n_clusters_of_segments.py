"""``n_clusters="auto"`` of mixed tables counts groups, not the levels of a column that goes with no other."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.metrics import adjusted_rand_score
from tests.architecture._sources import ROOT


def _example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_segments", ROOT / "examples" / "make_segments.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::deepkmeans.exceptions.MissingValuesWarning")
def test_five_segments_of_customers_are_five_clusters() -> None:
    table, segment = _example().segments(seed=1)
    model = DeepKMeans("auto", random_state=0).fit(table)
    assert model.n_clusters_ == 5
    assert adjusted_rand_score(segment, model.labels_) > 0.75


@pytest.mark.slow
def test_mixed_noise_is_one_cluster() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({
        **{f"n{number}": rng.normal(size=400) for number in range(4)}, "yes": rng.choice(["yes", "no"], 400),
        "colour": rng.choice(["red", "green", "blue"], 400),
    })  # fmt: skip
    assert DeepKMeans("auto", random_state=0).fit(table).n_clusters_ == 1
