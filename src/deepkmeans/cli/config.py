"""``--config file.toml``: option names as keys. What is given as a flag wins over the file."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import typer

from .._validation import did_you_mean
from ..exceptions import InvalidParameterError
from .options import parse_path

__all__ = ["ConfigOption", "read_config"]

_NOT_IN_A_FILE = {"config", "help", "debug"}
#: Options that take several values, a list in a file.
_LISTS = {"columns", "drop"}
#: Options that can be repeated, once for each column: in a file a table, a list of what is typed, or one such text.
_OF_COLUMNS = {"kind", "levels"}


def read_config(path: Path, options: dict[str, str], flags: Collection[str] = ()) -> dict[str, Any]:
    """Values for a verb's parameters from a TOML file.

    Parameters
    ----------
    path : Path
    options : dict
        ``{long option without dashes: parameter name}`` of the verb.
    flags : collection of str
        Those of ``options`` that take no value: true and false stand for them.

    Raises
    ------
    InvalidParameterError
        If the file is missing or not TOML, a key is not an option, or a value does not suit its option.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidParameterError(f"--config {path} cannot be read: {reason}") from error
    values: dict[str, Any] = {}
    for key, value in document.items():
        if key not in options:
            raise InvalidParameterError(
                f"--config {path}: {key!r} is no option of this verb{did_you_mean(key, options)}; "
                f"the keys are the long option names: {', '.join(sorted(options))}"
            )
        if key in _OF_COLUMNS:
            values[options[key]] = _of_columns(path, key, value)
            continue
        if isinstance(value, dict):
            raise InvalidParameterError(f"--config {path}: {key!r} must be a value, not a table")
        if isinstance(value, list) and key not in _LISTS:
            raise InvalidParameterError(f"--config {path}: {key!r} takes one value, not a list")
        if flags and (key in flags) != isinstance(value, bool):
            wanted = "must be true or false" if key in flags else "takes a value, not true or false"
            raise InvalidParameterError(f"--config {path}: {key!r} {wanted}; got {value!r}")
        values[options[key]] = _text(value)
    return values


def _of_columns(path: Path, key: str, value: Any) -> list[str]:
    """``column=value`` for each column."""
    if isinstance(value, dict):
        return [f"{column}={_text(each)}" for column, each in value.items()]
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in values):
        raise InvalidParameterError(
            f"--config {path}: {key!r} takes a table of columns, or texts such as 'size=...'; got {value!r}"
        )
    return values


def _text(value: Any) -> Any:
    """A value as one would type it; a flag stays a bool."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, list):
        return str(value)
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(value)
    return line.getvalue()


def _apply(context: typer.Context, path: Path | None) -> Path | None:
    if path is not None and not context.resilient_parsing:
        parameters = {
            name[2:]: parameter
            for parameter in context.command.params
            for name in parameter.opts
            if name.startswith("--") and parameter.name and name[2:] not in _NOT_IN_A_FILE
        }
        options = {option: str(parameter.name) for option, parameter in parameters.items()}
        flags = [option for option, parameter in parameters.items() if getattr(parameter, "is_flag", False)]
        context.default_map = {**(context.default_map or {}), **read_config(path, options, flags)}
    return path


#: An eager option: the file becomes the defaults against which the other options are parsed.
ConfigOption = typer.Option(
    "--config", callback=_apply, is_eager=True, parser=parse_path, metavar="FILE",
    help="TOML file whose keys are long option names; flags win.",
)  # fmt: skip
