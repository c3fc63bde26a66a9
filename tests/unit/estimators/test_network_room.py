"""A network that memory cannot hold is refused before any of it is made."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans import Autoencoder, DeepKMeans
from deepkmeans.estimators import new_encoder
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError

X = np.random.RandomState(0).rand(60, 6)


@pytest.fixture(autouse=True)
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the tests are the same on every machine."""
    monkeypatch.setattr(new_encoder, "free_memory", lambda: 2**30)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (DeepKMeans(3, embedding_dim=100_000, objective="dcn"), "embedding_dim"),
        (DeepKMeans(3, embedding_dim=10**6), "embedding_dim"),
        (Autoencoder(embedding_dim=10**12), "embedding_dim"),
        (Autoencoder(hidden_sizes=[10**9]), "hidden_sizes"),
        (Autoencoder(embedding_dim=10**8, hidden_sizes=[10**4, 10**9], tied=True), "hidden_sizes"),
    ],
)
def test_sizes_beyond_memory_are_refused_with_the_parameter(model: DeepKMeans | Autoencoder, name: str) -> None:
    with pytest.raises(InvalidParameterError, match=rf"'{name}' parameter of \w+ .* takes [0-9]+ bytes .* 1.0 GiB are"):
        model.fit(X)


def test_a_picture_s_network_is_looked_at_too() -> None:
    with pytest.raises(InvalidParameterError, match="'embedding_dim' parameter of DeepKMeans is too large"):
        DeepKMeans(3, embedding_dim=10**6).fit(np.random.RandomState(0).rand(60, 8, 8))


def test_too_many_columns_are_not_the_parameters_fault() -> None:
    with pytest.raises(InvalidDataError, match="X makes 20000 inputs of the network: .* Take fewer columns"):
        Autoencoder(2, hidden_sizes=[10_000], scaling="none").fit(np.random.RandomState(0).rand(4, 20_000))


def test_small_networks_are_made_however_little_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_encoder, "free_memory", lambda: 0)
    assert Autoencoder(2, max_epochs=1, random_state=0).fit(X).transform(X).shape == (60, 2)
