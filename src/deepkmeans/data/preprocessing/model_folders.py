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
from .encoder_inputs import KIND_WORDS

__all__ = ["EXTRAS", "ModelFolder", "find_model"]

#: Of a model on the hub, files of other engines, which are not loaded.
_OTHER_ENGINES = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.tflite", "*.gguf"]
#: What a name is to be of, and the extra that installs what reads it, by kind of input.
_MODELS = {
    "text": "model of sentence-transformers or model2vec",
    "image": "model of transformers for pictures", "audio": "model of transformers for recordings",
}  # fmt: skip
EXTRAS = {"text": "text", "image": "images", "audio": "audio"}
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

    def refuse_others(self, kind: str) -> None:
        """Refuse what cannot be a model of transformers for an input of this kind."""
        if not (self.path / "config.json").is_file():
            raise InvalidParameterError(
                f"The 'encoder' {short(self.name)} is no {_MODELS[kind]}: {self.path} holds no config.json. Name the "
                "folder into which the model was saved."
            )

    @property
    def library(self) -> str:
        """Which library reads one of texts, recognised by its files: "model2vec" or "sentence-transformers"."""
        if (self.path / "tokenizer.json").is_file() and "embeddings" in _tensor_names(self.path / "model.safetensors"):
            return "model2vec"
        if any((self.path / name).is_file() for name in ("modules.json", "config.json")):
            return "sentence-transformers"
        raise InvalidParameterError(
            f"The 'encoder' {short(self.name)} is no model of sentence-transformers or model2vec: {self.path} holds "
            "neither modules.json nor config.json. Name the folder into which the model was saved."
        )


def find_model(
    name: str, revision: str | None = None, *, local_files_only: bool = True, kind: str = "text"
) -> ModelFolder:  # fmt: skip
    """The folder of a model for inputs of a kind: a local one, or that of a hub id.

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
            f"The 'encoder' {short(name)} is a file; name the folder of a {_MODELS[kind]}."
        )
    if name.startswith(("/", ".", "~")) or name.count("/") > 1:
        raise InvalidParameterError(
            f"The 'encoder' {short(name)} is a path, and there is no such folder on this machine; check it, or give "
            "the id of a model on the hub, 'owner/name'."
        )
    if not _HUB_ID.fullmatch(name):
        plain = kind == "text" and re.fullmatch(r"[\w.-]+", name)
        hint = f"; the hub may have it as 'sentence-transformers/{name}'" if plain else ""
        raise InvalidParameterError(
            f"The 'encoder' {short(name)} is neither a folder on this machine nor the id of a model on the hub, which "
            f"is written 'owner/name'{hint}."
        )
    path: Path | None
    hub = require("huggingface_hub", extra=EXTRAS[kind], purpose=f"The encoder {name!r}")
    place = os.environ.get("SENTENCE_TRANSFORMERS_HOME") if kind == "text" else None
    options = {"revision": revision, "cache_dir": place}
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
                f"once with 'hf download {name}', allow it with {KIND_WORDS[kind].settings}({name!r}, "
                "local_files_only=False), or name the folder of a copy."
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
