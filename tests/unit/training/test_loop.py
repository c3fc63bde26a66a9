"""The loop: reproducible, careful with non-finite numbers, resumable, and without side effects."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.encoders import DenseAutoencoder, SingleInputEncoder
from deepkmeans.exceptions import InvalidParameterError, TrainingDivergedError
from deepkmeans.objectives import DCN, Reconstruction
from deepkmeans.runtime import Seeds, SingleProcess, seeded_torch
from deepkmeans.training import Callback, EarlyStopping, Settings, train
from deepkmeans.training.loop import _share
from deepkmeans.types import LossOutput


def network():
    with seeded_torch(0):
        return SingleInputEncoder(DenseAutoencoder(5, 2, (8,)), 2)


def run(rows, encoder=None, objective=None, epochs=4, callbacks=(), **options):
    encoder = encoder or network()
    history: list = []
    settings = Settings(max_epochs=epochs, batch_size=16, learning_rate=1e-2, **options)
    state = train(
        encoder, objective or Reconstruction(0.2), rows, phase="pretrain", settings=settings, seeds=Seeds(0),
        history=history, callbacks=callbacks,
    )  # fmt: skip
    return encoder, state


def same(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


def test_same_seed_same_weights_and_a_falling_loss(rows):
    first, state = run(rows, epochs=20)
    second, _ = run(rows, epochs=20)
    assert same(first, second)
    assert state.history[-1]["loss"] < 0.7 * state.history[0]["loss"]
    assert [record["epoch"] for record in state.history] == list(range(1, 21))


def test_global_state_is_left_alone(rows):
    torch.manual_seed(7), np.random.seed(7), random.seed(7)
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate(), torch.get_num_threads()
    run(rows)
    assert torch.equal(before[0], torch.get_rng_state())
    assert (before[1] == np.random.get_state()[1]).all()
    assert before[2:] == (random.getstate(), torch.get_num_threads())
    assert torch.get_default_dtype() == torch.float32 and torch.is_grad_enabled()


class Breaks(Reconstruction):
    """A non-finite loss, or gradient, at given calls."""

    def __init__(self, calls=(), gradient=False):
        super().__init__()
        self.calls, self.gradient, self.seen = calls, gradient, 0

    def forward(self, encoder, batch):
        out = super().forward(encoder, batch)
        self.seen += 1
        if self.seen not in self.calls:
            return out
        if self.gradient:  # finite value, infinite slope
            zero = out.total - out.total.detach()
            return LossOutput(out.total + torch.sqrt(zero.clamp_min(0)), out.terms, out.z)
        return LossOutput(out.total * float("nan"), {"reconstruction": out.total * float("nan")}, out.z)


@pytest.mark.parametrize("gradient", [False, True])
def test_a_non_finite_step_is_rolled_back_at_a_lower_rate(rows, gradient):
    encoder, state = run(rows, objective=Breaks({9}, gradient), epochs=4)
    assert state.rollbacks == 1 and state.epoch == 4
    assert state.learning_rate == pytest.approx(1e-2 * 0.1) and len(state.history) == 4
    assert all(torch.isfinite(p).all() for p in encoder.parameters())


def test_the_fourth_time_is_an_error_and_leaves_the_last_finite_state(rows):
    reference, _ = run(rows, epochs=1)
    encoder = network()
    with pytest.raises(TrainingDivergedError, match="reconstruction became non-finite in epoch 2.*lower learning_rate"):
        run(rows, encoder, Breaks(set(range(7, 1000))), epochs=5)
    assert all(torch.isfinite(p).all() for p in encoder.parameters())
    plain = network()
    run(rows, plain, Reconstruction(), epochs=1)
    assert not same(encoder, network())  # one epoch was kept
    assert not same(reference, network())


def test_an_interrupted_epoch_is_undone(rows):
    class Interrupt(Reconstruction):
        seen = 0

        def forward(self, encoder, batch):
            self.seen += 1
            if self.seen == 15:  # in the third epoch of 6 steps
                raise KeyboardInterrupt
            return super().forward(encoder, batch)

    stopped, whole = network(), network()
    with pytest.raises(KeyboardInterrupt):
        run(rows, stopped, Interrupt(), epochs=5)
    train(
        whole, Reconstruction(), rows, phase="pretrain", seeds=Seeds(0), history=[],
        settings=Settings(max_epochs=5, batch_size=16, learning_rate=1e-2), callbacks=[StopAfter(2)],
    )  # fmt: skip
    assert same(stopped, whole)


class StopAfter(Callback):
    def __init__(self, epoch):
        self.epoch, self.calls = epoch, []

    def setup(self, state):
        self.calls.append("setup")

    def on_epoch_end(self, state):
        self.calls.append(state.epoch)
        return state.epoch >= self.epoch

    def teardown(self, state):
        self.calls.append("teardown")


def test_callbacks_see_every_epoch_and_are_torn_down_whatever_happens(rows):
    watcher = StopAfter(3)
    _, state = run(rows, epochs=9, callbacks=[watcher])
    assert watcher.calls == ["setup", 1, 2, 3, "teardown"] and state.epoch == 3
    watcher = StopAfter(99)
    with pytest.raises(TrainingDivergedError):
        run(rows, objective=Breaks(set(range(1, 1000))), callbacks=[watcher])
    assert watcher.calls == ["setup", "teardown"]


def test_early_stopping_returns_to_the_best_epoch(rows):
    class Scripted(Callback):
        def on_epoch_end(self, state):
            state.record["held_out"] = [5.0, 3.0, 4.0, 4.5, 6.0, 7.0][state.epoch - 1]

    encoder = network()
    run(rows, encoder, epochs=6, callbacks=[Scripted(), EarlyStopping("held_out", patience=2)], schedule="constant")
    best, _ = run(rows, epochs=2, schedule="constant")
    assert same(encoder, best)


def test_held_out_rows_are_measured_without_noise(rows):
    encoder = network()
    held_out = rows.subset(torch.arange(10))
    history: list = []
    settings = Settings(max_epochs=1, batch_size=16, learning_rate=1e-2)
    train(encoder, Reconstruction(0.9), rows, phase="p", settings=settings, seeds=Seeds(0), history=history,
          held_out=held_out)  # fmt: skip
    inputs, _ = next(held_out.input_chunks(10))
    with torch.no_grad():
        expected = (encoder.decode(encoder.encode(inputs))["x"] - inputs["x"]).square().mean()
    assert history[0]["held_out"] == pytest.approx(expected.item(), rel=1e-5)


def test_an_augmentation_gives_every_batch_of_training_its_views(rows):
    seen = []

    class Watches(Reconstruction):
        def forward(self, encoder, batch):
            seen.append((batch.inputs["x"], batch.views, self.training))
            return super().forward(encoder, batch)

    def double(batch):
        assert torch.equal(batch.inputs["x"], rows.take(batch.index)) and isinstance(batch.generator, torch.Generator)
        return {name: 2 * x for name, x in batch.inputs.items()}

    settings = Settings(max_epochs=1, batch_size=30, learning_rate=1e-2)
    train(
        network(), Watches(), rows, phase="p", settings=settings, seeds=Seeds(0), history=[], augmentation=double,
        held_out=rows,
    )  # fmt: skip
    assert [training for _, _, training in seen] == [True, True, True, False]
    assert all(torch.equal(views["x"], 2 * x) for x, views, training in seen if training)
    assert seen[-1][1] is None  # rows that are only measured stay as they are


def test_a_phase_converges_when_labels_and_loss_stand_still(rows):
    encoder, objective = network(), DCN()
    objective.setup(torch.tensor([[-1.0, 0.0], [1.0, 0.0]]), len(rows))
    settings = Settings(max_epochs=400, batch_size=16, learning_rate=1e-2, tol=1e-3)
    state = train(encoder, objective, rows, phase="cluster", settings=settings, seeds=Seeds(0), history=[])
    assert state.converged and state.epoch < 400
    assert state.record["changed"] <= 1e-3


def test_centres_that_are_no_numbers_end_the_fit(rows):
    """Rows have no nearest centre then: they got a label of no cluster."""

    class Lost(DCN):
        def begin_epoch(self, epoch):
            super().begin_epoch(epoch)
            if epoch.number:
                self.centers.fill_(float("nan"))

    encoder, objective = network(), Lost()
    objective.setup(torch.tensor([[-1.0, 0.0], [1.0, 0.0]]), len(rows))
    settings = Settings(max_epochs=3, batch_size=16, learning_rate=1e-2)
    with pytest.raises(TrainingDivergedError, match="The centres became non-finite in epoch 1"):
        train(encoder, objective, rows, phase="cluster", settings=settings, seeds=Seeds(0), history=[])
    assert torch.isfinite(objective.centers).all()


class Nowhere(nn.Module):
    """A network whose codes are no numbers."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 2)

    def encode(self, x):
        return self.layer(x) * float("nan")


def test_codes_that_are_no_numbers_before_the_first_epoch_end_the_fit(rows):
    objective = DCN()
    objective.setup(torch.zeros(2, 2), len(rows))
    with pytest.raises(TrainingDivergedError, match="embedding values are not finite before phase 'pretrain' begins"):
        run(rows, SingleInputEncoder(Nowhere(), 2), objective)


@pytest.mark.parametrize("objective", [DCN(), Reconstruction()])
def test_a_network_without_weights_is_refused(rows, objective):
    objective.setup(torch.zeros(2, 5), len(rows))
    objective.requires_grad_(False)
    with pytest.raises(InvalidParameterError, match="'encoder' has no weights to train"):
        run(rows, SingleInputEncoder(nn.Identity(), 5), objective)


def test_records_are_means_over_weights():
    X = np.random.RandomState(0).randn(40, 5).astype(np.float32)
    times = 1 + np.arange(40) % 3
    scaling = fit_scaling(X)
    found = []
    for part, weight in ((X, times), (np.repeat(X, times, axis=0), None)):
        rows = Rows(part, scaling, weight=weight, device=torch.device("cpu"))
        settings = Settings(max_epochs=1, batch_size=7, learning_rate=1e-30)  # the weights of the network stay
        history: list = []
        train(
            network(), Reconstruction(), rows, phase="pretrain", settings=settings, seeds=Seeds(0), history=history,
            held_out=rows,
        )  # fmt: skip
        found.append([history[0][name] for name in ("loss", "reconstruction", "held_out")])
    np.testing.assert_allclose(*found, rtol=1e-5)


def test_changed_is_the_share_of_the_weight_that_changed_its_label():
    which = torch.tensor([True, False, False, True])
    assert _share(which, None, SingleProcess()) == 0.5
    assert _share(which, torch.tensor([0.5, 2.0, 1.0, 0.5]), SingleProcess()) == 0.25
