"""Models of tables and texts in files: whole, distinguished from damaged ones, and alike in a fresh process."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from deepkmeans import Autoencoder, DeepKMeans, InputSpec, load, save
from deepkmeans.data.preprocessing.stored import encoder_of
from deepkmeans.exceptions import InvalidParameterError, ModelFileError
from deepkmeans.storage import container, read_container, write_container
from tests.subprocesses import environment
from tests.unit.estimators.given import autoencoder, clusterer, letters, mixed, texts

FRAME, TEXTS = mixed(missing=False), texts()
ALONE = pd.DataFrame({"id": range(90), "title": TEXTS})
KEYED = FRAME[["id", "age"]].assign(weight=np.arange(90) % 7)

GIVEN: dict[str, Any] = {"table": FRAME, "texts": TEXTS, "one text column": ALONE, "keyed numbers": KEYED}


@pytest.fixture(scope="module")
def models() -> dict[str, DeepKMeans]:
    return {name: clusterer().fit(X) for name, X in GIVEN.items()}


@pytest.mark.parametrize("name", GIVEN)
def test_a_file_holds_the_preprocessing(name: str, models: dict[str, DeepKMeans], tmp_path: Path) -> None:
    model, X = models[name], GIVEN[name]
    save(model, tmp_path / "m.dkm")
    again = load(tmp_path / "m.dkm", expected=DeepKMeans)
    np.testing.assert_array_equal(again.predict(X), model.labels_)
    np.testing.assert_array_equal(again.embed(X), model.embed(X))
    assert (again.preprocessor, again.encoder, again.n_features_in_) == ("auto", "auto", model.n_features_in_)
    assert again.report_["input"] == json.loads(json.dumps(model.report_["input"]))
    save(again, tmp_path / "again.dkm")
    first, second = (read_container(tmp_path / f"{each}.dkm", kind="model")[0] for each in ("m", "again"))
    assert first == second
    network = autoencoder().fit(X)
    save(network, tmp_path / "n.dkm")
    np.testing.assert_array_equal(load(tmp_path / "n.dkm", expected=Autoencoder).transform(X), network.transform(X))


@pytest.mark.slow
def test_a_fresh_process_without_the_data(models: dict[str, DeepKMeans], tmp_path: Path) -> None:
    for name, model in models.items():
        save(model, tmp_path / f"{name}.dkm")
    FRAME[::-1].to_json(tmp_path / "rows.json", orient="records", date_format="iso")
    code = f"""
import json, pandas as pd, deepkmeans
frame = pd.DataFrame(json.load(open({str(tmp_path / "rows.json")!r})))[::-1]
table = deepkmeans.load({str(tmp_path / "table.dkm")!r}).predict(frame[sorted(frame.columns)])
texts = deepkmeans.load({str(tmp_path / "texts.dkm")!r}).predict(frame["note"])
print(json.dumps([table.tolist(), texts.tolist()]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert json.loads(done.stdout) == [models["table"].labels_.tolist(), models["texts"].labels_.tolist()]


def test_a_spec_comes_back(tmp_path: Path) -> None:
    spec = InputSpec(columns={"note": "ignored"}, levels={"size": ["low", "medium", "high"]}, decimal=".")
    save(clusterer(preprocessor=spec).fit(FRAME), tmp_path / "m.dkm")
    assert load(tmp_path / "m.dkm").preprocessor == spec  # type: ignore[union-attr]


def test_a_transformer_is_given_again_and_recognised(tmp_path: Path) -> None:
    columns = ColumnTransformer([("n", StandardScaler(), ["age"]), ("c", OneHotEncoder(), ["city"])])
    model = clusterer(preprocessor=columns).fit(FRAME)
    save(model, tmp_path / "m.dkm")
    fitted = copy.deepcopy(model.preprocessor_)
    fitted.transform(FRAME)
    again = load(tmp_path / "m.dkm", preprocessor=fitted, expected=DeepKMeans)
    np.testing.assert_array_equal(again.predict(FRAME), model.labels_)
    assert again.preprocessor_ is fitted and not hasattr(again.preprocessor, "transformers_")
    with pytest.raises(ModelFileError, match=r"preprocessor=ColumnTransformer\(...\).*load\(path, preprocessor=...\)"):
        load(tmp_path / "m.dkm")
    for other in (columns, columns.fit(FRAME[:50]), TfidfVectorizer()):
        with pytest.raises(ModelFileError, match="is not the ColumnTransformer of the fit"):
            load(tmp_path / "m.dkm", preprocessor=other)


def test_an_encoder_is_given_again_and_recognised(tmp_path: Path) -> None:
    for X in (TEXTS, ALONE, FRAME):
        model = clusterer(encoder=letters).fit(X)
        save(model, tmp_path / "m.dkm")
        again = load(tmp_path / "m.dkm", encoder=letters, expected=DeepKMeans)
        np.testing.assert_array_equal(again.predict(X), model.labels_)
        assert again.encoder is letters and encoder_of(again.preprocessor_).model is letters
        with pytest.raises(ModelFileError, match=r"'letters', which is not in the file; load it with load\(path, enc"):
            load(tmp_path / "m.dkm")
        with pytest.raises(ModelFileError, match="is not the 'letters'"):
            load(tmp_path / "m.dkm", encoder=lambda given: letters(given)[:, ::-1])


def test_what_is_not_needed_is_refused(models: dict[str, DeepKMeans], tmp_path: Path) -> None:
    save(models["texts"], tmp_path / "m.dkm")
    save(clusterer().fit(np.random.RandomState(0).randn(40, 3)), tmp_path / "n.dkm")
    for name, words in (("m", "holds its whole preprocessing"), ("n", "was fitted on numbers")):
        with pytest.raises((InvalidParameterError, ModelFileError), match=words):
            load(tmp_path / f"{name}.dkm", preprocessor=StandardScaler())


def _changed(document: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(document)
    part = document["state"]
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    return document


@pytest.mark.parametrize(
    ("name", "place", "value", "words"),
    [
        ("table", ("preprocessing", "kind"), "pickle", "must be one of"),
        ("table", ("preprocessing", "code"), 1, "unknown key"), ("table", ("preprocessing",), [], "must be an object"),
        ("table", ("n_features_in",), 8, "'preprocessing' takes 9"),
        ("table", ("preprocessing", "schema", "columns", 1, "kind"), "magic", "must be one of"),
        ("texts", ("n_features_in",), 2, "'preprocessing' takes 1"),
        ("one text column", ("preprocessing", "texts", "kind"), "table", "must be one of"),
        ("one text column", ("preprocessing", "schema", "columns", 0, "kind"), "number", "one column, of kind 'text'"),
        ("keyed numbers", ("preprocessing", "schema", "columns", 0, "kind"), "number", "'preprocessing' makes 3"),
        ("table", ("given", "preprocessor"), {"kind": "all", "columns": {}, "levels": {}, "decimal": "."}, "one of"),
        ("table", ("given", "encoder"), 1, "must be a string"),
    ],
)  # fmt: skip
def test_a_changed_document_is_refused(
    name: str, place: tuple[Any, ...], value: Any, words: str, models: dict[str, DeepKMeans], tmp_path: Path
) -> None:
    save(models[name], tmp_path / "m.dkm")
    document, tensors = read_container(tmp_path / "m.dkm", kind="model")
    write_container(tmp_path / "m.dkm", kind="model", document=_changed(document, place, value), tensors=tensors)
    with pytest.raises(ModelFileError, match=f"damaged or forged: .*{words}"):
        load(tmp_path / "m.dkm")


def test_changed_tensors_are_refused(models: dict[str, DeepKMeans], tmp_path: Path) -> None:
    for name in ("table", "texts", "one text column", "keyed numbers"):
        save(models[name], tmp_path / "m.dkm")
        document, tensors = read_container(tmp_path / "m.dkm", kind="model")
        held = [each for each in tensors if each.startswith("preprocessing/") and not each.endswith("components")]
        more = {**tensors, "preprocessing/extra": torch.ones(2, dtype=torch.float64)}
        for changed in (more, *({key: t for key, t in tensors.items() if key != each} for each in held)):
            write_container(tmp_path / "m.dkm", kind="model", document=document, tensors=changed)
            with pytest.raises(ModelFileError, match="damaged or forged: .*is (unknown|missing)"):
                load(tmp_path / "m.dkm")


def test_earlier_formats_have_no_preprocessing(
    models: dict[str, DeepKMeans], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(models["texts"], tmp_path / "m.dkm")
    document, tensors = read_container(tmp_path / "m.dkm", kind="model")
    monkeypatch.setattr(container, "FORMAT", 2)
    write_container(tmp_path / "m.dkm", kind="model", document=document, tensors=tensors)
    with pytest.raises(ModelFileError, match="'preprocessing' is unknown in a file of format 2"):
        load(tmp_path / "m.dkm")
