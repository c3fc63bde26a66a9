"""Texts that share no word, however few of them differ."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans import DeepKMeans
from deepkmeans.graph import NClustersChoice, n_groups_apart
from deepkmeans.graph.groups_apart import weigh_groups_apart

TEMPLATES = [
    ("How to cook {}", "Best recipe for {}"), ("{} wins the match", "Late goal saves {}"),
    ("Install {} on Linux", "{} tutorial, beginners"),
]  # fmt: skip
WORDS = ["pasta rice soup pizza", "Arsenal Milan Ajax Porto", "Python Java Docker Rust"]


def titles(n: int) -> list[str]:
    """From six templates and twelve words, of three topics in turn."""
    random = np.random.RandomState(0)
    return [TEMPLATES[g][random.randint(2)].format(random.choice(WORDS[g].split())) for g in np.arange(n) % 3]


def blocks(*counts: int) -> sp.csr_matrix:
    """Groups of so many rows with two terms of their own and one each."""
    parts = [np.hstack([np.ones((count, 2)), np.eye(count)]) for count in counts]
    return sp.csr_matrix(sp.block_diag(parts))


def test_groups_are_counted_by_rows_and_by_different_rows() -> None:
    assert n_groups_apart(blocks(10, 20, 5), np.ones(35)) == 3
    assert n_groups_apart(blocks(30, 30, 1), np.ones(61)) == 2  # a stray text is no group
    assert n_groups_apart(blocks(30, 1), np.r_[np.ones(30), 90]) == 1  # copies of one text are none either
    assert n_groups_apart(sp.identity(40, format="csr"), np.ones(40)) == 1
    shared = sp.csr_matrix(np.hstack([blocks(10, 10).toarray(), np.ones((20, 1))]))
    assert n_groups_apart(shared, np.ones(20)) == 1


def test_gaps_that_are_clear_decide_themselves() -> None:
    clear, open_, none = (NClustersChoice(k, 3, c, c > 0.85, "gaps", {k: 0.9, 3: 0.1}) for k, c in
                          ((5, 0.9), (5, 0.3), (1, 0.99)))  # fmt: skip
    assert weigh_groups_apart(clear, 2, range(1, 9)) == clear
    assert weigh_groups_apart(none, 1, range(1, 9)) == none
    assert weigh_groups_apart(none, 9, range(1, 9)) == none
    for choice in (open_, none):
        weighed = weigh_groups_apart(choice, 2, range(1, 9))
        assert (weighed.n_clusters, weighed.second, weighed.confident) == (2, choice.n_clusters, True)
        assert sum(weighed.posterior.values()) == pytest.approx(1)


def test_titles_from_a_few_templates() -> None:
    model = DeepKMeans("divide", max_epochs=2, random_state=0).fit(titles(150))
    chosen = model.report_["n_clusters_selection"]
    assert (model.n_clusters_, chosen["n_clusters"]) == (3, 3)
    assert chosen["reason"] == "there are 3 groups of texts that share no word with each other"
    assert chosen["second"] == 1 and chosen["confident"]
