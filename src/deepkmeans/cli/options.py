"""Options that several verbs share, and the names that completion offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ..exceptions import InvalidParameterError

__all__ = [
    "OBJECTIVES",
    "DebugOption",
    "ForceOption",
    "JsonOption",
    "ModelArgument",
    "QuietOption",
    "check_choice",
    "errors_in_flags",
    "in_flags",
    "parse_clusters",
    "parse_columns",
]

#: The registry of deepkmeans.objectives, repeated so that help and completion need no torch (a test compares them).
OBJECTIVES = ("sequential", "dcn", "dkm", "dec", "idec", "vade", "deepcluster", "selflabel")

#: How messages name a parameter, and an argument with its value.
_PARAMETER = re.compile(r"The '(\w+)' parameter(?: of DeepKMeans)?")
_ARGUMENT = re.compile(r"\b(n_clusters|partition)=('[^']*'|\w+)")
#: What is an attribute in Python is a key of run.json.
_KEYS = {
    "report_['rounds'][0]['candidates']": "report.rounds in the run.json",
    "alternatives_": "report.alternatives in run.json",
}

JsonOption = Annotated[bool, typer.Option("--json", help="Write exactly one JSON object to stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an output that exists.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
ModelArgument = Annotated[Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder of a run, or a .dkm file.")]


def check_choice(flag: str, value: str, choices: tuple[str, ...]) -> str:
    """A name out of a closed set, or a usage error with the nearest one."""
    if value not in choices:
        from .._validation import did_you_mean

        raise InvalidParameterError(
            f"{flag} must be one of {', '.join(choices)}; got {value!r}{did_you_mean(value, choices)}"
        )
    return value


def parse_clusters(text: str) -> int | str:
    """The number of clusters of ``--clusters``, or "auto"."""
    if text.strip().lower() == "auto":
        return "auto"
    try:
        number = int(text)
    except ValueError:
        raise InvalidParameterError(f"--clusters must be a whole number >= 1, or auto; got {text!r}") from None
    if number < 1:
        raise InvalidParameterError(f"--clusters must be >= 1; got {number}")
    return number


def in_flags(text: str) -> str:
    """A message of the estimators, with flags of ``fit`` and keys of run.json for the names of Python."""
    text = _PARAMETER.sub(lambda found: _flag(found[1]), text)
    text = _ARGUMENT.sub(lambda found: f"{_flag(found[1])} {found[2].strip(chr(39))}", text)
    for name, key in _KEYS.items():
        text = text.replace(name, key)
    return text


@contextmanager
def errors_in_flags() -> Iterator[None]:
    """Refusals of the estimators, said in the words of the command."""
    try:
        yield
    except InvalidParameterError as error:
        raise InvalidParameterError(in_flags(str(error))) from error


def _flag(parameter: str) -> str:
    return {"n_clusters": "--clusters", "random_state": "--seed"}.get(parameter, "--" + parameter.replace("_", "-"))


def parse_columns(text: str | None) -> list[str] | None:
    """Names from ``a,b``; None stays None."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InvalidParameterError(f"a list of columns holds at least one name; got {text!r}")
    return names
