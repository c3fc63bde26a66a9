"""The walk of the rows and the numbers in docs/how-it-works.md and docs/high-dimensions.md are those of the code."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from deepkmeans import DeepKMeans
from deepkmeans.cli.application import command
from deepkmeans.data import column_kinds, layout, prepared_rows, projection
from deepkmeans.decomposition import N_COMPONENTS
from deepkmeans.fitting import plain_kmeans, table_partition
from deepkmeans.graph import CRITERIA, candidates, neighbors
from deepkmeans.graph.judge import _GAIN, _LOSS, _SURE_AMONG_VIEWS, _TOGETHER, NULL_VOTES
from deepkmeans.inspection import project
from deepkmeans.kmeans import COVARIANCES
from deepkmeans.manifold import FEWEST_ROWS, interpolation
from deepkmeans.objectives import SelfLabel, SelfLabelling
from tests.architecture._sources import ROOT

HOW = (ROOT / "docs" / "how-it-works.md").read_text("utf-8")
MANY = (ROOT / "docs" / "high-dimensions.md").read_text("utf-8")
HELP = " ".join(parameter.help or "" for parameter in command().commands["fit"].params)
WALK = re.findall(
    r"^    \w+ .* ([\w/.]+): ([\w.]+)$", HOW.split("### From `X` to `labels_`")[1].split("\n### ")[0], re.MULTILINE
)
WORDS = {2: "two", 3: "three", 5: "five", 8: "eight", 10: "ten"}
DEFAULT = SelfLabelling()


def function(module: str, name: str) -> Callable[..., Any]:
    """What a line of the walk names, by its file (or room) and its name there."""
    found: Any = importlib.import_module("deepkmeans." + module.removesuffix(".py").replace("/", "."))
    for part in name.split("."):
        found = getattr(found, part)
    return inspect.unwrap(getattr(found, "__func__", found))


@pytest.mark.parametrize(("module", "name"), WALK, ids=": ".join)
def test_the_walk_names_functions_of_today(module: str, name: str) -> None:
    assert callable(function(module, name))
    path = ROOT / "src" / "deepkmeans" / module
    assert path.is_file() or (path / "__init__.py").is_file()


def test_a_fit_takes_every_step_of_the_walk_once_and_in_this_order() -> None:
    """The last two, embedding and labels, are also what training does."""
    code = {function(module, name).__code__: name for module, name in WALK}
    called: list[str] = []

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in code:
            called.append(code[frame.f_code])

    X = np.random.RandomState(0).randn(120, 6)
    X[:60] += 4
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        DeepKMeans(2, reduce=PCA(3), random_state=0).fit(X)
    finally:
        sys.setprofile(before)
    steps = [name for _, name in WALK]
    assert len(steps) > 10
    assert [name for name in dict.fromkeys(called) if name in steps[:-2]] == steps[:-2]
    assert {name: n for name, n in Counter(called).items() if n > 1 and name in steps[:-2]} == {}
    assert called[-1] == steps[-1] and steps[-2] in called[called.index("run_strategy") :]


@pytest.mark.parametrize(
    ("page", "sentence", "values"),
    [
        (HOW, "At most {} distinct rows, the landmarks ({} of more than {} rows, and twice as many",
         (DEFAULT.n_landmarks // 4, DEFAULT.n_landmarks // 2, table_partition._FEW_ROWS)),
        (HOW, "by Gaussian mixtures of {} covariances", (WORDS[len(COVARIANCES)],)),
        (HOW, "by graphs of {} and of {} neighbours", (DEFAULT.n_neighbors, 2 * DEFAULT.n_neighbors)),
        (HOW, "texts are seen in their first {} principal components", (prepared_rows._TEXT_COMPONENTS,)),
        (HOW, "on up to {} rows, is the null hypothesis", (plain_kmeans._PLAIN_ROWS,)),
        (HOW, "the lowest solution of {} searches", (WORDS[plain_kmeans._PLAIN_SEARCHES],)),
        (HOW, "of those within {:.0%} of the lowest", (plain_kmeans._NEARLY_AS_LOW,)),
        (HOW, "one: of {} searches the one that agrees most with the others; if they share less than {}",
         (WORDS[plain_kmeans._TYPICAL_SEARCHES], plain_kmeans._AGREED)),
        (HOW, "moved by soft K-Means at temperature {:.0f}", (plain_kmeans._TEMPERATURE,)),
        (HOW, "its consensus must be {} or more as well", (_SURE_AMONG_VIEWS,)),
        (HOW, "plain K-Means counts {} times", (WORDS[NULL_VOTES],)),
        (HOW, "its consensus is higher by {} or more", (_GAIN,)),
        (HOW, "mixtures may agree {} less", (_TOGETHER,)),
        (HOW, "(modularity lower by {} at most)", (_LOSS,)),
        (HOW, "It is trained on up to {} rows", (DEFAULT.n_train,)),
        (HOW, "confidence of {} or more, no rival, and a consensus of {} or more",
         (table_partition._SURE, table_partition._AGREED)),
        (HOW, "Every row of at most {} landmarks is joined to its {} nearest neighbours in the {} principal components",
         (DEFAULT.n_landmarks, DEFAULT.n_neighbors, N_COMPONENTS)),
        (HOW, "about {} micro-clusters, which {} criteria", (candidates._MICRO, WORDS[len(CRITERIA)])),
        (HOW, "about {} k small, pure clusters", (DEFAULT.over_clustering,)),
        (MANY, "rows of more than {} columns that are no pictures", (column_kinds.MANY_COLUMNS,)),
        (MANY, "or more than {} columns, and never", (prepared_rows._MOST_COLUMNS,)),
        (MANY, "onto their {} principal components (randomised SVD of at most {} rows)",
         (projection.N_PROJECTED, projection._SAMPLE)),
        (MANY, "its K-Means see the first {} of them", (prepared_rows._TEXT_COMPONENTS,)),
        (MANY, "graph up to {} of them at once", (DEFAULT.n_landmarks,)),
        (MANY, "A sparse matrix of at most {} columns", (column_kinds.MANY_COLUMNS,)),
        (MANY, "columns x {} are all", (projection.N_PROJECTED,)),
        (MANY, "# pca {}", (projection.N_PROJECTED,)),
        (MANY, "distinct rows, at most {} of them", (layout._MOST_ROWS,)),
        (MANY, "of many columns the first {} principal components", (N_COMPONENTS,)),
        (MANY, "among its {} nearest", (interpolation._NEIGHBORS,)),
        (MANY, "Of fewer than {} distinct rows", (WORDS[FEWEST_ROWS],)),
        (HELP, "the model then holds up to {} of them", (layout._MOST_ROWS,)),
        (MANY, "the geometric median of their {} nearest mapped rows", (interpolation._NEIGHBORS,)),
        (MANY, "`max_rows={}`", (str(inspect.signature(project).parameters["max_rows"].default),)),
    ],
)  # fmt: skip
def test_numbers_are_those_of_the_code(page: str, sentence: str, values: tuple[Any, ...]) -> None:
    shown = [f"{value:,}" if isinstance(value, int) else value for value in values]
    assert sentence.format(*shown) in " ".join(page.split())


def test_the_graphs_have_the_neighbours_of_the_default() -> None:
    assert neighbors.N_NEIGHBORS == DEFAULT.n_neighbors


def test_hyper_parameters_of_the_default_are_described_with_their_defaults() -> None:
    page = (ROOT / "docs" / "objectives.md").read_text("utf-8").split("## Hyper-parameters of the default")[1]
    said: dict[str, float] = {}
    for names, values in re.findall(r"^\| (`[^|]*`) \| ([\d., ]+) \|", page, flags=re.MULTILINE):
        numbers = [float(value.replace(",", "")) for value in values.split(", ")]
        said |= dict(zip(re.findall(r"`(\w+)`", names), numbers, strict=True))
    assert said == SelfLabel().get_params()
