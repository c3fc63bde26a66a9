"""Before a verb begins: check the model file; for a fit, say in three lines what it takes and where results go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.file_kinds import file_name
from .console import Console
from .row_names import ROWS

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = ["check_model", "columns_line", "say_settings", "stored_columns"]

#: At least this many letters of a line are left for the names of columns.
_ROOM = 20


def check_model(path: Path) -> dict[str, Any]:
    """Refuse a damaged model file; return its document, whose content is not checked yet."""
    from ..storage import read_document

    return read_document(path, kind="model")


def stored_columns(document: Mapping[str, Any]) -> tuple[list[str] | None, int | None]:
    """Names and number of the columns that a model was fitted on, from its document; None for what it does not say."""
    state = document.get("state")
    state = state if isinstance(state, dict) else {}  # load() will say what is wrong
    names = state.get("feature_names_in", state.get("feature_names"))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        names = None
    width = state.get("n_features_in", names and len(names))
    return names, width if type(width) is int and (names is None or width == len(names)) else None


def say_settings(
    console: Console, parameters: Mapping[str, Any], given: Mapping[str, Any], table: Table, *, folder: Path | None
) -> None:  # fmt: skip
    """Say what a fit takes and where results go, and record every guess with the flag that changes it.

    Parameters
    ----------
    console : Console
    parameters : mapping
        Parameters of the estimator.
    given : mapping
        Options by name, None for those not given.
    table : Table
    folder : Path or None
        Where the results go; None if nothing is written.
    """
    from ..runtime import resolve_device

    device = str(resolve_device(parameters["device"]))
    k = parameters["n_clusters"]
    clusters = f"{k} cluster{'s' if k != 1 else ''}" if k != "auto" else "clusters as found"
    words = f"{clusters}, {parameters['objective']}, seed {parameters['random_state']}, {device}"
    flags = {
        "clusters": "-k" if given["clusters"] is None else "",
        "objective": "--objective" if given["objective"] is None else "",
        "seed": "--seed" if given["seed"] is None else "",
        "device": "--device" if parameters["device"] == "auto" else "",
    }
    change = ", ".join(filter(None, flags.values()))
    lines = {columns_line(table, console.width): "", words: f"; set with {change}" if change else ""}
    if folder is not None:
        lines[f"results go to {folder}"] = "" if console.verbose else "; more with --verbose"
    for line, hint in lines.items():
        narrow = console.is_terminal and len(line + hint) > console.width
        console.note(line if narrow else line + hint)
    for option, value, flag in (
        ("objective", parameters["objective"], "--objective NAME"),
        ("seed", parameters["random_state"], "--seed N"),
        ("device", device, "--device D"),
    ):
        if flags[option]:
            console.guess(option, value, flag=flag)


def columns_line(table: Table, width: int) -> str:
    """File, number of rows, and the columns by name, as many as fit."""
    n = table.n_samples
    if table.kind != "table":
        what = ROWS[table.kind]
        return f"{file_name(table.path)}: {n:,} {what}{'s' if n != 1 else ''}"
    if table.row_shape is not None:
        shape = " x ".join(map(str, table.row_shape))
        return f"{file_name(table.path)}: {n:,} row{'s' if n != 1 else ''} of {shape} values"
    d, names = table.X.shape[1], table.feature_names
    line = f"{file_name(table.path)}: {n:,} row{'s' if n != 1 else ''}, {d:,} column{'s' if d != 1 else ''}"
    if not names:
        return line
    line += ": "
    shown_names = [repr(name) if "," in name else name for name in map(str, names)]
    if len(whole := line + ", ".join(shown_names)) <= max(width, len(line) + _ROOM):
        return whole
    room, shown = max(_ROOM, width - len(line) - len(f", and {d:,} more")), ""
    for count, name in enumerate(shown_names):
        longer = shown + (", " if shown else "") + name
        if shown and len(longer) > room:
            return f"{line}{shown}, and {d - count:,} more"
        shown = longer
    return line + shown
