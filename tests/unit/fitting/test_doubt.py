"""What prediction makes of its doubt: a case by hand, and what must hold whatever the doubt."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.fitting import Doubt, RefittedMixtures, fit_doubt, with_label_ahead
from deepkmeans.fitting.candidate_agreement import agreement, like_neighbors
from deepkmeans.fitting.cells import fit_cells
from deepkmeans.fitting.refitted_mixtures import matching, refit_mixtures
from deepkmeans.fitting.roundness import gaussianity
from deepkmeans.runtime import Seeds


def _by_hand(gaussian: float) -> Doubt:
    """Two clusters on a line, at -1 and 1, with variance 1; half of the candidates agree at -1, 90% at 1."""
    mixtures = RefittedMixtures(
        axes=torch.ones(1, 1, 1), means=torch.tensor([[[-1.0], [1.0]]]), variances=torch.ones(1, 2),
        shares=torch.full((1, 2), 0.5),
    )  # fmt: skip
    return Doubt(
        mean=torch.tensor([10.0, 0.0]), components=torch.tensor([[1.0], [0.0]]), cells=torch.tensor([[-1.0], [1.0]]),
        votes=torch.tensor([[0.5, 0.5], [0.9, 0.9]]), mixtures=mixtures, gaussian=gaussian, constant=0.0, of_votes=1.0,
        reach=2.0,
    )  # fmt: skip


def test_overlap_by_hand() -> None:
    shares, sure = _by_hand(gaussian=1.0).probabilities(torch.tensor([[11.0, 0.0]]), torch.tensor([1]))
    right = 1 / (1 + math.exp(-2))  # at 1: exp(0) against exp(-4 / 2)
    np.testing.assert_allclose(shares.numpy(), [[1 - right, right]], atol=1e-9)
    np.testing.assert_allclose(sure.numpy(), [right], atol=1e-9)  # the row lies on its cell: it is familiar


def test_disagreement_by_hand() -> None:
    rows, labels = torch.tensor([[9.0, 0.0], [11.0, 0.0]]), torch.tensor([0, 1])
    shares = _by_hand(gaussian=0.0).probabilities(rows, labels)[0]
    np.testing.assert_allclose(shares.amax(1).numpy(), [0.5, 0.9], atol=1e-3)  # what the candidates say, and no mixture
    assert shares.argmax(1).tolist() == [0, 1]


def test_strangeness_by_hand() -> None:
    doubt = _by_hand(gaussian=1.0)
    rows = torch.tensor([[11.0, 0.0], [11.0, 6.0], [14.0, 4.0]])  # 6 beside the line; 3 along it and 4 beside it
    np.testing.assert_allclose(doubt.outlier_score(rows).numpy(), [0.0, 3.0, 2.5], atol=1e-7)
    np.testing.assert_allclose(doubt.familiarity(torch.tensor([0.0, 3.0, 6.0])).numpy(), [1, 1 / 2, 1 / 17], atol=1e-7)


@pytest.mark.parametrize("gaussian", [0.0, 0.4, 1.0])
def test_the_label_is_the_most_probable_cluster_whatever_is_thought_of_it(gaussian: float) -> None:
    doubt = _by_hand(gaussian)
    rows = torch.from_numpy(np.random.RandomState(0).standard_normal((200, 2)) * [4, 40] + [10, 0])
    for label in (0, 1):
        labels = torch.full((200,), label)
        shares, sure = doubt.probabilities(rows, labels)
        assert (shares.float().argmax(1) == labels).all()
        np.testing.assert_allclose(shares.sum(1).numpy(), 1, atol=1e-12)
        assert ((sure >= 0) & (sure <= 1)).all()


def test_where_the_label_is_not_the_largest_it_becomes_it_and_no_other_row_changes() -> None:
    shares = torch.tensor([[0.4, 0.6], [0.7, 0.3]], dtype=torch.float64)
    ahead = with_label_ahead(shares, torch.tensor([0, 0]))
    np.testing.assert_allclose(ahead.numpy(), [[0.5, 0.5], [0.7, 0.3]], atol=1e-3)
    assert float(ahead[0, 0]) > float(ahead[0, 1])
    three = with_label_ahead(torch.tensor([[0.35, 0.45, 0.2]], dtype=torch.float64), torch.tensor([0]))
    np.testing.assert_allclose(three.numpy(), [[0.35, 0.35, 0.3]], atol=2e-3)  # it keeps what it has
    assert with_label_ahead(torch.ones(2, 1), torch.tensor([0, 0])).tolist() == [[1.0], [1.0]]


def test_rows_beyond_all_numbers_are_answered() -> None:
    shares, sure = _by_hand(0.5).probabilities(torch.tensor([[1e18, -1e18]]), torch.tensor([1]))
    assert torch.isfinite(shares).all()
    assert float(sure[0]) < 1e-6 and abs(float(shares[0, 1]) - 0.5) < 0.1


def test_candidates_agree_whatever_their_numbers_are() -> None:
    labels, mass = torch.tensor([0, 0, 1, 1]), torch.ones(4, dtype=torch.float64)
    partitions = {"same": np.array([7, 7, 3, 3]), "one off": np.array([1, 1, 0, 1]), "three": np.array([0, 1, 2, 2])}
    agreed = agreement(partitions, labels, 2, mass)
    np.testing.assert_allclose(agreed.numpy(), [1, 2 / 3, 1, 2 / 3])
    written_twice = {name: np.repeat(partition, 2) for name, partition in partitions.items()}
    twice = agreement(written_twice, labels.repeat_interleave(2), 2, mass.repeat(2))
    np.testing.assert_allclose(twice[::2].numpy(), agreed.numpy())
    assert matching(torch.tensor([[1.0, 5.0, 0.0], [4.0, 5.0, 0.0]])).tolist() == [1, 0]


def test_neighbors_that_are_alike() -> None:
    P = torch.tensor([[0.0], [0.1], [5.0]], dtype=torch.float64)
    np.testing.assert_allclose(like_neighbors(P, torch.tensor([0, 0, 1])).numpy(), [1.0, 1.0, 1.0])
    assert like_neighbors(P[:1], torch.tensor([0])).tolist() == [1.0]


def test_no_more_neighbors_are_asked_than_a_cluster_has_rows() -> None:
    P = torch.tensor([[0.0], [0.1], [5.0], [5.1], [9.0]], dtype=torch.float64)
    assert like_neighbors(P, torch.tensor([0, 0, 1, 1, 2])).tolist() == [1.0] * 5
    assert like_neighbors(P, torch.tensor([0, 1, 0, 1, 2])).tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_cells_of_few_rows_are_left_out() -> None:
    random = np.random.RandomState(0)
    P = torch.from_numpy(np.vstack([random.standard_normal((200, 2)), [[50.0, 50.0]]]))
    labels, mass = torch.zeros(201, dtype=torch.int64), torch.ones(201, dtype=torch.float64)
    cells, votes = fit_cells(P, labels, mass, mass, 1, torch.Generator().manual_seed(0))
    assert float(cells.abs().max()) < 10
    np.testing.assert_allclose(votes.numpy(), 1.0)


def _balls(n: int, apart: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(seed)
    y = np.arange(n) % 2
    return random.standard_normal((n, 3)) + apart * np.eye(3)[0] * (2 * y[:, None] - 1), y


def test_refitted_mixtures_know_the_overlap() -> None:
    X, y = _balls(2000, 1.0)
    labels = (X[:, 0] > 0).astype(np.int64)  # the best there is: right in 84%
    P, mass = torch.from_numpy(X), torch.ones(len(X), dtype=torch.float64)
    mixtures = refit_mixtures(P, torch.from_numpy(labels), 2, mass, torch.Generator().manual_seed(0))
    posterior = mixtures.posterior(P)
    assert abs(float(posterior.gather(1, torch.from_numpy(labels)[:, None]).mean()) - np.mean(labels == y)) < 0.04
    assert gaussianity(P, posterior, mass) > 0.8
    assert gaussianity(P.sign() * P.abs() ** 3, posterior, mass) < 0.1


def test_rows_in_the_middle_of_disagreement_are_unsure() -> None:
    X, y = _balls(600, 4.0)
    rows = Rows(X, fit_scaling(X, "standard"), device=torch.device("cpu"), dtype=torch.float64)
    other = y.copy()
    other[X[:, 1] > 0] = 1 - other[X[:, 1] > 0]  # half of the candidates see half of the rows the other way
    partitions = {**{f"a{i}": y for i in range(6)}, **{f"b{i}": other for i in range(5)}}
    doubt, evidence = fit_doubt(rows, y, 2, Seeds(0), torch.arange(len(X)), partitions)
    believing = replace(doubt, gaussian=0.0)
    shares = believing.probabilities(rows.take(torch.arange(len(X))), torch.from_numpy(y))[0].amax(1).numpy()
    # Matched over all rows, the others agree with one half of each cluster only.
    assert abs(evidence["agreed"] - (6 + 2.5) / 11) < 0.05
    halves = shares[X[:, 1] > 0.3].mean(), shares[X[:, 1] < -0.3].mean()
    assert max(halves) - min(halves) > 0.1


def _doubt_of(
    X: np.ndarray, labels: list[int], weight: np.ndarray | None = None
) -> tuple[np.ndarray, dict[str, float]]:  # fmt: skip
    """The largest probabilities of rows that are distinct, and what they rest on."""
    rows = Rows(X, fit_scaling(X, "none"), weight=weight, device=torch.device("cpu"), dtype=torch.float64)
    y = np.array(labels)
    doubt, evidence = fit_doubt(rows, y, int(y.max()) + 1, Seeds(0))
    return doubt.probabilities(rows.take(torch.arange(len(X))), torch.from_numpy(y))[0].amax(1).numpy(), evidence


@pytest.mark.parametrize(
    ("values", "labels"),
    [([0, 3, 4, 7, 9], [0, 1, 2, 3, 4]), ([0, 1], [0, 1]), ([0, 0.1, 5], [0, 0, 1]), ([0, 1, 9, 10], [0, 0, 1, 1])],
)
@pytest.mark.parametrize("uneven", [False, True])
def test_few_rows_that_every_weight_divides_alike_are_sure(
    values: list[float], labels: list[int], uneven: bool
) -> None:  # fmt: skip
    weight = np.arange(1.0, len(values) + 1) if uneven else None
    sure, evidence = _doubt_of(np.array(values, dtype=float)[:, None], labels, weight)
    assert (sure > 0.9).all() and evidence["agreed"] > 0.95


def test_few_rows_that_can_be_divided_in_many_ways_are_unsure() -> None:
    cube = np.stack(np.meshgrid([0.0, 1.0], [0.0, 1.0], [0.0, 1.0]), axis=-1).reshape(-1, 3)
    sure, evidence = _doubt_of(cube, cube[:, 0].astype(int).tolist())
    assert (sure < 0.65).all() and evidence["agreed"] < 0.9


def test_few_gaussian_rows_look_gaussian() -> None:
    P = torch.from_numpy(np.random.RandomState(0).standard_normal((300, 10)))
    member = torch.nn.functional.one_hot(torch.arange(300) % 12, 12).double()  # twenty-five rows each
    mass = torch.ones(300, dtype=torch.float64)
    assert gaussianity(P, member, mass) > 0.8
    assert gaussianity(P.sign() * P.abs() ** 3, member, mass) < 0.1


def test_the_unit_of_weights_does_not_matter() -> None:
    X, y = _balls(200, 2.0)
    weight = np.random.RandomState(0).exponential(size=200) + 0.1
    first, evidence = _doubt_of(X, y.tolist(), weight)
    again, evidence_again = _doubt_of(X, y.tolist(), 1000 * weight)
    np.testing.assert_allclose(first, again, atol=1e-5)
    assert evidence == pytest.approx(evidence_again)
