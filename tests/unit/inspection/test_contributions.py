"""Contributions: by hand, complete, where truth is planted, and the same however the rows are given."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.cluster import KMeans as PlainKMeans
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError
from deepkmeans.inspection import explain_rows
from deepkmeans.runtime import Seeds

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::deepkmeans.exceptions.MissingValuesWarning"),
]

#: Three of ten columns part three groups; the others are noise.
PLANTED = {"a", "b", "c"}
GRAPH = {"partition": "standard/15/spectral-diag", "random_state": 0}


def planted(n=300, seed=0):
    random = np.random.RandomState(seed)
    group = random.randint(3, size=n)
    centers = np.array([[0, 6, 12], [6, 12, 0], [12, 0, 6]])
    X = pd.DataFrame(random.normal(size=(n, 10)), columns=list("uvwabcxyzt"))
    X[["a", "b", "c"]] += centers[group]
    return X * np.linspace(0.1, 100, 10) + 7, group


@pytest.fixture(scope="module")
def wine():
    return load_wine(as_frame=True).data


@pytest.fixture(scope="module")
def network(wine):
    """A model with hidden layers, whose contributions no formula gives."""
    model = DeepKMeans(3, **GRAPH).fit(wine)
    assert model._architecture["hidden_sizes"]
    return model


@pytest.mark.parametrize("make", [KMeans, PlainKMeans])
def test_two_centres_by_hand(make):
    """Centres (1, 2) and (10, 2): 2 (c_1 - c_2)(x - c_2) of (0, 4) is (2 * -9 * -10, 0), from a base of -81."""
    X = np.array([[1.0, 2], [2, 4], [0, 0], [10, 2], [11, 4], [9, 0]])
    found = explain_rows(make(2, n_init=1, random_state=0).fit(X), X, index=[2, -1])
    assert found.method == "exact" and found.columns == ("x0", "x1") and found.index.tolist() == [2, 5]
    np.testing.assert_allclose(found.values, [[180, 0], [144, 0]])
    np.testing.assert_allclose(found.base, [-81, -81])
    np.testing.assert_allclose(found.margin, [10**2 + 2**2 - 1 - 2**2, 8**2 - 1])
    assert found.completeness.max() < 1e-12 and (found.first != found.second).all()


class Priced(PlainKMeans):
    prices_ = np.array([30.0, 0.0])

    def predict(self, X):
        return (self.transform(X) ** 2 + self.prices_).argmin(axis=1)


@pytest.mark.parametrize("steps", [[], [FunctionTransformer()]], ids=["exact", "sampled"])
def test_prices_of_clusters_move_the_border(steps):
    """With a price of 30 on the first centre the border between (0, 0) and (10, 0) is at 3.5: at 4 the margin is 10, of
    which the columns have 4^2 - 6^2 = -20."""
    X = np.array([[0.0, 0], [0, 0], [10, 0], [10, 0], [4, 0]])
    model = make_pipeline(*steps, Priced(2, init=X[[0, 2]], n_init=1)).fit(X[:4])
    found = explain_rows(model if steps else model[-1], X, index=[4, 2])
    assert found.first.tolist() == [1, 1] and (found.method == "exact") == (not steps)
    np.testing.assert_allclose(found.margin, [10, 130])
    np.testing.assert_allclose(found.base, [-100, -100])
    np.testing.assert_allclose(found.price, [30, 30])
    np.testing.assert_allclose(found.values[:, 0], [80, 200], atol=1e-9)
    assert found.completeness.max() < 1e-9
    assert found.text(4) == "Row 4 is nearer to cluster 0 and is in cluster 1 to keep the sizes asked for."
    assert found.text(2).startswith("Row 2 is in cluster 1 rather than cluster 0 because of x0 (10; ")
    assert found.to_dict()["rows"][0]["price"] == 30


@pytest.mark.parametrize("settings", [{"partition": "k-means"}, GRAPH], ids=["kept rows", "network"])
def test_contributions_and_prices_of_a_balanced_model_add_up(settings):
    """Of 40 and 20 rows ten have to be in the cluster that they are not nearest to."""
    X = np.random.RandomState(0).normal(size=(60, 3))
    X[:40, 0] += 8
    model = DeepKMeans(2, **{**settings, "random_state": 0}, balance=1.0).fit(X)
    found = explain_rows(model, X)
    assert np.bincount(model.labels_).tolist() == [30, 30]
    moved = found.margin < found.price
    distance = model.transform(X) ** 2
    np.testing.assert_array_equal(moved, distance.argmin(axis=1) != model.labels_)
    assert moved.sum() > 0 and np.median(found.completeness) < 0.01
    np.testing.assert_allclose(found.price, (model.prices_[1 - found.first] - model.prices_[found.first]), rtol=1e-6)
    assert found.text(int(np.flatnonzero(moved)[0])).endswith("to keep the sizes asked for.")


def test_kept_rows_are_linear_and_exact():
    """Where the network is the scaled rows themselves, the shares are those of the formula in these."""
    X = np.random.RandomState(0).normal(size=(60, 3))
    X[:30, 0] += 8
    model = DeepKMeans(2, partition="k-means", random_state=0).fit(X)
    found = explain_rows(model, X)
    scaled = (X - model.scaling_.shift.numpy()) / model.scaling_.scale.numpy()
    means = np.stack([scaled[model.labels_ == label].mean(axis=0) for label in range(2)])
    centers = model.cluster_centers_.astype(np.float64)
    first = model.labels_
    expected = 2 * (centers[first] - centers[1 - first]) * (scaled - means[1 - first])
    np.testing.assert_allclose(found.values, expected, atol=1e-9)
    assert found.method == "integrated gradients" and found.completeness.max() < 1e-9
    np.testing.assert_array_equal(found.first, model.labels_)


def test_contributions_of_a_network_add_up(wine, network):
    found = explain_rows(network, wine)
    assert found.method == "integrated gradients" and found.columns == tuple(wine.columns)
    np.testing.assert_array_equal(found.first, network.labels_)
    distance = np.sort(network.transform(wine), axis=1)
    np.testing.assert_allclose(found.margin, distance[:, 1] ** 2 - distance[:, 0] ** 2, rtol=1e-6)
    missed = np.abs(found.values.sum(axis=1) - (found.margin - found.base))
    assert (missed < 0.01 * found.margin).mean() > 0.99 and (found.base < 0).all()
    np.testing.assert_allclose(found.completeness, missed / found.margin)


def test_a_fixed_number_of_steps_comes_near_and_more_come_nearer(wine, network):
    rough, fine = (explain_rows(network, wine, n_steps=steps) for steps in (2, 64))
    assert fine.completeness.mean() < rough.completeness.mean() / 2


@pytest.mark.parametrize("settings", [{}, GRAPH], ids=["as chosen", "network"])
def test_the_planted_columns_come_first(settings):
    X, group = planted()
    model = DeepKMeans(3, **{"random_state": 0, **settings}).fit(X)
    assert pd.crosstab(model.labels_, group).max(axis=1).sum() > 290  # the groups are found
    found = explain_rows(model, X)
    hits = [{name for name, _ in found.top(row, 3)} == PLANTED for row in range(len(X))]
    assert np.mean(hits) >= 0.95


def test_the_same_rows_in_any_container_and_precision_give_the_same(wine):
    X = wine.to_numpy().astype(np.float32).astype(np.float64)
    model = DeepKMeans(3, random_state=0).fit(X)
    found = explain_rows(model, X)
    for same in (sp.csr_matrix(X), X.astype(np.float32), X.tolist()):
        again = explain_rows(model, same)
        np.testing.assert_allclose(again.values, found.values, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(explain_rows(model, X, index=[5, 3]).values, found.values[[5, 3]], rtol=1e-9)


def test_sparse_rows_behind_a_projection_are_those_of_dense_ones():
    random = np.random.RandomState(0)
    X = random.poisson(np.where(np.arange(300)[None, :] % 2 == np.arange(80)[:, None] % 2, 0.4, 0.05)).astype(float)
    model = DeepKMeans(2, random_state=0).fit(sp.csr_matrix(X))
    sparse, dense = explain_rows(model, sp.csr_matrix(X)), explain_rows(model, X)
    assert model.scaling_.components is not None and sparse.values.shape == (80, 300)
    np.testing.assert_allclose(sparse.values, dense.values, atol=1e-6 * np.abs(dense.values).max())
    assert np.median(sparse.completeness) < 0.01


def test_a_missing_cell_and_its_flag_are_one_column():
    random = np.random.RandomState(0)
    X = random.normal(size=(200, 4))
    X[:100] += 5
    X[100:160, 2] = np.nan
    model = DeepKMeans(2, objective="dcn", pretrain_epochs=5, max_epochs=5, random_state=0).fit(X)
    assert model.scaling_.flagged.tolist() == [2]
    found = explain_rows(model, X)
    assert found.columns == ("x0", "x1", "x2", "x3") and np.isfinite(found.values).all()
    assert np.median(found.completeness) < 0.01


@pytest.fixture(scope="module")
def customers():
    random = np.random.RandomState(0)
    group = random.randint(3, size=240)
    city = np.array(["Bern", "Basel", "Chur"])[group].astype(object)
    city[random.rand(240) < 0.1] = None
    return pd.DataFrame({
        "income": np.round(random.normal(30_000 + 20_000 * group, 4_000), -2), "city": city,
        "joined": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.randint(0, 900, 240), "D"),
        "vip": random.rand(240) < 0.3, "note": random.choice(["pays late", "pays in time", "new"], 240),
    })  # fmt: skip


def test_categories_dates_and_missing_cells_are_summed_to_the_users_columns(customers):
    model = DeepKMeans(3, random_state=0).fit(customers)
    found = explain_rows(model, customers)
    assert found.columns == ("income", "city", "joined", "vip", "note")
    assert (found.completeness < 0.01).mean() > 0.95
    known = customers["city"].notna().to_numpy()
    hits = [{name for name, _ in found.top(row, 2)} == {"income", "city"} for row in np.flatnonzero(known)]
    assert np.mean(hits) > 0.9
    text = found.text(0)
    assert text.startswith(f"Row 0 is in cluster {found.first[0]} rather than cluster {found.second[0]} because of ")
    assert f"income ({customers['income'][0]:,.0f}; " in text or f"city ({customers['city'][0]}; " in text
    assert "typical" in text and "_" not in text


def test_words_of_texts():
    sport = ["the striker scored a late goal", "a goal decided the match", "the match had a great striker"]
    money = ["the bank raised rates", "shares of the bank fell", "rates and shares rose"]
    texts = [f"{text} {end}" for text in sport + money for end in ("today", "again", "here", "at last")]
    model = DeepKMeans(2, random_state=0).fit(texts)
    found = explain_rows(model, texts)
    assert {"goal", "bank"} <= set(found.columns) and found.completeness.max() < 0.01
    assert found.top(0, 1)[0][0] in ("striker", "scored", "goal", "late")
    assert "because it mentions “" in found.text(0)


def test_pictures_have_contributions_of_pixels_and_patches():
    random = np.random.RandomState(0)
    X = random.rand(60, 8, 8)
    X[:30, :4, :4] += 3
    X[30:, 4:, 4:] += 3
    model = DeepKMeans(2, max_epochs=3, random_state=0).fit(X)
    found = explain_rows(model, X, index=range(40))
    picture = found.picture(0)
    assert picture.shape == (8, 8) and found.picture(0, patch=4).shape == (2, 2)
    np.testing.assert_allclose(found.picture(0, patch=4).sum(), found.values[0].sum())
    parts = found.picture(0, patch=4)
    assert max(parts[0, 1], parts[1, 0]) < max(parts[0, 0], parts[1, 1])
    assert found.text(0).endswith(".") and " because of its " in found.text(0)


def test_one_row_alone_is_compared_with_what_the_centre_decodes_to(wine):
    model = DeepKMeans(3, random_state=0).fit(wine)
    whole, alone = explain_rows(model, wine, index=[4]), explain_rows(model, wine.iloc[4:5])
    assert alone.first == whole.first and alone.second == whole.second
    np.testing.assert_allclose(alone.values[0], whole.values[0], rtol=0.2, atol=0.05 * np.abs(whole.values).max())


def test_a_result_says_what_it_is_in_json_and_words(wine):
    import json

    found = explain_rows(PlainKMeans(3, n_init=1, random_state=0).fit(wine), wine, index=[0, 1])
    told = json.loads(json.dumps(found.to_dict()))
    assert told["method"] == "exact" and told["n_samples"] == 178 and len(told["rows"]) == 2
    first = told["rows"][0]
    assert first["contributions"][0]["column"] == "proline" and first["text"] == found.text(0)
    assert found.text(0, names={int(found.first[0]): "Big", int(found.second[0]): "Small"}).startswith(
        "Row 0 is in Big rather than Small because of proline (1065; typical of Small: "
    )


def test_many_rows_are_sampled_and_the_result_names_them():
    X = np.random.RandomState(0).normal(size=(1500, 3))
    X[:700] += 5
    model = PlainKMeans(2, n_init=1, random_state=0).fit(X)
    found = explain_rows(model, X)
    assert len(found) == 1000 and len(np.unique(found.index)) == 1000 and found.n_samples == 1500
    np.testing.assert_array_equal(found.index, explain_rows(model, X).index)
    assert (explain_rows(model, X, seeds=Seeds(1)).index != found.index).any()


@pytest.mark.parametrize(
    ("index", "words"),
    [
        ([500], "There is no row 500: X has 178 rows, from 0 to 177"),
        ("x", "must be whole numbers, the first row is 0. Got 'x'"),
        ([], "must be whole numbers"),
        ([True], "must be whole numbers"),
    ],
)
def test_rows_that_are_none_are_refused(wine, index, words):
    model = PlainKMeans(3, n_init=1, random_state=0).fit(wine)
    with pytest.raises(InvalidDataError, match=words):
        explain_rows(model, wine, index=index)


def test_other_wrong_arguments_are_refused(wine):
    model = PlainKMeans(3, n_init=1, random_state=0).fit(wine)
    with pytest.raises(InvalidParameterError, match="'n_steps' parameter of explain_rows must be 'auto' or an integer"):
        explain_rows(model, wine, n_steps=0)
    with pytest.raises(InvalidDataError, match="single cluster"):
        explain_rows(PlainKMeans(1, n_init=1).fit(wine), wine)
    found = explain_rows(model, wine, index=[3])
    with pytest.raises(InvalidDataError, match="Row 5 is not among the 1 rows"):
        found.text(5)
    with pytest.raises(InvalidDataError, match="no pictures"):
        found.picture(3)
