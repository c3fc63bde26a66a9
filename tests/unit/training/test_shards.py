"""Processes that hold a shard of the rows each train as one that holds all: here as threads, which are cheap."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.encoders import ConvAutoencoder, DenseAutoencoder, SingleInputEncoder, VariationalAutoencoder
from deepkmeans.exceptions import InvalidParameterError, TrainingDivergedError
from deepkmeans.objectives import OBJECTIVES, Objective, Reconstruction
from deepkmeans.runtime import Collective, Seeds, SingleProcess, seeded_torch
from deepkmeans.training import Callback, Checkpoint, Settings, TrainingState, train
from deepkmeans.training.contract import set_up
from deepkmeans.types import LossOutput
from tests.threads_collective import run_in_threads

N, D, K = 61, 4, 3  # batches of 20, the last of one row more


class Unaveraged(Objective):
    """An objective of somebody's own: its state is made of sums over all processes."""

    needs_embedding = True

    def setup(self, centers: torch.Tensor, n_rows: int) -> None:
        super().setup(centers, n_rows)
        self.register_buffer("mean", torch.zeros_like(centers[0]))

    def begin_epoch(self, epoch: Any) -> None:
        total, count = epoch.collective.sum(epoch.z.sum(0), epoch.z.new_tensor(len(epoch.z)))
        self.mean.copy_(total / count)

    def forward(self, encoder: Any, batch: Any) -> LossOutput:
        z = encoder.encode(batch.inputs, batch.present)
        loss = (z - self.mean).square().mean() + 0.1 * self.centers.square().sum()  # NaN of no rows
        return LossOutput(loss, {"distance": loss}, z)


def rows(weighted: bool) -> Rows:
    random = np.random.RandomState(0)
    X = random.randn(N, D) + 4 * random.randn(K, D)[random.choice(K, N)]
    weight = random.randint(0, 3, N).astype(float) if weighted else None
    return Rows(X, fit_scaling(X), weight=weight, device=torch.device("cpu"), dtype=torch.float64).to(torch.float64)


def shard(every: Rows, first: int, rank: int) -> Rows:
    return every.subset(torch.arange(first) if rank == 0 else torch.arange(first, N))


def network(kind: Any = DenseAutoencoder, **options: Any) -> SingleInputEncoder:
    with seeded_torch(0):
        return SingleInputEncoder(kind(D, 2, **options), 2).double()


def fit(
    source: Rows, objective: Objective, encoder: SingleInputEncoder, collective: Collective, **options: Any
) -> tuple[SingleInputEncoder, Objective, TrainingState]:  # fmt: skip
    objective, encoder = copy.deepcopy(objective), copy.deepcopy(encoder)
    if objective.needs_embedding:
        start = torch.tensor([[0.0, 1.0], [1.0, 0.0], [-1.0, -1.0]], dtype=torch.float64)
        set_up(objective, start, len(source))
    settings = Settings(max_epochs=3, batch_size=20, learning_rate=1e-2, schedule=objective.schedule)
    state = train(
        encoder, objective, source, phase="cluster", settings=settings, seeds=Seeds(0), history=[],
        collective=collective, **options,
    )  # fmt: skip
    return encoder, objective, state


def same(one: tuple[Any, Any, Any], shards: list[tuple[Any, Any, Any]]) -> None:
    encoder, objective, state = one
    for other_encoder, other_objective, other in shards:
        for name, value in encoder.state_dict().items():
            torch.testing.assert_close(other_encoder.state_dict()[name], value, msg=name, rtol=1e-7, atol=1e-9)
        if objective.needs_embedding:
            torch.testing.assert_close(other_objective.centers, objective.centers, rtol=1e-7, atol=1e-9)
        for mine, record in zip(other.history, state.history, strict=True):
            assert mine.keys() == record.keys()
            for name in mine.keys() - {"phase", "seconds"}:
                assert mine[name] == pytest.approx(record[name], rel=1e-7, abs=1e-9), name
    if objective.needs_embedding:
        assert torch.equal(torch.cat([part[2].labels for part in shards]), state.labels)


@pytest.mark.parametrize("first", [24, 2])  # of two rows most batches have none
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", [*sorted(OBJECTIVES), "reconstruction"])
def test_shards_train_every_objective_as_one_process(name: str, weighted: bool, first: int) -> None:
    objective = Reconstruction(0.3) if name == "reconstruction" else OBJECTIVES[name]()
    kind = VariationalAutoencoder if objective.network == "variational" else DenseAutoencoder
    encoder = network(kind, hidden_sizes=(6,), batch_norm=name == "selflabel")
    every = rows(weighted)

    def job(collective: Collective) -> Any:
        return fit(shard(every, first, collective.rank), objective, encoder, collective)

    same(fit(every, objective, encoder, SingleProcess()), run_in_threads(2, job))


def test_an_objective_of_ones_own_may_give_no_number_of_no_rows() -> None:
    """With batches of which a process has no row; where it has some, its own mean counts with what its rows weigh."""
    every, encoder = rows(False), network(hidden_sizes=(6,))
    same(
        fit(every, Unaveraged(), encoder, SingleProcess()),
        run_in_threads(2, lambda each: fit(shard(every, 1, each.rank), Unaveraged(), encoder, each)),
    )


def test_a_convolutional_network_takes_a_batch_without_rows() -> None:
    images = torch.rand(N, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).numpy()
    every = Rows(images, fit_scaling(images, "none"), device=torch.device("cpu"), dtype=torch.float64)
    with seeded_torch(0):
        network = SingleInputEncoder(ConvAutoencoder(64, 2, (8, 8, 1), channels=(2, 2), hidden_size=4), 2).double()
    one = fit(every, OBJECTIVES["selflabel"](), network, SingleProcess())
    job = lambda each: fit(shard(every, 2, each.rank), OBJECTIVES["selflabel"](), network, each)  # noqa: E731
    same(one, run_in_threads(2, job))


def test_held_out_rows_are_measured_together() -> None:
    every, encoder = rows(False), network(hidden_sizes=(6,))
    one = fit(every, Reconstruction(), encoder, SingleProcess(), held_out=every)

    def job(collective: Collective) -> Any:
        part = shard(every, 24, collective.rank)
        return fit(part, Reconstruction(), encoder, collective, held_out=part)

    same(one, run_in_threads(2, job))


class StopsFirst(Callback):
    """Asks one process to stop."""

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def on_epoch_end(self, state: TrainingState) -> bool:
        return state.collective.rank == self.rank


def test_what_one_process_stops_all_stop() -> None:
    every, encoder = rows(False), network()

    def job(collective: Collective) -> Any:
        part = shard(every, 24, collective.rank)
        return fit(part, OBJECTIVES["dcn"](), encoder, collective, callbacks=[StopsFirst(1)])

    assert [state.epoch for _, _, state in run_in_threads(2, job)] == [1, 1]


class Explodes(OBJECTIVES["dcn"]):  # type: ignore[misc]
    """Not finite in one process."""

    def forward(self, encoder: Any, batch: Any) -> LossOutput:
        output = super().forward(encoder, batch)
        if bool((batch.index == 30).any()):  # only the longer shard has so many
            wrong = float("nan")
            terms = {name: value * (wrong if name == "distance" else 1.0) for name, value in output.terms.items()}
            return LossOutput(output.total * wrong, terms, output.z)
        return output


def test_what_is_not_finite_in_one_process_is_in_all() -> None:
    every, encoder = rows(False), network()
    said = []

    def job(collective: Collective) -> None:
        with pytest.raises(TrainingDivergedError, match="distance became non-finite in epoch 1") as raised:
            fit(shard(every, 24, collective.rank), Explodes(), encoder, collective)
        said.append(str(raised.value))

    run_in_threads(2, job)
    assert len(said) == 2 and said[0] == said[1]


def test_all_start_from_the_weights_of_the_first() -> None:
    every, encoder = rows(False), network(hidden_sizes=(6,))

    def job(collective: Collective) -> Any:
        other = copy.deepcopy(encoder)
        with torch.no_grad():
            for tensor in other.parameters():
                tensor += collective.rank
        return fit(shard(every, 24, collective.rank), OBJECTIVES["idec"](), other, collective)

    same(fit(every, OBJECTIVES["idec"](), encoder, SingleProcess()), run_in_threads(2, job))


def test_checkpoints_are_for_one_process(tmp_path: Any) -> None:
    every, encoder = rows(False), network()

    def job(collective: Collective) -> None:
        with pytest.raises(InvalidParameterError, match="Checkpoint is for fits in one process, and 2 share the rows"):
            fit(shard(every, 24, collective.rank), OBJECTIVES["dcn"](), encoder, collective,
                callbacks=[Checkpoint(tmp_path / "a")])  # fmt: skip

    run_in_threads(2, job)
    assert not (tmp_path / "a").exists()


def test_a_snapshot_has_no_copy_of_what_no_epoch_changes() -> None:
    objective = OBJECTIVES["selflabel"]()
    _, objective, state = fit(rows(False), objective, network(), SingleProcess())
    kept = state.snapshot()["objective"]
    assert {"targets", "confidence", "centers"} <= kept.keys()
    assert not kept.keys() & {"given", "propagated", "has_labels"}
    before = {name: value.clone() for name, value in objective.state_dict().items()}
    with torch.no_grad():
        objective.targets.zero_()
        nn.init.zeros_(objective.centers)
    state.roll_back(state.snapshot() | {"objective": kept})
    for name, value in objective.state_dict().items():
        assert torch.equal(value, before[name]), name
