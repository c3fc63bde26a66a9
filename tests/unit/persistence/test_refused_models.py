"""Models that are not saved, rows and networks that are not taken, files that are not there."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from deepkmeans.persistence import load, save
from tests.unit.persistence.models import Net, fitted, rows


def test_what_could_not_be_loaded_is_not_saved(tmp_path: Path) -> None:
    model = copy.deepcopy(fitted("KMeans"))
    model.set_params(tol=-1.0)
    with pytest.raises(InvalidParameterError, match="'tol' parameter of KMeans"):
        save(model, tmp_path / "a.dkm")
    model.set_params(tol=0.0).cluster_centers_ = model.cluster_centers_ * math.nan
    with pytest.raises(InvalidParameterError, match="'model' parameter of save, a KMeans, cannot be saved: .* NaN"):
        save(model, tmp_path / "a.dkm")
    assert list(tmp_path.iterdir()) == []


def nested(depth: int) -> list[Any]:
    return [] if depth == 0 else [nested(depth - 1)]


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (object(), "is a object"),
        ({1: 2}, "has the key 1, which is not a str"),
        ({"$float": 1}, "which stands for floats"),
        (2**70, "an integer outside 64 bits"),
        *((nested(depth), "nested deeper") for depth in (29, 30, 31, 40)),
    ],
    ids=["object", "key", "reserved key", "large", *map(str, (29, 30, 31, 40))],
)
def test_findings_that_no_file_can_hold_are_refused_as_the_model_that_has_them(
    tmp_path: Path, finding: Any, words: str
) -> None:
    model = copy.deepcopy(fitted("DeepKMeans dcn"))
    model.report_["own"] = finding
    refused = f"^The 'model' parameter of save, a DeepKMeans, cannot be saved: .*{words}"
    with pytest.raises(InvalidParameterError, match=refused):
        save(model, tmp_path / "a.dkm")
    assert list(tmp_path.iterdir()) == []


def test_rows_without_a_finite_code_have_no_cluster() -> None:
    model = fitted("DeepKMeans dcn")
    far = np.array(rows("DeepKMeans dcn")[:3])
    far[1] = 1e200
    with pytest.raises(InvalidDataError, match="no finite embedding of row 1|so far from the rows of the fit"):
        model.predict(far)


def test_an_encoder_without_finite_codes_is_refused_by_fit() -> None:
    class Lost(Net):
        def encode(self, x: torch.Tensor) -> torch.Tensor:
            return super().encode(x) / 0

    with pytest.raises(InvalidDataError, match="an encoder of your own must give a finite embedding"):
        DeepKMeans(3, objective="dec", encoder=Lost(), pretrain_epochs=0).fit(rows("KMeans"))


def test_a_file_that_is_missing_keeps_its_words(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="there is no such file"):
        load(tmp_path / "none.dkm")
