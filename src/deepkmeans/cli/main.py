"""The entry point: sets up signals and streams before it imports anything slow."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from .exit_codes import OK, USAGE, code_of_talk, report
from .signals import handled, raise_if_received
from .streams import occupy_descriptors, watched

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str or None, default=None
        What follows the command's name. When None, ``sys.argv[1:]``, and the process ends with the command: signals
        that come after it are ignored.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        occupy_descriptors()
    with handled(to_the_end=arguments is None), watched():
        try:
            return code_of_talk(_run(given))
        except BaseException as error:  # of the imports and the parser: the verbs report their own
            return report(error, debug="--debug" in given, json="--json" in given)


def _run(given: list[str]) -> int:
    from .application import command

    parser = command()
    if not given and "_DEEPKMEANS_COMPLETE" not in os.environ:
        sys.stderr.write(parser.get_help(parser.make_context("deepkmeans", [], resilient_parsing=True)) + "\n")
        return USAGE
    try:
        returned: Any = parser.main(args=given, prog_name="deepkmeans", standalone_mode=False)
    except SystemExit as stop:
        returned = stop.code
    raise_if_received()  # the parser ends silently on a Ctrl-C
    sys.stdout.flush()
    return returned if isinstance(returned, int) else OK
