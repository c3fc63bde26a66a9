"""A stop after the last epoch, while labels are made: the estimator is fitted all the same."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.estimators import prediction


@pytest.mark.parametrize("objective", ["dcn", "selflabel"])
def test_the_fitted_attributes_are_there(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, stopped = prediction.assign_priced, []

    def assign(*arguments: object) -> object:
        if not stopped:
            stopped.append(True)
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(prediction, "assign_priced", assign)
    random = np.random.RandomState(0)
    X = random.normal(size=(60, 4)) + 8 * (np.arange(60) % 2)[:, None]
    model = DeepKMeans(2, objective=objective, device="cpu", random_state=0, pretrain_epochs=2, max_epochs=2)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X)
    assert stopped
    assert model.report_["interrupted"] is True
    np.testing.assert_array_equal(model.labels_, model.predict(X))
    assert model.cluster_centers_.shape[0] == 2
