"""Models loaded from their folders: nothing is downloaded, no code of theirs is run, nothing is printed."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

from ..._optional import require
from ..._quoting import short
from ...exceptions import DeepKMeansError, InvalidParameterError
from ...runtime import kept_environment, kept_threads, seeded_torch
from .model_folders import ModelFolder

__all__ = ["load_model"]

_loading = threading.Lock()


def load_model(folder: ModelFolder, device: str | None = None) -> Any:
    """The ``SentenceTransformer`` or ``StaticModel`` of a folder; nothing is downloaded, no code of a model is run.

    Raises
    ------
    InvalidParameterError
        If its files are damaged or incomplete.
    MissingDependencyError
    """
    library, purpose = folder.library, f"The encoder {short(folder.name)}"
    _refuse_code(folder)
    with _loading, kept_environment(), kept_threads(), seeded_torch(0):
        try:
            if library == "model2vec":
                model2vec = require("model2vec", extra="text", purpose=purpose)
                return model2vec.StaticModel.from_pretrained(folder.path)
            module = require("sentence_transformers", extra="text", purpose=purpose)
            with _no_progress_bars():
                return module.SentenceTransformer(str(folder.path), device=device, local_files_only=True)
        except (DeepKMeansError, MemoryError, KeyboardInterrupt):
            raise
        except Exception as error:  # what damaged files raise is not documented
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise InvalidParameterError(
                f"The 'encoder' {short(folder.name)} cannot be loaded by {library} from {folder.path}: {reason:.200}. "
                "Its files may be damaged or incomplete; copy or download it again."
            ) from error


def _refuse_code(folder: ModelFolder) -> None:
    """Refuse a model whose folder names classes of its own; releases of sentence-transformers before 6 import them."""
    try:
        named = [str(each["type"]) for each in json.loads((folder.path / "modules.json").read_text("utf-8"))]
    except (OSError, ValueError, TypeError, KeyError):  # missing or damaged: the library says so
        return
    foreign = [name for name in named if not name.startswith("sentence_transformers.")]
    if foreign:
        raise InvalidParameterError(
            f"The 'encoder' {short(folder.name)} needs code of its own ({short(foreign[0])}), which is not run for a "
            "name. If you trust it, load it with SentenceTransformer(..., trust_remote_code=True) and give that."
        )


@contextlib.contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Without the bars of transformers, which are on standard error while weights are read."""
    bars = require("transformers.utils.logging", extra="text", purpose="sentence-transformers")
    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()
