"""``load`` says what it returns, to people and to type checkers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deepkmeans import Autoencoder, DeepKMeans, KMeans, load, save
from deepkmeans.exceptions import InvalidParameterError, ModelFileError
from tests.architecture._sources import ROOT
from tests.unit.persistence.models import fitted

SOURCE = """
from deepkmeans import Autoencoder, DeepKMeans, KMeans, load

reveal_type(load("a.dkm"))
reveal_type(load("a.dkm", expected=DeepKMeans))
reveal_type(load("a.dkm", encoder=None, expected=Autoencoder))
reveal_type(load("a.dkm", expected=KMeans).partial_fit([[0.0]]))
load("a.dkm", expected=int)
"""


def test_another_class_than_expected_is_refused(tmp_path: Path) -> None:
    save(fitted("KMeans"), tmp_path / "a.dkm")
    assert type(load(tmp_path / "a.dkm", expected=KMeans)) is KMeans
    for other in (Autoencoder, DeepKMeans):
        words = f"a.dkm: holds a KMeans, not the {other.__name__} that was expected; .* expected=KMeans"
        with pytest.raises(ModelFileError, match=words):
            load(tmp_path / "a.dkm", expected=other)
    for no_class in (int, "KMeans", KMeans(2)):
        with pytest.raises(InvalidParameterError, match="'expected' parameter of load must be one of Autoencoder, "):
            load(tmp_path / "a.dkm", expected=no_class)  # type: ignore[call-overload]


@pytest.mark.slow
def test_a_type_checker_sees_what_was_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = pytest.importorskip("mypy.api")
    (tmp_path / "user.py").write_text(SOURCE, "utf-8")
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\n[mypy-sklearn.*,scipy.*,torch.*,numpy.*,pandas.*,safetensors.*]\n"
        "ignore_missing_imports = True\nfollow_imports = skip\n",
        "utf-8",
    )
    monkeypatch.setenv("MYPYPATH", str(ROOT / "src"))
    cache = ["--cache-dir", str(tmp_path / "cache"), "--config-file", str(tmp_path / "mypy.ini")]
    said, errors, _ = api.run([str(tmp_path / "user.py"), "--no-error-summary", *cache])
    assert errors == ""
    lines = [line for line in said.splitlines() if "user.py" in line]
    revealed = [re.sub(r"[a-z_]+\.", "", line.split('"')[1]) for line in lines if "Revealed type" in line]
    assert revealed == ["Autoencoder | DeepKMeans | KMeans", "DeepKMeans", "Autoencoder", "KMeans"], said
    assert [line for line in lines if "user.py:8: error" in line], said  # int is no model
