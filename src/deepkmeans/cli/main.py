"""The application: its verbs, and the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from .. import __version__
from .demo import demo
from .doctor import doctor
from .evaluate import evaluate
from .exit_codes import OK, USAGE, guarded, report, terminate_politely
from .fit import fit
from .info import info
from .options import Verb
from .predict import predict
from .select import select

__all__ = ["app", "main"]

app = typer.Typer(
    name="deepkmeans",
    rich_markup_mode=None,  # plain help: the same on every terminal, and 0.1 s sooner
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "DEEPKMEANS"},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"deepkmeans {__version__}")
        raise typer.Exit(OK)


@app.callback()
def deepkmeans(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """K-Means that learns the space it clusters in.

    \b
    Examples:
      deepkmeans fit customers.csv --clusters 5      # labels and model into run-customers/
      deepkmeans predict run-customers new.csv       # labels of new rows to stdout
      deepkmeans select customers.csv                # how many clusters there are, and why
      deepkmeans demo                                # every objective on bundled data

    Results go to stdout, everything else to stderr. Exit codes: 0 ok, 1 failed, 2 usage, 3 bad data,
    4 bad model file, 5 out of memory or disk, 130 interrupted. An option can also be given as an environment
    variable, DEEPKMEANS_VERB_OPTION (DEEPKMEANS_FIT_DEVICE=cpu).
    """


for _verb in (fit, predict, select, evaluate, info, demo, doctor):
    app.command(cls=Verb)(guarded(_verb))


def _command() -> Any:
    """The parser, with environment variables for the verbs' options alone and out of their help."""
    command: Any = typer.main.get_command(app)
    for parameter in command.params:
        parameter.allow_from_autoenv = False  # DEEPKMEANS_VERSION is a name that people use for other things
    for verb in command.commands.values():
        for parameter in verb.params:
            parameter.show_envvar = False
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str or None, default=None
        What follows the command's name; ``sys.argv[1:]`` when None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = _command()
    try:
        if not given and "_DEEPKMEANS_COMPLETE" not in os.environ:
            typer.echo(command.get_help(command.make_context("deepkmeans", [], resilient_parsing=True)), err=True)
            return USAGE
        with terminate_politely():
            returned: Any = command.main(args=given, prog_name="deepkmeans", standalone_mode=False)
        return returned if isinstance(returned, int) else OK
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else OK
    except Exception as error:  # of the parser: the verbs report their own
        return report(error, debug="--debug" in given, json="--json" in given)
