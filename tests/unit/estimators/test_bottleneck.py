"""What "auto" and "intrinsic" stand for as the width of the code."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import deepkmeans
from deepkmeans import Autoencoder, DeepKMeans
from deepkmeans.data import Rows, fit_scaling
from deepkmeans.estimators.bottleneck import intrinsic_dim
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.fitting import resolved_dim
from deepkmeans.runtime import Seeds


def rows(n: int = 300, d: int = 4, columns: int = 30) -> np.ndarray:
    draw = np.random.RandomState(0)
    return draw.randn(n, d) @ draw.randn(d, columns)


def dim(value: int | str, X: np.ndarray) -> int:
    rows = Rows(X, fit_scaling(X), device=torch.device("cpu"))
    return resolved_dim(value, 10, intrinsic_dim(value, rows, Seeds(0)))


def test_each_kind_of_width() -> None:
    X = rows()
    assert dim(7, X) == 7
    assert dim("auto", X) == 10
    assert dim("intrinsic", X) == 4


def test_at_least_two_at_most_all_columns() -> None:
    assert dim("intrinsic", rows(d=1)) == 2
    assert dim("intrinsic", rows(d=1, columns=1)) == 1


def test_without_an_estimate_as_auto() -> None:
    assert dim("intrinsic", np.repeat(rows(5), 8, axis=0)) == 10


def test_estimators_take_it_and_files_keep_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    X = rows(120)
    coder = Autoencoder("intrinsic", max_epochs=1, random_state=0).fit(X)
    assert coder.transform(X).shape == (120, 4)
    model = DeepKMeans(
        2, objective="sequential", embedding_dim="intrinsic", pretrain_epochs=1, max_epochs=1, random_state=0
    )
    with pytest.warns(match="max_epochs"):
        model.fit(X)
    assert model.report_["embedding_dim"] == 4
    deepkmeans.save(model, tmp_path / "m.dkm")
    loaded = deepkmeans.load(tmp_path / "m.dkm")
    assert loaded.embedding_dim == "intrinsic"
    assert (loaded.predict(X) == model.labels_).all()


def test_other_words_are_refused() -> None:
    with pytest.raises(InvalidParameterError, match="'embedding_dim' parameter.*did you mean 'intrinsic'"):
        DeepKMeans(2, embedding_dim="intrinsc").fit(rows())
