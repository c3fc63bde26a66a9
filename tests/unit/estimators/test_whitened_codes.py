"""The joint phase starts from codes whose clusters are round."""

import numpy as np
import torch
from sklearn.datasets import load_iris

from deepkmeans import DeepKMeans


def test_fit_gives_the_codes_a_metric_that_the_decoder_undoes():
    X = load_iris().data
    model = DeepKMeans(3, objective="sequential", pretrain_epochs=5, max_epochs=1, random_state=0).fit(X)
    network = model.encoder_
    turned = network.metric / network.metric.diagonal().mean()
    assert float((turned - torch.eye(len(turned))).abs().max()) > 0.05  # not one number for all directions
    torch.testing.assert_close(network.metric @ network.inverse, torch.eye(len(turned)), atol=1e-4, rtol=0)
    x = torch.zeros(1, 4)
    decoded = network.decode(network.encode({"x": x}))["x"]
    torch.testing.assert_close(decoded, network.module.decode(network.module.encode(x)))
    away = model.embed(X) - model.cluster_centers_[model.labels_]
    variances = np.linalg.eigvalsh(away.T @ away)
    assert variances[-1] / variances[0] < 3  # round, but for the one epoch that followed
