"""Pictures among several inputs: their graph is learnt, and taken only if another input agrees with it more."""

import numpy as np
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.fitting import joined_pictures
from deepkmeans.fitting.joined_graph import agreement_with, input_graphs
from deepkmeans.objectives import SelfLabel

Y = np.arange(90) % 3


@pytest.fixture(scope="module")
def prepared():
    random = np.random.RandomState(0)
    pictures = random.rand(90, 9, 9)
    for row, k in enumerate(Y):
        pictures[row, 3 * k : 3 * k + 3] += 1
    pictures[7] = np.nan
    facts = random.randn(90, 3) + 4 * random.randn(3, 3)[Y]
    objective = SelfLabel(n_rounds=1, round_epochs=1)
    context = DeepKMeans(3, objective=objective, random_state=0).prepare({"photo": pictures, "facts": facts})
    rows = context.rows.network
    return context, rows, input_graphs(rows, 3, 15)


def test_the_graph_of_pictures_is_that_of_what_is_learnt_of_them(prepared):
    context, rows, graphs = prepared
    facts, photo = graphs
    learnt = joined_pictures._learnt(context, context.plan.strategy, rows, photo)
    assert learnt.name == "photo" and (learnt.index == photo.index).all() and 7 not in learnt.index
    assert learnt.features.shape == (89, 32) and learnt.neighbors.shape == photo.neighbors.shape
    assert learnt.affinity.shape == (90, 90) and not learnt.affinity[7].nnz
    again = joined_pictures._learnt(context, context.plan.strategy, rows, photo)
    assert np.array_equal(again.features.numpy(), learnt.features.numpy())
    assert -0.5 < agreement_with(learnt, [facts], 3) <= 1 and agreement_with(learnt, [], 3) == 0


@pytest.mark.parametrize("better", [True, False])
def test_it_is_taken_only_where_others_agree_more(prepared, monkeypatch, better):
    context, rows, graphs = prepared
    agreements = iter([0.3, 0.4] if better else [0.3, 0.3])
    learnt = object()
    monkeypatch.setattr(joined_pictures, "_learnt", lambda *_: learnt)
    monkeypatch.setattr(joined_pictures, "agreement_with", lambda *_: next(agreements))
    found = joined_pictures.with_learnt_pictures(context, context.plan.strategy, rows, graphs)
    assert found == [graphs[0], learnt if better else graphs[1]]
