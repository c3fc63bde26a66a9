"""Static models of model2vec: in memory, by folder, from the cache of the hub, and by the name in a file."""

from __future__ import annotations

import os
import pickle
import shutil
import sys

import numpy as np
import pytest

from deepkmeans import InputSpec
from deepkmeans.data.preprocessing.frozen import FrozenTextPreprocessor
from deepkmeans.data.preprocessing.model_folders import find_model
from deepkmeans.encoders import TextEncoder
from deepkmeans.exceptions import InvalidParameterError, MissingDependencyError, ModelFileError
from tests.unit.data.preprocessing.given_encoders import TEXTS, given
from tests.unit.data.preprocessing.tiny_models import hub_cache, static_model

pytest.importorskip("model2vec")
hub = pytest.importorskip("huggingface_hub")

GIVEN = given(TEXTS)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    static_model().save_pretrained(tmp_path / "static")
    return tmp_path / "static"


@pytest.fixture
def cached(tmp_path, folder, monkeypatch):
    """The id of a model that is in the hub's cache."""
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(hub_cache(tmp_path / "hub", "owner/tiny-static", folder)))
    return "owner/tiny-static"


def fit(encoder):
    return FrozenTextPreprocessor.fit(GIVEN, InputSpec(), encoder)


def expected():
    rows = static_model().encode([text if text.strip() else "" for text in TEXTS]).astype(np.float64)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)


def test_the_model_itself_its_folder_and_its_id_are_one_encoder(folder, tmp_path, monkeypatch):
    in_memory, X = fit(static_model())
    assert np.allclose(X, expected(), atol=1e-6)
    by_folder = fit(folder)[0]
    assert (by_folder.encoder.identity.source, by_folder.encoder.identity.name) == ("folder", str(folder.resolve()))
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(hub_cache(tmp_path / "hub", "owner/tiny", folder)))
    by_id = fit("owner/tiny")[0]
    assert by_id.encoder.identity.source == "hub" and by_id.encoder.identity.revision.startswith("0123456789abcdef")
    one = {each.encoder.identity.sha256 for each in (in_memory, by_folder, by_id)}
    assert len(one) == 1 and len(one.pop()) == 64
    assert in_memory.encoder.identity.name == "StaticModel" and in_memory.report()["encoder"]["library"] == "model2vec"
    for each in (by_folder, by_id):
        assert each.counts["cached"] == 5  # the first of the three filled the cache for all


def test_a_second_fit_does_not_call_the_encoder(monkeypatch):
    model = static_model()
    X = fit(model)[1]
    calls = []
    encode = model.encode
    monkeypatch.setattr(model, "encode", lambda texts, **options: (calls.append(texts), encode(texts, **options))[1])
    assert np.array_equal(fit(model)[1], X)
    assert calls == []
    fit(TextEncoder(model, cache=False))
    assert sum(map(len, calls)) == 5 + 3  # the texts and the probes


def test_other_settings_have_other_rows_in_the_cache():
    fit(static_model())
    cut = static_model()
    cut.max_length = 1
    preprocessor, X = fit(TextEncoder(cut, max_parts=1))
    assert preprocessor.counts["cached"] == 0 and preprocessor.max_tokens == 1
    assert not np.allclose(X[0], expected()[0], atol=1e-3)


def test_a_file_finds_its_model_by_name_and_refuses_another(cached, tmp_path, monkeypatch):
    preprocessor, X = fit(cached)
    parts = preprocessor.to_parts()
    loaded = FrozenTextPreprocessor.from_parts(*parts)
    assert np.array_equal(loaded.transform(GIVEN), X)
    assert np.array_equal(FrozenTextPreprocessor.from_parts(*parts, static_model()).transform(GIVEN), X)
    with pytest.raises(ModelFileError, match=r"is not the 'owner/tiny-static' that .*its weights are others \(SHA-256"):
        FrozenTextPreprocessor.from_parts(*parts, static_model(seed=1))
    with pytest.raises(ModelFileError, match="its weights are others"):
        FrozenTextPreprocessor.from_parts(*parts, lambda texts: static_model().encode(texts))
    longer = static_model()
    longer.max_length = 1
    with pytest.raises(ModelFileError, match="it makes other rows of the same texts"):
        FrozenTextPreprocessor.from_parts(*parts, longer)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "empty"))
    gone = FrozenTextPreprocessor.from_parts(*parts)
    with pytest.raises(ModelFileError, match=r"fitted on texts with the encoder 'owner/tiny-static'.*hf download"):
        gone.transform(GIVEN)


def test_a_model_of_the_hub_that_was_updated_with_the_same_weights_is_the_same(cached, tmp_path):
    preprocessor, X = fit(cached)
    own = tmp_path / "hub" / "models--owner--tiny-static"
    newer = "f" * 40
    (own / "snapshots" / preprocessor.encoder.identity.revision).rename(own / "snapshots" / newer)
    (own / "refs" / "main").write_text(newer, "utf-8")
    assert np.array_equal(FrozenTextPreprocessor.from_parts(*preprocessor.to_parts()).transform(GIVEN), X)


def test_a_folder_whose_model_was_replaced_is_refused(folder):
    parts = fit(folder)[0].to_parts()
    static_model(seed=1).save_pretrained(folder)
    with pytest.raises(ModelFileError, match="its weights are others"):
        FrozenTextPreprocessor.from_parts(*parts).transform(GIVEN)


def test_a_pickle_has_no_weights_that_are_found_by_name(folder):
    preprocessor, X = fit(folder)
    assert len(pickle.dumps(preprocessor)) < 5000
    assert np.array_equal(pickle.loads(pickle.dumps(preprocessor)).transform(GIVEN), X)
    in_memory = fit(static_model())[0]
    assert np.array_equal(pickle.loads(pickle.dumps(in_memory)).transform(GIVEN), X)


@pytest.mark.parametrize("damage", ["truncated", "no weights", "no tokenizer", "empty"])
def test_damaged_folders_are_refused_in_one_sentence(folder, damage):
    weights = folder / "model.safetensors"
    if damage == "truncated":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif damage == "no weights":
        weights.unlink()
        (folder / "modules.json").unlink()
        (folder / "config.json").unlink()
    elif damage == "no tokenizer":
        (folder / "tokenizer.json").write_text("{", "utf-8")
    else:
        shutil.rmtree(folder)
        folder.mkdir()
    # What is damaged so much that it is not known for a static model is offered to the other library.
    with pytest.raises((InvalidParameterError, MissingDependencyError)) as caught:
        fit(folder)
    assert "\n" not in str(caught.value) and str(folder) in str(caught.value)


def test_code_of_a_model_is_not_run(tmp_path):
    (tmp_path / "config.json").write_text("{}", "utf-8")
    (tmp_path / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "evil.Transformer"}]', "utf-8")
    (tmp_path / "evil.py").write_text("raise SystemExit('code was run')", "utf-8")
    with pytest.raises(InvalidParameterError, match=r"needs code of its own \('evil.Transformer'\), which is not run"):
        fit(tmp_path)


def test_nothing_is_downloaded_unless_allowed(monkeypatch, tmp_path, folder):
    asked = []

    def snapshot_download(name, *, local_files_only=False, **options):
        asked.append(local_files_only)
        if local_files_only:
            raise hub.errors.LocalEntryNotFoundError("not there")
        if "down" in name:
            raise hub.errors.OfflineModeIsEnabled("HF_HUB_OFFLINE=1 is set")
        return str(folder)

    monkeypatch.setattr(hub, "snapshot_download", snapshot_download)
    with pytest.raises(InvalidParameterError, match=r"'owner/up' is neither a folder nor in the hub's cache"):
        fit("owner/up")
    assert asked == [True]
    assert fit(TextEncoder("owner/up", local_files_only=False))[0].width == 8
    assert asked == [True, True, False]
    with pytest.raises(InvalidParameterError, match="cannot be downloaded: HF_HUB_OFFLINE=1 is set"):
        fit(TextEncoder("owner/down", local_files_only=False))


def test_a_revision_that_is_not_there(cached):
    assert find_model(cached, "main").name == cached
    with pytest.raises(InvalidParameterError, match=r"'owner/tiny-static' \(revision 'v2'\) is neither"):
        find_model(cached, "v2")


def test_a_model_of_which_the_cache_has_no_weights_is_not_there(cached, tmp_path):
    (weights,) = (tmp_path / "hub").rglob("model.safetensors")
    weights.unlink()
    with pytest.raises(InvalidParameterError, match="is neither a folder nor in the hub's cache"):
        fit(cached)


def test_without_the_package_the_install_line_is_said(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "model2vec", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'deepkmeans\[text\]'"):
        fit(folder)


def test_odd_characters_are_encoded():
    texts = ["cat \ud800", "dog\0", "\ufeffbirds", "\u200b", "caf\udce9", "\U0001f600", "the cat " * 5000]
    X = FrozenTextPreprocessor.fit(given(texts), InputSpec(), static_model())[1]
    assert X.shape == (7, 8) and np.isfinite(X).all() and X[0].any()


def test_many_texts_start_no_processes_and_leave_the_environment(monkeypatch):
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    before = dict(os.environ)
    texts = [f"the cat {i} ran" for i in range(12_000)]
    X = FrozenTextPreprocessor.fit(given(texts), InputSpec(), TextEncoder(static_model(), cache=False))[1]
    assert X.shape == (12_000, 8) and dict(os.environ) == before
