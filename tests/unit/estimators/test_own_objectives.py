"""An objective of the user's own that breaks what the loop relies on is refused by name."""

import re

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.objectives import DCN, DKM, Objective, Reconstruction
from deepkmeans.types import LossOutput

X = np.random.RandomState(0).randn(60, 4)
X[:30] += 5
QUICK = {"pretrain_epochs": 1, "max_epochs": 2, "random_state": 0}

RETURNED = {
    "none": lambda loss, z: None,
    "bare": lambda loss, z: loss,
    "vector": lambda loss, z: LossOutput(z.square().mean(1), {}, z),
    "float": lambda loss, z: LossOutput(1.0, {}, z),
    "detached": lambda loss, z: LossOutput(loss.detach(), {}, z),
    "complex": lambda loss, z: LossOutput(loss.to(torch.complex64), {}, z),
    "no terms": lambda loss, z: LossOutput(loss, None, z),
    "text term": lambda loss, z: LossOutput(loss, {"a": "x"}, z),
    "wide term": lambda loss, z: LossOutput(loss, {"a": z}, z),
    "text codes": lambda loss, z: LossOutput(loss, {}, "z"),
}


class Own(Objective):
    """Without a constructor of its own, as the shortest objective is."""

    returned = staticmethod(lambda loss, z: LossOutput(loss, {"a": loss}, z))

    def forward(self, encoder, batch):
        z = encoder.encode(batch.inputs)
        return self.returned((z - self.centers[0]).square().mean(), z)


def refused(objective, words):
    model = DeepKMeans(2, objective=objective, **QUICK)
    with pytest.raises(InvalidParameterError, match=words):
        model.fit(X)
    assert not hasattr(model, "labels_") and not hasattr(model, "history_")


def test_an_objective_without_a_constructor_has_no_parameters():
    assert repr(Own()) == "Own()" and Own().get_params() == {}
    assert len(DeepKMeans(2, objective=Own(), **QUICK).fit(X).labels_) == 60


@pytest.mark.parametrize("name", RETURNED)
def test_what_forward_returns_is_a_loss(name):
    own = type("Wrong", (Own,), {"returned": staticmethod(RETURNED[name])})
    refused(own(), "The forward of the 'objective' Wrong must return a .*LossOutput.* Got .* instead")


CENTERS = {
    "nan": lambda c: torch.nn.Parameter(c * float("nan")),
    "fewer": lambda c: torch.nn.Parameter(c[:-1]),
    "narrower": lambda c: torch.nn.Parameter(c[:, :-1]),
    "none": lambda c: None,
    "a list": lambda c: [1],
    "doubles": lambda c: torch.nn.Parameter(c.double()),
    "halves": lambda c: torch.nn.Parameter(c.half()),
}


@pytest.mark.parametrize("name", CENTERS)
@pytest.mark.parametrize("hook", ["setup", "begin_epoch"])
def test_centres_are_finite_and_as_many_as_clusters(name, hook):
    def setup(self, centers, n_rows):
        Objective.setup(self, centers, n_rows)
        if hook == "setup":
            begin_epoch(self, None)

    def begin_epoch(self, epoch):
        if hook == "setup" or epoch is not None:
            made = CENTERS[name](self.centers.detach())
            del self.centers
            self.centers = made

    methods = {"setup": setup} if hook == "setup" else {"begin_epoch": begin_epoch}
    refused(type("Wrong", (Own,), methods)(), re.escape("'objective' Wrong must have a tensor 'centers'"))


@pytest.mark.parametrize("options", [{"alpha_last": 1e300}, {"alpha_first": 1e-300}])
def test_dkm_temperatures_fit_into_a_float32(options):
    refused(DKM(**options), f"'{next(iter(options))}' parameter of DKM must be a number from 1e-30 to 1e.30")


@pytest.mark.parametrize("options", [{"loss": "x"}, {"noise": 1.0}, {"noise": "a"}])
def test_reconstruction_has_domains(options):
    refused(Reconstruction(**options), f"'{next(iter(options))}' parameter of Reconstruction must be")


def test_a_function_that_returns_an_objective_takes_no_arguments():
    refused(lambda x: DCN(), "function without arguments")


def test_a_parameter_under_another_name_is_refused():
    class Renamed(Own):
        def __init__(self, weight=1.0):
            super().__init__()
            self.own_weight = weight

    refused(Renamed(), "'weight' as self.weight")
