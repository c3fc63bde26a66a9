"""Estimators where numbers end: exact by powers of two, or one refusal with the column, the number and the cure."""

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection import project
from deepkmeans.model_selection import make_label_free_scorer, select_n_clusters

random = np.random.RandomState(0)
CLASSES = random.randint(3, size=90)
X = 8 * random.randn(3, 4)[CLASSES] + random.randn(90, 4)
WEIGHT = random.rand(90) + 0.1
QUICK = {"pretrain_epochs": 1, "max_epochs": 2, "random_state": 0}
LAYOUTS = [np.asarray, sp.csr_matrix]


@pytest.fixture(scope="module")
def deep():
    return {
        name: DeepKMeans(3, objective="dcn", scaling=name, **QUICK).fit(np.abs(X))
        for name in ("standard", "counts", "none")
    } | {"auto": DeepKMeans(3, **QUICK).fit(X)}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_a_power_of_two_is_another_unit_and_nothing_else(layout, dtype, metric):
    def fit(power, weight_power=0):
        return KMeans(3, metric=metric, random_state=0).fit(
            layout((X * 2.0**power).astype(dtype)), sample_weight=WEIGHT * 2.0**weight_power
        )

    plain = fit(0)
    for power, weight_power in ((40, 0), (-40, 0), (0, 120), (0, -160), (0, 800)):
        other = fit(power, weight_power)
        assert np.array_equal(other.labels_, plain.labels_)
        size = 2.0**power if metric == "euclidean" else 1.0
        assert np.array_equal(other.cluster_centers_, plain.cluster_centers_ * dtype(size))
        assert np.array_equal(other.counts_, plain.counts_ * 2.0**weight_power)
        assert other.inertia_ == plain.inertia_ * size**2 * 2.0**weight_power


@pytest.mark.parametrize("objective", ["selflabel", "dcn"])
def test_a_power_of_two_changes_no_bit_of_a_deep_fit(objective):
    fits = [
        DeepKMeans(3, objective=objective, **QUICK).fit(X * 2.0**power, sample_weight=WEIGHT * 2.0**weight_power)
        for power, weight_power in ((0, 0), (40, 0), (0, -300))
    ]
    for other in fits[1:]:
        assert np.array_equal(other.labels_, fits[0].labels_)
    assert np.array_equal(fits[2].cluster_centers_, fits[0].cluster_centers_)
    if objective == "dcn":  # "selflabel" orders distinct rows by their bits
        assert np.array_equal(fits[1].cluster_centers_, fits[0].cluster_centers_)
    assert fits[2].inertia_ == fits[0].inertia_ * 2.0**-300
    assert np.array_equal(fits[2].predict_proba(X), fits[0].predict_proba(X))


def test_a_power_of_two_of_the_weights_changes_no_bit_of_an_autoencoder():
    codes = [
        Autoencoder(2, max_epochs=2, random_state=0).fit(X, sample_weight=WEIGHT * 2.0**power).transform(X)
        for power in (0, 700)
    ]
    assert np.array_equal(*codes)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("factor", "dtype"),
    [(1e-320, float), (1e-300, float), (1e-200, float), (1e140, float), (1e-42, np.float32), (1e36, np.float32)],
)
def test_kmeans_finds_clusters_of_any_size(layout, factor, dtype):
    rows = layout((X * factor).astype(dtype))
    for model in (
        KMeans(3, random_state=0).fit(rows),
        KMeans(3, random_state=0, refine=False, n_init=3).fit(rows, sample_weight=WEIGHT),
        KMeans(3, random_state=0).partial_fit(rows).partial_fit(rows),
    ):
        assert adjusted_rand_score(CLASSES, model.labels_) > 0.95
        assert np.array_equal(model.predict(rows), model.labels_)
        assert np.isfinite(model.transform(rows)).all() and np.isfinite(model.score(rows))
        assert np.isfinite(model.cluster_centers_).all() and np.isfinite(model.inertia_)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["fit", "partial_fit"])
def test_kmeans_refuses_what_it_cannot_square(layout, name):
    wide = pd.DataFrame(X.copy(), columns=list("abcd"))
    wide["c"] *= 1e200
    refused = r"Column 'c' of X holds numbers as large as .*e\+20.*cannot hold squared distances.*divide it by"
    with pytest.raises(InvalidDataError, match=refused):
        getattr(KMeans(3), name)(wide)
    with pytest.raises(InvalidDataError, match=r"Column 2 of X holds numbers as large as .*e\+20"):
        getattr(KMeans(3), name)(layout(wide.to_numpy()))
    model = KMeans(3, random_state=0).fit(X)
    before = model.cluster_centers_.copy()
    with pytest.raises(InvalidDataError, match="Column 2 of X holds"):
        getattr(model, name)(layout(wide.to_numpy()))
    assert np.array_equal(model.cluster_centers_, before)
    with pytest.raises(InvalidDataError, match="cannot hold squared distances"):
        KMeans(3, init=X[:3] * 1e200).fit(X)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("power", [120, -150, 800, -1060])
def test_weights_of_any_size(layout, dtype, power):
    rows, weight = layout(X.astype(dtype)), np.round(WEIGHT * 64) * 2.0**power
    starts = [{"init": init, "refine": False} for init in ("random", "k-means||")]
    for options in ({}, *starts, {"metric": "cosine"}):
        model = KMeans(3, random_state=0, **options).fit(rows, sample_weight=weight)
        assert adjusted_rand_score(CLASSES, model.labels_) > 0.8
        assert np.isfinite(model.inertia_) and np.isfinite(model.score(rows, sample_weight=weight))
        np.testing.assert_allclose(model.counts_.sum(), weight.sum())
        again = model.partial_fit(rows, sample_weight=weight)
        assert np.isfinite(again.cluster_centers_).all() and np.isfinite(again.inertia_)
        np.testing.assert_allclose(again.counts_.sum(), 2 * weight.sum())


@pytest.mark.parametrize(
    ("weight", "words"),
    [(np.logspace(-150, 150, 90), "goes from 1e-150 to 1e+150"), (np.full(90, 1e300), "goes up to 1e+300")],
)
def test_weights_that_nothing_can_add_are_refused_everywhere(weight, words):
    for model in (KMeans(3), DeepKMeans(3, **QUICK), DeepKMeans(3, objective="dcn", **QUICK), Autoencoder(2)):
        with pytest.raises(InvalidDataError) as refused:
            model.fit(X, sample_weight=weight)
        assert f"sample_weight {words}" in str(refused.value)
    with pytest.raises(InvalidDataError, match="sample_weight goes"):
        KMeans(3).fit(X).score(X, sample_weight=weight)


def test_batches_in_which_no_row_weighs_anything_train_nothing():
    weight = np.zeros(90)
    weight[::15] = 1.0
    codes = Autoencoder(2, batch_size=8, max_epochs=3, random_state=0).fit(X, sample_weight=weight).transform(X)
    assert np.isfinite(codes).all()


def test_one_row_heavier_than_all_others_together():
    weight = np.where(np.arange(90) == 3, 1e25, 1.0)
    model = DeepKMeans(3, **QUICK).fit(X, sample_weight=weight)
    assert np.isfinite(model.inertia_) and np.isfinite(model.predict_proba(X)).all()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("factor", [1e-290, 1e160, 1e299])
def test_networks_see_columns_of_any_unit(layout, factor):
    rows = layout(X * np.array([factor, 1.0, 1.0, 1.0]))
    for objective in ("selflabel", "dcn"):
        model = DeepKMeans(3, objective=objective, scaling="standard", **QUICK).fit(rows)
        for found in (model.transform(rows), model.predict_proba(rows), model.reconstruct(rows), model.score(rows)):
            assert np.isfinite(found).all()
        assert np.array_equal(model.predict(rows), model.labels_)
    coder = Autoencoder(2, scaling="standard", max_epochs=2, random_state=0).fit(rows)
    assert np.isfinite(coder.score(rows)) and np.isfinite(coder.inverse_transform(coder.transform(rows))).all()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("fit", [KMeans(3), DeepKMeans(3, **QUICK), Autoencoder(2, max_epochs=1)], ids=str)
def test_numbers_at_the_end_of_float64_are_refused_by_name(layout, fit):
    rows = X.copy()
    rows[5, 2], rows[6, 2] = 1.7e308, -1.7e308
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InvalidDataError, match=r"Column 2 of X holds numbers as large as 1.7e\+308"):
            fit.fit(layout(rows))


@pytest.mark.parametrize("name", ["standard", "counts", "none", "auto"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_far_from_those_of_the_fit_have_finite_answers_or_a_refusal(deep, name, dtype, layout):
    most = float(np.finfo(dtype).max)
    sizes = np.array([most, most / 1e3, most**0.75, most**0.5, 1e15, 1e6, 1e-40], dtype=dtype)
    far = np.repeat(sizes[:, None], 4, axis=1)
    answered = 0
    for row in far:
        rows = layout(row[None])
        for ask in ("predict", "transform", "predict_proba", "embed", "reconstruct", "score"):
            try:
                found = np.asarray(getattr(deep[name], ask)(rows))
            except InvalidDataError as refused:
                assert "olumn " in str(refused) and "of X" in str(refused)
                continue
            assert np.isfinite(found).all() and (ask != "predict" or 0 <= found[0] < 3)
            answered += 1
    assert answered >= 6 * 3  # the nearest are always answered


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_kmeans_labels_rows_far_from_those_of_the_fit(dtype, layout):
    most = float(np.finfo(dtype).max)
    model = KMeans(3, random_state=0).fit(X.astype(dtype))
    away = layout(np.array([[most, -most, most, 0]], dtype=dtype))
    if dtype is np.float64:
        with pytest.raises(InvalidDataError, match="Column 0 of X holds numbers as large as 1.8e"):
            model.predict(away)
        away = away / 1e10
    assert model.predict(away)[0] in range(3)
    with pytest.raises(InvalidDataError, match="Column 0 of X holds .* cannot hold"):
        model.transform(away) if dtype is np.float32 else model.score(away)


def test_float32_centres_far_apart_have_distances():
    ends = np.repeat(np.array([[-3e38], [3e38], [1.0]], dtype=np.float32), 5, axis=0)
    model = KMeans(3, random_state=0).fit(ends)
    assert sorted(np.bincount(model.labels_)) == [5, 5, 5] and np.isfinite(model.inertia_)
    assert np.array_equal(model.predict(ends), model.labels_)


def test_scaling_none_leaves_numbers_that_are_refused():
    for model in (DeepKMeans(3, objective="dcn", scaling="none", **QUICK), Autoencoder(2, scaling="none")):
        with pytest.raises(InvalidDataError, match="scaling='none' leaves column 0 of X.*float32 cannot hold"):
            model.fit(X * np.array([1e200, 1, 1, 1]))
    with pytest.raises(InvalidDataError, match="scaling='none' leaves all rows .* they differ by so little"):
        DeepKMeans(3, objective="dcn", scaling="none", **QUICK).fit(X * 1e-200)


def test_searches_and_maps_say_what_they_cannot_measure():
    far = X.copy()
    far[:, 1] *= 1e200
    with pytest.raises(InvalidDataError, match="scaling='none' leaves column 1 of X.*float32 cannot hold"):
        select_n_clusters(KMeans(), far, k_range=[2, 3], space="raw", n_references=1, n_resamples=1)
    found = select_n_clusters(KMeans(), far, k_range=[2, 3], n_references=1, n_resamples=1, random_state=0)
    assert np.isfinite(found.table["inertia"]).all()
    model = DeepKMeans(3, **QUICK).fit(far)
    assert np.isfinite(make_label_free_scorer()(model, far))
    assert np.isfinite(project(model, far).raw).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_main_directions_of_rows_that_float32_cannot_hold_are_refused_by_name(layout):
    model = DeepKMeans(3, objective="dcn", scaling="none", reduce="pca", **QUICK)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InvalidDataError, match="scaling='none' leaves column 0 of X, which goes up to 1e\\+300"):
            model.fit(layout(np.where(np.arange(4) == 0, 1e300, X)))


def test_one_row_with_weight_is_said():
    with pytest.raises(InvalidDataError, match="1 of 6 rows of X have weight.*check sample_weight"):
        DeepKMeans(2).fit(np.arange(12.0).reshape(6, 2), sample_weight=[1, 0, 0, 0, 0, 0])
