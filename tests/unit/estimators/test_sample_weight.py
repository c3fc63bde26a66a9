"""A weight of 0 is the absence of a row, and weights are copies in every statistic of a fit."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.base import clone
from sklearn.datasets import make_blobs

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.objectives import OBJECTIVES, DeepCluster, VaDE
from deepkmeans.training import Callback, Checkpoint
from deepkmeans.types import Batch, Epoch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore::UserWarning")

X = make_blobs(120, centers=3, n_features=4, random_state=0)[0]
QUICK = {"pretrain_epochs": 2, "max_epochs": 3, "random_state": 0}
#: Among the others: far off, with missing cells, a copy, and one that makes a column of its own.
ABSENT = np.array([[1e6] * 4, [np.nan, 0.0, np.nan, 1.0], X[7], [0.0, -1e4, 0.0, 0.0]])
PLACES = np.array([0, 5, 60, 120])
Y = np.insert(X, PLACES, ABSENT, axis=0)
PRESENT = np.insert(np.ones(120), PLACES, 0.0)
WEIGHT = np.where(np.arange(120) % 3 == 0, 2.5, 0.5)


def parts(model):
    """All that a fit has learnt."""
    found = {name: value.numpy() for name, value in model.encoder_.state_dict().items()}
    found |= {name: value.numpy() for name, value in model.scaling_.to_tensors().items()}
    found["history"] = np.array(
        [[record[name] for name in ("epoch", "loss", "learning_rate")] for record in model.history_]
    )
    for name in ("cluster_centers_", "inertia_", "n_clusters_", "n_iter_", "_variance"):
        if hasattr(model, name):
            found[name] = np.asarray(getattr(model, name))
    return found


def check_alike(one, other):
    left, right = parts(one), parts(other)
    assert left.keys() == right.keys()
    for name, value in left.items():
        np.testing.assert_array_equal(value, right[name], err_msg=name)
    assert one.report_ == other.report_


@pytest.mark.parametrize("weight", [np.ones(120), WEIGHT], ids=["ones", "weights"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_rows_of_no_weight_change_nothing(objective, weight):
    every = PRESENT.copy()
    every[every > 0] = weight
    whole = DeepKMeans(3, objective=objective, **QUICK).fit(Y, sample_weight=every)
    part = DeepKMeans(3, objective=objective, **QUICK).fit(X, sample_weight=weight)
    check_alike(whole, part)
    assert len(whole.labels_) == len(Y)
    np.testing.assert_array_equal(whole.labels_, whole.predict(Y))
    np.testing.assert_array_equal(whole.labels_[every > 0], part.labels_)


@pytest.mark.parametrize("options", [{"output_activation": "sigmoid"}, {"validation_fraction": 0.3, "noise": 0.2}])
def test_rows_of_no_weight_change_no_autoencoder(options):
    whole = Autoencoder(2, max_epochs=3, random_state=0, **options).fit(Y, sample_weight=PRESENT)
    check_alike(whole, Autoencoder(2, max_epochs=3, random_state=0, **options).fit(X))


@pytest.mark.parametrize("objective", ["dcn", "selflabel"])
def test_nor_sparse_rows_pictures_reductions_and_the_number_of_clusters(objective):
    from sklearn.decomposition import PCA

    pictures = np.random.RandomState(0).rand(90, 8, 8).astype(np.float32) + np.repeat(np.eye(3, 8), 30, axis=0)[:, None]
    extra = np.r_[pictures, 50 * pictures[:2]].astype(np.float32)
    flat = np.maximum(Y[:, :3], 0)
    flat[np.isnan(flat)] = 0
    for rows, weight, model in (
        (extra, np.r_[np.ones(90), 0, 0], DeepKMeans(3, objective=objective, **QUICK)),
        (sp.csr_matrix(flat), PRESENT, DeepKMeans(3, objective=objective, **QUICK)),
        (flat, PRESENT, DeepKMeans(3, objective=objective, reduce=PCA(2), **QUICK)),
        (Y, PRESENT, DeepKMeans("auto", objective=objective, embedding_dim="intrinsic", **QUICK)),
    ):
        whole = model.fit(rows, sample_weight=weight)
        report, learnt, labels = whole.report_, parts(whole), whole.labels_
        part = model.fit(rows[weight > 0])
        assert part.report_ == report
        for name, value in parts(part).items():
            np.testing.assert_array_equal(value, learnt[name], err_msg=name)
        np.testing.assert_array_equal(labels[weight > 0], part.labels_)


def test_too_few_rows_with_weight_are_refused():
    for objective in ("dcn", "selflabel"):
        with pytest.raises(InvalidDataError, match=r"^2 of 124 rows of X have weight, fewer than n_clusters=3"):
            DeepKMeans(3, objective=objective).fit(Y, sample_weight=np.where(np.arange(124) < 3, PRESENT, 0.0))
        with pytest.raises(InvalidDataError, match=r"^All 3 rows of X that have weight are the same .*sample_weight"):
            rows = np.r_[np.ones((3, 2)), np.zeros((3, 2))]
            DeepKMeans(2, objective=objective).fit(rows, sample_weight=[1, 2, 1, 0, 0, 0])


def test_a_row_of_no_weight_too_far_for_a_label_is_refused_before_training():
    class Never(Callback):
        def on_epoch_end(self, state):
            raise AssertionError("trained first")

    far = np.r_[X, np.full((1, 4), 1e200)]
    with pytest.raises(InvalidDataError, match="so far from the rows of the fit"):
        DeepKMeans(3, objective="dcn", callbacks=[Never()], **QUICK).fit(far, sample_weight=np.r_[np.ones(120), 0])
    with pytest.raises(InvalidDataError, match="so far from the rows of the fit"):
        Autoencoder(max_epochs=1, callbacks=[Never()]).fit(far, sample_weight=np.r_[np.ones(120), 0])


def test_a_fit_goes_on_with_or_without_rows_of_no_weight(tmp_path):
    whole = DeepKMeans(3, objective="dcn", **QUICK).fit(X, sample_weight=WEIGHT)

    class Stop(Callback):
        def on_epoch_end(self, state):
            if state.phase == "cluster":
                raise KeyboardInterrupt

    every = PRESENT.copy()
    every[every > 0] = WEIGHT
    stopped = DeepKMeans(3, objective="dcn", callbacks=[Checkpoint(tmp_path), Stop()], **QUICK)
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(X, sample_weight=WEIGHT)
    again = DeepKMeans(3, objective="dcn", callbacks=[Checkpoint(tmp_path)], **QUICK).fit(Y, sample_weight=every)
    check_alike(again, whole)


@pytest.mark.parametrize("objective", ["sequential", "dcn", "vade"])
def test_scaling_sizes_and_inertia_count_copies(objective):
    times = 1 + np.arange(120) % 3
    weighted = DeepKMeans(3, objective=objective, **QUICK).fit(X, sample_weight=times)
    repeated = DeepKMeans(3, objective=objective, **QUICK).fit(np.repeat(X, times, axis=0))
    for name, value in repeated.scaling_.to_tensors().items():
        np.testing.assert_allclose(weighted.scaling_.to_tensors()[name], value, rtol=1e-12)
    assert weighted.report_["cluster_sizes"] == np.bincount(weighted.labels_, weights=times).tolist()
    distance = weighted.transform(X).min(axis=1) ** 2
    assert weighted.inertia_ == pytest.approx((distance * times).sum(), rel=1e-5)
    autoencoders = [
        Autoencoder(2, max_epochs=1, output_activation=output).fit(rows, sample_weight=weight).scaling_.to_tensors()
        for output in ("linear", "sigmoid") for rows, weight in ((X, times), (np.repeat(X, times, axis=0), None))
    ]  # fmt: skip
    for one, other in (autoencoders[:2], autoencoders[2:]):
        for name, value in one.items():
            np.testing.assert_allclose(value, other[name], rtol=1e-12)


TIMES = torch.tensor([1, 3, 2, 1, 4, 1])
Z = torch.tensor([[0.0, 0.1], [0.2, 0.0], [5.0, 5.0], [5.2, 5.1], [5.0, 5.3], [0.1, 0.1]])


def set_up(make, weight):
    """An objective after its first look at the codes, weighted or repeated."""
    objective = make()
    z = Z if weight is not None else Z.repeat_interleave(TIMES, dim=0)
    objective.setup(torch.tensor([[0.0, 0.0], [5.0, 5.0]]), len(z))
    with torch.no_grad():
        objective.begin_epoch(Epoch(0, 5, z, weight, torch.Generator().manual_seed(0)))
    return objective


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_what_an_objective_makes_of_all_codes_counts_copies(objective):
    weighted, repeated = (set_up(OBJECTIVES[objective], weight) for weight in (TIMES.float(), None))
    for name, value in repeated.state_dict().items():
        own = weighted.state_dict()[name]
        own = own.repeat_interleave(TIMES, dim=0) if own.dim() and len(own) == len(Z) else own
        torch.testing.assert_close(own, value, msg=name)


def test_running_means_count_copies():
    weighted, repeated = (set_up(OBJECTIVES["dcn"], weight) for weight in (TIMES.float(), None))
    for objective, z, weight in ((weighted, Z, TIMES.float()), (repeated, Z.repeat_interleave(TIMES, dim=0), None)):
        batch = Batch(torch.arange(len(z)), {"x": z}, weight=weight)
        output = type("Output", (), {"z": z + 1})()
        with torch.no_grad():
            objective.end_step(output, batch)
    torch.testing.assert_close(weighted.counts, repeated.counts)
    torch.testing.assert_close(weighted.centers, repeated.centers)


def test_by_hand():
    # Distances to the own centre, squared, times weight, over weight and two columns.
    weight = torch.tensor([3.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    vade = set_up(VaDE, weight)
    own = torch.tensor([0.01, 0.04, 0.0, 0.05, 0.09, 0.02])
    assert float(vade.log_sigma2.exp()) == pytest.approx(float((own * weight).sum() / 8 / 2), rel=1e-5)
    # Eight in all, two clusters of five and three: 8 / (2 * 5) and 8 / (2 * 3).
    cluster = set_up(DeepCluster, weight).row_weight
    torch.testing.assert_close(cluster, torch.tensor([0.8, 0.8, 4 / 3, 4 / 3, 4 / 3, 0.8]))


@pytest.mark.parametrize("model", [KMeans(3), DeepKMeans(3, **QUICK), Autoencoder(max_epochs=1)], ids=["k", "d", "a"])
@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.r_[np.ones(118), -2.0, -3.0], r"them negative. Got -2 in row 118 \(counted from 0\), the first of 2"),
        (np.r_[np.nan, np.ones(119)], r"finite numbers.*Got NaN in row 0 "),
        (np.r_[np.ones(119), np.inf], r"finite numbers.*Got inf in row 119 "),
        (np.ones(119), r"an array of 120 numbers, one for each row of X. Got shape \(119,\) instead"),
        (np.ones((120, 1)), r"Got shape \(120, 1\) instead"),
        (sp.csr_matrix(np.ones((120, 1))), r"Got shape \(120, 1\) instead"),
        (np.zeros(120), "sample_weight is 0 for every row"),
        (0.0, "sample_weight is 0 for every row"),
        (-1, r"Got -1 in row 0 .* the first of 120"),
        ("1" * 120, "sample_weight"),
    ],
    ids=["negative", "missing", "infinite", "short", "column", "sparse", "zeros", "zero", "number", "text"],
)
def test_weights_that_are_none(model, weight, words):
    with pytest.raises(InvalidDataError, match=words):
        clone(model).fit(X, sample_weight=weight)
