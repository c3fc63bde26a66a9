"""``deepkmeans explain``: why a row is in its cluster, or what one cluster is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..exceptions import InvalidParameterError
from .console import Console
from .explaining import explained, in_words, with_row_names
from .options import DebugOption, JsonOption, ModelArgument, QuietOption, errors_in_flags, whole_number
from .run_rows import RowsArgument, RunRows, read_run

if TYPE_CHECKING:
    from ..inspection import Explanation
    from ..inspection.input_shares import InputShares

__all__ = ["explain"]

#: Columns whose contributions are listed.
_LISTED = 8


def explain(
    model: ModelArgument,
    data: RowsArgument = None,
    row: Annotated[
        str | None, typer.Option(metavar="ROW", help="Why this row, named as in labels.csv, is in its cluster.")
    ] = None,
    cluster: Annotated[str | None, typer.Option(metavar="N", help="What this cluster is.")] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say why a row is in its cluster and what would move it to another one, or what one cluster is.

    \b
    Examples:
      deepkmeans explain run-customers --row C1017
      deepkmeans explain run-customers new.csv --row K1024 --json
      deepkmeans explain run-customers --cluster 3

    Without DATA the file of the fit is read again, if it is as it was then. Rows are named as in labels.csv: they
    count from 0, or an identifier names them.
    """
    if (row is None) == (cluster is None):
        raise InvalidParameterError("explain takes --row ROW or --cluster N, one of them; deepkmeans describe says all")
    number = None if cluster is None else whole_number(cluster)
    if cluster is not None and number is None:
        raise InvalidParameterError(f"--cluster takes the number of a cluster; got {cluster!r}")
    console = Console(json=json, quiet=quiet)
    run = read_run(console, model, data, verb="explain")
    if row is not None:
        position = run.position(row)
        explanation = explained(console, run.model, run.X)
        document, lines = _of_row(console, run, explanation, row, position)
    else:
        explanation = explained(console, run.model, run.X)
        document, lines = _of_cluster(with_row_names(explanation, run.rows), number)
    console.result(run.document() | document, lines)


def _of_row(
    console: Console, run: RunRows, explanation: Explanation, name: str, position: int
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    from ..inspection import explain_rows, smallest_change

    titles = {
        cluster.number: f"cluster {cluster.number}" + (f" ({cluster.name})" if cluster.name else "")
        for cluster in explanation.clusters
    }
    label = int(explanation.labels[position])
    document: dict[str, Any] = {"row": name, "position": position, "cluster": label}
    if explanation.confidence is not None:
        document["confidence"] = float(explanation.confidence[position])
    if label == -1 or len(explanation.clusters) < 2:
        why = "noise: it is in no cluster" if label == -1 else f"{titles[label]}, where all rows are"
        return document, [f"Row {name} is {'in ' if label != -1 else ''}{why}."]
    if explanation.inputs is not None:
        return _by_inputs(explanation.inputs, document, position)
    if isinstance(run.X, Mapping) and len(run.X) > 1:
        raise InvalidParameterError(
            "--row says which input decided a row, which cannot be said of clusters that were corrected; --cluster N "
            "says what one of them is"
        )
    with console.collected_warnings(), errors_in_flags():
        contributions = explain_rows(run.model, run.X, [position])
        is_table = explanation.rows.kind == "table"
        change = smallest_change(run.model, run.X, position) if is_table else None
    said = contributions.to_dict()["rows"][0]
    document |= {key: value for key, value in said.items() if key not in ("row", "text")}
    document["text"] = _called(contributions.text(position, titles), position, name)
    lines = [document["text"], *_contributions(said), *_sure(document)]
    if change is not None:
        moved = _called(change.text, position, name)
        document["smallest_change"] = {**change.to_dict(), "row": name, "text": moved}
        lines.append(moved)
    return document, [line for text in lines for line in in_words(text)]


def _by_inputs(
    inputs: InputShares, document: dict[str, Any], position: int
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """Which of several inputs decided a row, and what each alone would say."""
    text = _called(inputs.text(position), position, document["row"])
    present = inputs.present[position]
    document["inputs"] = {
        name: {"share": float(inputs.shares[position, at]), "alone": int(inputs.alone[position, at])} if present[at]
        else None for at, name in enumerate(inputs.names)
    }  # fmt: skip
    document["text"] = text
    return document, [text, *([f"Confidence {document['confidence']:.0%}."] if "confidence" in document else [])]


def _called(text: str, position: int, name: str) -> str:
    """A sentence on a row, which is called as in labels.csv."""
    return text.replace(f"Row {position} ", f"Row {name} ", 1)


def _contributions(said: dict[str, Any]) -> Iterator[str]:
    """What each column adds to the margin, the largest first, as shares of it."""
    total = sum(abs(each["value"]) for each in said["contributions"])
    listed = said["contributions"][:_LISTED] if total > 0 else []
    if listed:
        yield f"What speaks for cluster {said['cluster']} (+) and for cluster {said['runner_up']} (-):"
    width = max((len(each["column"]) for each in listed), default=0)
    for each in listed:
        yield f"  {each['column']:<{width}}  {round(100 * each['value'] / total):+4d}%"


def _sure(document: dict[str, Any]) -> Iterator[str]:
    if "confidence" in document:
        yield f"Confidence {document['confidence']:.0%}; runner-up: cluster {document['runner_up']}."


def _of_cluster(explanation: Explanation, number: int | None) -> tuple[dict[str, Any], list[str]]:
    from ..inspection.explanation_text import cluster_text

    numbers = [cluster.number for cluster in explanation.clusters]
    if number not in numbers:
        raise InvalidParameterError(f"--cluster takes one of {', '.join(map(str, numbers))}; got {number}")
    cluster = explanation.cluster(number)
    text = cluster_text(explanation, cluster)
    boundary = cluster.exemplars.boundary[:_LISTED]
    if len(boundary):
        text += f"\n  Rows at its boundary: {', '.join(map(explanation.rows.called, boundary))}"
    return cluster.to_dict(), in_words(text)
