"""DeepKMeans of several inputs by name: what it finds, what rows may lack, and what is refused."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import adjusted_rand_score

from deepkmeans import DeepKMeans, load, save
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, MissingValuesWarning
from deepkmeans.inspection import decoded_centers, explain, project
from deepkmeans.objectives import SelfLabel
from deepkmeans.plotting import plot_centers, plot_silhouette

N, K = 240, 4


def blobs(d, y, seed, deviation=0.8):
    random = np.random.RandomState(seed)
    return (3 * random.randn(K, d)[y] + deviation * random.randn(len(y), d)).astype(np.float32)


@pytest.fixture(scope="module")
def y():
    return np.random.RandomState(1).permutation(np.arange(N) % K)


@pytest.fixture(scope="module")
def views(y):
    return {"a": blobs(8, y, 2), "b": blobs(5, y, 3)}


@pytest.fixture(scope="module")
def model(views):
    return DeepKMeans(K, random_state=0).fit(views)


@pytest.fixture(scope="module")
def alone_model(views):
    return DeepKMeans(K, random_state=0).fit(views["a"])


def test_two_views_of_the_same_clusters(model, views, y):
    assert adjusted_rand_score(y, model.labels_) > 0.97
    assert (model.predict(views) == model.labels_).all()
    assert model.embed(views).shape == (N, model.report_["embedding_dim"])
    assert model.transform(views).shape == (N, K)
    assert np.allclose(model.predict_proba(views).sum(axis=1), 1, atol=1e-5)
    said = model.report_["modalities"]
    assert list(said) == ["a", "b"] and sum(each["weight"] for each in said.values()) == pytest.approx(1)
    assert min(each["agreement"] for each in said.values()) > 0.3
    assert model.report_["chosen"] in model.report_["rounds"][-1]["candidates"]
    assert list(model.report_["inputs"]) == ["a", "b"]


def test_the_order_of_the_names_means_nothing_and_a_second_fit_gives_the_same_bits(model, views):
    other = DeepKMeans(K, random_state=0).fit({"b": views["b"], "a": views["a"]})
    assert (other.labels_ == model.labels_).all()
    assert np.array_equal(other.cluster_centers_, model.cluster_centers_)
    turned = {"b": views["b"], "a": views["a"]}
    assert np.array_equal(model.embed(turned), model.embed(views))


def test_one_input_is_enough_to_predict(model, views, y):
    for name in views:
        assert adjusted_rand_score(y, model.predict({name: views[name]})) > 0.9
        assert model.predict({name: views[name][:1]}).shape == (1,)


def test_noise_beside_a_good_view_does_no_harm(views, y, alone_model):
    random, alone = np.random.RandomState(5), adjusted_rand_score(y, alone_model.labels_)
    for d in (2, 30):
        joined = DeepKMeans(K, random_state=0).fit({"a": views["a"], "noise": random.randn(N, d)})
        assert adjusted_rand_score(y, joined.labels_) >= alone - 0.02
        said = joined.report_["modalities"]
        assert said["noise"]["graph_weight"] < 0.1 < said["a"]["graph_weight"]


def test_rows_may_lack_any_input(views, y):
    random = np.random.RandomState(7)
    a, b = views["a"].copy(), views["b"].copy()
    part = random.permutation(N) % 3
    a[part == 0], b[part == 1] = np.nan, np.nan
    model = DeepKMeans(K, random_state=0).fit({"a": a, "b": b})
    assert adjusted_rand_score(y, model.labels_) > 0.85
    assert (model.predict({"a": a, "b": b}) == model.labels_).all()
    assert model.report_["modalities"]["a"]["missing"] == int((part == 0).sum())
    # What a list lacks is None; rows are then the same.
    listed = [None if lacking else row.tolist() for row, lacking in zip(a, part == 0, strict=True)]
    assert (model.predict({"a": listed, "b": b}) == model.labels_).all()


def test_a_row_without_any_input_decides_nothing(views):
    a, b = views["a"].copy(), views["b"].copy()
    a[3], b[3] = np.nan, np.nan
    model = DeepKMeans(K, random_state=0).fit({"a": a, "b": b})
    assert (model.predict({"a": a, "b": b}) == model.labels_).all()
    weight = np.ones(N)
    weight[3] = 0
    other = DeepKMeans(K, random_state=0).fit(views, sample_weight=weight)
    rest = np.arange(N) != 3  # clusters of equal size may have other numbers
    assert adjusted_rand_score(other.labels_[rest], model.labels_[rest]) == 1


def test_rows_without_any_input_are_counted_and_told(views):
    lacking = {name: rows.copy() for name, rows in views.items()}
    lacking["a"][[0, 1]], lacking["b"][[1, 2]] = np.nan, np.nan
    model = DeepKMeans(K, random_state=0).fit(lacking)
    assert [each["missing"] for each in model.report_["modalities"].values()] == [2, 2]
    assert (model.predict({"a": [None] * 3, "b": lacking["b"][:3]}) == model.predict({"b": lacking["b"][:3]})).all()
    with pytest.warns(MissingValuesWarning, match="^1 row has none of the inputs and gets the cluster nearest"):
        model.predict({name: rows[:3] for name, rows in lacking.items()})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shares = explain(model, {name: rows[2:] for name, rows in lacking.items()}).inputs
    assert shares.shares[0].tolist() == [1, 0] and np.allclose(shares.shares.sum(axis=1), 1)
    with pytest.raises(InvalidDataError, match="There is no row 300"):
        shares.text(300)
    assert shares.text(-1).startswith(f"Row {N - 3} is in cluster ")


def test_rows_of_one_index_in_two_orders_are_refused(model, views):
    frames = {name: pd.DataFrame(rows).add_prefix(name) for name, rows in views.items()}
    frames["b"] = frames["b"].iloc[::-1]
    with pytest.raises(InvalidDataError, match=r"'a' and 'b' of X have the same index in different orders"):
        DeepKMeans(K).fit(frames)
    with pytest.raises(InvalidDataError, match=r"such as X\['b'\]\.loc\[X\['a'\]\.index\]"):
        model.predict(frames)
    other = {name: frame.set_axis(range(frame.shape[1]), axis=1) for name, frame in frames.items()}
    other["b"].index += N  # indices that have nothing in common
    assert len(model.predict(other)) == N


def test_a_map_and_centres_of_several_inputs(model, views):
    centers = decoded_centers(model)
    assert {name: frame.shape for name, frame in centers.items()} == {"a": (K, 8), "b": (K, 5)}
    means = np.stack([views["a"][model.labels_ == number].mean(axis=0) for number in range(K)])
    assert np.corrcoef(centers["a"].to_numpy().ravel(), means.ravel())[0, 1] > 0.9
    projection = project(model, views, random_state=0)
    assert projection.raw.shape == projection.embedding.shape == (N, 2)
    pytest.importorskip("matplotlib")
    assert len(plot_centers(model).subfigs) == 2 and plot_silhouette(model, views) is not None
    placed = projection.place({name: rows[:5] for name, rows in views.items()})
    np.testing.assert_allclose(placed.raw, projection.raw[:5], atol=1e-4)


def test_loading_leaves_the_random_numbers_of_torch_alone(model, tmp_path):
    save(model, tmp_path / "model.dkm")
    before = torch.get_rng_state()
    load(tmp_path / "model.dkm")
    assert torch.equal(torch.get_rng_state(), before)


def test_a_mapping_of_one_input_is_that_input(views, alone_model):
    alone = alone_model
    named = DeepKMeans(K, random_state=0).fit({"a": views["a"]})
    assert (alone.labels_ == named.labels_).all() and np.array_equal(alone.cluster_centers_, named.cluster_centers_)
    assert (named.predict({"a": views["a"]}) == named.labels_).all()
    assert (named.predict(views["a"]) == named.labels_).all()
    with pytest.raises(InvalidDataError, match="the input 'a' alone. Got a mapping of 'b'"):
        named.predict({"b": views["a"]})


def mixed(y, seed=0):
    """Pictures, texts and a frame of the same clusters, some rows without each."""
    random = np.random.RandomState(seed)
    words = [["red", "apple", "fruit"], ["fast", "car", "road"], ["green", "tree", "leaf"], ["loud", "song", "tune"]]
    texts = [" ".join(random.choice([*words[k], "a", "the"], 6)) for k in y]
    pictures = random.rand(len(y), 12, 12)
    for row, k in enumerate(y):
        pictures[row, 3 * k : 3 * k + 3] += 1.5
    facts = pd.DataFrame({
        "size": random.randn(len(y)) + 3 * y, "colour": np.array(["red", "blue", "green", "grey"])[y],
    })  # fmt: skip
    lacks = random.permutation(len(y)) % 6
    pictures[lacks == 0] = np.nan
    titles = [None if lacks[row] == 1 else text for row, text in enumerate(texts)]
    facts.loc[lacks == 2] = np.nan
    return {"photo": pictures, "title": titles, "facts": facts}


def test_pictures_texts_and_a_frame_together_saved_and_loaded_elsewhere(y, tmp_path):
    X = mixed(y)
    model = DeepKMeans(K, objective=SelfLabel(n_rounds=1, round_epochs=1), max_epochs=4, random_state=0).fit(X)
    assert adjusted_rand_score(y, model.labels_) > 0.9
    assert (model.predict(X) == model.labels_).all()
    path, new = tmp_path / "model.dkm", mixed(y[:60], seed=3)
    save(model, path)
    assert (load(path).predict(new) == model.predict(new)).all()
    np.savez(tmp_path / "new.npz", photo=new["photo"])
    new["facts"].to_csv(tmp_path / "new.csv", index=False)
    program = (
        "import sys, numpy, pandas, deepkmeans\n"
        f"model = deepkmeans.load({str(path)!r})\n"
        f"X = {{'photo': numpy.load({str(tmp_path / 'new.npz')!r})['photo'], 'title': {new['title']!r},\n"
        f"     'facts': pandas.read_csv({str(tmp_path / 'new.csv')!r})[['colour', 'size']]}}\n"
        "print(model.predict(X).tolist())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(model.predict(new).tolist())
    decoded = model.decode(model.cluster_centers_)
    assert sorted(decoded) == ["facts", "photo"] and decoded["photo"].shape == (K, 144)
    alone = {"title": ["fast car on a road", None]}
    assert model.predict({"title": alone["title"][:1]})[0] == np.bincount(model.labels_[y == 1]).argmax()
    assert model.predict(alone).shape == (2,)


def test_few_rows_and_one_cluster(views):
    few = {name: rows[:12] for name, rows in views.items()}
    model = DeepKMeans(2, random_state=0).fit(few)
    assert (model.predict(few) == model.labels_).all() and "too few" in model.report_["reason"]
    one = DeepKMeans(1, random_state=0).fit(views)
    assert not one.labels_.any()


def test_what_cannot_be_is_refused_in_words(model, views, alone_model):
    new = DeepKMeans(K, random_state=0)
    wrong = [
        ({}, "mapping without inputs"), ({"a": views["a"], 3: views["b"]}, "names of inputs must be printable texts"),
        ({"a": views["a"], "b": views["b"][:9]}, r"Got rows: 'a' 240, 'b' 9"),
        ({"a": views["a"], "b": np.full((N, 2), np.nan)}, "'b' of X is missing in every row"),
        ({"a": views["a"], "b": [None] * N}, "'b' of X is missing in every row; leave it out"),
        ({"a": views["a"], "b": pd.Series([np.nan] * N)}, "'b' of X is missing in every row; leave it out"),
        ({"a": views["a"], "b": np.full((N, 2), np.inf)}, "Input 'b': "),
    ]  # fmt: skip
    for X, said in wrong:
        with pytest.raises(InvalidDataError, match=said):
            new.fit(X)
    with pytest.raises(InvalidParameterError, match="must be 'selflabel' for several inputs. Got 'dec'"):
        DeepKMeans(K, objective="dec").fit(views)
    with pytest.raises(InvalidParameterError, match="'reduce' parameter .* for several inputs"):
        DeepKMeans(K, reduce="tsne").fit(views)
    lacking = {"a": views["a"].copy(), "b": views["b"]}
    lacking["a"][7] = np.nan
    with pytest.raises(InvalidDataError, match="'a' of X is missing in row 7"):
        DeepKMeans(K, missing="error").fit(lacking)
    for X, said in [
        (views["a"], "fitted on the inputs 'a', 'b'"), ({"c": views["a"]}, "has the input 'c'"),
        ({"a": views["b"]}, "Input 'a': X has 5 features"), ({"a": views["a"], "b": views["b"][:3]}, "a row for every"),
    ]:  # fmt: skip
        with pytest.raises(InvalidDataError, match=said):
            model.predict(X)
    with pytest.raises(InvalidDataError, match="fitted on one input without a name"):
        alone_model.predict(views)


def test_a_fit_of_one_input_after_one_of_several_is_as_new(views, alone_model):
    model = DeepKMeans(K, random_state=0, max_epochs=1).fit(views).set_params(max_epochs="auto").fit(views["a"])
    assert (model.labels_ == alone_model.labels_).all() and (model.predict(views["a"]) == model.labels_).all()


def test_files_that_cannot_be_read_are_told_and_what_is_lacking_is_not(tmp_path):
    image = pytest.importorskip("PIL.Image")
    paths = [tmp_path / f"{row}.png" for row in range(40)]
    for row, path in enumerate(paths):
        image.fromarray(np.full((8, 8), 60 * (row % K), dtype=np.uint8)).save(path)
    paths[3].write_text("no picture")
    paths[5] = None
    facts = np.repeat(np.arange(40)[:, None] % K * 5.0, 2, axis=1) + np.random.RandomState(0).rand(40, 2)
    with pytest.warns(MissingValuesWarning, match=r"^1 row cannot be read and decides nothing by 'photo' \(.*3\.png"):
        model = DeepKMeans(K, partition="k-means", random_state=0).fit({"photo": paths, "facts": facts})
    assert model.report_["modalities"]["photo"]["missing"] == 2


def test_a_model_of_an_array_of_pictures_takes_lists_and_bytes(tmp_path):
    random, kind = np.random.RandomState(0), np.arange(60) % 3
    pictures = np.clip(np.eye(3)[kind][:, None, None] + 0.02 * random.randn(60, 12, 12, 3), 0, 1)
    numbers = 5.0 * kind[:, None] + random.randn(60, 2)
    model = DeepKMeans(3, partition="k-means", random_state=0).fit({"photo": pictures, "facts": numbers})
    save(model, tmp_path / "model.dkm")
    for fitted in (model, load(tmp_path / "model.dkm")):
        for X in (list(pictures), (255 * pictures).round().astype(np.uint8), [*pictures[:-1], None]):
            assert (fitted.predict({"photo": X, "facts": numbers}) == model.labels_).all()
    assert decoded_centers(model)["photo"].shape == (3, 12, 12, 3)
    with pytest.raises(InvalidDataError, match="^Input 'photo': "):
        model.predict({"photo": ["a", "b"]})
