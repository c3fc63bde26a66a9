"""A strategy of the user's own that makes a mistake is refused by name, and before any training where it can be."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.fitting import Course, pretrain, start_centers, train_jointly
from deepkmeans.fitting.result import REPORT_NAMES
from deepkmeans.objectives import DCN, Objective, Strategy

X = np.random.RandomState(0).randn(60, 3)
X[:30] += 5
QUICK: dict[str, Any] = {"pretrain_epochs": 1, "max_epochs": 1, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@dataclass(frozen=True)
class Own(Strategy):
    act: Any = None
    starts: bool = True

    def run(self, context: Any, course: Course) -> Any:
        pretrain(context, course)
        if self.starts:
            start_centers(context, course, None if self.act is None else self.act(context, course))
        return train_jointly(context, course)


def model_of(strategy: Strategy) -> DeepKMeans:
    objective = DCN()
    objective.strategy = strategy
    return DeepKMeans(2, objective=lambda: objective, **QUICK)


def test_training_before_the_first_centers() -> None:
    words = "The objective DCN has no centres yet: the run of the 'strategy' Own must call start_centers"
    with pytest.raises(InvalidParameterError, match=re.escape(words)):
        model_of(Own(starts=False)).fit(X)


@pytest.mark.parametrize(
    "labels",
    [np.array(["a"] * 60), ["a"] * 60, [[0], [1, 2]], np.array([None] * 60), object(), {"a": 1}, [2**70] * 60],
    ids=["texts", "list of texts", "ragged", "None", "object", "dict", "huge"],
)  # fmt: skip
def test_labels_that_are_no_integers(labels: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'labels' of start_centers must be 60 integers, .* Got .* instead"):
        model_of(Own(lambda context, course: labels)).fit(X)


@pytest.mark.parametrize(
    "value", [{1}, np.zeros(2), torch.zeros(2), torch.tensor(1.0), object(), b"a", 1j, [{"a": {2}}], {1: "a"}, 2**64],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_findings_that_json_cannot_hold(value: Any) -> None:
    course = Course([], [])
    with pytest.raises(InvalidParameterError, match="course.note keeps what a file can hold as JSON, and found"):
        course.note(found=value)
    assert course.findings == {}
    with pytest.raises(InvalidParameterError, match="note of the objective Objective keeps what .*, and found"):
        Objective().note({"found": value})


def test_findings_are_kept_as_a_file_gives_them_back(tmp_path: Any) -> None:
    found = {"number": np.float32(0.5), "share": Fraction(1, 2), "pair": (1, 2), "none": None, "nan": float("inf")}

    def act(context: Any, course: Course) -> None:
        course.note(**found)

    model = model_of(Own(act)).fit(X)
    expected = {"number": 0.5, "share": 0.5, "pair": [1, 2], "none": None, "nan": float("inf")}
    assert {name: model.report_[name] for name in found} == expected
    deepkmeans.save(model, tmp_path / "model.dkm")
    assert dict(deepkmeans.load(tmp_path / "model.dkm").report_) == dict(model.report_)


def test_names_of_the_report_are_refused() -> None:
    model = model_of(Own()).fit(X)
    assert set(model.report_) <= REPORT_NAMES
    assert set(model.report_) >= REPORT_NAMES - {
        "alignment", "corrections", "input", "layout", "n_clusters_selection", "noise_share",
    }  # fmt: skip
    for name in REPORT_NAMES:
        with pytest.raises(InvalidParameterError, match=f"report_, which has '{name}' of its own; choose another name"):
            Course([], []).note(**{name: 1})


def test_findings_of_a_strategy_of_ones_own_are_not_read_as_those_of_the_default() -> None:
    def act(context: Any, course: Course) -> None:
        course.note(rival="none", consensus="high", chosen=1)

    assert model_of(Own(act)).fit(X).report_["rival"] == "none"
