"""The files of a run, each with the function that writes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..storage import atomic_write, json_text, write_text
from .run_document import LAYOUT, fingerprint

__all__ = ["Part", "copied_part", "run_parts"]

#: Writes one file.
Part = Callable[[Path], None]


def run_parts(
    document: Mapping[str, Any],
    *,
    model: Any,
    labels: str | None,
    history: Iterable[Mapping[str, Any]],
    results: Mapping[str, Any] | None,
) -> dict[str, Part]:
    """The files of a run by name, each with the function that writes it; ``run.json`` is the last."""
    from ..estimators.model_file import save  # which needs torch

    lines = "".join(json_text(record) + "\n" for record in history)
    texts = {"history.jsonl": lines, "labels.csv": labels}
    if results is not None:
        texts["results.json"] = json_text(results, indent=1) + "\n"
    parts: dict[str, Part] = {"model.dkm": lambda path: save(model, path)}
    parts |= {name: _writer(text) for name, text in texts.items() if text is not None}

    def write_document(path: Path) -> None:
        said = {"layout": LAYOUT, **document, "model_sha256": fingerprint(path.with_name("model.dkm"))}
        write_text(path, json_text(said, indent=1) + "\n")

    return parts | {"run.json": write_document}


def copied_part(source: Path) -> Part:
    """The function that writes a file as it is at ``source``."""

    def write(path: Path) -> None:
        with source.open("rb") as old, atomic_write(path, needed=source.stat().st_size) as new:
            shutil.copyfileobj(old, new)

    return write


def _writer(text: str) -> Part:
    return lambda path: write_text(path, text)
