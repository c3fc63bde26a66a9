"""A model whose clusters are corrected, written anew: of a run with its labels and run.json, all at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .._quoting import cell_text
from ..exceptions import ModelFileError, OutputError
from ..storage import FolderLock, commit_folder, discard_stage, new_stage, output_error, recover_folder
from .run_document import FIT_AGAIN
from .run_labels import ROW, Labels, labels_text, sizes_of
from .run_layout import REPORT, RUN_FILES, RUN_REPLACES, RunLayout, run_of
from .run_parts import Part, copied_part, run_parts

__all__ = ["revise"]

#: Corrects a model in place, given what run.json says; returns the distances of its rows if these have changed.
Change = Callable[[Any, Mapping[str, Any]], Sequence[Any] | None]


def revise(path: Path, change: Change) -> Any:
    """Load the model at ``path``, correct it by ``change``, write it back, and return it.

    Of a run, ``labels.csv`` and ``run.json`` follow, and its page, on what was, is removed. Nobody else writes the
    folder in the meantime, and until all files are complete it is as it was.

    Raises
    ------
    ModelFileError
        For a damaged model or run.
    OutputError
        If it cannot be written, or another process writes it.
    """
    from ..estimators.model_file import load, save  # which need torch

    folder = run_of(path)
    if folder is None:
        model = load(path)
        change(model, {})
        save(model, path)
        return model
    with FolderLock(folder.place, shown=folder.path) as lock:
        recover_folder(folder.place, removable=RUN_REPLACES)
        document = folder.read_document()
        folder.check_model(document)
        labels = folder.read_labels(document) if folder.labels.exists() else None
        model = load(path)
        if labels is not None and labels.labels != model.labels_.tolist():
            raise ModelFileError(f"{folder.labels} has other labels than {path}; {FIT_AGAIN}")
        distances = change(model, document)
        _write(folder, _revised(folder, document, model, labels, distances), lock)
    return model


def _revised(
    folder: RunLayout, document: Mapping[str, Any], model: Any, labels: Labels | None, distances: Sequence[Any] | None
) -> dict[str, Part]:  # fmt: skip
    """The files of a run, those that have changed anew, in the order in which they are written."""
    said = {
        **document, "n_clusters": int(model.n_clusters_), **sizes_of(model),
        "inertia": float(model.inertia_), "report": model.report_,
    }  # fmt: skip
    text = None
    if labels is not None:
        called = cell_text((document.get("data") or {}).get("identifier") or ROW)
        changed = {"label": model.labels_.tolist(), **({} if distances is None else {"distance": distances})}
        text = _labels_text(folder.labels, labels, called, changed)
    anew = run_parts(said, model=model, labels=text, history=(), results=None)
    # The page on it shows the clusters as they were: it goes.
    names = [name for name in RUN_FILES if name != REPORT and (folder.path / name).is_file()]
    kept = {name: copied_part(folder.path / name) for name in names}
    parts = {**kept, **{name: anew[name] for name in anew if name != folder.history.name}}
    return {name: parts[name] for name in RUN_FILES if name in parts}


def _labels_text(path: Path, labels: Labels, called: str, changed: Mapping[str, Sequence[Any]]) -> str:
    """``labels.csv`` with columns of its rows, in the order of the fit, ``changed``."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    place = header.index(called)
    names = [cells[place] for cells in lines]
    if names != labels.rows:  # somebody has sorted it
        lines = [lines[line] for line in map({name: line for line, name in enumerate(names)}.__getitem__, labels.rows)]
    columns = {name: [cells[i] for cells in lines] for i, name in enumerate(header) if i != place}
    return labels_text(labels.rows, {name: changed.get(name, cells) for name, cells in columns.items()}, called=called)


def _write(folder: RunLayout, parts: Mapping[str, Part], lock: FolderLock) -> None:
    stage = None
    try:
        stage = new_stage(folder.place)
        for name, write in parts.items():
            write(stage / name)
        commit_folder(folder.place, stage, files=list(parts), removable=RUN_REPLACES, held=lock)
    except OSError as error:
        if stage is not None and isinstance(error, OutputError):
            raise OutputError(error.errno, str(error).replace(str(stage), str(folder.path))) from error
        raise output_error(folder.run, error) from error
    finally:
        if stage is not None:
            discard_stage(stage, removable=RUN_REPLACES)
