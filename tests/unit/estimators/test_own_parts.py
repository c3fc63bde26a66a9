"""Networks, transformers and codes of the user's own that cannot be used are refused in words."""

import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from torch import nn

from deepkmeans import Autoencoder, DeepKMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.objectives import DCN

X = np.random.RandomState(0).randn(60, 4)
X[:30] += 5
QUICK = {"pretrain_epochs": 1, "max_epochs": 2, "random_state": 0}


class Network(nn.Module):
    def __init__(self, code=lambda z: z, row=lambda x: x):
        super().__init__()
        self.into, self.back = nn.Linear(4, 2), nn.Linear(2, 4)
        self.code, self.row = code, row

    def encode(self, x):
        return self.code(self.into(x))

    def decode(self, z):
        return self.row(self.back(z))


def fail(z):
    raise KeyError("boo")


NETWORKS = {
    "decode none": (lambda: Network(row=lambda x: None), "decode must return rows of shape .* Got a NoneType"),
    "far codes": (lambda: Network(code=lambda z: z * 1e30), "embedding must be moderate numbers"),
    "sparse codes": (lambda: Network(code=lambda z: z.to_sparse()), "embedding must be a dense tensor .*sparse_coo"),
    "complex codes": (lambda: Network(code=lambda z: z.to(torch.complex64)), "embedding must be .* Got complex"),
    "text codes": (lambda: Network(code=lambda z: "z"), "embedding must have shape .* Got a str"),
    "an error": (lambda: Network(code=fail), "cannot take rows of 4 inputs: KeyError"),
    "meta": (lambda: Network().to("meta"), "on the device 'meta'"),
    "signature": (lambda: lambda: 1, r"must take two arguments, \(n_inputs, embedding_dim\)"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_cannot_be_used_is_refused(name):
    make, words = NETWORKS[name]
    for model in (
        DeepKMeans(2, encoder=make(), **QUICK),
        DeepKMeans(2, encoder=make(), objective="dcn", **QUICK),
        Autoencoder(2, encoder=make(), max_epochs=1),
    ):
        with pytest.raises(InvalidParameterError, match=words):
            model.fit(X)


class Halves(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(4, 2), nn.Linear(2, 4)


class Variational(Network):
    """A network whose embedding is a Gaussian; ``found`` changes what it says of it."""

    def __init__(self, found=lambda mean, log_variance: (mean, log_variance)):
        super().__init__()
        self.log_variance, self.found = nn.Linear(4, 2), found

    def distribution(self, x):
        return self.found(self.encode(x), self.log_variance(x))


@pytest.mark.parametrize(
    "encoder", [Network(), Halves(), nn.Linear(4, 2), lambda d, e: Network()],
    ids=["methods", "halves", "layer", "function"],
)  # fmt: skip
def test_a_variational_objective_asks_for_a_distribution_before_anything_is_trained(encoder):
    model = DeepKMeans(2, encoder=encoder, objective="vade", **QUICK)
    for refuse in (model.prepare, model.fit):
        with pytest.raises(InvalidParameterError, match="'encoder' parameter of DeepKMeans .* Got one without distrib"):
            refuse(X)
    assert not hasattr(model, "history_")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (lambda mean, log_variance: mean, r"Got \(2, 2\) instead"),
        (lambda mean, log_variance: (mean, None), r"Got \(2, 2\) and a NoneType instead"),
        (lambda mean, log_variance: (mean, log_variance[:, :1]), r"Got \(2, 2\) and \(2, 1\) instead"),
    ],
)
def test_a_distribution_of_another_shape_is_refused_at_once(found, words):
    model = DeepKMeans(2, encoder=Variational(found), objective="vade", **QUICK)
    with pytest.raises(InvalidParameterError, match=f"distribution must return a mean and a log variance, .*{words}"):
        model.prepare(X)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_network_with_a_distribution_is_fitted():
    model = DeepKMeans(2, encoder=Variational(), objective="vade", **QUICK).fit(X)
    np.testing.assert_array_equal(model.labels_, model.predict(X))


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
def test_codes_without_numbers_name_the_row_and_not_the_objective(objective):
    with pytest.raises(InvalidDataError, match="no finite embedding of row 0 .* an encoder of your own must"):
        DeepKMeans(2, encoder=Network(code=lambda z: z / 0), objective=objective, **QUICK).fit(X)


def test_one_far_code_names_its_row():
    class Far(Network):
        def encode(self, x):
            return self.into(x) * (1 + 1e20 * (x[:, :1] == x[:, :1].max()) * (len(x) > 2))

    with pytest.raises(InvalidDataError, match="no finite embedding of row"):
        DeepKMeans(2, encoder=Far(), **QUICK).fit(X)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_codes_that_are_not_finite_are_not_decoded(value):
    codes = np.array([[0.0, 0.0], [value, 0.0]])
    fitted = DeepKMeans(2, objective="dcn", embedding_dim=2, **QUICK).fit(X)
    with pytest.raises(InvalidDataError, match="Z must be an embedding of finite numbers. Row 1 "):
        fitted.decode(codes)
    with pytest.raises(InvalidDataError, match="X must be an embedding of finite numbers. Row 1 "):
        Autoencoder(2, max_epochs=1).fit(X).inverse_transform(codes)


class Cut(BaseEstimator):
    def __init__(self, shape="2-D"):
        self.shape = shape

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        made = {
            "1-D": X[:, 0], "3-D": X[:, :, None], "without columns": X[:, :0], "2-D": X[:, :3],
            "varying": X[:, : 2 if len(X) > 2 else 3],
        }  # fmt: skip
        return made[self.shape]


@pytest.mark.parametrize("shape", ["1-D", "3-D", "without columns", "varying"])
def test_a_transformer_makes_a_table_of_one_width(shape):
    with pytest.raises(InvalidParameterError, match="'reduce' transformer Cut must make a table .* Got shape"):
        DeepKMeans(2, objective="dcn", reduce=Cut(shape), **QUICK).fit(X)


def test_a_transformer_may_come_without_the_base_class():
    class Bare:
        fit, transform = Cut.fit, lambda self, X: X[:, :3]

        def get_params(self, deep=True):
            return {}

        def set_params(self, **params):
            return self

    model = DeepKMeans(2, objective="dcn", reduce=Bare(), **QUICK).fit(X)
    assert (model.predict(X) == model.labels_).all() and model.encoder_.module.n_inputs == 3


def test_parameters_of_a_name_cannot_be_set():
    model = DeepKMeans(2)
    for name in ("objective__weight", "reduce__n_components"):
        with pytest.raises(InvalidParameterError, match=f"{name}.* is '.*', which has no parameters"):
            model.set_params(**{name: 1})
    assert model.set_params(objective=DCN(), objective__weight=0.25).objective.weight == 0.25
    with pytest.raises(ValueError, match="nothing"):
        model.set_params(nothing__there=1)


def linear(n_columns):
    network = Halves()
    network.encoder, network.decoder = nn.Linear(n_columns, 2), nn.Linear(2, n_columns)
    return network


def test_a_network_for_columns_that_have_become_others_is_told_what_has_made_them():
    wide, holed = np.random.RandomState(0).rand(40, 320), X.copy()
    holed[3, 2] = np.nan
    cases = [
        (wide, "auto", r"rows of 40 inputs: .*; reduce='pca', or 'auto' .* has made 40 of 320 columns: give reduce='n"),
        (wide, PCA(7), r"reduce=PCA\(n_components=7\) has made 7 of 320 columns: give reduce='none'"),
        (holed, "auto", r"X has 4 columns, which become 5 inputs, 1 of them for missing cells: give a function"),
    ]
    for rows, reduce, words in cases:
        with pytest.raises(InvalidParameterError, match=words):
            DeepKMeans(2, encoder=linear(rows.shape[1]), reduce=reduce, **QUICK).fit(rows)
    model = DeepKMeans(2, encoder=linear(320), reduce="none", **QUICK).fit(wide)
    assert model.encoder_.can_decode and model.report_["reduce"] == "none"
