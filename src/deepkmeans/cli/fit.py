"""``deepkmeans fit``: labels, model and report of a data file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..exceptions import InvalidDataError, InvalidParameterError
from .config import ConfigOption
from .console import Console
from .options import (
    OBJECTIVES,
    DebugOption,
    ForceOption,
    JsonOption,
    QuietOption,
    check_choice,
    errors_in_flags,
    parse_clusters,
    parse_columns,
)
from .run_folder import RunFolder

__all__ = ["fit"]

_MISSING = ("impute", "error")
_SCALINGS = ("auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none")
_REDUCTIONS = ("auto", "pca", "none")
_PRECISIONS = ("auto", "float32", "bfloat16")


def fit(
    data: Annotated[Path, typer.Argument(metavar="DATA", help=".csv, .tsv, .parquet, .npy or .npz (key X).")],
    clusters: Annotated[
        str | None, typer.Option("--clusters", "-k", metavar="N|auto", help="How many clusters. [default: 8]")
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"One of {', '.join(OBJECTIVES)}. [default: selflabel]",
            autocompletion=lambda: OBJECTIVES,
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="RUN", help="Folder to write. [default: run-NAME]")] = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B", help="Only these columns.")] = None,
    drop: Annotated[str | None, typer.Option(metavar="A,B", help="All columns but these.")] = None,
    label_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Known classes: kept out of the fit, used by evaluate.")
    ] = None,
    missing: Annotated[str, typer.Option(metavar="|".join(_MISSING), help="What to do with empty cells.")] = "impute",
    scaling: Annotated[str, typer.Option(metavar="|".join(_SCALINGS), help="How columns are scaled.")] = "auto",
    reduce: Annotated[
        str, typer.Option(metavar="|".join(_REDUCTIONS), help="Many columns to main directions before the network.")
    ] = "auto",
    partition: Annotated[
        str,
        typer.Option(
            metavar="auto|k-means|NAME",
            help="Which partition of a table is taken; a fit says the names, report.alternatives in run.json has them.",
            autocompletion=lambda: ("auto", "k-means"),
        ),
    ] = "auto",
    embedding_dim: Annotated[int | None, typer.Option(metavar="N", help="Width of the code. [default: auto]")] = None,
    pretrain_epochs: Annotated[
        int | None, typer.Option(metavar="N", help="Cap of the autoencoder's training. [default: auto]")
    ] = None,
    max_epochs: Annotated[
        int | None, typer.Option(metavar="N", help="Cap of the training with clusters. [default: auto]")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(metavar="N", help="Rows a step. [default: auto]")] = None,
    learning_rate: Annotated[float | None, typer.Option(metavar="X", help="[default: auto]")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Start of all random numbers. [default: 0]")] = None,
    device: Annotated[str, typer.Option(metavar="D", help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    precision: Annotated[str, typer.Option(metavar="|".join(_PRECISIONS), help="Of the network.")] = "auto",
    checkpoint_every: Annotated[int | None, typer.Option(metavar="N", help="Checkpoint every N epochs.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an unfinished run from its checkpoints.")] = False,
    config: Annotated[Path | None, ConfigOption] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and estimate; fit nothing, write nothing.")] = False,
    json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress display.")] = False,
    debug: DebugOption = False,
) -> None:
    """Cluster the rows of a file; write labels, model and report to a folder.

    \b
    Examples:
      deepkmeans fit customers.csv --clusters 5
      deepkmeans fit customers.csv --clusters auto
      deepkmeans fit customers.csv --clusters 5 --partition k-means --out run-plain
      deepkmeans fit iris.csv -k 3 --label-column species --out run-iris
      deepkmeans fit mnist.npz -k 10 --objective vade --checkpoint-every 5
      deepkmeans fit mnist.npz -k 10 --objective vade --resume
      deepkmeans fit big.parquet -k 20 --dry-run

    A run is a folder: labels.csv, model.dkm, history.jsonl, run.json (and checkpoints/). Nothing is overwritten
    without --force. Whatever is decided for you is said on stderr with the flag that changes it. Rows count from 0.
    Ctrl-C keeps the model trained so far.
    """
    console = Console(json=json, quiet=quiet, progress=not no_progress)
    parameters = _parameters(console, locals())
    if checkpoint_every is not None and checkpoint_every < 1:
        raise InvalidParameterError(f"--checkpoint-every must be >= 1; got {checkpoint_every}")
    selection = {"columns": parse_columns(columns), "drop": parse_columns(drop), "label_column": label_column}

    folder = RunFolder(out or Path(f"run-{data.stem}"))
    if not dry_run:
        folder.check(force=force, resume=resume)

    from .reading import read_for_fit

    table = read_for_fit(console, data, **selection)  # type: ignore[arg-type]
    n, k = table.X.shape[0], parameters["n_clusters"]
    if k != "auto" and n < k:
        raise InvalidDataError(f"{data} has {n} rows, fewer than the {k} clusters asked for; lower --clusters")

    from ..estimators import DeepKMeans

    model = DeepKMeans(**parameters)
    _say_device(console, device)
    if dry_run:
        from .estimate import estimate, estimate_text

        with errors_in_flags():
            plan = estimate(model, table.X)
        console.result({"plan": plan, "guesses": console.guesses}, estimate_text(plan))
        return
    from .fit_run import run_fit

    run_fit(
        console, model, table, data=data, selection=selection, folder=folder,
        force=force, resume=resume, checkpoint_every=checkpoint_every,
    )  # fmt: skip


def _parameters(console: Console, given: dict[str, Any]) -> dict[str, Any]:
    """The estimator's arguments, each guess said."""
    auto = ("embedding_dim", "pretrain_epochs", "max_epochs", "batch_size", "learning_rate")
    seed = given["seed"] or 0
    parameters = {
        "n_clusters": parse_clusters(given["clusters"] or "8"),
        "objective": check_choice("--objective", given["objective"] or "selflabel", OBJECTIVES),
        **{name: "auto" if given[name] is None else given[name] for name in auto},
        "scaling": check_choice("--scaling", given["scaling"], _SCALINGS),
        "reduce": check_choice("--reduce", given["reduce"], _REDUCTIONS),
        "partition": given["partition"],
        "missing": check_choice("--missing", given["missing"], _MISSING),
        "device": given["device"],
        "precision": check_choice("--precision", given["precision"], _PRECISIONS),
        "random_state": seed,
    }
    if not 0 <= seed < 2**32:
        raise InvalidParameterError(f"--seed must be from 0 to {2**32 - 1}; got {seed}")
    if parameters["partition"] != "auto" and parameters["objective"] != "selflabel":
        raise InvalidParameterError(
            f"--partition {parameters['partition']} is for --objective selflabel; got --objective "
            f"{parameters['objective']}: leave one of them out"
        )
    for option, flag in (
        ("clusters", "--clusters N, or auto"),
        ("objective", "--objective NAME"),
        ("seed", "--seed N"),
    ):
        if given[option] is None:
            value = parameters[{"clusters": "n_clusters", "seed": "random_state"}.get(option, option)]
            console.guess(option, value, flag=flag)
    return parameters


def _say_device(console: Console, device: str) -> None:
    from ..runtime import resolve_device

    resolved = resolve_device(device)
    if device == "auto":
        console.guess("device", str(resolved), flag="--device D")
