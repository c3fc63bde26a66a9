"""``--config file.toml``: option names as keys. What is given as a flag wins over the file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import typer

from ..exceptions import InvalidParameterError

__all__ = ["ConfigOption", "read_config"]

_NOT_IN_A_FILE = {"config", "help", "debug"}


def read_config(path: Path, options: dict[str, str]) -> dict[str, Any]:
    """Values for a verb's parameters from a TOML file.

    Parameters
    ----------
    path : Path
    options : dict
        ``{long option without dashes: parameter name}`` of the verb.

    Raises
    ------
    InvalidParameterError
        If the file is missing or no TOML, a key is no option, or a value is a table.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidParameterError(f"--config {path} cannot be read: {reason}") from error
    values: dict[str, Any] = {}
    for key, value in document.items():
        if key not in options:
            from .._validation import did_you_mean

            raise InvalidParameterError(
                f"--config {path}: {key!r} is no option of this verb{did_you_mean(key, options)}; "
                f"the keys are the long option names: {', '.join(sorted(options))}"
            )
        if isinstance(value, dict):
            raise InvalidParameterError(f"--config {path}: {key!r} must be a value, not a table")
        if isinstance(value, list):
            value = ",".join(str(part) for part in value)
        values[options[key]] = value if isinstance(value, bool) else str(value)
    return values


def _apply(context: typer.Context, path: Path | None) -> Path | None:
    if path is not None and not context.resilient_parsing:
        options = {
            name[2:]: parameter.name
            for parameter in context.command.params
            for name in parameter.opts
            if name.startswith("--") and parameter.name and name[2:] not in _NOT_IN_A_FILE
        }
        context.default_map = {**(context.default_map or {}), **read_config(path, options)}
    return path


#: An eager option: the file becomes the defaults against which the other options are parsed.
ConfigOption = typer.Option(
    "--config", callback=_apply, is_eager=True, help="TOML file whose keys are long option names; flags win."
)
