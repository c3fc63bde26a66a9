"""``report_["converged"]`` of a fit is true: it ended before its cap, and more epochs change hardly a label."""

import copy
import dataclasses
import functools
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris, make_blobs, make_moons
from sklearn.exceptions import ConvergenceWarning

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.fitting import kept_rows, phases
from deepkmeans.objectives import OBJECTIVES
from deepkmeans.training import Callback, train

MORE = 5


class NeverConverged(Callback):
    """The test of convergence is off."""

    def on_epoch_end(self, state):
        state.converged = False


def fitted(monkeypatch, model, X):
    """The fitted model, and labels (epochs, n) as they were at its end and after each of five further epochs."""
    labels = []

    class Note(Callback):
        def on_epoch_end(self, state):
            labels.append(state.labels.numpy().copy())

    def train_and_go_on(encoder, objective, rows, *, phase, settings, seeds, **options):
        state = train(encoder, objective, rows, phase=phase, settings=settings, seeds=seeds, **options)
        if phase == "cluster":
            labels.append(state.labels.numpy().copy())
            document, tensors = copy.deepcopy(state.to_parts())
            cap = state.epoch + MORE
            longer = dataclasses.replace(settings, max_epochs=cap, cooldown=1 - settings.scheduled_epochs / cap)
            further = train(
                copy.deepcopy(encoder), copy.deepcopy(objective), rows, phase=phase, settings=longer, seeds=seeds,
                history=[], callbacks=[Note(), NeverConverged()], resume=(document | {"converged": False}, tensors),
                kept=options.get("kept"),
            )  # fmt: skip
            assert further.epoch == cap
        return state

    monkeypatch.setattr(phases, "train", train_and_go_on)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        model.fit(X)
    return model, np.array(labels)


def check_rest(monkeypatch, objective, X, k, seed):
    # A short pretraining leaves more for the phase that is asked about.
    model, labels = fitted(monkeypatch, DeepKMeans(k, objective=objective, pretrain_epochs=20, random_state=seed), X)
    assert model.report_["converged"]
    if model.n_iter_ == 0:  # K-Means of the rows was kept
        assert model.report_["chosen"] == "k-means"
        return
    assert model.n_iter_ < model.report_["max_epochs"] and len(labels) == 1 + MORE
    assert ((labels != labels[0]).mean(axis=1) <= model.tol).all()


@pytest.mark.parametrize(("objective", "seed"), [("selflabel", 0), ("idec", 2)])
def test_a_converged_fit_is_at_rest(monkeypatch, objective, seed):
    check_rest(monkeypatch, objective, load_iris().data, 3, seed)


@pytest.mark.slow
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("load", "k", "step"), [(load_iris, 3, 1), (load_digits, 10, 6)])
def test_every_objective_ends_before_its_cap_and_at_rest(monkeypatch, objective, load, k, step):
    check_rest(monkeypatch, objective, load().data[::step], k, 0)


def test_two_epochs_of_teaching_are_no_convergence():
    X, _ = make_moons(300, noise=0.05, random_state=0)
    with pytest.warns(ConvergenceWarning, match=r"reached max_epochs=2 before convergence.*loss .* to .*raise max_e"):
        model = DeepKMeans(2, max_epochs=2, random_state=0).fit(X)
    first, second = (record["loss"] for record in model.history_)
    assert second < first / 2 and model.n_iter_ == 2
    assert model.report_["converged"] is False


def test_an_interrupted_fit_has_not_converged():
    class Interrupt(Callback):
        def on_epoch_end(self, state):
            if state.epoch == 20:
                raise KeyboardInterrupt

    X, _ = make_moons(300, noise=0.05, random_state=0)
    model = DeepKMeans(2, random_state=0, callbacks=[Interrupt()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X)
    assert model.history_[-1]["changed"] == 0 and model.report_["converged"] is False


def test_k_means_that_is_kept_says_when_it_has_not_converged(monkeypatch):
    X, _ = make_blobs(25, centers=3, cluster_std=4.0, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        assert DeepKMeans(3, random_state=0).fit(X).report_["converged"]
    hasty = functools.partial(kept_rows.fit_kmeans, max_iter=1, tol=0.0, refine=False)
    monkeypatch.setattr(kept_rows, "fit_kmeans", hasty)
    with pytest.warns(ConvergenceWarning, match="plain K-Means, which stopped .* before it converged"):
        model = DeepKMeans(3, random_state=0).fit(X)
    assert model.report_["converged"] is False


@pytest.mark.parametrize("options", [{}, {"refine": False}, {"metric": "cosine"}, {"tol": 0.0}])
def test_k_means_without_a_warning_is_at_rest(options):
    X, _ = make_blobs(400, centers=5, cluster_std=3.0, n_features=4, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        model = KMeans(5, random_state=0, **options).fit(X)
    if model.metric == "cosine":
        X = X / np.linalg.norm(X, axis=1, keepdims=True)
    means = np.stack([X[model.labels_ == c].mean(axis=0) for c in range(5)])
    if model.metric == "cosine":
        means /= np.linalg.norm(means, axis=1, keepdims=True)
    moved = ((means - model.cluster_centers_) ** 2).sum()
    assert moved <= max(model.tol, 1e-9) * X.var(axis=0).mean() * 4


@pytest.mark.parametrize(
    "model",
    [KMeans(9, max_iter=1, refine=False), DeepKMeans(3, objective="dcn", pretrain_epochs=1, max_epochs=2)],
    ids=lambda model: type(model).__name__,
)
def test_warnings_point_at_the_line_that_called_fit(model):
    X = np.random.RandomState(0).rand(90, 3)
    with pytest.warns(ConvergenceWarning) as told:
        model.fit(X)
    assert {warning.filename for warning in told} == {__file__}
