"""Options that several verbs share: how they are read, checked and said."""

from __future__ import annotations

import csv
import difflib
import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from .._validation import Constraint, Interval, OneOf, validate_parameters
from ..exceptions import DeepKMeansError, InvalidParameterError, MissingDependencyError, TrainingDivergedError
from .console import Console
from .flags import in_flags
from .origins import ORIGINS

__all__ = [
    "DebugOption",
    "ForceOption",
    "JsonOption",
    "ModelArgument",
    "QuietOption",
    "Verb",
    "VerboseOption",
    "checked_values",
    "errors_in_flags",
    "parse_columns",
    "parse_name",
    "parse_output",
    "parse_path",
    "whole_number",
]

#: Numbers are written in ASCII digits: no blanks, underscores or digits of other scripts, which int() and float() take.
_WHOLE = re.compile(r"[+-]?[0-9]+")
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
#: Digits that Python converts at once; no number of so many is accepted anywhere.
_MOST_DIGITS = 4000


def parse_path(text: str | Path) -> Path:
    """A path that names something: ``Path("")`` would be the current folder."""
    if not str(text).strip() or "\0" in str(text):
        raise typer.BadParameter("a name is needed; got an empty one")
    try:
        os.lstat(text)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            shown = f"{str(text)[:40]}... of {len(str(text))} characters"
            raise typer.BadParameter(
                f"the name is too long for this file system; choose a shorter one; got {shown}"
            ) from None
    return Path(text)


def parse_output(text: str | Path) -> Path:
    """A file or folder to write: ``-``, which elsewhere is a stream, would be one of that name."""
    if str(text) == "-":
        raise typer.BadParameter("the name of a file or folder is needed; got -, which would be standard output")
    return parse_path(text)


def parse_name(text: str) -> str:
    """The name of a column."""
    if not text.strip():
        raise typer.BadParameter("a name is needed; got an empty one")
    return text


JsonOption = Annotated[bool, typer.Option("--json", help="Write exactly one JSON object to stdout, also on errors.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say every choice and the flag that changes it.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an output that exists.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
ModelArgument = Annotated[
    Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder of a run, or a .dkm file.", parser=parse_path)
]


class Verb(TyperCommand):
    """A verb that refuses what the parser would take in silence, or refuse in words of its own.

    An option given twice with different values, of which the parser would take the last; a flag and its opposite; more
    files than it takes. Of an environment variable that is no option of the verb it warns.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Collect every value of every option, then parse as ever."""
        if not ctx.resilient_parsing:
            if not {"-h", "--help"} & {*args}:
                _check_current_folder()
            parser = self.make_parser(ctx)
            options = [option for option in self.get_params(ctx) if option.param_type_name == "option"]
            pairs = [option for option in options if option.secondary_opts]
            for option in pairs:
                for names, const in ((option.opts, True), (option.secondary_opts, False)):
                    parser.add_option(obj=option, opts=names, dest=option.name, action="append_const", const=const)  # type: ignore[arg-type]
            options = [option for option in options if not option.is_flag]  # type: ignore[attr-defined]
            for option in options:
                parser.add_option(obj=option, opts=option.opts, dest=option.name, action="append", nargs=option.nargs)  # type: ignore[arg-type]
            given = parser.parse_args(args=list(args))[0]
            for option in options:
                if option.multiple:  # type: ignore[attr-defined]
                    continue
                values = dict.fromkeys(given.get(str(option.name), ()))
                if len(values) > 1:
                    shown = " and ".join(repr(value) for value in values)
                    raise InvalidParameterError(f"{max(option.opts, key=len)} is given as {shown}; give one of them")
            for option in pairs:
                if len(set(given.get(str(option.name)) or ())) > 1:
                    both = " and ".join(max(names, key=len) for names in (option.opts, option.secondary_opts))
                    raise InvalidParameterError(f"{both} contradict each other; leave one of them out")
            ctx.allow_extra_args = True
        try:
            rest = super().parse_args(ctx, args)
        finally:
            ORIGINS.set(self._origins(ctx))
        if not ctx.resilient_parsing:
            if rest:
                raise InvalidParameterError(self._too_many(ctx, rest))
            self._warn_of_variables(ctx)
        return rest

    def _too_many(self, ctx: Any, rest: list[str]) -> str:
        files = [str(param.metavar) for param in self.get_params(ctx) if param.param_type_name == "argument"]  # type: ignore[attr-defined]
        takes = " and ".join(files) if files else "no file"
        return (
            f"`deepkmeans {ctx.info_name}` takes {takes}; got {', '.join(map(repr, rest))} as well: put quotes around "
            f"a name that holds blanks{', and give one file at a time' if files else ''}"
        )

    def _origins(self, ctx: Any) -> dict[str, str]:
        """What gave the options their values where the command line did not, as far as they are parsed."""
        origins: dict[str, str] = {}
        for option in self.get_params(ctx):
            source = getattr(ctx.get_parameter_source(str(option.name)), "name", "")
            if source in ("ENVIRONMENT", "DEFAULT_MAP"):
                variable = f"the environment variable {_variable(ctx, option)}"
                origin = variable if source == "ENVIRONMENT" else f"--config {ctx.params.get('config')}"
                origins |= dict.fromkeys([*option.opts, *option.secondary_opts], origin)
        return origins

    def _warn_of_variables(self, ctx: Any) -> None:
        known = {_variable(ctx, option) for option in self.get_params(ctx)}
        console = Console(quiet=bool(ctx.params.get("quiet")))
        for variable in sorted(os.environ):
            if variable.startswith(f"{ctx.auto_envvar_prefix}_") and variable not in known:
                near = difflib.get_close_matches(variable, sorted(known), n=1, cutoff=0.5)
                console.warn(
                    f"the environment variable {variable} is no option of `deepkmeans {ctx.info_name}` and is ignored"
                    + (f" (did you mean {near[0]}?)" if near else "")
                )


def _check_current_folder() -> None:
    """Refuse to begin where relative names mean nothing, and libraries end the process when they are loaded."""
    try:
        os.getcwd()
    except FileNotFoundError:
        raise DeepKMeansError(
            "the current folder no longer exists (a new one of its name is another); go to one that does, for example "
            "with: cd ~"
        ) from None
    except OSError:  # a folder above it cannot be read: relative names are found all the same
        pass


def _variable(ctx: Any, option: Any) -> str:
    return f"{ctx.auto_envvar_prefix}_{str(option.name).upper()}"


def checked_values(constraints: Mapping[str, list[Constraint]], given: Mapping[str, Any]) -> dict[str, Any]:
    """Values of options, checked against the ``constraints`` of the parameters that they set.

    Parameters
    ----------
    constraints : mapping
        For each name, what is accepted. Of what only Python can give (objects, None) nothing is said.
    given : mapping
        For each name the text of the option, or a default of its own type.

    Raises
    ------
    InvalidParameterError
        In the words of the flag.
    """
    rules: dict[str, list[Constraint]] = {}
    for name in given:
        spelled = [rule for rule in constraints[name] if isinstance(rule, (Interval, OneOf))]
        rules[name] = [*spelled] or constraints[name]
    values = {name: _value(value, rules[name]) if isinstance(value, str) else value for name, value in given.items()}
    with errors_in_flags():
        validate_parameters("deepkmeans", rules, values)
    return values


def _value(text: str, rules: list[Constraint]) -> Any:
    kinds = {rule.kind for rule in rules if isinstance(rule, Interval)}
    names = {name for rule in rules if isinstance(rule, OneOf) for name in rule.names}
    if text.lower() in names:
        return text.lower()
    if int in kinds and (number := whole_number(text)) is not None:
        return number
    return float(text) if float in kinds and _REAL.fullmatch(text) else text


def whole_number(text: str) -> int | None:
    """The integer that ASCII digits spell, else None."""
    return int(text) if len(text) <= _MOST_DIGITS and _WHOLE.fullmatch(text) else None


@contextmanager
def errors_in_flags() -> Iterator[None]:
    """Refusals of the estimators, said in the words of the command."""
    try:
        yield
    except InvalidParameterError as error:
        raise InvalidParameterError(in_flags(str(error))) from error
    except MissingDependencyError as error:
        raise MissingDependencyError(in_flags(str(error))) from error
    except TrainingDivergedError as error:
        error.args = (in_flags(str(error)), *error.args[1:])
        raise


def parse_columns(flag: str, text: str | None) -> list[str] | None:
    """Names from ``a,b``, as in a line of CSV: a name that holds a comma stands in quotes; None stays None."""
    if text is None:
        return None
    try:
        rows = list(csv.reader([text], skipinitialspace=True, strict=True))
    except csv.Error:
        raise InvalidParameterError(
            f"{flag} takes names with commas between them; got {text!r}, whose quotes do not match"
        ) from None
    names = [name.strip() for name in rows[0]] if len(rows) == 1 else []
    if not names or not all(names):
        if any(names):
            raise InvalidParameterError(f"{flag}: a name is empty in {text!r}; leave out the comma that is too many")
        raise InvalidParameterError(f"{flag} takes a list of columns, at least one name; got {text!r}")
    return names
