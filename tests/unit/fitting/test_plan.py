"""What a fit will do, by hand: every "auto" follows from parameters and rows alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.fitting import DataFacts, FitPlan, resolve_plan
from deepkmeans.objectives import DCN, Objective, Pretrained, SelfLabelling, make_objective

ROWS = DataFacts(
    n_samples=6000, n_features=20, n_distinct=6000, n_reduced=20, n_inputs=20, n_flags=0, scaling="standard",
    reduction="none", image_shape=None, intrinsic_dim=None,
)  # fmt: skip


def plan(objective: str | Objective = "dcn", data: DataFacts = ROWS, **parameters: Any) -> FitPlan:
    given = DeepKMeans(3, **parameters).get_params(deep=False)
    return resolve_plan(given, make_objective(objective), str(objective), data, "cpu")


def test_an_autoencoder_by_hand() -> None:
    found = plan()
    assert found.architecture == {
        "network": "dense", "n_inputs": 20, "embedding_dim": 10, "hidden_sizes": [500, 500, 2000], "activation": "relu",
    }  # fmt: skip
    assert (found.batch_size, found.pretrain_epochs, found.max_epochs) == (128, DCN.pretrain_epochs, DCN.max_epochs)
    assert found.learning_rate == DCN.learning_rate and found.strategy == Pretrained() and found.n_clusters == 3
    assert found.phases == {"pretrain": DCN.pretrain_epochs, "cluster": DCN.max_epochs}


def test_labels_from_the_graph_by_hand() -> None:
    found = plan("selflabel")
    assert found.architecture["hidden_sizes"] == [128, 128] and found.architecture["embedding_dim"] == 16
    assert found.strategy == SelfLabelling() and found.pretrain_epochs == 0 and not found.finds_pictures
    assert list(found.phases) == ["cluster"]
    pictures = plan("selflabel", replace(ROWS, image_shape=(4, 5, 1)))
    assert pictures.architecture["network"] == "convolutional" and pictures.finds_pictures
    assert list(pictures.phases) == ["over-1", "over-2", "cluster"]
    asked = plan("selflabel", replace(ROWS, image_shape=(4, 5, 1)), partition="k-means")
    assert list(asked.phases) == ["cluster"]  # the partition is asked for: no network finds one
    few = replace(ROWS, n_distinct=600)  # which are seen more often
    assert plan("selflabel", few).max_epochs > found.max_epochs


def test_what_is_given_stays() -> None:
    given = {"batch_size": 7, "pretrain_epochs": 0, "max_epochs": 9, "learning_rate": 0.5, "embedding_dim": 4}
    found = plan(**given)
    assert {name: getattr(found, name) for name in given if name != "embedding_dim"} == {
        name: value for name, value in given.items() if name != "embedding_dim"
    }
    assert found.architecture["embedding_dim"] == 4 and found.phases == {"cluster": 9}
    assert plan(embedding_dim="intrinsic", data=replace(ROWS, intrinsic_dim=6)).architecture["embedding_dim"] == 6
    assert plan(embedding_dim="intrinsic").architecture["embedding_dim"] == 10  # the rows did not tell


@pytest.mark.parametrize("objective", ["dcn", "selflabel"])
def test_a_fingerprint_is_json_and_knows_everything_but_the_device(objective: str) -> None:
    found = plan(objective, replace(ROWS, image_shape=(4, 5, 1)))
    said = found.fingerprint()
    assert json.loads(json.dumps(said)) == said
    assert replace(found, device="cuda").fingerprint() == said
    for change in (
        {"max_epochs": 99}, {"tol": 0.5}, {"partition": "k-means"}, {"data": replace(found.data, scaling="unit")},
        {"objective_repr": "DCN(weight=9)"}, {"architecture": {**found.architecture, "embedding_dim": 3}},
        {"n_clusters": 4}, {"precision": "bfloat16"}, {"strategy": SelfLabelling(n_neighbors=9)},
    ):  # fmt: skip
        assert replace(found, **change).fingerprint() != said


@pytest.mark.parametrize("parameters", [{}, {"objective": "dcn", "reduce": "pca"}, {"n_clusters": "auto"}])
def test_the_plan_of_a_fit_is_that_of_its_preparation_and_of_its_report(parameters: dict[str, Any]) -> None:
    random = np.random.RandomState(0)
    X = random.normal(size=(80, 6)) + 9 * (np.arange(80) % 2)[:, None]
    given = {"n_clusters": 2, "max_epochs": 1, "pretrain_epochs": 1, "random_state": 0} | parameters
    model = DeepKMeans(**given)
    before = dict(vars(model))
    prepared = model.prepare(X).plan
    assert vars(model) == before  # nothing is fitted, and nothing is left on the estimator
    model.fit(X)
    assert prepared.with_clusters(model.plan_.n_clusters) == model.plan_
    said = model.plan_.report()
    for name in ("objective", "n_samples", "batch_size", "pretrain_epochs", "max_epochs", "learning_rate", "precision"):
        assert model.report_[name] == said[name]
