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
from .model_folders import EXTRAS, ModelFolder

__all__ = ["load_model", "load_transformers"]

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
    with _loads(folder, library):
        if library == "model2vec":
            model2vec = require("model2vec", extra="text", purpose=purpose)
            return model2vec.StaticModel.from_pretrained(folder.path)
        module = require("sentence_transformers", extra="text", purpose=purpose)
        with _no_progress_bars("text"):
            return module.SentenceTransformer(str(folder.path), device=device, local_files_only=True)


def load_transformers(folder: ModelFolder, kind: str, device: str | None = None) -> tuple[Any, Any, bool]:
    """A model of transformers, what prepares pictures or recordings for it, and whether its pooler was in the files.

    Raises
    ------
    InvalidParameterError
        If its files are damaged or incomplete, or are no model for inputs of this ``kind``.
    MissingDependencyError
    """
    folder.refuse_others(kind)
    library = require("transformers", extra=EXTRAS[kind], purpose=f"The encoder {short(folder.name)}")
    prepares = library.AutoImageProcessor if kind == "image" else library.AutoFeatureExtractor
    with _loads(folder, "transformers"), _no_progress_bars(kind):
        processor = prepares.from_pretrained(str(folder.path), local_files_only=True)
        model, facts = library.AutoModel.from_pretrained(
            str(folder.path), local_files_only=True, output_loading_info=True
        )  # fmt: skip
        model = model.float().eval()
        lost = [str(name) for name in facts["missing_keys"]]
        return model if device is None else model.to(device), processor, not any("pooler" in name for name in lost)


@contextlib.contextmanager
def _loads(folder: ModelFolder, library: str) -> Iterator[None]:
    """One model at a time, leaving everything as it was; what fails is said of the folder."""
    with _loading, kept_environment(), kept_threads(), seeded_torch(0):
        try:
            yield
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
def _no_progress_bars(kind: str) -> Iterator[None]:
    """Without the bars and remarks of transformers, which are on standard error while weights are read."""
    said = require("transformers.utils.logging", extra=EXTRAS[kind], purpose="A pretrained encoder")
    shown, level = said.is_progress_bar_enabled(), said.get_verbosity()
    said.disable_progress_bar()
    if kind != "text":
        said.set_verbosity_error()
    try:
        yield
    finally:
        said.set_verbosity(level)
        if shown:
            said.enable_progress_bar()
