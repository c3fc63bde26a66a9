"""Batches in which no row has weight teach nothing and harm nothing."""

import numpy as np
import pytest
import torch

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.source import JoinedRows
from deepkmeans.encoders import FusedEncoder, SingleInputEncoder, VariationalAutoencoder
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.objectives import OBJECTIVES, Reconstruction
from deepkmeans.runtime import Seeds, seeded_torch
from deepkmeans.training import Settings, encode_rows, train
from deepkmeans.types import Batch

CPU = torch.device("cpu")
X = np.random.RandomState(0).randn(48, 4).astype(np.float32)
WEIGHT = np.zeros(48)
WEIGHT[:3] = 1.0
ALL = {**OBJECTIVES, "reconstruction": Reconstruction}


def source_of(kind):
    rows = Rows(X, fit_scaling(X), weight=WEIGHT, device=CPU)
    if kind == "rows":
        return rows
    present = {"a": torch.arange(48) % 3 != 0, "b": torch.ones(48, dtype=torch.bool)}
    return JoinedRows({"a": rows, "b": Rows(X, fit_scaling(X), device=CPU)}, present, rows.weight)


@pytest.mark.parametrize("kind", ["rows", "joined"])
@pytest.mark.parametrize("name", sorted(ALL))
def test_no_rollback(name, kind):
    source = source_of(kind)
    with seeded_torch(0):
        networks = [VariationalAutoencoder(4, 2, (8,)) for _ in range(2)]
    fused = FusedEncoder(dict(zip("ab", networks, strict=True)), 2)
    encoder = SingleInputEncoder(networks[0], 2) if kind == "rows" else fused
    objective = ALL[name]()
    objective.setup(encode_rows(encoder, source)[:3].clone(), len(source))
    settings = Settings(max_epochs=2, batch_size=4, learning_rate=1e-3)
    state = train(encoder, objective, source, phase="cluster", settings=settings, seeds=Seeds(0), history=[])
    assert state.rollbacks == 0 and np.isfinite([record["loss"] for record in state.history]).all()


def test_the_mean_of_rows_without_weight_has_no_gradient():
    error = torch.ones(3, requires_grad=True)
    mean = Batch(torch.arange(3), {}, weight=torch.zeros(3)).mean(error)
    (1e3 * mean).backward()
    assert float(mean.detach()) == 0 and error.grad.tolist() == [0, 0, 0]


def test_samples_none_of_which_has_weight_are_refused():
    with pytest.raises(InvalidDataError, match="'weight' is 0 for every row"):
        Rows(X, fit_scaling(X), weight=np.zeros(48), device=CPU)
    source = source_of("joined").subset(torch.arange(10, 20))
    with seeded_torch(0):
        encoder = FusedEncoder({name: VariationalAutoencoder(4, 2, (8,)) for name in "ab"}, 2)
    settings = Settings(max_epochs=1, batch_size=4, learning_rate=1e-3)
    with pytest.raises(InvalidDataError, match="weights of all samples are 0"):
        train(encoder, Reconstruction(), source, phase="pretrain", settings=settings, seeds=Seeds(0), history=[])


@pytest.mark.parametrize("kind", ["single", "fused"])
@pytest.mark.parametrize("call", ["train", "encode"])
def test_rows_of_another_dtype_than_the_encoder_are_refused(kind, call):
    rows = Rows(X.astype(float), fit_scaling(X), device=CPU, dtype=torch.float64)
    with seeded_torch(0):
        network = VariationalAutoencoder(4, 2, (8,))
    source = rows if kind == "single" else JoinedRows({"a": rows})
    encoder = SingleInputEncoder(network, 2) if kind == "single" else FusedEncoder({"a": network}, 2)
    name = "x" if kind == "single" else "a"
    settings = Settings(max_epochs=1, batch_size=4, learning_rate=1e-3)
    with pytest.raises(InvalidDataError, match=f"rows of input '{name}' are float64 and the encoder is float32;"):
        if call == "encode":
            encode_rows(encoder, source)
        else:
            train(encoder, Reconstruction(), source, phase="pretrain", settings=settings, seeds=Seeds(0), history=[])
    encoder.to(torch.float64)
    assert encode_rows(encoder, source).dtype == torch.float64


@pytest.mark.parametrize("name", sorted(ALL))
def test_one_row_in_all_with_batch_normalisation(name):
    rows = Rows(X, fit_scaling(X), device=CPU).subset(torch.tensor([5]))
    source = JoinedRows({"a": rows, "b": rows})
    with seeded_torch(0):
        networks = {key: VariationalAutoencoder(4, 2, (8,), batch_norm=True) for key in "ab"}
    encoder, objective = FusedEncoder(networks, 2), ALL[name]()
    objective.setup(encode_rows(encoder, source).clone(), 1)
    settings = Settings(max_epochs=2, batch_size=4, learning_rate=1e-3)
    state = train(encoder, objective, source, phase="cluster", settings=settings, seeds=Seeds(0), history=[])
    assert state.epoch == 2 and state.rollbacks == 0
    assert all(norm.training for norm in encoder.modules() if isinstance(norm, torch.nn.BatchNorm1d))
