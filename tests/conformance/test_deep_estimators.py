"""Autoencoder and DeepKMeans are scikit-learn estimators: every check of its generator, no failure, no skip."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.subprocesses import PATIENCE, environment

CHECKS = """
import json, sys, warnings
from sklearn.utils.estimator_checks import estimator_checks_generator
from deepkmeans import Autoencoder, DeepKMeans
estimator = {estimator}
seen, wrong = [], {{}}
for instance, check in estimator_checks_generator(estimator, legacy=True):
    name = getattr(check, "func", check).__name__
    seen.append(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(instance)
    except BaseException as error:
        wrong[name] = f"{{type(error).__name__}}: {{error}}"
json.dump([seen, wrong], sys.stdout)
"""

#: What scikit-learn excuses its own KMeans from (a fit draws its starts by row, so repetition and weight differ).
#: The four clusters: scikit-learn's two sparse checks expect four columns of every predict_proba, as for the
#: four classes they make; a clusterer with predict_proba can meet that only when asked for four clusters.
EXCUSED = {"check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data"}


@pytest.mark.slow
@pytest.mark.timeout(2 * PATIENCE)
@pytest.mark.parametrize(
    "estimator",
    [
        "Autoencoder(max_epochs=3)",
        "DeepKMeans(4, pretrain_epochs=2, max_epochs=3)",
        "DeepKMeans(4, objective='vade', pretrain_epochs=2, max_epochs=3)",
    ],
)
def test_every_check_of_scikit_learn(estimator: str) -> None:
    own = environment(SCIPY_ARRAY_API="1")
    code = CHECKS.format(estimator=estimator)
    done = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True, check=True)
    seen, wrong = json.loads(done.stdout)
    assert set(wrong) <= EXCUSED, wrong
    assert len(seen) >= 50
