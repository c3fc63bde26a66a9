"""``deepkmeans fit``: the rows of a data file in clusters, with the model, in a run folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from .._validation import Interval, OneOf
from ..data.file_kinds import COMPRESSED, shown_path
from ..data.input_spec import InputSpec
from ..estimators.constraints import DEEP_KMEANS, REDUCTIONS, SCALINGS
from ..exceptions import InvalidDataError, InvalidParameterError
from ..objectives import OBJECTIVES
from ..persistence import RunFolder
from ..persistence.run_layout import model_path
from .absent_device import check_device
from .append import Append, AppendOption
from .config import ConfigOption
from .console import Console, counted
from .file_options import (
    CommentOption,
    DataArgument,
    DecimalOption,
    EncodingOption,
    FileOptions,
    HeaderLineOption,
    HeaderOption,
    MemberOption,
    MemoryOption,
    SeparatorOption,
    SheetOption,
    SkipfooterOption,
)
from .input_options import EncoderOption, KindOption, LevelsOption, check_columns, check_encoder, input_spec
from .input_summary import say_columns
from .options import (
    DebugOption,
    ForceOption,
    JsonOption,
    QuietOption,
    VerboseOption,
    checked_values,
    errors_in_flags,
    parse_columns,
    parse_name,
    parse_output,
    parse_path,
)
from .output_files import check_run_apart, source
from .reading import data_file, for_run_json, read_for_fit
from .settings import check_model, say_settings
from .several_inputs import (
    AudioOption,
    ImageOption,
    TextOption,
    check_one_input,
    columns_of_inputs,
    input_parameters,
    read_inputs,
    say_files_in_columns,
)

__all__ = ["fit"]

_AUTO = ("embedding_dim", "pretrain_epochs", "max_epochs", "batch_size", "learning_rate")
#: What is taken where nothing is given.
_DEFAULTS = {"n_clusters": "auto", "objective": "selflabel", "random_state": "0", **dict.fromkeys(_AUTO, "auto")}
#: What --clusters takes; its "auto" divides rows without clear structure where that is useful.
_CLUSTERS = [Interval(int, 1, None), OneOf("auto")]
#: Bytes of the name of a folder that is called after the data; file systems have 143 to 255.
_LONGEST_NAME = 120
#: The parameters whose options have another name.
_OPTIONS = {"n_clusters": "clusters", "random_state": "seed"}


def fit(
    data: DataArgument,
    clusters: Annotated[
        str | None, typer.Option("--clusters", "-k", metavar="N|auto", help="How many clusters. [default: auto]")
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"One of {', '.join(OBJECTIVES)}. [default: selflabel]",
            autocompletion=lambda: [*OBJECTIVES],
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Folder to write. [default: run-NAME]", parser=parse_output)
    ] = None,
    append: AppendOption = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B", help="Only these columns.")] = None,
    drop: Annotated[str | None, typer.Option(metavar="A,B", help="All columns but these.")] = None,
    label_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Known classes: kept out of the fit, used by evaluate.", parser=parse_name),
    ] = None,
    kind: KindOption = None,
    levels: LevelsOption = None,
    encoder: EncoderOption = None,
    image: ImageOption = None,
    audio: AudioOption = None,
    text: TextOption = None,
    header: HeaderOption = None,
    header_line: HeaderLineOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    encoding: EncodingOption = None,
    comment: CommentOption = None,
    skipfooter: SkipfooterOption = None,
    sheet: SheetOption = None,
    member: MemberOption = None,
    max_memory: MemoryOption = None,
    align_to: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN", help="Earlier run or .dkm file: the same clusters get its numbers and names.",
            parser=parse_path,
        ),
    ] = None,
    missing: Annotated[str, typer.Option(metavar="impute|error", help="What to do with empty cells.")] = "impute",
    scaling: Annotated[str, typer.Option(metavar="|".join(SCALINGS), help="How columns are scaled.")] = "auto",
    reduce: Annotated[
        str,
        typer.Option(
            metavar="|".join(REDUCTIONS),
            help="What reduces many columns before the network; tsne and umap lay the rows out in two dimensions, "
            "and the model then holds up to 5,000 of them.",
        ),
    ] = "auto",
    partition: Annotated[
        str,
        typer.Option(
            metavar="auto|k-means|NAME",
            help="Which partition of a table is taken; report.alternatives in run.json has the names.",
            autocompletion=lambda: ("auto", "k-means"),
        ),
    ] = "auto",
    balance: Annotated[
        str, typer.Option(metavar="0..1", help="Sizes of the clusters: 0 as they come, 1 equal.")
    ] = "0",
    noise: Annotated[
        str | None,
        typer.Option(
            metavar="label|SHARE", help="Rows that get the label -1: strange ones, or this share, 0 to 0.5, of all."
        ),
    ] = None,
    embedding_dim: Annotated[
        str | None, typer.Option(metavar="N", help="Width of the embedding. [default: auto]")
    ] = None,
    pretrain_epochs: Annotated[
        str | None, typer.Option(metavar="N", help="Most epochs of reconstruction before clustering. [default: auto]")
    ] = None,
    max_epochs: Annotated[
        str | None, typer.Option(metavar="N", help="Most epochs of training with the clustering. [default: auto]")
    ] = None,
    batch_size: Annotated[str | None, typer.Option(metavar="N", help="Rows in each step. [default: auto]")] = None,
    learning_rate: Annotated[str | None, typer.Option(metavar="X", help="Of the optimizer. [default: auto]")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Start of all random numbers. [default: 0]")] = None,
    device: Annotated[str, typer.Option(metavar="D", help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    precision: Annotated[str, typer.Option(metavar="auto|float32|bfloat16", help="Of the network.")] = "auto",
    checkpoint_every: Annotated[str | None, typer.Option(metavar="N", help="Checkpoint every N epochs.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue an unfinished run from its checkpoints.")] = False,
    config: Annotated[Path | None, ConfigOption] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and estimate; fit nothing, write nothing.")] = False,
    json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="Say nothing of the clusters at the end, and write no report.html.")
    ] = False,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress display.")] = False,
    debug: DebugOption = False,
) -> None:
    """Cluster the rows of a file; write labels, model and what was decided to a folder.

    \b
    Examples:
      deepkmeans fit customers.csv
      deepkmeans fit customers.csv --clusters 5
      deepkmeans fit customers.csv --kind zip=category --levels size=S,M,L --append labelled.csv
      deepkmeans fit photos/ --clusters 8
      deepkmeans fit products.csv --image photo --text title
      deepkmeans fit titles.txt --encoder sentence-transformers/all-MiniLM-L6-v2
      deepkmeans fit customers.csv --clusters 5 --partition k-means --out run-plain
      deepkmeans fit iris.csv -k 3 --label-column species --out run-iris
      deepkmeans fit mnist.npz -k 10 --objective vade --checkpoint-every 5
      deepkmeans fit mnist.npz -k 10 --objective vade --resume
      deepkmeans fit customers-june.csv --align-to run-customers-may
      deepkmeans fit sensors.csv --noise 0.02
      deepkmeans fit big.parquet -k 20 --dry-run

    A run is a folder: report.html, labels.csv, model.dkm, history.jsonl, run.json (and checkpoints/). Nothing is
    overwritten without --force. What is decided for you is said with --verbose, and kept in run.json. Rows count
    from 0. Ctrl-C keeps the model trained so far.
    """
    console = Console(json=json, quiet=quiet, verbose=verbose, progress=not no_progress)
    given = locals()
    parameters, how = _parameters(given), FileOptions.of(given)
    spec = input_spec(kind, levels, decimal)
    if spec != InputSpec() and not (image or audio or text):
        parameters["preprocessor"] = spec
    if encoder is not None:
        parameters["encoder"] = check_encoder(encoder)
    if align_to is not None:
        earlier = model_path(align_to)
        check_model(earlier)
        parameters["align_to"] = str(earlier)
    every = checked_values({"checkpoint_every": [Interval(int, 1, None)]}, _only(checkpoint_every=checkpoint_every))
    selection: dict[str, Any] = {
        "columns": parse_columns("--columns", columns), "drop": parse_columns("--drop", drop),
        "label_column": label_column,
    }  # fmt: skip
    inputs = {"DATA": source(data), "the file of --config": config}
    data = data_file(data, how)
    several = columns_of_inputs(given, data, spec, selection)
    folder = RunFolder(out or _default_folder(data))
    if not dry_run or out is not None:
        check_run_apart(folder.path, inputs)
    if not dry_run:
        folder.check(force=force, resume=resume)
    elif out is not None:
        folder.check_place()
    appended = None if append is None else Append(append, how)
    if appended is not None:
        appended.check(data, inputs, force=force, run=folder.path)

    check_device(parameters["device"])
    kind_of_input = "table" if several else spec.kind
    table = read_for_fit(console, data, **selection, kind=kind_of_input, how=how, typed=bool(several))
    check_columns(spec, table)
    say_files_in_columns(console, table, several)
    if several:
        table = read_inputs(console, table, several, spec)
        check_one_input(table, given)
        parameters |= input_parameters(table, several, spec, encoder)
    n, k = table.n_samples, parameters["n_clusters"]
    if k == "auto" and n < 2:
        raise InvalidDataError(f"{shown_path(data)} has 1 row; --clusters auto needs two at least")
    if k != "auto" and n < k:
        raise InvalidDataError(
            f"{shown_path(data)} has {counted(n, 'row')}, fewer than the {k} clusters asked for; lower --clusters"
        )

    from ..estimators import DeepKMeans

    with errors_in_flags():
        say_settings(console, parameters, given, table, folder=None if dry_run else folder.path)
    model = DeepKMeans(**parameters | ({"n_clusters": "divide"} if k == "auto" else {}))
    if dry_run:
        from .estimate import estimate, estimate_lines

        with errors_in_flags():
            say_columns(console, table, spec)
            plan = estimate(model, table.rows_given)
        console.result({"plan": plan, "guesses": console.guesses}, estimate_lines(plan))
        return
    from .fit_run import run_fit

    run_fit(
        console, model, table, data=data, selection=for_run_json(table, selection, how), how=how, folder=folder,
        force=force, resume=resume, checkpoint_every=every.get("checkpoint_every"), append=appended,
        with_report=not no_report,
    )  # fmt: skip


def _default_folder(data: Path) -> Path:
    """``run-NAME``; of a very long name its beginning, as names that are made of it are longer."""
    stem = Path(data.stem).stem if data.suffix.lower() in COMPRESSED else data.stem
    name = f"run-{data.resolve().name if data.is_dir() else stem}"
    while len(os.fsencode(name)) > _LONGEST_NAME:
        name = name[:-1]
    return Path(name)


def _only(**options: Any) -> dict[str, Any]:
    """Those that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _parameters(given: dict[str, Any]) -> dict[str, Any]:
    """The estimator's arguments, checked as the estimator checks them."""
    names = ("n_clusters", "objective", *_AUTO, "scaling", "reduce", "partition", "balance", "missing", "noise",
             "device", "precision", "random_state")  # fmt: skip
    asked = _only(**{name: given[_OPTIONS.get(name, name)] for name in names})
    parameters = checked_values(DEEP_KMEANS | {"n_clusters": _CLUSTERS}, _DEFAULTS | asked)
    if parameters["partition"] != "auto" and parameters["objective"] != "selflabel":
        raise InvalidParameterError(
            f"--partition {parameters['partition']} is for --objective selflabel; got --objective "
            f"{parameters['objective']}: leave one of them out"
        )
    return parameters
