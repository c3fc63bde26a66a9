"""Two tables of the same samples, each lacking some rows, train with every reconstructing objective."""

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.augmentation import StepsToNeighbors
from deepkmeans.data.source import JoinedRows
from deepkmeans.encoders import FusedEncoder, VariationalAutoencoder
from deepkmeans.kmeans import assign, fit_whitened_kmeans
from deepkmeans.objectives import OBJECTIVES, Reconstruction
from deepkmeans.runtime import Seeds, seeded_torch
from deepkmeans.training import Settings, encode_rows, train

K, E, CPU = 3, 2, torch.device("cpu")


@pytest.fixture(scope="module")
def data():
    """Both tables know the three clusters; a quarter of the rows lacks the one, another quarter the other."""
    random = np.random.RandomState(0)
    y = np.arange(240) % K
    a = 3 * random.randn(K, 5)[y] + 0.5 * random.randn(240, 5)
    b = 3 * random.randn(K, 4)[y] + 0.5 * random.randn(240, 4)
    part = random.permutation(240) % 4
    a[part == 0], b[part == 1] = np.nan, np.nan
    present = {"a": torch.from_numpy(part != 0), "b": torch.from_numpy(part != 1)}
    parts = {}
    for name, X in (("a", a), ("b", b)):
        rows = Rows(X, fit_scaling(X[present[name].numpy()]), device=CPU)
        rows._dense[~present[name]] = float("nan")  # nothing may depend on how the source fills them
        parts[name] = rows
    return JoinedRows(parts, present), y


def fit(source, name, **options):
    with seeded_torch(0):
        made = {
            key: VariationalAutoencoder(part.n_inputs, E, (16,), batch_norm=True) for key, part in source.parts.items()
        }  # fmt: skip
        encoder = FusedEncoder(made, E)
    given = {"seeds": Seeds(0), "history": []}
    settings = Settings(max_epochs=15, batch_size=32, learning_rate=5e-3)
    train(encoder, Reconstruction(0.1), source, phase="pretrain", settings=settings, **given)
    objective = OBJECTIVES[name]()
    start = fit_whitened_kmeans(encode_rows(encoder, source), K, n_init=5, generator=Seeds(0).generator("centers"))
    encoder.set_metric(start.shift, start.metric)
    objective.setup(start.centers, len(source))
    settings = Settings(max_epochs=4, batch_size=32, learning_rate=1e-3)
    state = train(encoder, objective, source, phase="cluster", settings=settings, **given, **options)
    return encoder, objective, state


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_rows_that_lack_an_input_find_their_cluster(data, name):
    source, y = data
    encoder, objective, state = fit(source, name)
    history = state.history
    assert np.isfinite([record["loss"] for record in history]).all()
    assert history[14]["loss"] < 0.7 * history[0]["loss"]
    labels = assign(encode_rows(encoder, source), objective.centers)[0]
    assert torch.equal(labels, state.labels)
    whole = (source.present["a"] & source.present["b"]).numpy()
    assert adjusted_rand_score(y[whole], labels[whole]) > 0.9
    assert adjusted_rand_score(y[~whole], labels[~whole]) > 0.7
    encoder.eval()
    decoded = encoder.decode(encode_rows(encoder, source))  # also what a row lacks
    assert {key: tuple(rows.shape) for key, rows in decoded.items()} == {"a": (240, 5), "b": (240, 4)}
    assert all(torch.isfinite(rows).all() for rows in decoded.values())


def test_a_second_run_gives_the_same_bits_and_held_out_samples_are_measured(data):
    source, _ = data
    held_out = source.subset(torch.arange(50))
    first, second = (fit(source, "dcn", held_out=held_out) for _ in range(2))
    for one, two in zip(first[0].state_dict().values(), second[0].state_dict().values(), strict=True):
        assert torch.equal(one, two)
    assert np.isfinite(first[2].record["held_out"])


def test_views_of_several_inputs_train_too(data):
    source, _ = data
    near = torch.arange(240)[:, None]
    step = StepsToNeighbors(source, torch.cat([(near + 3) % 240, (near + 6) % 240], 1), noise=0.05, step=0.25)
    _, _, state = fit(source, "selflabel", augmentation=step)
    assert np.isfinite(state.record["loss"]) and "reconstruction" in state.record
