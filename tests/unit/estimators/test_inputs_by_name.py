"""What is said of each input by its name: how it is read, and which pretrained encoder it gets; saved and loaded."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler

from deepkmeans import DeepKMeans, InputSpec, load, save
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, ModelFileError

Y = np.arange(60) % 2
CODES = np.array([10, 20])[Y]


def lengths(texts):
    """A pretrained encoder, as it were: how often each letter is in a text."""
    return np.array([[text.count(letter) + 0.1 for letter in "abc"] for text in texts], dtype=np.float32)


class Scaled:
    """Another one, an object."""

    def encode(self, texts):
        return 2 * lengths(texts)


def inputs():
    random = np.random.RandomState(0)
    titles = [("aab" if k else "bcc") + "abc"[random.randint(3)] for k in Y]
    titles[0] = None
    facts = pd.DataFrame({"code": CODES, "size": random.randn(60) + 4 * Y})
    return {"title": titles, "facts": facts, "more": random.randn(60, 2) + 5 * Y[:, None]}


def quick(**parameters):
    return DeepKMeans(2, max_epochs=2, random_state=0, **parameters)


def test_each_input_is_read_and_encoded_as_its_name_says(tmp_path):
    X, spec = inputs(), InputSpec(columns={"code": "category"})
    model = quick(preprocessor={"facts": spec, "more": StandardScaler()}, encoder={"title": lengths}).fit(X)
    said = model.report_["inputs"]
    assert said["title"]["input"]["encoder"]["name"] == "lengths"
    assert model.report_["modalities"]["title"]["missing"] == 1
    assert [each["kind"] for each in said["facts"]["input"]["columns"]] == ["category", "number"]
    assert clone(model).encoder["title"] is lengths
    path = tmp_path / "model.dkm"
    save(model, path)
    fitted = {"more": model._joined.pipelines["more"].preprocessor.transformer}
    for given, said in [
        ({"preprocessor": fitted}, "Input 'title': .* as {'title': ...}"),
        ({"encoder": lengths}, "must be 'auto' or a mapping for several"),
        ({"encoder": {"titel": lengths}}, "'titel', and the inputs are .*did you mean 'title'"),
        ({"encoder": {"title": lengths, "facts": lengths}, "preprocessor": fitted}, "'facts': give no encoder"),
        ({"encoder": {"title": lengths}}, "Input 'more'"),
        ({"encoder": {"title": Scaled()}, "preprocessor": fitted}, "Input 'title'"),
    ]:  # fmt: skip
        with pytest.raises(ModelFileError, match=said):
            load(path, **given)
    again = load(path, encoder={"title": lengths}, preprocessor=fitted)
    assert (again.predict(X) == model.predict(X)).all()
    assert again.encoder == {"title": lengths} and again.preprocessor["facts"] == spec
    assert isinstance(again.preprocessor["more"], StandardScaler)


def test_one_input_by_name_is_that_input(tmp_path):
    titles = inputs()["title"][1:]
    alone = quick(encoder=lengths).fit(titles)
    named = quick(encoder={"title": lengths}).fit({"title": titles})
    assert np.array_equal(alone.cluster_centers_, named.cluster_centers_)
    assert (named.predict({"title": titles}) == alone.labels_).all()
    save(named, tmp_path / "model.dkm")
    for encoder in (lengths, {"title": lengths}):
        again = load(tmp_path / "model.dkm", encoder=encoder)
        assert (again.predict({"title": titles}) == alone.labels_).all()
        assert again.encoder == {"title": lengths}


def test_what_is_said_of_an_input_that_is_not_there_is_refused():
    X = inputs()
    for parameters, said in [
        ({"encoder": {"titel": lengths}}, "'encoder' parameter .* 'titel', and the inputs .*did you mean 'title'"),
        ({"preprocessor": {"fact": InputSpec()}}, "'preprocessor' parameter .*did you mean 'facts'"),
        ({"encoder": lengths}, "must be 'auto' or a mapping for several inputs"),
        ({"preprocessor": InputSpec(kind="table")}, "say for which input it is, as preprocessor={'facts': ...}"),
        ({"encoder": {"title": 3}}, "'encoder' parameter of DeepKMeans must be"),
        ({"encoder": {"more": lengths}}, "Input 'more': The 'encoder' parameter"),
    ]:  # fmt: skip
        with pytest.raises(InvalidParameterError, match=said):
            quick(**parameters).fit(X)
    with pytest.raises(InvalidParameterError, match="X is one input without a name"):
        quick(encoder={"title": lengths}).fit(X["title"])
    with pytest.raises(InvalidParameterError, match="did you mean 'title'"):
        quick(encoder={"titles": lengths}).fit({"title": X["title"][1:]})
    with pytest.raises(InvalidDataError, match="Input 'more'"):
        quick(preprocessor={"more": InputSpec(kind="audio")}).fit(X)
