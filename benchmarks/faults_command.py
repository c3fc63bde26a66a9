"""The command in this process, its streams caught, and what holds for every run of it."""

from __future__ import annotations

import io
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .faults_verdict import RAW, Finding, Refused, one_line, refused_words

__all__ = ["Said", "check_said", "run_command"]

_CODES = {1, 2, 3, 4, 5}
#: What may not reach a terminal: control characters other than line ends and tabs.
_CONTROL = {chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160))}


@dataclass
class Said:
    """Exit code and streams of one run."""

    code: int
    out: str
    err: str


def run_command(arguments: Sequence[str]) -> Said:
    """``deepkmeans ARGUMENTS`` by its own ``main``."""
    from deepkmeans.cli import main

    with _caught() as (out, err):
        try:
            code = main(list(arguments))
        except BaseException as error:
            if isinstance(error, MemoryError):
                raise Finding("memory", one_line(error)) from error
            place = traceback.extract_tb(error.__traceback__)[-1]
            raise Finding("raw error", f"{error!r:.200} at {Path(place.filename).name}:{place.lineno}") from error
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def _caught() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    before, streams = (sys.stdout, sys.stderr), (io.StringIO(), io.StringIO())
    sys.stdout, sys.stderr = streams
    try:
        yield streams
    finally:
        sys.stdout, sys.stderr = before


def check_said(said: Said, arguments: Sequence[str], *, files: Sequence[Path] = ()) -> str:
    """``done``, or :class:`Refused` for a refusal with one line and its code; else a finding.

    ``files`` are what a run wrote for people and programs to read.
    """
    lines = [line for line in said.err.splitlines() if "error:" in line[:30]]
    whole = said.out + said.err
    if RAW.search(whole):
        raise Finding("raw error", f"exit {said.code}: {one_line(said.err[-300:])}")
    if wrong := sorted(_CONTROL & set(whole)):
        where = next(line for line in whole.splitlines() if set(line) & _CONTROL)
        raise Finding("control characters", f"{wrong!r} in {one_line(ascii(where), 200)}")
    for file in files:
        if file.exists() and (wrong := sorted(_CONTROL & set(file.read_text("utf-8")))):
            raise Finding("control characters", f"{wrong!r} in {file.name}")
    if said.code == 0:
        if lines:
            raise Finding("exit code", f"0 with {one_line(lines[0])}")
        if "--json" in arguments:
            _one_object(said.out)
        return "done"
    if said.code not in _CODES or len(lines) != 1:
        raise Finding("exit code", f"{said.code} with {len(lines)} lines of error: {one_line(said.err[-200:])}")
    if said.out.strip():
        if "--json" not in arguments:
            raise Finding("stdout", f"exit {said.code} and on stdout {one_line(said.out, 100)}")
        _one_object(said.out)
    refused_words(lines[0])
    raise Refused(f"exit {said.code}: {one_line(lines[0])}")


def _one_object(text: str) -> None:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Finding("stdout", f"--json wrote no JSON: {one_line(text, 100)}") from error
    if not isinstance(document, dict):
        raise Finding("stdout", f"--json wrote no object: {one_line(text, 100)}")
