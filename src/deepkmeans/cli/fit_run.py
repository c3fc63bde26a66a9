"""One fit from table to folder: train, keep what an interruption leaves, write the results."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._quoting import shell_word
from ..data.file_kinds import is_standard_input
from ..data.input_spec import InputSpec
from ..exceptions import OutputError
from ..persistence import RunFolder
from ..persistence.kept_results import find_kept, fit_key, kept_parts, kept_text, remove_kept
from ..persistence.run_document import fingerprint
from ..persistence.run_labels import labels_text, sizes_of
from ..persistence.run_layout import UNFINISHED_MODEL
from .alignment import alignment_lines
from .console import Console, counted
from .decisions import Decisions, structure_lines
from .doctor import versions
from .findings import find_out
from .flags import in_flags
from .input_summary import inputs_in_words
from .options import errors_in_flags
from .other_fit import checkpoints_in_flags
from .partition import say_partition
from .row_names import RowNames
from .signals import allowed, deferred, raise_if_received

if TYPE_CHECKING:
    from ..data.files import Table
    from .append import Append
    from .file_options import FileOptions

__all__ = ["describe_run", "labels_of", "run_fit"]


def run_fit(
    console: Console, model: Any, table: Table, *, data: Path, selection: Mapping[str, Any], how: FileOptions,
    folder: RunFolder,
    force: bool = False, resume: bool = False, checkpoint_every: int | None = None, append: Append | None = None,
    with_report: bool = True,
) -> None:  # fmt: skip
    """Fit ``model`` on ``table`` and write the run, then ``append`` its clusters to a copy of the table.

    Signals stop the training but nothing after it: its results are written first.

    Raises
    ------
    KeyboardInterrupt
        After the best model so far has been written, with ``"interrupted": true`` in run.json and no labels; or after
        the whole run has, if training had ended before the signal came.
    """
    X = table.rows_given
    source = _source(data, table)
    checkpoints = resume or checkpoint_every is not None
    document: dict[str, Any] | None = None

    def key() -> str:
        return fit_key(model, X, selection)

    try:
        with deferred(), folder.claim(force=force, resume=resume, checkpoints=checkpoints):
            document = _put_in_place(console, folder, key()) if resume else None
            if document is None:
                started = time.time()
                stop = _train(
                    console, model, X, n=table.n_samples, folder=folder, resume=resume,
                    checkpoint_every=checkpoint_every,
                )  # fmt: skip
                interrupted = bool(model.report_["interrupted"])
                try:
                    rows = RowNames.of(table, model.report_, how)
                    said = {**source, **selection, **rows.document()}
                    written = describe_run(console, model, said, seconds=time.time() - started)
                    written["interrupted"] = interrupted
                    labels = None if interrupted else labels_text(rows.names, labels_of(model), called=rows.column)
                except Exception as error:  # such as memory that ran out
                    _keep(model, folder, error)
                    raise
                folder.write(
                    written, model=model, labels=labels, history=model.history_, key=None if interrupted else key
                )
                if interrupted:
                    go_on = "; --resume continues the fit" if folder.checkpoint_files() else ""
                    use = f"`deepkmeans predict {shell_word(folder.path)} DATA`"
                    console.note(f"the model so far is in {folder.model}: {use} uses it{go_on}")
                else:
                    document = {**written, "model_sha256": fingerprint(folder.model)}
                if stop is not None:
                    raise stop
    except KeyboardInterrupt as stop:
        if document is not None:
            stop.add_note(_complete(folder))
        raise
    except OutputError as error:
        place = find_kept(folder.place, key()) if resume else None
        if place is not None and str(place) not in str(error):
            error.add_note(kept_text(place, force=folder.resume_takes_force))
        raise
    assert document is not None  # only a stop leaves it out
    sizes, n_noise = document["cluster_sizes"], document.get("n_noise", 0)
    noise = f", and {n_noise} of noise (label -1)" if n_noise else ""
    lines = [
        f"{folder.path}: {counted(source['rows'], 'row')} in {counted(len(sizes), 'cluster')} of "
        f"{', '.join(map(str, sizes))} {'row' if sizes == [1] else 'rows'}{noise}; {document['seconds']:.1f} s",
        *(inputs_in_words(document["report"]) if "inputs" in document["report"] else []),
        *structure_lines(document["report"]),
        *alignment_lines(document["report"]),
    ]
    written_too: dict[str, Any] = {} if append is None else {"append": str(append.path)}
    findings = None
    try:
        if append is not None:
            console.note(append.write(table, folder.read_labels(document).labels))
        if with_report:
            fitted = model if hasattr(model, "labels_") else None  # results that were put in place are in the folder
            findings = find_out(
                console, fitted, X, table.n_samples, folder, document,
                lambda report: RowNames.of(table, report, how),
            )
            written_too |= findings.document()
        console.result({"run": str(folder.path), **written_too, **document}, lines)
        if findings is not None:
            findings.say(console)
    except KeyboardInterrupt as stop:
        stop.add_note(_complete(folder))
        raise
    except OutputError as error:
        error.add_note(f"the complete run is in {folder.path}")
        raise


def _complete(folder: RunFolder) -> str:
    """What a stop after the fit has not cost."""
    return (
        f"the fit had ended: the run in {folder.path} is complete, with {folder.labels.name} and {folder.model.name}; "
        f"`deepkmeans report {shell_word(folder.path)}` makes the page"
    )


def _source(data: Path, table: Table) -> dict[str, Any]:
    """Where the rows come from: a file, or a folder; a pipe cannot be read twice, so it has no path."""
    regular = data.is_file() or data.is_dir()
    d = 1 if isinstance(table.X, list) else int(table.X.shape[1])
    return {
        "path": str(data.resolve()) if regular and not is_standard_input(data) else None,
        "sha256": fingerprint(data) if regular else None,
        "rows": table.n_samples, "features": d,
    }  # fmt: skip


def _put_in_place(console: Console, folder: RunFolder, key: str) -> dict[str, Any] | None:
    """Put results of this same fit, which an earlier call had to keep elsewhere, where they belong."""
    place = find_kept(folder.place, key)
    if place is None:
        return None
    folder.put(kept_parts(place), kept=place)
    remove_kept(place)
    console.note(f"the fit had ended; its results were put in place from {place}")
    return folder.read_document()


def describe_run(console: Console, model: Any, data: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
    """What ``run.json`` says of a fitted model."""
    parameters = model.get_params(deep=False)
    parameters.pop("callbacks", None)
    parameters["preprocessor"] = _said(parameters.get("preprocessor"))
    return {
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(seconds, 3),
        "interrupted": False,
        "versions": versions(),
        "data": dict(data),
        "seed": parameters.get("random_state"),
        "parameters": parameters,
        "n_clusters": int(model.n_clusters_),
        **sizes_of(model),
        "inertia": float(model.inertia_),
        "n_iter": int(model.n_iter_),
        "guesses": console.guesses,
        "warnings": console.warnings,
        "report": model.report_,
    }


def _said(preprocessor: Any) -> Any:
    """What run.json says of it; of several inputs by their names."""
    if isinstance(preprocessor, Mapping):
        return {name: _said(each) for name, each in preprocessor.items()}
    return asdict(preprocessor) if isinstance(preprocessor, InputSpec) else preprocessor


def labels_of(model: Any) -> dict[str, Iterable[Any]]:
    """The columns of labels.csv: the cluster of each row of the fit, and its distance to the centre."""
    return {"label": model.labels_.tolist(), "distance": [f"{value:.6g}" for value in model.distances_]}


def _train(
    console: Console, model: Any, X: Any, *, n: int, folder: RunFolder, resume: bool, checkpoint_every: int | None
) -> KeyboardInterrupt | None:
    """Train; return the signal that stopped it if there is a model nevertheless."""
    try:
        with allowed():
            _fit(console, model, X, n=n, folder=folder, resume=resume, checkpoint_every=checkpoint_every)
            raise_if_received()
    except KeyboardInterrupt as stop:
        if not hasattr(model, "labels_"):
            raise
        return stop
    except Exception as error:
        _keep(model, folder, error)
        raise
    return None


def _keep(model: Any, folder: RunFolder, error: Exception) -> None:
    """Keep the last state of a fit that an error ended; a note of the error says where it is."""
    if hasattr(model, "labels_"):
        error.add_note(_kept(model, folder))


def _kept(model: Any, folder: RunFolder) -> str:
    import tempfile

    from ..persistence import save

    elsewhere = Path(tempfile.gettempdir()) / f"{folder.place.name}-{secrets.token_hex(4)}-{UNFINISHED_MODEL}"
    for path in (folder.path / UNFINISHED_MODEL, elsewhere):
        try:
            save(model, path)
        except (OSError, MemoryError):
            continue
        return f"the model of the last complete epoch is in {path}"
    return "the model so far could not be kept anywhere"


def _fit(
    console: Console, model: Any, X: Any, *, n: int, folder: RunFolder, resume: bool, checkpoint_every: int | None
) -> None:
    decisions = Decisions(console, model)
    callbacks: list[Any] = [decisions]
    if checkpoint_every is not None or resume:
        from ..training import Checkpoint

        callbacks.append(Checkpoint(folder.checkpoints, every=checkpoint_every or 1, resume=resume))
    display: AbstractContextManager[Any] = nullcontext()
    if console.progress:
        from .progress import ProgressCallback

        display = ProgressCallback(model, n)
        callbacks.append(display)
    model.set_params(callbacks=callbacks)
    try:
        translated = checkpoints_in_flags(folder.checkpoints)
        with display, console.collected_warnings(in_flags), errors_in_flags(), translated:
            model.fit(X)
        decisions.setup()
        say_partition(console, model)
    finally:
        model.set_params(callbacks=None)
