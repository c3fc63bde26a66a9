"""Models of transformers for pictures and recordings, tiny ones made here, without torchvision."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from deepkmeans.data.given import GivenInput
from deepkmeans.data.preprocessing.frozen_media import FrozenMediaPreprocessor
from deepkmeans.encoders import AudioEncoder, ImageEncoder
from deepkmeans.exceptions import InvalidParameterError, MissingDependencyError, ModelFileError
from tests.unit.data.media.sounds import tone
from tests.unit.data.preprocessing import tiny_media_models
from tests.unit.data.preprocessing.given_media_encoders import plain
from tests.unit.data.preprocessing.test_frozen_media import fit, pictures, refit
from tests.unit.data.preprocessing.tiny_models import hub_cache

transformers = pytest.importorskip("transformers")

pytestmark = [
    pytest.mark.slow,  # the import alone takes seconds
    pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning"),
]
X = [plain(40 * i, 200 - 30 * i, 90, 9 + i, 12) for i in range(5)]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {
        name: getattr(tiny_media_models, f"{name}_folder")(folder / name)
        for name in ("dinov2", "classifier", "clip", "wav2vec2")
    }


def expected(folder, outputs):
    """Rows by transformers itself."""
    processor = transformers.AutoImageProcessor.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        return outputs(model, processor(images=X, return_tensors="pt")["pixel_values"]).numpy()


def test_rows_are_what_the_model_gives_for_a_picture(folders, capfd):
    capfd.readouterr()
    state = torch.get_rng_state()
    rows = {
        name: fit(ImageEncoder(folders[name], normalize=False, batch_size=2), X)[1]
        for name in ("dinov2", "classifier", "clip")
    }  # fmt: skip
    assert capfd.readouterr() == ("", "") and torch.equal(state, torch.get_rng_state())
    pooled = expected(folders["dinov2"], lambda model, x: model(x).pooler_output)
    assert rows["dinov2"].shape == (5, 16) and np.allclose(rows["dinov2"], pooled, atol=1e-4)
    first = expected(folders["classifier"], lambda model, x: model(x).last_hidden_state[:, 0])
    assert np.allclose(rows["classifier"], first, atol=1e-4)  # the pooler would be random numbers
    projected = expected(
        folders["clip"], lambda model, x: model.visual_projection(model.vision_model(x).pooler_output)
    )  # fmt: skip
    assert rows["clip"].shape == (5, 6) and np.allclose(rows["clip"], projected, atol=1e-4)


def test_a_file_names_the_folder_and_refuses_other_weights(folders, tmp_path):
    preprocessor, rows = fit(str(folders["dinov2"]), X)
    again = refit(preprocessor)
    assert np.allclose(again.transform(pictures(X)), rows, atol=1e-5)
    identity = preprocessor.report()["encoder"]
    assert (identity["source"], identity["library"]) == ("folder", "transformers") and len(identity["sha256"]) == 64
    assert fit(folders["dinov2"], X)[0].report()["n_cached"] == 5
    other = tiny_media_models.dinov2_folder(tmp_path / "other", seed=1)
    with pytest.raises(ModelFileError, match="its weights are others"):
        refit(preprocessor, str(other))


def test_a_model_in_the_cache_of_the_hub(tmp_path, monkeypatch):
    hub = pytest.importorskip("huggingface_hub")
    monkeypatch.setattr(hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    tiny_media_models.dinov2_folder(tmp_path / "model")
    hub_cache(tmp_path / "hub", "owner/dinov2", tmp_path / "model")
    preprocessor, rows = fit("owner/dinov2", X)
    assert preprocessor.report()["encoder"]["source"] == "hub" and rows.shape == (5, 16)
    with pytest.raises(InvalidParameterError, match=r"with ImageEncoder\('owner/none', local_files_only=False"):
        fit("owner/none", X)


def test_long_recordings_are_read_in_parts_and_each_by_itself(folders):
    long = tone(300, 1.0, 16000) + tone(900, 1.0, 16000)
    given = GivenInput("audio", [(16000, long), (16000, long[:4000]), (16000, long[8000:])])
    whole = FrozenMediaPreprocessor.fit(given, AudioEncoder(folders["wav2vec2"], normalize=False))[1]
    assert whole.shape == (3, 16)
    alone = FrozenMediaPreprocessor.fit(
        GivenInput("audio", given.rows[1:2]), AudioEncoder(folders["wav2vec2"], normalize=False, cache=False)
    )[1]
    assert np.allclose(alone[0], whole[1], atol=1e-5)
    parts = FrozenMediaPreprocessor.fit(
        given, AudioEncoder(folders["wav2vec2"], normalize=False, max_seconds=0.5)
    )[1]  # fmt: skip
    assert np.allclose(parts[1:], whole[1:], atol=1e-5) and not np.allclose(parts[0], whole[0], atol=1e-3)
    with pytest.raises(InvalidParameterError, match="'rate' parameter of AudioEncoder must be 16,000 for this model"):
        FrozenMediaPreprocessor.fit(given, AudioEncoder(folders["wav2vec2"], rate=8000))


def test_damaged_and_other_folders_and_missing_packages(folders, tmp_path, monkeypatch):
    with pytest.raises(InvalidParameterError, match="is no model of transformers for pictures: .*no config.json"):
        fit(tmp_path, X)
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(InvalidParameterError, match="cannot be loaded by transformers"):
        fit(tmp_path, X)
    with pytest.raises(InvalidParameterError, match="cannot be loaded by transformers"):
        fit(folders["wav2vec2"], X)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingDependencyError, match=r"'transformers'.*pip install 'deepkmeans\[images\]'"):
        fit(folders["clip"], X)
    given = GivenInput("audio", [(16000, tone(300, 0.1, 16000))])
    with pytest.raises(MissingDependencyError, match=r"'transformers'.*pip install 'deepkmeans\[audio\]'"):
        FrozenMediaPreprocessor.fit(given, AudioEncoder(folders["wav2vec2"]))
