"""The search for a bottleneck: what it chooses, what it says, and what it refuses."""

from __future__ import annotations

import html
import re
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.model_selection import KFold, ShuffleSplit
from torch import nn

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingDependencyError
from deepkmeans.model_selection import select_embedding_dim
from deepkmeans.model_selection.embedding_dim_folds import Fold, continuity, judge_linear
from deepkmeans.model_selection.embedding_dim_result import decide

QUICK = Autoencoder(max_epochs=2)


def plane(n: int = 120, d: int = 3, columns: int = 12, noise: float = 0.05, seed: int = 0) -> np.ndarray:
    draw = np.random.RandomState(seed)
    return draw.randn(n, d) @ draw.randn(d, columns) + noise * draw.randn(n, columns)


def select(X: Any, estimator: Any = QUICK, **options: Any) -> Any:
    return select_embedding_dim(estimator, X, **{"random_state": 0, **options})


def records(scores: dict[tuple[int, str], list[float]]) -> list[dict[str, Any]]:
    return [
        {"embedding_dim": width, "network": network, "fold": fold, "reconstruction": score, "trustworthiness": score,
         "continuity": score, "score": score}
        for (width, network), values in scores.items() for fold, score in enumerate(values)
    ]  # fmt: skip


def decided(scores: dict[tuple[int, str], list[float]], **changes: Any) -> Any:
    options: dict[str, Any] = {
        "intrinsic": None, "linear_competes": True, "left_out": [], "n_features": 50, "n_samples": 90, "layered": True,
        "takes_layers": True,
    }  # fmt: skip
    return decide(records(scores), **options | changes)


class TestRule:
    def test_the_smallest_within_one_standard_error(self) -> None:
        # Best is 8 with mean .90 and standard error .02 / sqrt(3) * sqrt(3) = .02: scores from .88 on are as good.
        best = [0.90 - 0.02 * 3**0.5, 0.90, 0.90 + 0.02 * 3**0.5]
        chosen = decided({(2, "9"): [0.87] * 3, (4, "9"): [0.885] * 3, (8, "9"): best})
        assert chosen.embedding_dim == 4
        assert "smallest within one standard error of the best (8)" in chosen.sentence

    def test_a_notebook_shows_the_sentence_and_marks_the_choice(self) -> None:
        chosen = decided({(2, "9"): [0.8] * 3, (4, "9"): [0.9] * 3, (8, "9"): [0.9] * 3})
        page = chosen._repr_html_()
        assert html.escape(chosen.sentence) in page
        marked = page.split('<tr style="font-weight:bold">')[1]
        assert re.findall(r"<td[^>]*>([^<]*)</td>", marked)[:3] == ["4", "9", "0.900"]

    def test_without_error_the_best(self) -> None:
        assert decided({(2, "9"): [0.8] * 3, (4, "9"): [0.9] * 3, (8, "9"): [0.9] * 3}).embedding_dim == 4

    def test_of_one_width_the_simplest_network_that_is_as_good(self) -> None:
        chosen = decided({(4, "linear"): [0.9] * 3, (4, "9"): [0.9] * 3})
        assert chosen.params == {"embedding_dim": 4, "hidden_sizes": (), "activation": "linear"}

    def test_the_linear_map_is_only_shown_where_sizes_are_given(self) -> None:
        chosen = decided({(4, "linear"): [0.95] * 3, (4, "9-7"): [0.9] * 3}, linear_competes=False)
        assert chosen.params == {"embedding_dim": 4, "hidden_sizes": (9, 7)}
        assert list(chosen.table["candidate"]) == [False, True]

    def test_not_wider_than_the_intrinsic_dimension(self) -> None:
        from deepkmeans.graph import IntrinsicDimension

        intrinsic = IntrinsicDimension(4.4, 4.0, 4.2, 9, 0.0, 90)
        chosen = decided({(2, "9"): [0.8] * 3, (4, "9"): [0.9] * 3, (8, "9"): [0.99] * 3}, intrinsic=intrinsic)
        assert chosen.embedding_dim == 4
        assert "8 would only copy more" in chosen.sentence


class TestFigures:
    def test_continuity_is_trustworthiness_exchanged(self) -> None:
        draw = np.random.RandomState(0)
        X, z = draw.randn(40, 6), draw.randn(40, 2)
        assert continuity(X, z, n_neighbors=5) == trustworthiness(z, X, n_neighbors=5)
        assert continuity(X, X, n_neighbors=5) == 1.0

    def test_a_torn_line_keeps_trust_and_loses_continuity(self) -> None:
        # One neighbour each: rows 0..7 in a line; the embedding tears it between 3 and 4, far apart.
        line = np.arange(8.0)[:, None]
        torn = np.where(line < 4, line, line + 100)
        assert trustworthiness(line, torn, n_neighbors=2) >= continuity(line, torn, n_neighbors=2)
        assert continuity(line, torn, n_neighbors=2) < 1

    def test_linear_reconstruction_against_pca(self) -> None:
        rows = plane(90).astype(np.float32)
        fold = Fold(0, rows[:60], rows[60:], rows[60:])
        record = judge_linear(fold, [2])[0]
        pca = PCA(2).fit(rows[:60])
        left = np.square(rows[60:] - pca.inverse_transform(pca.transform(rows[60:]))).mean()
        total = np.square(rows[60:] - rows[:60].mean(axis=0)).mean()
        assert record["reconstruction"] == pytest.approx(1 - left / total * 12 / 10, rel=1e-4)

    def test_noise_alone_makes_no_difference_beyond_the_true_width(self) -> None:
        rows = plane(3000, noise=0.3, columns=30)
        fold = Fold(0, rows[:1500], rows[1500:], rows[1500:])
        scores = {r["embedding_dim"]: r["reconstruction"] for r in judge_linear(fold, [2, 3, 6, 12, 20])}
        assert scores[3] - scores[2] > 0.02
        assert np.ptp([scores[w] for w in (3, 6, 12, 20)]) < 0.001


class TestChoice:
    def test_the_width_of_a_plane(self) -> None:
        chosen = select(plane(), dims=(1, 2, 3, 4, 6))
        assert chosen.embedding_dim == 3
        assert chosen.params["activation"] == "linear"
        assert chosen.intrinsic.n_components == 3
        assert set(chosen.table["embedding_dim"]) == {1, 2, 3, 4, 6}
        assert chosen.table["chosen"].sum() == 1
        assert len(chosen.folds) == 3 * 5 * 2
        fitted = Autoencoder(max_epochs=2).set_params(**chosen.params).fit(plane())
        assert fitted.transform(plane()).shape == (120, 3)

    def test_automatic_widths_surround_the_intrinsic_dimension(self) -> None:
        chosen = select(plane(150, d=4), cv=2)
        assert chosen.table["embedding_dim"].min() <= 2
        assert chosen.table["embedding_dim"].max() >= 6
        assert 3 <= chosen.embedding_dim <= 5

    def test_repeats_bit_for_bit_and_leaves_the_estimator_alone(self) -> None:
        estimator = Autoencoder(max_epochs=2)
        before = estimator.get_params()
        first, second = (select(plane(), estimator, dims=(2, 3), hidden_sizes=(5,), cv=2) for _ in range(2))
        pd.testing.assert_frame_equal(first.table, second.table)
        assert estimator.get_params() == before
        assert not hasattr(estimator, "encoder_")

    def test_hidden_sizes_are_searched(self) -> None:
        chosen = select(plane(60), dims=3, hidden_sizes=[(), (6,), (8, 6)], cv=2)
        assert set(chosen.table["network"]) == {"linear", "no hidden layer", "6", "8-6"}
        assert chosen.hidden_sizes in {(), (6,), (8, 6)}
        assert "activation" not in chosen.params

    def test_deep_kmeans(self) -> None:
        chosen = select(plane(60), DeepKMeans(3, scaling="standard"), dims=(2, 3), hidden_sizes=[(6,)], cv=2)
        assert set(chosen.params) == {"embedding_dim"}
        DeepKMeans(3, max_epochs=1).set_params(**chosen.params)

    def test_a_function_as_encoder(self) -> None:
        def build(n_inputs: int, embedding_dim: int) -> nn.Module:
            module = nn.Module()
            module.encoder = nn.Linear(n_inputs, embedding_dim)
            module.decoder = nn.Linear(embedding_dim, n_inputs)
            return module

        chosen = select(plane(60), Autoencoder(encoder=build, max_epochs=2), dims=(2, 3), cv=2)
        assert chosen.hidden_sizes is None
        assert set(chosen.params) == {"embedding_dim"}

    def test_sparse_and_dense_alike(self) -> None:
        X = np.where(np.random.RandomState(0).rand(60, 300) < 0.1, 1.0, 0.0)
        dense, sparse = (select(rows, dims=(2, 4), hidden_sizes=(4,), cv=2) for rows in (X, sp.csr_matrix(X)))
        assert dense.embedding_dim == sparse.embedding_dim

    def test_a_splitter_and_a_frame(self) -> None:
        frame = pd.DataFrame(plane(60), columns=[f"c{i}" for i in range(12)])
        chosen = select(frame, dims=(2, 3), cv=ShuffleSplit(2, test_size=20, random_state=0))
        assert sorted(set(chosen.folds["fold"])) == [0, 1]

    def test_bounded_outputs(self) -> None:
        estimator = Autoencoder(output_activation="sigmoid", loss="bce", max_epochs=2)
        assert select(plane(60), estimator, dims=(2, 3), hidden_sizes=(4,), cv=2).embedding_dim in (2, 3)


class TestEdges:
    def test_missing_cells_are_imputed_or_refused(self) -> None:
        X = plane(80)
        X[::7, 2] = np.nan
        assert select(X, dims=(2, 3, 4)).embedding_dim in (3, 4)
        with pytest.raises(InvalidDataError, match=r"contains NaN: 12 cells? in column 2"):
            select(X, Autoencoder(missing="error"), dims=(2, 3))

    def test_a_column_of_nothing_but_missing_cells(self) -> None:
        X = plane(80)
        X[:, 5] = np.nan
        chosen = select(X, dims=(2, 3, 4))
        assert chosen.embedding_dim == 3
        assert np.isfinite(chosen.table["score"]).all()

    def test_one_distinct_value(self) -> None:
        with pytest.raises(InvalidDataError, match="All 40 rows of X are the same"):
            select(np.ones((40, 5)))

    def test_few_distinct_rows(self) -> None:
        chosen = select(np.repeat(plane(4), 15, axis=0), dims=(1, 2, 3))
        assert chosen.intrinsic is None
        assert "too few to tell their intrinsic dimension" in chosen.sentence
        assert np.isfinite(chosen.table["score"]).all()

    def test_widths_beyond_the_columns_are_left_out_and_named(self) -> None:
        chosen = select(plane(60, columns=6), dims=(2, 3, 16, 32))
        assert set(chosen.table["embedding_dim"]) == {2, 3}
        assert "Left out: 16, 32, more than the 6 columns" in chosen.sentence

    def test_no_width_left(self) -> None:
        with pytest.raises(InvalidParameterError, match=r"width of at most 6.*Got \[16, 32\]"):
            select(plane(60, columns=6), dims=(16, 32))

    @pytest.mark.parametrize("dims", [3, (3,), [9]])
    def test_one_width(self, dims: Any) -> None:
        chosen = select(plane(60), dims=dims)
        assert chosen.embedding_dim == (dims if isinstance(dims, int) else dims[0])
        assert "no other width was there to choose" in chosen.sentence

    def test_one_column(self) -> None:
        assert select(plane(60, d=1, columns=1)).embedding_dim == 1

    def test_too_few_rows_for_the_folds(self) -> None:
        with pytest.raises(InvalidDataError, match="n_samples=14 are too few for cv=3 folds.*at least 15 rows"):
            select(plane(14))
        with pytest.raises(InvalidDataError, match=r"A fold of 2 row\(s\) is too small"):
            select(plane(20), cv=KFold(10))

    def test_more_directions_than_a_fold_has_rows(self) -> None:
        chosen = select(plane(15, d=2, columns=40), dims=(2, 30), hidden_sizes=(4,), cv=3)
        assert chosen.embedding_dim == 2

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"dims": 0}, "'dims' parameter"), ({"dims": ()}, "'dims' parameter"), ({"dims": (2, 2.5)}, "'dims'"),
            ({"dims": "wide"}, "'dims'"), ({"hidden_sizes": [(0,)]}, "'hidden_sizes'"), ({"cv": 1}, "'cv' parameter"),
            ({"cv": "folds"}, "'cv' parameter"), ({"max_rows": 0}, "'max_rows'"),
            ({"estimator": KMeans(3)}, "must be an Autoencoder or a DeepKMeans. Got KMeans"),
            ({"estimator": Autoencoder(encoder=nn.Linear(12, 2))}, "Got the module Linear"),
            ({"estimator": Autoencoder(max_epochs=0)}, "'max_epochs'"),
            ({"estimator": Autoencoder(encoder=lambda a, b: nn.Linear(a, b)), "hidden_sizes": (3,)}, "must be 'auto'"),
        ],
    )  # fmt: skip
    def test_refused(self, options: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidParameterError, match=message):
            select(plane(40), **options)


class TestPlot:
    def test_a_figure_with_the_choice(self) -> None:
        from matplotlib.figure import Figure

        chosen = select(plane(60), dims=(2, 3, 4), cv=2)
        figure = chosen.plot()
        assert isinstance(figure, Figure)
        panel = figure.axes[0]
        assert f"chosen: {chosen.embedding_dim}" in [text.get_text() for text in panel.get_legend().get_texts()]
        given = Figure().subplots()
        assert chosen.plot(given) is given.figure

    def test_without_matplotlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        chosen = select(plane(60), dims=(2, 3), cv=2)
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[plot\]'"):
            chosen.plot()


@pytest.mark.slow
@pytest.mark.parametrize("d", [2, 5])
def test_a_curved_surface(d: int) -> None:
    draw = np.random.RandomState(1)
    bent = np.tanh(draw.randn(600, d) @ draw.randn(d, 100) * 1.5 / np.sqrt(d)) @ draw.randn(100, 100)
    X = bent / bent.std() + 0.05 * draw.randn(600, 100)
    chosen = select_embedding_dim(Autoencoder(max_epochs=40), X, cv=2, random_state=0)
    assert d / 1.5 <= chosen.embedding_dim <= 1.5 * d
