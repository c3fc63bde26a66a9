"""``deepkmeans select``: how many clusters a data file has, with every criterion for every k."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .._validation import OneOf
from ..data.file_kinds import shown_path
from ..data.input_spec import InputSpec
from ..estimators.constraints import DEEP_KMEANS
from ..exceptions import InvalidDataError, InvalidParameterError
from ..storage import exists_error
from .console import Console
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
from .flags import in_flags_of_fit
from .input_options import EncoderOption, KindOption, LevelsOption, check_columns, check_encoder, input_spec
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
    whole_number,
)
from .output_files import check_apart, source
from .reading import data_file, read_for_fit
from .settings import columns_line
from .several_inputs import (
    AudioOption,
    ImageOption,
    TextOption,
    columns_of_inputs,
    input_parameters,
    read_inputs,
    say_files_in_columns,
)

if TYPE_CHECKING:
    from ..model_selection import NClustersSelection

__all__ = ["parse_range", "select"]

_ESTIMATORS = ("deepkmeans", "kmeans")
#: Columns of the table on stdout: name, heading, figures after the point.
_TABLE = (
    ("posterior", "posterior", 3), ("inertia", "inertia", 1), ("silhouette", "silhouette", 3),
    ("calinski_harabasz", "cal-har", 1), ("davies_bouldin", "dav-bou", 3), ("gap", "gap", 3),
    ("gap_error", "error", 3), ("stability", "stability", 3), ("stability_of_chance", "chance", 3),
    ("merge_gain", "merge", 2),
)  # fmt: skip


def select(
    data: DataArgument,
    k_range: Annotated[
        str | None, typer.Option("--k-range", metavar="A:B", help="First and last k to try. [default: 1:40 at most]")
    ] = None,
    estimator: Annotated[
        str, typer.Option(metavar="|".join(_ESTIMATORS), help="Whose partitions the criteria judge.")
    ] = "deepkmeans",
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Curves as .png, .svg or .pdf.", parser=parse_output)
    ] = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B", help="Only these columns.")] = None,
    drop: Annotated[str | None, typer.Option(metavar="A,B", help="All columns but these.")] = None,
    label_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Known classes: left out.", parser=parse_name)
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
    seed: Annotated[str, typer.Option(metavar="N", help="Start of all random numbers.")] = "0",
    json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """How many clusters do the rows of a file have? Every criterion over k, a choice and its reason.

    \b
    Examples:
      deepkmeans select customers.csv
      deepkmeans select customers.csv --k-range 2:20 --plot curves.png
      deepkmeans select iris.csv --label-column species --json

    The choice comes from gaps between groups of rows, in which few rows lie, and for tables of categories from groups
    in which the columns go together; 1 means that no structure is clear. The column posterior is the probability of
    each k; the other criteria stand beside it, and what each alone would choose is said below the table. Without clear
    structure the most useful division is said, if the criteria see one. No network is trained.
    """
    given = locals()
    console = Console(json=json, quiet=quiet, verbose=verbose)
    rules = {"estimator": [OneOf(*_ESTIMATORS)], "random_state": DEEP_KMEANS["random_state"]}
    settings = checked_values(rules, {"estimator": estimator, "random_state": seed})
    how, spec = FileOptions.of(given), input_spec(kind, levels, decimal)
    encoder = None if encoder is None else check_encoder(encoder)
    of_input = ("kind", "levels", "encoder", "image", "audio", "text")
    _check_estimator(settings["estimator"], {f"--{option}": given[option] for option in of_input})
    ks = parse_range(k_range)
    selection: dict[str, Any] = {
        "columns": parse_columns("--columns", columns), "drop": parse_columns("--drop", drop),
        "label_column": label_column,
    }  # fmt: skip
    read = source(data)
    data = data_file(data, how)
    several = columns_of_inputs(given, data, spec, selection)
    _check_plot(plot, force, read)

    kind_of_input = "table" if several else spec.kind
    table = read_for_fit(console, data, **selection, kind=kind_of_input, how=how, typed=bool(several))
    check_columns(spec, table)
    say_files_in_columns(console, table, several)
    parameters: dict[str, Any] = {} if spec == InputSpec() else {"preprocessor": spec}
    parameters |= {} if encoder is None else {"encoder": encoder}
    if several:
        table = read_inputs(console, table, several, spec)
        parameters = input_parameters(table, several, spec, encoder)
    n = table.n_samples
    if n < 2:
        raise InvalidDataError(f"{shown_path(data)} has 1 row; how many clusters it has takes two rows at least")
    if ks is None:
        from ..graph import default_k_range

        tried = default_k_range(n)
        console.guess("k", f"{tried[0]} to {tried[-1]}", flag="--k-range A:B")
    elif ks[-1] > n:
        raise InvalidDataError(
            f"{shown_path(data)} has {n} rows, fewer than the {ks[-1]} clusters of --k-range; lower its end"
        )

    console.note(columns_line(table, console.width))

    from .. import model_selection
    from ..estimators import DeepKMeans, KMeans

    clusterer: Any = KMeans()
    X = table.rows_given if table.row_shape is None else table.X
    if settings["estimator"] == "deepkmeans":
        clusterer = DeepKMeans(**parameters)
        X = table.rows_given
    with console.collected_warnings(), errors_in_flags():
        result = model_selection.select_n_clusters(
            clusterer, X, k_range="auto" if ks is None else ks, random_state=settings["random_state"]
        )
    result = dataclasses.replace(result, reason=in_flags_of_fit(result.reason))
    document = {"data": shown_path(data), "rows": n, **result.to_dict(), "guesses": console.guesses}
    if plot is not None:
        from ..storage import atomic_write

        with atomic_write(plot) as file:
            result.plot().savefig(file, format=plot.suffix[1:].lower())
        console.note(f"curves: {plot}")
        document["plot"] = str(plot)
    console.result(document, _lines(result))


def _check_estimator(estimator: str, of_input: dict[str, Any]) -> None:
    """Refuse what says how rows become numbers where partitions are not of DeepKMeans, which alone takes that."""
    for option, value in of_input.items():
        if value and estimator != "deepkmeans":
            raise InvalidParameterError(
                f"{option} goes with --estimator deepkmeans, and --estimator is {estimator}; leave out one of them"
            )


def parse_range(text: str | None) -> range | None:
    """The k of ``--k-range A:B``, both included; a single number is a range of one."""
    if text is None:
        return None
    first, colon, last = text.partition(":")
    low, high = whole_number(first), whole_number(last if colon else first)
    if low is None or high is None:
        raise InvalidParameterError(f"--k-range must be two whole numbers A:B, such as 2:20; got {text!r}")
    if not 1 <= low <= high:
        raise InvalidParameterError(f"--k-range A:B needs 1 <= A <= B; got {text!r}")
    return range(low, high + 1)


def _check_plot(plot: Path | None, force: bool, read: Path | int | None) -> None:
    """Check --plot before the work, so that it does not fail after it."""
    if plot is None:
        return
    if plot.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise InvalidParameterError(f"--plot must end in .png, .svg or .pdf; got {plot.name!r}")
    check_apart(plot, {"DATA": read}, option="--plot")
    if plot.exists() and not force:
        raise exists_error(f"{plot} exists; choose another name, or replace it with --force")
    if not plot.absolute().parent.is_dir():
        raise InvalidParameterError(f"the folder of --plot {plot} does not exist; make it first")
    from .._optional import require

    require("matplotlib", extra="plot", purpose="--plot")


def _lines(result: NClustersSelection) -> list[str]:
    table = result.table
    lines = ["".join([f"{'k':>4}", *(f"{heading:>11}" for _, heading, _ in _TABLE)])]
    for _, row in table.iterrows():
        cells = (
            f"{'-' if math.isnan(row[name]) else format(row[name], f'.{digits}f'):>11}" for name, _, digits in _TABLE
        )
        lines.append("".join([f"{int(row['k']):>4}", *cells, "  <" if row["k"] == result.n_clusters else ""]))
    alone = ", ".join(f"{name.replace('_', '-')} {k}" for name, k in result.suggestions.items() if k is not None)
    if alone:
        lines.append(f"alone would choose: {alone}")
    lines.append(str(result))
    lines.append("another number: deepkmeans fit DATA --clusters N")
    return lines
