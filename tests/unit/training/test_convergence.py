"""When a phase has converged: labels and loss stand still over a few epochs, whatever noise the loss has."""

from types import SimpleNamespace

import numpy as np
import pytest

from deepkmeans.training import Settings
from deepkmeans.training.convergence import judge


def judged(losses, changed=0.0, annealing=0, **options):
    """The epoch after which a phase with these records has converged, or None."""
    settings = Settings(**{"max_epochs": 100, "batch_size": 16, "learning_rate": 1e-3, **options})
    state = SimpleNamespace(
        settings=settings, objective=SimpleNamespace(annealing=False), phase="cluster", epoch=0, n_no_improvement=0,
        best_loss=float("inf"), learning_rate=settings.learning_rate, converged=False,
        history=[{"phase": "pretrain", "epoch": i, "loss": 1.0} for i in range(30)],
    )  # fmt: skip
    shares = changed if np.ndim(changed) else [changed] * len(losses)
    for state.epoch, (loss, share) in enumerate(zip(losses, shares, strict=True), 1):
        state.record = {"phase": "cluster", "epoch": state.epoch, "loss": float(loss), "changed": share}
        state.history.append(state.record)
        state.objective.annealing = state.epoch <= annealing
        verdict = judge(state)
        vars(state).update(verdict._asdict())
        if verdict.converged:
            return state.epoch
    return None


STEADY = [1.0] * 60


def test_what_stands_still_has_converged_after_two_windows():
    assert judged(STEADY) == 10
    assert judged(STEADY, max_epochs=12) == 4  # of a small cap the windows are smaller
    assert judged(STEADY, patience=3) == 6


@pytest.mark.parametrize("slope", [-0.005, 0.005, 0.05])
def test_a_loss_that_goes_on_falling_or_rising_never_does(slope):
    assert judged((1 + slope) ** np.arange(60)) is None


def test_a_loss_that_fell_far_in_two_epochs_has_not_converged():
    assert judged([2.4, 0.3]) is None
    assert judged([2.4, 0.3], max_epochs=2) is None
    assert judged([2.4, 0.3, 0.25, 0.21, 0.18], max_epochs=5) is None


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_no_movement_and_hides_none(seed):
    noise = 1 + 0.02 * np.random.RandomState(seed).randn(60)
    assert judged(noise) < 40
    assert judged(noise * 0.97 ** np.arange(60)) is None


def test_labels_count_together_over_the_window():
    assert judged(STEADY, 0.0) == 10
    assert judged(STEADY, 0.0003) is None  # of 0.1% allowed in five epochs
    once = [0.0] * 9 + [0.01] + [0.0] * 50
    assert judged(STEADY, once) == 15


def test_no_convergence_while_the_objective_is_annealing():
    assert judged(STEADY, annealing=25) == 26


def test_with_a_cosine_labels_rest_after_it():
    settings = Settings(max_epochs=30, batch_size=1, learning_rate=1, schedule="cosine", cooldown=0.3)
    assert (settings.scheduled_epochs, settings.window) == (21, 5)
    noise = 1 + 0.2 * np.random.RandomState(0).randn(30)
    assert judged(noise, max_epochs=30, schedule="cosine", cooldown=0.3) == 26
    assert judged(noise, [0.0] * 23 + [0.01] + [0.0] * 6, max_epochs=30, schedule="cosine", cooldown=0.3) == 29
    assert judged([2.4, 0.3], max_epochs=2, schedule="cosine", cooldown=0.3) is None
    whole = Settings(max_epochs=30, batch_size=1, learning_rate=1, schedule="cosine")
    assert whole.scheduled_epochs == 30  # a phase without labels has no use for rest


def test_without_labels_there_is_no_convergence():
    settings = Settings(max_epochs=100, batch_size=16, learning_rate=1e-3)
    history = [{"phase": "pretrain", "epoch": i + 1, "loss": 1.0} for i in range(40)]
    state = SimpleNamespace(
        settings=settings, objective=None, phase="pretrain", epoch=40, n_no_improvement=0, best_loss=1.0,
        learning_rate=1e-3, converged=False, history=history, record=history[-1],
    )  # fmt: skip
    assert not judge(state).converged
