"""Stop a real process at every point where it changes the disk, and see what it leaves.

A *server*, one process per campaign, imports the package once and forks a child for every trial. In the child each
call that changes or flushes the disk below a folder is counted (``open`` for writing, ``fsync``, ``replace``,
``rename``, ``unlink``, ``mkdir``, ``rmdir``, the exchange of two folders), and at the n-th one the child sends itself a
signal, before or after the call, or the call fails as on a full disk. A child that ends before its n-th call says so:
n has then gone over every point.

::

    with Server(folder, setup="...Python run once in the server...") as server:
        for trial in every_point(server, ["fit", ...], kill=signal.SIGKILL):
            ...look at what trial.point left...
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.subprocesses import environment

#: A campaign that has not come to its end after so many points is not going to.
MANY = 400

_SERVER = r"""
import errno, os, pathlib, signal, sys, tempfile, traceback
import torch, pandas, deepkmeans.persistence
from deepkmeans import cli, estimators
from deepkmeans.cli import application, fit_run
from deepkmeans.storage import folder_swap

class Points:
    def __init__(self, under, at, action, after):
        self.under, self.at, self.action, self.after, self.seen = os.path.realpath(under), at, action, after, 0
    def counted(self, name, call):
        def wrapped(*arguments, **options):
            path = arguments[0] if arguments else None
            if isinstance(path, int):
                path = os.readlink(f"/proc/self/fd/{path}")
            below = isinstance(path, (str, os.PathLike)) and os.path.abspath(os.fspath(path)).startswith(self.under)
            reads = name == "open" and not (len(arguments) > 1 and arguments[1] & (os.O_WRONLY | os.O_RDWR))
            if not below or reads:
                return call(*arguments, **options)
            self.seen += 1
            hit = self.seen == self.at or (self.action == "full" and self.seen > self.at)
            if hit and self.action == "full" and name in ("open", "fsync", "mkdir"):
                if name != "open" or arguments[1] & os.O_CREAT:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))
            if hit and self.action != "full":
                if self.after:
                    done = call(*arguments, **options)
                os.write(3, f"{name} {path}\n".encode())
                os.kill(os.getpid(), int(self.action))
                if self.after:
                    return done
            return call(*arguments, **options)
        return wrapped
    def __enter__(self):
        for name in ("open", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir"):
            setattr(os, name, self.counted(name, getattr(os, name)))
        folder_swap._exchange = self.counted("exchange", folder_swap._exchange)

def child(under, at, action, after, arguments, log, cwd, first):
    os.chdir(cwd)
    descriptor = os.open(log, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1); os.dup2(descriptor, 2)
    os.dup2(os.open(log + ".point", os.O_RDWR | os.O_CREAT | os.O_TRUNC), 3)
    points = Points(under, at, action, after)
    exec(first)
    if at:
        points.__enter__()
    sys.argv = ["deepkmeans", *arguments]
    code = 99
    try:
        code = cli.main()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush(); sys.stderr.flush()
        os.write(3, f"ended {points.seen}\n".encode())
        os._exit(code)
"""
_LOOP = r"""
if warm:
    cli.main([*warm, "--quiet", "--out", os.path.join(tempfile.mkdtemp(dir="."), "run")])
    sys.stdout.flush()
import gc
gc.freeze()
print("ready", flush=True)
for line in sys.stdin:
    request = __import__("ast").literal_eval(line)
    process = os.fork()
    if not process:
        child(*request)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Trial:
    """What one process did.

    Attributes
    ----------
    point : str
        The call at which it was stopped, "" if it ended before.
    code : int
        Its exit code, negative for a signal.
    said : str
        Its standard output and error.
    ended : bool
        It ran to its end by itself.
    calls : int
        Calls that were counted, where it ended.
    """

    point: str
    code: int
    said: str
    ended: bool
    calls: int


class Server:
    """Forks the trials; a context manager.

    Parameters
    ----------
    folder : Path
        For its own files; no trial's folder lies in it.
    warm : list of str
        A command without ``--out`` that the server runs once itself, so that no trial has to import what it needs.
    setup : str
        Python, run once in the server: what a child would do again and again, such as a fit, can be put in the place of
        the real thing here.
    """

    def __init__(self, folder: Path, *, warm: list[str] | None = None, setup: str = "") -> None:
        self.log = folder / "said"
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"{_SERVER}{setup}\nwarm = {warm!r}{_LOOP}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(), cwd=folder,
        )  # fmt: skip

    def __enter__(self) -> Server:
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline()) != "ready\n":
            assert line, "the server ended"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run(
        self, arguments: list[str], *, under: Path, at: int = 0, action: str = "", after: bool = False, first: str = ""
    ) -> Trial:
        """One child; ``at=0`` leaves it alone. ``action`` is the number of a signal, or "full"; ``first`` is Python."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        command = [str(argument) for argument in arguments]
        request = (str(under), at, action, after, command, str(self.log), str(self.log.parent), first)
        self._process.stdin.write(repr(request) + "\n")
        self._process.stdin.flush()
        code = ast.literal_eval(self._process.stdout.readline())
        lines = Path(f"{self.log}.point").read_text(errors="replace").splitlines()
        ends = [line for line in lines if line.startswith("ended ")]
        points = [line for line in lines if not line.startswith("ended ")]
        calls = int(ends[0].split()[1]) if ends else 0
        return Trial(points[0] if points else "", code, self.log.read_text(errors="replace"), bool(ends), calls)


def every_point(
    server: Server,
    arguments: list[str],
    *,
    under: Path,
    action: str,
    prepare: Callable[[], None],
    after: bool = False,
    step: int = 1,
) -> Iterator[Trial]:
    """One trial for each point of the command: ``prepare()`` puts the disk in order before each.

    Parameters
    ----------
    server : Server
    arguments : list of str
        Of the command ``deepkmeans``.
    under : Path
        Only what happens below this folder counts.
    action : str
        The number of a signal that the process sends itself, or "full": from the point on the disk is full.
    prepare : callable
    after : bool, default=False
        Send the signal after the call instead of before it.
    step : int, default=1
        Take every ``step``-th point only.
    """
    prepare()
    calls = server.run(arguments, under=under, at=MANY, action="full").calls
    assert 0 < calls < MANY
    for at in range(1, calls + 1, step):
        prepare()
        yield server.run(arguments, under=under, at=at, action=action, after=after)
