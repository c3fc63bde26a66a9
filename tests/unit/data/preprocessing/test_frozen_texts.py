"""Texts by a frozen encoder: what a fit gives, what its file holds, and which encoders it takes afterwards."""

from __future__ import annotations

import contextlib
import json
import pickle
import sqlite3
import threading

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from sklearn.feature_extraction.text import TfidfVectorizer

from deepkmeans import InputSpec
from deepkmeans.data import row_rule
from deepkmeans.data.given import GivenInput
from deepkmeans.data.preprocessing.frozen import FrozenTextPreprocessor
from deepkmeans.encoders import TextEncoder
from deepkmeans.exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from deepkmeans.storage.schema import MismatchError
from tests.unit.data.preprocessing.given_encoders import TEXTS, Counting, embed, given, vector

GIVEN = given(TEXTS)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))


def fit(encoder, texts=TEXTS, **options):
    return FrozenTextPreprocessor.fit(given(texts), InputSpec(), encoder, **options)


def test_rows_have_length_one_and_are_seen_as_directions():
    preprocessor, X = fit(Counting(64), [f"text {i}" for i in range(50)])
    assert X.dtype == np.float32 and X.shape == (50, 64)
    assert np.allclose(np.linalg.norm(X, axis=1), 1) and row_rule(X) == "cosine"
    assert (preprocessor.kind, preprocessor.scaled, preprocessor.feature_names) == ("frozen", False, None)
    assert np.array_equal(preprocessor.transform(given(["text 7"])), X[[7]])
    raw = fit(TextEncoder(embed, normalize=False))[1]
    assert np.allclose(raw[0], vector(TEXTS[0])) and not raw[2].any()


def test_the_report_says_which_encoder_and_how_many_texts():
    report = fit(embed)[0].report()
    assert report["encoder"] == {
        "source": "function", "name": "embed", "library": None, "revision": None, "sha256": None,
    }  # fmt: skip
    assert (report["kind"], report["width"], report["texts"], report["empty"]) == ("text", 4, 8, 2)
    assert report["notes"] == [
        "Texts became 4 columns by the encoder embed.",
        "2 of 8 texts are empty; their rows are zeros, of which no cluster is made.",
    ]  # fmt: skip
    json.dumps(report)


@pytest.mark.parametrize("encoder", [embed, Counting(), TextEncoder(embed, normalize=False, batch_size=3)])
def test_parts_come_back_and_give_the_same_rows(encoder):
    preprocessor, X = fit(encoder)
    document, tensors = preprocessor.to_parts()
    document = json.loads(json.dumps(document))
    assert FrozenTextPreprocessor.check_parts(document, tensors)["n_features"] == 4
    assert all(name.startswith("preprocessing/") for name in tensors)
    model = encoder.model if isinstance(encoder, TextEncoder) else encoder
    loaded = FrozenTextPreprocessor.from_parts(document, tensors, model)
    assert np.array_equal(loaded.transform(GIVEN), X)
    assert loaded.report() == preprocessor.report() and loaded.to_parts()[0] == document


def test_another_encoder_and_none_are_refused():
    parts = fit(embed)[0].to_parts()
    with pytest.raises(ModelFileError, match=r"'embed', which is not in the file; load it with load\(path, enc"):
        FrozenTextPreprocessor.from_parts(*parts)
    for other, message in (
        (lambda texts: -embed(texts), "is not the 'embed' that the model was fitted with: it makes other rows"),
        (lambda texts: embed(texts)[:, :3], "with the encoder 'embed': .*Got 3 columns where it has given 4 before"),
        (lambda texts: 1 / 0, "with the encoder 'embed': .* failed on 6 texts: ZeroDivisionError"),
    ):
        with pytest.raises(ModelFileError, match=message):
            FrozenTextPreprocessor.from_parts(*parts, other)
    with pytest.raises(ModelFileError, match="on texts with the encoder 'embed': The 'encoder' of texts must be"):
        FrozenTextPreprocessor.from_parts(*parts, 3)
    FrozenTextPreprocessor.from_parts(*parts, lambda texts: embed(texts) * 1.001)  # as other processors round


def test_an_encoder_that_knows_the_texts_of_the_fit_alone_is_known_by_some_of_these():
    known = {text: vector(text) for text in TEXTS}
    preprocessor, X = fit(lambda texts: [known[text] for text in texts])
    document, tensors = preprocessor.to_parts()
    assert document["probes"] == ["birds", "数据 聚类", "the cat sat"]
    assert FrozenTextPreprocessor.check_parts(document, tensors)["n_features"] == 4
    loaded = FrozenTextPreprocessor.from_parts(document, tensors, lambda texts: [known[text] for text in texts])
    assert np.array_equal(loaded.transform(GIVEN), X)
    with pytest.raises(ModelFileError, match="Got 2 columns where it has given 4 before"):
        FrozenTextPreprocessor.from_parts(document, tensors, lambda texts: [known[text][:2] for text in texts])
    with pytest.raises(ModelFileError, match="it makes other rows of the same texts"):
        FrozenTextPreprocessor.from_parts(document, tensors, lambda texts: [-known[text] for text in texts])


def test_a_vectorizer_that_makes_zeros_of_other_texts_is_known_by_frequent_words():
    texts = ["red apple pie", "red car", "blue car engine", "apple cake"] * 3
    fitted, other = (TfidfVectorizer().fit(words) for words in (texts, [text.replace("r", "z") for text in texts]))
    preprocessor, X = fit(fitted, texts)
    assert len(fitted.vocabulary_) == len(other.vocabulary_)
    document, tensors = preprocessor.to_parts()
    assert document["probes"][3:] == ["apple", "car", "red"] and len(tensors["preprocessing/answers"]) == 6
    loaded = FrozenTextPreprocessor.from_parts(document, tensors, fitted)
    assert (loaded.transform(given(texts)) != X).nnz == 0
    with pytest.raises(ModelFileError, match="it makes other rows of the same texts"):
        FrozenTextPreprocessor.from_parts(document, tensors, other)


def test_a_file_whose_probes_say_nothing_goes_by_the_name():
    document, tensors = fit(embed)[0].to_parts()
    silent = {name: torch.zeros_like(tensor) for name, tensor in tensors.items()}
    nothing = TextEncoder(lambda texts: np.zeros((len(texts), 4)), normalize=False)
    with pytest.raises(ModelFileError, match="another name, by which alone that one could be recognised"):
        FrozenTextPreprocessor.from_parts(document, silent, nothing)
    FrozenTextPreprocessor.from_parts(document, silent, TextEncoder(nothing.model, name="embed"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(more=1), "unknown key 'more'"),
        (lambda d: d.pop("width"), "lacks 'width'"),
        (lambda d: d.update(width=0), "'width'"),
        (lambda d: d.update(width=5), "answers"),
        (lambda d: d.update(kind="table"), "'kind'"),
        (lambda d: d["encoder"].update(source="url"), "'source'"),
        (lambda d: d["encoder"].update(name=3), "'name'"),
        (lambda d: d["counts"].update(texts=-1), "'texts'"),
        (lambda d: d.update(probes=["one"]), "answers"),
    ],
)
def test_forged_parts_are_refused(change, message):
    document, tensors = fit(embed)[0].to_parts()
    change(document)
    with pytest.raises(MismatchError, match=message):
        FrozenTextPreprocessor.check_parts(document, tensors)


def test_forged_tensors_are_refused():
    document, tensors = fit(embed)[0].to_parts()
    for name, tensor in (("answers", torch.full((3, 4), torch.nan)), ("more", torch.ones(1))):
        with pytest.raises(MismatchError):
            FrozenTextPreprocessor.check_parts(document, {**tensors, f"preprocessing/{name}": tensor})


def test_a_file_cannot_make_us_look_on_other_machines(tmp_path):
    document, tensors = fit(embed)[0].to_parts()
    for name in (r"\\server\share", "//server/share"):
        document["encoder"] |= {"source": "folder", "name": name}
        with pytest.raises(ModelFileError, match="which is not in the file"):
            FrozenTextPreprocessor.from_parts(document, tensors)
    document["encoder"] |= {"name": str(tmp_path / "gone")}
    loaded = FrozenTextPreprocessor.from_parts(document, tensors)  # all but encoding works without it
    assert loaded.report()["width"] == 4
    with pytest.raises(ModelFileError, match="no such folder on this machine"):
        loaded.transform(GIVEN)


def test_a_named_function_is_cached_and_others_are_not(tmp_path):
    encoder = Counting()
    named = TextEncoder(encoder, name="counting 1")
    X = fit(named)[1]
    calls = len(encoder.calls)
    preprocessor, again = fit(named)
    assert np.array_equal(again, X) and preprocessor.counts["cached"] == 5
    assert len(encoder.calls) == calls
    assert np.array_equal(preprocessor.transform(given([*TEXTS, "new"]))[:-1], X)
    assert encoder.calls[-1] == ["new"]
    assert fit(Counting())[0].counts["cached"] == 0
    assert fit(TextEncoder(encoder, name="counting 2"))[0].counts["cached"] == 0


def test_damaged_rows_of_the_cache_are_encoded_again(tmp_path):
    X = fit(TextEncoder(embed, name="embed"))[1]
    (file,) = (tmp_path / "cache").iterdir()
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE rows SET row = zeroblob(length(row)) WHERE rowid % 2 = 0")
    preprocessor, again = fit(TextEncoder(embed, name="embed"))
    assert np.array_equal(again, X) and 0 < preprocessor.counts["cached"] < 5
    file.write_bytes(b"no database any more" * 500)
    for cached in (0, 5):
        preprocessor, again = fit(TextEncoder(embed, name="embed"))
        assert np.array_equal(again, X) and preprocessor.counts["cached"] == cached


def test_a_file_refuses_another_function_of_the_same_name_in_the_cache():
    parts = fit(TextEncoder(embed, name="embed"))[0].to_parts()
    with pytest.raises(ModelFileError, match="it makes other rows"):
        FrozenTextPreprocessor.from_parts(*parts, TextEncoder(lambda texts: -embed(texts), name="embed"))


@pytest.mark.parametrize("off", [{"cache": False}, {"cache": None}, {"setting": False}, {"variable": "off"}])
def test_the_cache_can_be_switched_off(off, tmp_path, monkeypatch):
    if "variable" in off:
        monkeypatch.setenv("DEEPKMEANS_CACHE", off["variable"])
    encoder = TextEncoder(Counting(), name="counting", cache=off.get("setting", "auto"))
    for _ in range(2):
        assert fit(encoder, cache=off.get("cache", "auto"))[0].counts["cached"] == 0
    assert not (tmp_path / "cache").exists()


def test_the_cache_goes_where_it_is_told(tmp_path):
    fit(TextEncoder(embed, name="embed", cache=tmp_path / "a"))
    fit(TextEncoder(embed, name="embed"), cache=tmp_path / "b")
    assert (tmp_path / "a").is_dir() and (tmp_path / "b").is_dir() and not (tmp_path / "cache").exists()


def test_sparse_rows_are_not_cached():
    words = TfidfVectorizer(token_pattern=r"\S+").fit(TEXTS)
    for _ in range(2):
        preprocessor, X = fit(TextEncoder(words, name="words"))
        assert sp.issparse(X) and preprocessor.counts["cached"] == 0
    document, tensors = preprocessor.to_parts()
    assert FrozenTextPreprocessor.check_parts(document, tensors)["n_features"] == X.shape[1]
    loaded = FrozenTextPreprocessor.from_parts(document, tensors, words)
    assert np.allclose(loaded.transform(GIVEN).toarray(), X.toarray())


def test_rows_of_another_width_in_the_cache_are_made_again():
    fit(TextEncoder(Counting(3), name="counting"))
    wide = TextEncoder(Counting(4), name="counting")
    preprocessor = fit(TextEncoder(Counting(4), cache=False))[0]
    loaded = FrozenTextPreprocessor.from_parts(*preprocessor.to_parts(), wide)
    assert loaded.transform(GIVEN).shape == (len(TEXTS), 4)


def test_tables_are_refused_and_embeddings_do_not_become_texts():
    preprocessor, X = fit(embed)
    with pytest.raises(InvalidDataError, match="fitted on texts.*Got a table instead"):
        preprocessor.transform(GivenInput("table", None))
    with pytest.raises(InvalidParameterError, match="'embed' cannot be turned into texts again"):
        preprocessor.inverse(X)


def test_it_can_be_pickled_and_used_in_threads():
    preprocessor, X = fit(embed)
    assert np.array_equal(pickle.loads(pickle.dumps(preprocessor)).transform(GIVEN), X)
    rows: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: rows.append(preprocessor.transform(GIVEN))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 4 and all(np.array_equal(each, X) for each in rows)
