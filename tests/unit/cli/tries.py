"""How a flag is tried: one call of the command in this process, and what it is seen to do."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deepkmeans.cli.application import command


@dataclass(frozen=True)
class Ran:
    """What a call of the command gave: exit code, both streams, and the folder it ran in."""

    code: int
    out: str
    err: str
    folder: Path

    def json(self) -> Any:
        """The one JSON object on standard output."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    def run(self, name: str) -> Any:
        """The ``run.json`` of a run."""
        return json.loads((self.folder / name / "run.json").read_text("utf-8"))

    def rows(self, name: str) -> list[list[str]]:
        """The cells of a CSV, without its head."""
        return [line.split(",") for line in (self.folder / name).read_text("utf-8").splitlines()[1:]]


@dataclass(frozen=True)
class Try:
    """A command line, in a folder with the files of :func:`lay_out`, its exit code, and a look at its effect."""

    line: str
    check: Callable[[Ran], None]
    code: int = 0
    slow: bool = False
    flags: frozenset[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        words = self.line.split()
        verb = "" if words[0].startswith("-") else words[0]
        given = {word for word in words if word.startswith("-")}
        object.__setattr__(self, "flags", frozenset((verb, flag) for flag in given))

    def __str__(self) -> str:
        return self.line


def every_flag() -> Iterator[tuple[str, str]]:
    """(verb, flag) of every flag in every help text, short forms too; the verb is empty for those of the command."""
    parser = command()
    above = parser.make_context("deepkmeans", [], resilient_parsing=True)
    for verb, owner in [("", parser), *parser.commands.items()]:
        context = owner.make_context(verb, [], parent=above, resilient_parsing=True) if verb else above
        for parameter in owner.get_params(context):
            if parameter.param_type_name == "option":
                yield from ((verb, flag) for flag in (*parameter.opts, *parameter.secondary_opts))


class Terminal(io.StringIO):
    """A standard error that says that somebody looks at it."""

    def isatty(self) -> bool:
        return True


def lay_out(made: Path, folder: Path) -> None:
    """Give a test a copy of the files and of the run that were made once."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
