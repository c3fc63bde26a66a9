"""Loading what lays rows out."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from deepkmeans.manifold import load_umap, methods


def test_umap_is_loaded_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    """It warns on import where TensorFlow is missing."""

    def require(*names: str, **words: Any) -> str:
        warnings.warn("Tensorflow not installed; ParametricUMAP will be unavailable", ImportWarning, stacklevel=1)
        return names[0]

    monkeypatch.setattr(methods, "require", require)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert load_umap("a test") == "umap"
    assert not caught
