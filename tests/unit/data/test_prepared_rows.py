"""Distinct rows and their weights, and the rows as each stage of a fit sees them."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.data import distinct
from deepkmeans.data.prepared_rows import Preparation, collapse_copies, see_rows

CPU = torch.device("cpu")
FOR_GRAPH = {"compares_rows": True, "collapses_copies": True, "recognises_images": True}


def table(X, weight):
    """What rows there are and how much each weighs, whatever their order."""
    X = X.toarray() if sp.issparse(X) else X
    weight = np.ones(len(X)) if weight is None else weight
    return {tuple(row): mass for row, mass in zip(X.tolist(), weight.tolist(), strict=True)}


def test_by_hand():
    X = np.array([[1.0, 2], [3, 4], [1, 2], [5, 6]])
    assert table(*collapse_copies(X, None)[:2]) == {(1, 2): 2, (3, 4): 1, (5, 6): 1}
    assert table(*collapse_copies(X, np.array([0.5, 3, 2, 1]))[:2]) == {(1, 2): 2.5, (3, 4): 3, (5, 6): 1}
    assert collapse_copies(np.repeat(X[:2], 3, axis=0), None)[1] is None  # all three times
    assert collapse_copies(X, np.array([1.0, 2, 1, 2]))[1] is None
    distinct_rows, _, copies = collapse_copies(X, None)
    np.testing.assert_array_equal(distinct_rows[copies], X)


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=15)
def test_weights_are_repetition_and_the_order_does_not_matter(make, seed):
    random = np.random.RandomState(seed)
    X = random.randint(0, 3, (25, 2)).astype(np.float64)
    times = random.randint(1, 5, 25)
    weighted, mass, _ = collapse_copies(make(X), times.astype(np.float64))
    repeated, other, _ = collapse_copies(make(np.repeat(X, times, axis=0)[random.permutation(times.sum())]), None)
    assert abs(weighted - repeated).max() == 0
    assert (mass is None and other is None) or np.array_equal(mass, other)
    assert len(table(weighted, mass)) == weighted.shape[0]


def test_a_long_table_stays_in_the_order_in_which_it_came(monkeypatch):
    monkeypatch.setattr(distinct, "_ORDERED", 3)
    X = np.arange(12.0).reshape(6, 2)
    whole, weight, copies = collapse_copies(X, None)
    assert whole is X and weight is None and copies is None
    some, mass, copies = collapse_copies(X[[0, 1, 0, 2, 3, 4]], None)
    np.testing.assert_array_equal(some, X[:5])
    np.testing.assert_array_equal(mass, [2, 1, 1, 1, 1])
    np.testing.assert_array_equal(copies, [0, 1, 0, 2, 3, 4])


def prepared(X, weight=None, *, picture=False, **changes):
    asked = {"reduce": "none", **FOR_GRAPH, "clusters": 3, **changes}
    return see_rows(X, weight, Preparation(**asked), picture, CPU)


def kinds(found):
    return [rows.scaling.kind for rows in (found.network, found.plain, found.counted)]


def test_a_table_is_seen_in_units_of_its_own_by_each_stage():
    X = np.random.RandomState(0).rand(300, 3)
    X[0, 0] = 1e4
    found = prepared(X)
    assert kinds(found) == ["robust", "standard", "standard"] and found.counted is found.plain
    assert float(found.network.take(torch.arange(300)).abs().max()) <= 4
    assert kinds(prepared(X, clusters="auto")) == ["robust", "standard", "shared"]
    assert kinds(prepared(X, own_encoder=True))[0] == "standard"
    weighted = prepared(X, np.arange(300.0))
    for rows in (weighted.network, weighted.plain):
        torch.testing.assert_close(rows.weight, torch.arange(300) / torch.arange(300).float().mean())


@pytest.mark.parametrize(
    ("changes", "picture", "kind"),
    [({"compares_rows": False}, False, "shared"), ({"scaling": "unit"}, False, "unit"), ({}, True, "pixels")],
)
def test_all_else_is_seen_in_one_way(changes, picture, kind):
    X = np.random.RandomState(0).rand(60, 36)
    found = prepared(X, picture=picture, **changes)
    assert found.network is found.plain is found.counted and found.network.scaling.kind == kind


def test_counts_are_profiles_for_every_stage():
    random = np.random.RandomState(0)
    X = random.poisson(random.gamma(0.3, 2.0, 60) * np.r_[20.0, np.ones(59)], (80, 60)).astype(np.float64)
    found = prepared(X)
    assert found.network is found.plain and found.plain.scaling.kind == "counts"


def test_texts_are_clustered_in_fewer_directions_than_the_network_sees():
    random = np.random.RandomState(0)
    X = sp.random(300, 600, density=0.05, random_state=random, format="csr") + sp.csr_matrix(np.eye(300, 600))
    found = prepared(X.tocsr(), scaling="cosine", reduce="auto")
    assert found.network.n_inputs == 128 and found.plain.n_inputs == 50 and found.counted is found.network
    every = torch.arange(300)
    first = found.network.scaling.components[:, :50]
    torch.testing.assert_close(found.plain.scaling.components, first)
    torch.testing.assert_close(found.plain.take(every).norm(dim=1), torch.full((300,), 50**0.5))
    other = prepared(X.tocsr(), scaling="cosine", reduce="auto", compares_rows=False)
    assert other.plain is other.network


@pytest.mark.parametrize("scaling", ["auto", "standard"])
def test_which_cells_are_missing_is_told_to_the_network_alone(scaling):
    X = np.random.RandomState(0).rand(300, 3)
    X[::7, 1] = X[::5, 2] = np.nan
    found = prepared(X, scaling=scaling, clusters="auto")
    assert [rows.n_inputs for rows in (found.network, found.plain, found.counted)] == [5, 3, 3]
    filled = np.where(np.isnan(X), np.nanmean(X, axis=0), X)
    whole = prepared(filled, scaling="standard").plain
    taken, expected = (rows.take(torch.arange(300)) for rows in (found.plain, whole))
    torch.testing.assert_close(taken / taken.std(0), expected / expected.std(0))
    other = prepared(X, scaling=scaling, compares_rows=False)
    assert other.network is other.plain and other.plain.n_inputs == 5
