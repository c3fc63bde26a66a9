"""The application: its verbs and their parser."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .. import __version__
from .demo import demo
from .describe import describe
from .doctor import doctor
from .evaluate import evaluate
from .exit_codes import EXIT_CODES, OK, guarded
from .explain import explain
from .fit import fit
from .info import info
from .merge import merge
from .options import Verb
from .predict import predict
from .rename import rename
from .report import report
from .select import select
from .split import split

__all__ = ["app", "command"]

app = typer.Typer(
    name="deepkmeans",
    rich_markup_mode=None,  # plain help: the same on every terminal, and 0.1 s sooner
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "DEEPKMEANS"},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"deepkmeans {__version__}")
        raise typer.Exit(OK)


_EXIT_CODES = ", ".join(f"{entry.code} {entry.name}" for entry in EXIT_CODES)
_HELP = f"""K-Means that learns the space it clusters in.

\b
Examples:
  deepkmeans fit customers.csv --clusters 5      # labels and model into run-customers/
  deepkmeans describe run-customers              # what each cluster is, and how sure that is
  deepkmeans predict run-customers new.csv       # labels of new rows to stdout
  deepkmeans select customers.csv                # how many clusters there are, and why
  deepkmeans demo                                # every objective on bundled data

Results go to stdout, everything else to stderr. Exit codes: {_EXIT_CODES}. An option can also be given as an
environment variable, DEEPKMEANS_VERB_OPTION (DEEPKMEANS_FIT_DEVICE=cpu).
"""


@app.callback(help=_HELP)
def deepkmeans(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """The command without a verb."""


for _verb in (
    fit, describe, explain, report, predict, select, evaluate, info, merge, rename, split, demo, doctor,
):  # fmt: skip
    app.command(cls=Verb)(guarded(_verb))


def command() -> Any:
    """The parser, with environment variables for the verbs' options alone and out of their help."""
    parser: Any = typer.main.get_command(app)
    for parameter in parser.params:
        parameter.allow_from_autoenv = False  # DEEPKMEANS_VERSION is a name that people use for other things
    for verb in parser.commands.values():
        for parameter in verb.params:
            parameter.show_envvar = False
    return parser
