"""Pretrained models by name: the folder first, then the hub's cache on this machine, then, if allowed, the hub."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..._optional import require
from ..._quoting import short
from ...exceptions import InvalidParameterError

__all__ = ["ModelFolder", "find_model"]

#: Of a model on the hub, files of other engines, which are not loaded.
_OTHER_ENGINES = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.tflite", "*.gguf"]
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class ModelFolder:
    """Where the files of a model are.

    Attributes
    ----------
    path : Path
    source : {"hub", "folder"}
    name : str
        The id on the hub, or the absolute path of the folder.
    revision : str or None
        Of a model of the hub, its commit.
    """

    path: Path
    source: str
    name: str
    revision: str | None = None

    @property
    def library(self) -> str:
        """Which library reads it, recognised by its files: "model2vec" or "sentence-transformers"."""
        if (self.path / "tokenizer.json").is_file() and "embeddings" in _tensor_names(self.path / "model.safetensors"):
            return "model2vec"
        if any((self.path / name).is_file() for name in ("modules.json", "config.json")):
            return "sentence-transformers"
        raise InvalidParameterError(
            f"The 'encoder' {short(self.name)} is no model of sentence-transformers or model2vec: {self.path} holds "
            "neither modules.json nor config.json. Name the folder into which the model was saved."
        )


def find_model(name: str, revision: str | None = None, *, local_files_only: bool = True) -> ModelFolder:
    """The folder of a model: a local one, or that of a hub id.

    Raises
    ------
    InvalidParameterError
        If there is none, with the cure.
    MissingDependencyError
        If ``huggingface_hub`` is needed and missing.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelFolder(folder.resolve(), "folder", str(folder.resolve()))
    if folder.is_file():
        raise InvalidParameterError(
            f"The 'encoder' {short(name)} is a file; name the folder of a model of sentence-transformers or model2vec."
        )
    if name.startswith(("/", ".", "~")) or name.count("/") > 1:
        raise InvalidParameterError(
            f"The 'encoder' {short(name)} is a path, and there is no such folder on this machine; check it, or give "
            "the id of a model on the hub, 'owner/name'."
        )
    if not _HUB_ID.fullmatch(name):
        hint = f"; the hub may have it as 'sentence-transformers/{name}'" if re.fullmatch(r"[\w.-]+", name) else ""
        raise InvalidParameterError(
            f"The 'encoder' {short(name)} is neither a folder on this machine nor the id of a model on the hub, which "
            f"is written 'owner/name'{hint}."
        )
    path: Path | None
    hub = require("huggingface_hub", extra="text", purpose=f"The encoder {name!r}")
    options = {"revision": revision, "cache_dir": os.environ.get("SENTENCE_TRANSFORMERS_HOME")}
    try:
        path = Path(hub.snapshot_download(name, local_files_only=True, **options))
    except (OSError, ValueError):
        path = None
    if path is None or not _has_weights(path):  # other programs may have asked for single files of it
        of = "" if revision is None else f" (revision {short(revision)})"
        if local_files_only and folder.parent.is_dir():
            raise InvalidParameterError(
                f"The 'encoder' {name!r}{of} is no folder ({folder.parent} has no {folder.name!r}), nor in the hub's "
                "cache on this machine; check the path, or download a model of the hub, 'owner/name', with hf download."
            )
        if local_files_only:
            raise InvalidParameterError(
                f"The 'encoder' {name!r}{of} is neither a folder nor in the hub's cache on this machine; download it "
                f"once with 'hf download {name}', allow it with TextEncoder({name!r}, local_files_only=False), or name "
                "the folder of a copy."
            )
        path = _downloaded(hub, name, of, options)
    return ModelFolder(path, "hub", name, path.name if path.parent.name == "snapshots" else revision)


def _downloaded(hub: Any, name: str, of: str, options: dict[str, Any]) -> Path:
    try:
        return Path(hub.snapshot_download(name, ignore_patterns=_OTHER_ENGINES, **options))
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise InvalidParameterError(
            f"The 'encoder' {name!r}{of} is not in the hub's cache and cannot be downloaded: {reason:.200}. Check its "
            "name and the connection, or name the folder of a copy."
        ) from error


def _has_weights(folder: Path) -> bool:
    return any(True for ending in ("safetensors", "bin") for _ in folder.rglob(f"*.{ending}"))


def _tensor_names(path: Path) -> list[str]:
    import safetensors

    if not path.is_file():
        return []
    try:
        with safetensors.safe_open(str(path), framework="numpy") as file:
            return list(file.keys())
    except (safetensors.SafetensorError, OSError):  # which library it is for shows later, with the reason
        return []
