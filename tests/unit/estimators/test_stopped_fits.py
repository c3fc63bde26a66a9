"""Fits that are interrupted, diverge, or are killed and resumed."""

import numpy as np
import pytest
import torch
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import TrainingDivergedError
from deepkmeans.objectives import Sequential
from deepkmeans.training import Callback, Checkpoint

QUICK = {"pretrain_epochs": 4, "max_epochs": 6, "random_state": 0, "objective": "dcn"}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(300, centers=4, n_features=6, random_state=3)


class InterruptAt(Callback):
    def __init__(self, phase, epoch):
        self.phase, self.epoch = phase, epoch

    def on_epoch_end(self, state):
        if (state.phase, state.epoch) == (self.phase, self.epoch):
            raise KeyboardInterrupt


@pytest.mark.parametrize("phase", ["pretrain", "cluster"])
def test_ctrl_c_keeps_a_usable_model_and_is_passed_on(blobs, phase):
    X, y = blobs
    model = DeepKMeans(4, callbacks=[InterruptAt(phase, 2)], **QUICK)
    with pytest.raises(KeyboardInterrupt) as caught:
        model.fit(X)
    assert model.report_["interrupted"] is True and caught.value.model is model
    assert (model.predict(X) == model.labels_).all()
    assert adjusted_rand_score(y, model.labels_) > 0.9


class Diverges(Sequential):
    def forward(self, encoder, batch):
        out = super().forward(encoder, batch)
        return type(out)(out.total / 0.0 - out.total / 0.0, out.terms, out.z)


def test_divergence_is_a_typed_error_with_the_last_good_model(blobs):
    with pytest.raises(TrainingDivergedError, match="non-finite in epoch 1") as caught:
        DeepKMeans(4, **{**QUICK, "objective": Diverges()}).fit(blobs[0])
    assert np.isfinite(caught.value.model.embed(blobs[0])).all()


@pytest.mark.parametrize("stop", [("pretrain", 3), ("pretrain", 4), ("cluster", 2)])
@pytest.mark.parametrize("objective", ["dcn", "dkm", "idec", "vade"])
def test_a_killed_fit_resumes_to_the_same_bits(blobs, tmp_path, stop, objective):
    X, _ = blobs
    options = {**QUICK, "objective": objective, "tol": 0.0}
    whole = DeepKMeans(4, **options).fit(X)
    with pytest.raises(KeyboardInterrupt):
        DeepKMeans(4, callbacks=[Checkpoint(tmp_path), InterruptAt(*stop)], **options).fit(X)
    resumed = DeepKMeans(4, callbacks=[Checkpoint(tmp_path, resume=True)], **options).fit(X)
    np.testing.assert_array_equal(resumed.labels_, whole.labels_)
    np.testing.assert_array_equal(resumed.cluster_centers_, whole.cluster_centers_)
    for a, b in zip(resumed.encoder_.state_dict().values(), whole.encoder_.state_dict().values(), strict=True):
        assert torch.equal(a, b)
