"""How an objective names its strategy, its hyper-parameters, and strategies of a user's own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.estimators.stored_objective import objective_from_parts
from deepkmeans.exceptions import CheckpointError, InvalidParameterError
from deepkmeans.fitting import Course, FitContext, FitResult, start_centers, train_jointly
from deepkmeans.objectives import (
    DCN,
    OBJECTIVES,
    Objective,
    Pretrained,
    SelfLabel,
    SelfLabelling,
    Strategy,
    make_objective,
)
from deepkmeans.storage.schema import MismatchError
from deepkmeans.training import Callback, Checkpoint
from tests.unit.fitting.spectral_start import Spectral, SpectralStart

X, y = make_blobs(150, 5, centers=3, random_state=4)
QUICK: dict[str, Any] = {"pretrain_epochs": 1, "max_epochs": 2, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class StopAt(Callback):
    def __init__(self, phase: str) -> None:
        self.phase = phase

    def on_epoch_end(self, state: Any) -> None:
        if state.phase == self.phase:
            raise KeyboardInterrupt


def test_every_objective_names_a_strategy() -> None:
    named = {name: type(make_objective(name).strategy) for name in OBJECTIVES}
    assert named.pop("selflabel") is SelfLabelling and set(named.values()) == {Pretrained}


# The default's hyper-parameters


def test_hyper_parameters_of_the_default_reach_its_strategy() -> None:
    assert SelfLabel().strategy == SelfLabelling()
    for field in fields(SelfLabelling):
        changed = SelfLabel().set_params(**{field.name: 1})
        assert getattr(changed.strategy, field.name) == 1
        assert repr(changed) != repr(SelfLabel()) and changed.strategy != SelfLabelling()


def test_they_are_searched_by_name() -> None:
    model = DeepKMeans(3, objective=SelfLabel(), **QUICK).set_params(objective__n_neighbors=20)
    assert model.get_params()["objective__n_neighbors"] == 20 and model.prepare(X).plan.strategy.n_neighbors == 20
    search = GridSearchCV(model, {"objective__n_neighbors": np.array([4, 8])}, cv=2, error_score="raise").fit(X)
    assert search.best_params_["objective__n_neighbors"] in (4, 8)
    best = search.best_estimator_
    names = best.report_["rounds"][0]["candidates"]
    n = int(search.best_params_["objective__n_neighbors"])
    assert {f"standard/{n}/spectral", f"standard/{2 * n}/spectral"} <= names.keys()  # sought in graphs of so many


def test_they_are_kept_in_a_file(tmp_path: Path) -> None:
    model = DeepKMeans(3, objective=SelfLabel(n_neighbors=np.int64(8), mixup=0.1), **QUICK).fit(X)  # type: ignore[arg-type]
    deepkmeans.save(model, tmp_path / "a.dkm")
    loaded = deepkmeans.load(tmp_path / "a.dkm")
    assert loaded.objective_.get_params() == model.objective_.get_params()
    assert loaded.get_params()["objective__n_neighbors"] == 8 and loaded.objective.strategy == model.objective.strategy
    np.testing.assert_array_equal(loaded.fit(X).labels_, model.labels_)


def test_the_earlier_name_of_a_parameter_is_refused_with_the_new_one() -> None:
    with pytest.raises(InvalidParameterError, match="'self_trust' parameter of SelfLabel is now 'bootstrap_weight'"):
        SelfLabel(self_trust=1.0)
    with pytest.raises(InvalidParameterError, match="'self_trust' parameter of SelfLabel is now 'bootstrap_weight'"):
        DeepKMeans(objective=SelfLabel()).set_params(objective__self_trust=1.0)
    with pytest.raises(TypeError, match=r"SelfLabel\(\) got an unexpected keyword argument 'n_round'"):
        SelfLabel(n_round=1)


def test_files_of_earlier_releases_lack_them() -> None:
    old = {"compactness": 0.5, "reconstruction_weight": 0.1, "sharpness": 2.0, "bootstrap_weight": 0.0}
    loaded = objective_from_parts({"name": "selflabel", "parameters": old})
    assert loaded.get_params() == SelfLabel(0.5, bootstrap_weight=0.0).get_params()
    assert objective_from_parts({"name": "selflabel", "parameters": old | {"n_rounds": 1}}).n_rounds == 1
    for wrong in (old | {"n_round": 1}, {name: old[name] for name in list(old)[:3]}):
        with pytest.raises(MismatchError, match="hyper-parameters of the objective 'selflabel' are not"):
            objective_from_parts({"name": "selflabel", "parameters": wrong})
    with pytest.raises(MismatchError, match="'n_rounds' parameter of SelfLabel must be an integer"):
        objective_from_parts({"name": "selflabel", "parameters": old | {"n_rounds": 0.5}})


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"n_landmarks": 99}, "'n_landmarks' parameter of SelfLabel must be an integer >= 100. Got 99"),
        ({"n_neighbors": 1}, "'n_neighbors' parameter of SelfLabel must be an integer >= 2. Got 1"),
        ({"n_rounds": 1.5}, "'n_rounds' parameter of SelfLabel must be an integer >= 0. Got 1.5"),
        ({"mixup": 1.2}, "'mixup' parameter of SelfLabel must be a number from 0 to 1. Got 1.2"),
    ],
)
def test_values_outside_their_range_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidParameterError, match=words):
        DeepKMeans(3, objective=SelfLabel(**wrong)).fit(X)


def test_the_smallest_values_still_fit() -> None:
    smallest: dict[str, Any] = {
        "n_train": 100, "n_neighbors": 2, "n_rounds": 0, "round_epochs": 1, "over_clustering": 1, "n_views": 0,
        "mixup": 0.0, "noise": 0.0,
    }  # fmt: skip
    least = SelfLabel(n_landmarks=200, **smallest)  # a table is seen in three spaces: a quarter of that
    model = DeepKMeans(3, objective=least, partition="standard/4/spectral", **QUICK).fit(X)
    assert adjusted_rand_score(y, model.labels_) > 0.9 and model.report_["n_landmarks"] == 50
    few = DeepKMeans(3, objective=SelfLabel(n_landmarks=100, **smallest), **QUICK).fit(X)
    assert few.report_["reason"] == "25 landmarks are too few for a graph of 3 clusters"


@pytest.mark.parametrize("n_rounds", [0, 1, 3])
def test_rounds_of_images(n_rounds: int) -> None:
    images = np.random.RandomState(0).rand(120, 8, 8)
    images[:60, :4] += 1
    objective = SelfLabel(n_rounds=n_rounds, round_epochs=1, n_views=1, over_clustering=2)
    model = DeepKMeans(2, objective=objective, partition="auto", max_epochs=1, random_state=0)
    plan = model.prepare(images).plan
    assert list(plan.phases) == [*(f"over-{number}" for number in range(1, n_rounds + 1)), "cluster"]
    model.fit(images)
    stages = [cut["stage"] for cut in model.report_["rounds"]]
    assert stages == ["graph", *(f"deep-{number}" for number in range(1, n_rounds + 1))]
    assert [phase for phase in dict.fromkeys(r["phase"] for r in model.history_) if phase != "cluster"] == [
        f"over-{number}" for number in range(1, n_rounds + 1)
    ]


def test_a_checkpoint_of_other_hyper_parameters_is_refused(tmp_path: Path) -> None:
    given = QUICK | {"partition": "standard/15/spectral"}
    with pytest.raises(KeyboardInterrupt):
        DeepKMeans(3, callbacks=[Checkpoint(tmp_path), StopAt("cluster")], **given).fit(X)
    other = SelfLabel(n_neighbors=9)
    with pytest.raises(CheckpointError, match="belongs to another fit.*strategy"):
        DeepKMeans(3, objective=other, callbacks=[Checkpoint(tmp_path, resume=True)], **given).fit(X)


# A strategy of the user's own


def test_a_strategy_from_outside_fits_predicts_and_is_searched() -> None:
    model = DeepKMeans(3, objective=Spectral(), **QUICK).fit(X)
    assert model.report_["chosen"] == "spectral, gamma=0.5" and model.plan_.strategy == SpectralStart(0.5)
    assert {record["phase"] for record in model.history_} == {"pretrain", "cluster"}
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    assert adjusted_rand_score(y, model.labels_) > 0.9
    other = model.set_params(objective__gamma=2.0).fit(X)
    assert other.report_["chosen"] == "spectral, gamma=2.0"


def test_what_a_file_holds_of_it_predicts(tmp_path: Path) -> None:
    model = DeepKMeans(3, objective=Spectral(), **QUICK).fit(X)
    deepkmeans.save(model, tmp_path / "own.dkm")
    loaded = deepkmeans.load(tmp_path / "own.dkm")
    np.testing.assert_array_equal(loaded.predict(X), model.labels_)
    assert loaded.report_["chosen"] == model.report_["chosen"]
    with pytest.raises(InvalidParameterError, match="the objective Spectral, whose code is not in the file"):
        loaded.fit(X)
    np.testing.assert_array_equal(loaded.set_params(objective=Spectral()).fit(X).labels_, model.labels_)


@pytest.mark.parametrize("phase", ["pretrain", "cluster"])
def test_a_stopped_fit_of_it_is_usable_and_resumes(tmp_path: Path, phase: str) -> None:
    whole = DeepKMeans(3, objective=Spectral(), **QUICK).fit(X)
    stopped = DeepKMeans(3, objective=Spectral(), callbacks=[Checkpoint(tmp_path), StopAt(phase)], **QUICK)
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(X)
    np.testing.assert_array_equal(stopped.predict(X), stopped.labels_)
    resumed = DeepKMeans(3, objective=Spectral(), callbacks=[Checkpoint(tmp_path, resume=True)], **QUICK).fit(X)
    np.testing.assert_array_equal(resumed.cluster_centers_, whole.cluster_centers_)
    with pytest.raises(CheckpointError, match="another fit"):
        again = DeepKMeans(3, objective=Spectral(gamma=2.0), **QUICK)
        again.set_params(callbacks=[Checkpoint(tmp_path, resume=True)]).fit(X)


@dataclass(frozen=True, eq=False)
class Labels(Strategy):
    """Centres are the means of the codes of given labels; nothing is trained before."""

    labels: Any

    def run(self, context: FitContext, course: Course) -> FitResult:
        start_centers(context, course, self.labels)
        z = context.encoder.encode(context.rows.network.inputs(torch.arange(len(X)))[0]).detach()
        own = torch.as_tensor(np.asarray(self.labels))
        torch.testing.assert_close(context.objective.centers.detach()[1], z[own == 1].mean(0), rtol=1e-4, atol=1e-5)
        return train_jointly(context, course)


class Start(DCN):
    """The strategy is a parameter."""

    def __init__(self, strategy: Strategy) -> None:
        super().__init__()
        self.strategy = strategy


def test_given_labels_start_from_their_class_means() -> None:
    model = DeepKMeans(3, objective=Start(Labels(y)), **QUICK).fit(X)  # compares the centres within its run
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    assert {record["phase"] for record in model.history_} == {"cluster"}


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (y[:-1], r"must be 150 integers, one for each row .* Got shape \(149,\) of int64"),
        (y / 2, r"must be 150 integers.* Got shape \(150,\) of float64"),
        (np.minimum(y, 1), "must be the 3 clusters from 0 to 2.* Got 2 different ones from 0 to 1"),
        (y + 1, "must be the 3 clusters from 0 to 2.* Got 3 different ones from 1 to 3"),
    ],
)
def test_labels_that_are_none_are_refused(labels: Any, words: str) -> None:
    with pytest.raises(InvalidParameterError, match="'labels' of start_centers " + words):
        DeepKMeans(3, objective=Start(Labels(labels)), **QUICK).fit(X)


class Nothing(Strategy):
    def run(self, context: FitContext, course: Course) -> Any:
        return None


class NoCenters(SpectralStart):
    def run(self, context: FitContext, course: Course) -> FitResult:
        result = super().run(context, course)
        return FitResult(result.encoder, result.architecture, result.scaling, True, result.centers[:1])


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        (Nothing(), "run of the 'strategy' Nothing must return a deepkmeans.fitting.FitResult.* Got None"),
        (NoCenters(), r"'strategy' NoCenters must have centers.* = \(3, 3\). Got \(1, 3\)"),
        (Strategy(), r"strategy Strategy does not define run\(context, course\)"),
        ("graph", "'strategy' of the objective Start must be a deepkmeans.objectives.Strategy. Got 'graph'"),
        (SelfLabelling(), "strategy SelfLabelling is for the objective SelfLabel and its subclasses; 'Start' is none"),
        (SelfLabelling(n_views=-1), "'n_views' parameter of SelfLabelling must be an integer >= 0. Got -1"),
    ],
)
def test_what_is_no_strategy_is_refused(strategy: Any, words: str) -> None:
    model = DeepKMeans(3, objective=Start(strategy), **QUICK)
    with pytest.raises(InvalidParameterError, match=words):
        model.fit(X)
    assert not hasattr(model, "labels_")


def test_a_start_of_earlier_releases_is_refused() -> None:
    old = type("Old", (DCN,), {"start": "graph"})
    with pytest.raises(InvalidParameterError, match=r"Old has 'start'.* strategy = SelfLabelling\(\)"):
        DeepKMeans(3, objective=old()).fit(X)


def test_an_objective_is_as_it_was_where_k_means_is_kept() -> None:
    model = DeepKMeans(3, partition="k-means", random_state=0).fit(X)
    assert model.report_["chosen"] == "k-means" and isinstance(model.objective_, Objective)
    assert model.cluster_centers_.shape == (3, 5)
