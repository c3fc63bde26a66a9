"""An objective written outside the package, in one file: checked by the public harness, saved, loaded, fitted again."""

import importlib.util
import math

import numpy as np
import pytest

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.exceptions import DeepKMeansError
from deepkmeans.testing import OracleCase, objective_checks
from tests.architecture._sources import ROOT

SPEC = importlib.util.spec_from_file_location("own_objective", ROOT / "examples" / "own_objective.py")
own_objective = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(own_objective)
FreeEnergy = own_objective.FreeEnergy

#: One row in the middle: both squared distances 1, so the soft minimum is 1 - T ln 2; the error of the half is 1/4.
ORACLE = OracleCase(
    FreeEnergy(weight=2.0, temperature=0.05), rows=[[1.0]], centers=[[0.0], [2.0]],
    expected={"energy": 1 - 0.05 * math.log(2), "reconstruction": 0.25, "total": 2.25 - 0.1 * math.log(2)},
)  # fmt: skip
X = np.random.RandomState(0).normal(size=(60, 4)) + 8 * (np.arange(60) % 2)[:, None]
QUICK = {"pretrain_epochs": 2, "max_epochs": 3, "device": "cpu", "random_state": 0}


@pytest.mark.parametrize("check", objective_checks(FreeEnergy(), oracle=ORACLE), ids=str)
def test_rule(check):
    check()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_numbers_are_saved_and_the_class_is_given_again(tmp_path):
    model = DeepKMeans(2, objective=FreeEnergy(weight=0.5), **QUICK).fit(X)
    deepkmeans.save(model, tmp_path / "own.dkm")
    loaded = deepkmeans.load(tmp_path / "own.dkm")
    np.testing.assert_array_equal(loaded.predict(X), model.labels_)
    np.testing.assert_array_equal(loaded.cluster_centers_, model.cluster_centers_)
    with pytest.raises(DeepKMeansError, match="FreeEnergy"):
        loaded.fit(X)
    again = loaded.set_params(objective=FreeEnergy(weight=0.5)).fit(X)
    np.testing.assert_array_equal(again.labels_, model.labels_)
