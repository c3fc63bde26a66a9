"""What a fit recognised in DATA, in a line or, with --verbose, column by column: from ``report_["input"]``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._quoting import short
from .console import Console, counted
from .flags import in_flags

if TYPE_CHECKING:
    from ..data.files import Table
    from ..data.input_spec import InputSpec

__all__ = ["columns_in_words", "input_in_words", "inputs_in_words", "say_columns", "say_input", "say_inputs"]

#: One and several columns of each kind that is used, in this order.
_KINDS = {
    "number": ("number", "numbers"), "boolean": ("yes/no column", "yes/no columns"),
    "category": ("category", "categories"), "ordinal": ("ordered category", "ordered categories"),
    "date": ("date", "dates"), "text": ("text column", "text columns"), "list": ("list column", "list columns"),
}  # fmt: skip
#: What a pretrained encoder reads.
_SEVERAL = {"image": "pictures", "audio": "recordings"}
#: So many columns that are left out are named.
_NAMED = 6


def say_input(console: Console, recognised: Mapping[str, Any]) -> None:
    """Say what was recognised, with the flag that says otherwise, and what else is to be known of it."""
    if recognised.get("kind") == "table":
        columns = recognised["columns"]
        console.guess("columns", columns_in_words(columns), flag="--kind COLUMN=KIND", asked_for=True)
        if console.verbose:
            for column in columns:
                left_out = "" if column["used"] else ", left out"
                console.note(f"  {short(column['name'])}: {column['kind']}{left_out} ({column['reason']})")
    elif recognised.get("kind") in ("image", "audio"):
        console.note(input_in_words(recognised))
    elif "n_terms" in recognised:
        console.guess("texts", input_in_words(recognised), flag="--encoder NAME", asked_for=True)
        counts = {"empty": recognised["n_empty"], "without a term that is kept": recognised["n_without_terms"]}
        for what, count in counts.items():
            if count:
                console.note(f"{count:,} {'text is' if count == 1 else 'texts are'} {what}")
    elif recognised.get("kind") == "series":
        console.guess("series", input_in_words(recognised), flag="--kind table")
    for note in recognised.get("notes", ()):
        console.note(in_flags(note))


def say_inputs(console: Console, report: Mapping[str, Any]) -> None:
    """The same of each of several inputs, with its name."""
    for line in inputs_in_words(report):
        console.note(line)
    for name, each in report["inputs"].items():
        for note in each.get("input", {}).get("notes", ()):
            console.note(f"input {short(name)}: {in_flags(note)}")


def inputs_in_words(report: Mapping[str, Any]) -> list[str]:
    """A line on each of several inputs: what it is, and what it weighs in the embedding."""
    lines = []
    for name, each in report["inputs"].items():
        what = input_in_words(each["input"]) if "input" in each else counted(each["n_features"], "number")
        said = report.get("modalities", {}).get(name, {})
        parts = [f"{said['weight']:.0%} of the embedding"] if "weight" in said else []
        parts += [f"missing in {counted(said['missing'], 'row')}"] if said.get("missing") else []
        more = f" ({', '.join(parts)})" if parts else ""
        lines.append(f"input {short(name)}: {what}{more}")
    return lines


def input_in_words(recognised: Mapping[str, Any]) -> str:
    """The columns by their kinds, or what became of texts, pictures, recordings or series."""
    if "columns" in recognised:
        return columns_in_words(recognised["columns"])
    encoder = recognised.get("encoder")
    if isinstance(encoder, Mapping) and "name" in encoder:
        return f"{_SEVERAL.get(recognised['kind'], 'texts')} by {encoder['name']}"
    if recognised.get("kind") == "image":
        colours = "grey" if recognised["channels"] == 1 else "in colour"
        return f"pictures of {recognised['height']} x {recognised['width']} pixels, {colours}"
    if recognised.get("kind") == "audio":
        seconds = recognised["seconds"]
        lengths = f"{seconds['shortest']:.3g} to {seconds['longest']:.3g} s"
        return f"recordings of {lengths} at {recognised['rate']:,} Hz, log-mel in {recognised['n_mels']} bands"
    if recognised.get("kind") == "series":
        channels = recognised["n_channels"]
        return f"{recognised['n_points']:,} points of {channels:,} channel{'s' if channels > 1 else ''}"
    if "n_terms" in recognised:
        return f"TF-IDF of {recognised['n_terms']:,} terms"
    return str(recognised["kind"])


def say_columns(console: Console, table: Table, spec: InputSpec) -> None:
    """The same before a fit, of a table of which not all is numbers."""
    if table.kind != "table" or table.feature_names is None or spec.kind == "series" or table.inputs is not None:
        return
    from ..data.schema import Schema

    schema = Schema.recognise(table.rows_given, spec)
    columns = [
        {"name": column.name, "kind": column.kind, "used": column in schema.kept, "reason": column.reason}
        for column in schema.columns
    ]
    if any(column["kind"] != "number" for column in columns):
        say_input(console, {"kind": "table", "columns": columns, "notes": schema.surprises()})


def columns_in_words(columns: Sequence[Mapping[str, Any]]) -> str:
    """``12 numbers, 5 categories, 1 date; left out: 'id' (identifier), 'country' (constant)``."""
    counts = Counter(column["kind"] for column in columns if column["used"])
    used = [f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _KINDS.items() if counts[kind]]
    out = [f"{short(column['name'])} ({column['kind']})" for column in columns if not column["used"]]
    more = f" and {len(out) - _NAMED} more" if len(out) > _NAMED else ""
    return (", ".join(used) or "none") + (f"; left out: {', '.join(out[:_NAMED])}{more}" if out else "")
