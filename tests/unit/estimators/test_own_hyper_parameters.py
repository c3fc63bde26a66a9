"""Hyper-parameters of a user's own that are arrays, tensors or modules: told apart by a checkpoint, never changed."""

import re
from dataclasses import dataclass, field

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.decomposition import PCA
from torch import nn

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import CheckpointError, InvalidParameterError
from deepkmeans.fitting import pretrain, start_centers, train_jointly
from deepkmeans.fitting.fingerprint import exact_repr
from deepkmeans.objectives import DCN, Objective, SelfLabelling, Strategy, make_objective
from deepkmeans.training import Checkpoint
from deepkmeans.types import LossOutput

X = np.random.RandomState(0).randn(60, 3)
X[:30] += 5
QUICK = {"pretrain_epochs": 1, "max_epochs": 2, "random_state": 0}
LARGE, OTHER = np.zeros(2_000), np.zeros(2_000)
OTHER[1_000] = 1.0
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@dataclass(frozen=True)
class Own(Strategy):
    table: object = None
    hidden: object = field(default=None, repr=False)

    def run(self, context, course):
        if isinstance(self.table, list):
            self.table.append("changed")
        pretrain(context, course)
        start_centers(context, course)
        return train_jointly(context, course)


class Held(Objective):
    """Pulls the rows to their centre, with a head and a table that the user gives."""

    def __init__(self, head=None, table=None):
        super().__init__()
        self.head, self.table = head, table

    def forward(self, encoder, batch):
        z = encoder.encode(batch.inputs)
        if isinstance(self.table, list):
            self.table.append(0)
        pull = (z - self.centers[0]).square().mean()
        pull = pull if self.head is None else pull + self.head(batch.inputs["x"]).square().mean()
        return LossOutput(pull, {}, z)


class Planned(Held):
    @property
    def strategy(self):
        return Own(self.table)


def fit(objective, **others):
    return DeepKMeans(2, objective=objective, **QUICK, **others).fit(X)


@pytest.mark.parametrize("make", [Held, Planned], ids=["objective", "strategy"])
def test_a_checkpoint_knows_large_arrays_by_their_bytes(make, tmp_path):
    first = fit(make(table=LARGE), callbacks=[Checkpoint(tmp_path)])
    again = fit(make(table=LARGE.copy()), callbacks=[Checkpoint(tmp_path, resume=True)])
    assert np.array_equal(first.labels_, again.labels_)
    with pytest.raises(CheckpointError, match="another fit: parameters"):
        fit(make(table=OTHER), callbacks=[Checkpoint(tmp_path, resume=True)])


def test_a_checkpoint_knows_every_parameter_of_a_transformer(tmp_path):
    class Shifted(PCA):
        def __init__(self, table=None, n_components=2):
            super().__init__(n_components)
            self.table = table

    fit("dcn", reduce=Shifted(LARGE), callbacks=[Checkpoint(tmp_path)])
    with pytest.raises(CheckpointError, match="reduce"):
        fit("dcn", reduce=Shifted(OTHER), callbacks=[Checkpoint(tmp_path, resume=True)])


def linear(value):
    head = nn.Linear(2, 1)
    with torch.no_grad():
        head.weight.fill_(value)
        head.bias.zero_()
    return head


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (LARGE, OTHER),
        (np.array([1.0]), np.array([1.0 + 1e-12])),
        (np.zeros(2), np.zeros(2, "f4")),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.array(["a", None], object), np.array(["b", None], object)),
        (np.ma.array([1.0, 2.0], mask=[0, 1]), np.ma.array([1.0, 2.0], mask=[1, 1])),
        (torch.from_numpy(LARGE), torch.from_numpy(OTHER)),
        (torch.tensor([1.0]).bfloat16(), torch.tensor([2.0]).bfloat16()),
        (torch.from_numpy(LARGE).to_sparse(), torch.from_numpy(OTHER).to_sparse()),
        (sp.csr_matrix(LARGE), sp.csr_matrix(OTHER)),
        (linear(1.0), linear(2.0)),
        (Held(table=LARGE), Held(table=OTHER)),
        (Own(LARGE), Own(OTHER)),
        (Own(hidden=LARGE), Own(hidden=OTHER)),
        ({"a": [LARGE, (1,)]}, {"a": [OTHER, (1,)]}),
        ((LARGE,), (OTHER,)),
        ({"b", "a", 1}, {"b", "a", 2}),
        (PCA(tol=0.0), PCA(tol=1.0)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exact_repr_tells_values_apart(value, other):
    assert exact_repr(value) == exact_repr(value) != exact_repr(other)


def test_exact_repr_of_plain_values_is_their_repr():
    for value in (DCN(0.5), SelfLabelling(n_views=2), [1, "a", None], (1.5,), (), {"k": (2, 3)}, np.float64(0.1), {3}):
        assert exact_repr(value) == repr(value)


@pytest.mark.parametrize("given", ["instance", "factory"])
def test_what_a_user_gives_stays_as_it_was(given):
    head, table = nn.Linear(3, 1), []
    before = {name: value.clone() for name, value in head.state_dict().items()}
    made = Held(head, table)
    objective = made if given == "instance" else lambda: made
    first, second = fit(objective), fit(objective)
    assert table == [] and made.head is head and not hasattr(made, "centers")
    assert all(torch.equal(value, before[name]) for name, value in head.state_dict().items())
    assert all(parameter.requires_grad for parameter in head.parameters())
    assert not torch.equal(first.objective_.head.weight, head.weight)
    assert torch.equal(first.objective_.head.weight, second.objective_.head.weight)
    assert np.array_equal(first.cluster_centers_, second.cluster_centers_)


def test_the_strategy_that_a_class_names_stays_as_it_was():
    class Named(Held):
        strategy = Own([])

    fit(Named())
    assert Named.strategy.table == []


def test_a_hyper_parameter_that_cannot_be_copied_is_refused():
    words = "hyper-parameters of the objective Held must be such that copy.deepcopy can copy them"
    with pytest.raises(InvalidParameterError, match=re.escape(words)):
        make_objective(Held(table=(number for number in range(3))))
