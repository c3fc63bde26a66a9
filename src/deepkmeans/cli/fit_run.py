"""One fit from table to folder: train, keep what an interruption leaves, write."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from .._quoting import shell_word
from ..exceptions import TrainingDivergedError
from ..training import Callback
from .console import Console
from .doctor import versions
from .options import errors_in_flags, in_flags
from .partition import say_partition
from .reading import is_standard_input, named, row_names
from .run_folder import RunFolder, fingerprint, labels_text

if TYPE_CHECKING:
    from ..data.files import Table
    from ..training import TrainingState

__all__ = ["describe_run", "labels_of", "run_fit"]


def run_fit(
    console: Console, model: Any, table: Table, *, data: Path, selection: Mapping[str, Any], folder: RunFolder,
    force: bool = False, resume: bool = False, checkpoint_every: int | None = None,
) -> None:  # fmt: skip
    """Fit ``model`` on ``table`` and write the run.

    Raises
    ------
    KeyboardInterrupt
        After the best model so far has been written, with ``"interrupted": true`` in run.json and no labels.
    """
    X = named(table)
    path = None if is_standard_input(data) else str(data.resolve())
    source = {"path": path, "sha256": fingerprint(data), "rows": X.shape[0], "features": X.shape[1]}
    folder.prepare(force=force, resume=resume, checkpoints=resume or checkpoint_every is not None)
    started = time.time()
    interrupted: KeyboardInterrupt | None = None
    try:
        _train(console, model, X, folder=folder, resume=resume, checkpoint_every=checkpoint_every)
    except KeyboardInterrupt as stop:
        if not hasattr(model, "labels_"):
            folder.abandon()
            raise
        interrupted = stop
    except TrainingDivergedError as error:
        if error.model is not None:
            from ..persistence import save

            rescue = folder.path / "last-finite.dkm"
            save(error.model, rescue)
            console.note(f"the model before the divergence is in {rescue}")
        folder.abandon()
        raise
    except BaseException:
        folder.abandon()
        raise

    document = describe_run(console, model, {**source, **selection}, seconds=time.time() - started)
    document["interrupted"] = interrupted is not None
    try:
        labels = None if interrupted else labels_text(row_names(table), labels_of(model, X))
        folder.write(document, model=model, labels=labels, history=model.history_)
    except BaseException:
        folder.abandon()
        raise
    if interrupted is not None:
        go_on = "; --resume continues the fit" if folder.checkpoints.is_dir() else ""
        use = f"`deepkmeans predict {shell_word(folder.path)} DATA`"
        console.note(f"the model so far is in {folder.model}: {use} uses it{go_on}")
        raise interrupted
    sizes = document["cluster_sizes"]
    console.result(
        {"run": str(folder.path), **document},
        [
            f"{folder.path}: {source['rows']} rows in {len(sizes)} cluster{'s' if len(sizes) != 1 else ''} of "
            f"{', '.join(map(str, sizes))} rows; {document['seconds']:.1f} s",
            *_instead(model.report_),
        ],
    )


def _instead(report: Mapping[str, Any]) -> list[str]:
    """A line on the division to ask for where no structure was clear."""
    division = report.get("n_clusters_selection", {}).get("useful_division")
    if division is None:
        return []
    k = division["n_clusters"]
    return [f"no clear structure; the most useful division is into {k}: --clusters {k}"]


def describe_run(console: Console, model: Any, data: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
    """What ``run.json`` says of a fitted model."""
    parameters = model.get_params(deep=False)
    parameters.pop("callbacks", None)
    return {
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(seconds, 3),
        "interrupted": False,
        "versions": versions(),
        "data": dict(data),
        "seed": parameters.get("random_state"),
        "parameters": parameters,
        "n_clusters": int(model.n_clusters_),
        "cluster_sizes": model.report_["cluster_sizes"],
        "inertia": float(model.inertia_),
        "n_iter": int(model.n_iter_),
        "guesses": console.guesses,
        "warnings": console.warnings,
        "report": model.report_,
    }


def labels_of(model: Any, X: Any) -> dict[str, Iterable[Any]]:
    """The columns of labels.csv: the cluster, and the distance to its centre."""
    import numpy as np

    distance = np.asarray(model.transform(X))[np.arange(len(model.labels_)), model.labels_]
    return {"label": model.labels_.tolist(), "distance": [f"{value:.6g}" for value in distance]}


class _Decisions(Callback):
    """Says, when training begins, what the estimator settled for every "auto"."""

    _FLAGS: ClassVar = {
        "scaling": "--scaling", "embedding_dim": "--embedding-dim N", "batch_size": "--batch-size N",
        "pretrain_epochs": "--pretrain-epochs N", "max_epochs": "--max-epochs N", "learning_rate": "--learning-rate X",
        "precision": "--precision P",
    }  # fmt: skip

    def __init__(self, console: Console, model: Any) -> None:
        self.console, self.model, self.said = console, model, False

    def setup(self, state: TrainingState | None = None) -> None:
        """Before each phase, and after a fit that needed none; only the first speaks."""
        if self.said:
            return
        self.said = True
        report = self.model.report_
        if "n_clusters_selection" in report:
            found = report["n_clusters_selection"]
            second = "" if found["second"] is None else f"; next best {found['second']}"
            because = f"{in_flags(found['reason'])}{second}; confidence {found['confidence']:.2f}"
            self.console.guess("clusters", found["n_clusters"], because=because, flag="--clusters N", asked_for=True)
        for name, flag in self._FLAGS.items():
            if state is None and name != "scaling":
                continue  # no network was trained: nothing else had any effect
            if getattr(self.model, name) == "auto" and report[name]:
                self.console.guess(name.replace("_", " "), report[name], flag=flag)
        if self.model.reduce == "auto" and report["n_directions"]:
            many = f"{report['n_columns']} onto {report['n_directions']} main directions"
            self.console.guess("columns", many, flag="--reduce none")
        if report["image_shape"]:
            shape = " x ".join(map(str, report["image_shape"]))
            self.console.guess("pictures", f"rows are pictures of {shape}", flag="--scaling")
        if report["imputed"]:
            cells = sum(report["imputed"].values())
            self.console.guess("missing values", f"{cells} imputed by column means", flag="--missing error")


def _train(
    console: Console, model: Any, X: Any, *, folder: RunFolder, resume: bool, checkpoint_every: int | None
) -> None:
    decisions = _Decisions(console, model)
    callbacks: list[Any] = [decisions]
    if checkpoint_every is not None or resume:
        from ..training import Checkpoint

        callbacks.append(Checkpoint(folder.checkpoints, every=checkpoint_every or 1, resume=resume))
    display: AbstractContextManager[Any] = nullcontext()
    if console.progress:
        from .progress import ProgressCallback

        display = ProgressCallback(model, X.shape[0])
        callbacks.append(display)
    model.set_params(callbacks=callbacks)
    try:
        with display, console.collected_warnings(in_flags), errors_in_flags():
            model.fit(X)
        decisions.setup()
        say_partition(console, model)
    finally:
        model.set_params(callbacks=None)
