"""What an outcome is: fitted, refused, or a finding. Every part of ``faults`` judges by the rules here."""

from __future__ import annotations

import os
import random
import re
import resource
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning

from deepkmeans.exceptions import CollapseWarning, DeepKMeansError, MissingValuesWarning, UncertainStructureWarning

__all__ = ["RAW", "Finding", "Refused", "Watch", "all_finite", "judged", "one_line", "refused_words", "unheard"]

#: No process may hold more than this (GiB), and no case may add more than this to its address space.
MEMORY_GIB = 2
_LONGEST = 600
#: What only a defect says; "Unexpected end of stream" is a reader's word for a file that was cut.
RAW = re.compile(r"Traceback|unexpected (keyword|key\b|\w+(Error|Exception|Exit|Interrupt))", re.I)
_TOLD = (
    CollapseWarning, ConvergenceWarning, DataConversionWarning, MissingValuesWarning, UncertainStructureWarning,
    DeprecationWarning, FutureWarning, PendingDeprecationWarning, ResourceWarning,
)  # fmt: skip
#: Audit events that reading data must never cause.
_EXECUTING = {"os.exec", "os.posix_spawn", "os.system", "pickle.find_class", "socket.connect", "subprocess.Popen"}


class Finding(Exception):
    """An outcome that should not be: its kind in a word or two, and what was seen."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail = kind, detail


class Refused(Exception):
    """A refusal as it should be."""


def one_line(text: object, limit: int = 300) -> str:
    return " ".join(str(text).split())[:limit]


def refused_words(text: str) -> None:
    """A message has words, is none of a defect, and is short enough to be read."""
    if not text.strip() or len(text) >= _LONGEST or RAW.search(text):
        raise Finding("wording", f"{len(text)} characters: {one_line(text)}")


@contextmanager
def judged() -> Iterator[None]:
    """Turn an error of the package into :class:`Refused` or, where it is raw, into a :class:`Finding`.

    Typed errors are refusals, and so are errors that scikit-learn's own checks raise.
    """
    try:
        yield
    except (Finding, Refused):
        raise
    except DeepKMeansError as error:
        refused_words(str(error))
        raise Refused(one_line(error)) from error
    except (ValueError, TypeError) as error:
        if "/sklearn/" in _innermost(error.__traceback__):
            raise Refused(one_line(error)) from error  # its messages are as long as the table they show
        raise Finding("raw error", _where(error)) from error
    except MemoryError as error:
        raise Finding("memory", _where(error)) from error
    except Exception as error:
        raise Finding("raw error", _where(error)) from error


def _innermost(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return frames[-1].filename.replace(os.sep, "/") if frames else ""


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "deepkmeans" in frame.filename and "benchmarks" not in frame.filename]
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}: {one_line(error)}{place}"


def all_finite(**values: Any) -> None:
    """Every number of these arrays is finite."""
    for name, value in values.items():
        if not np.isfinite(np.asarray(value, dtype=np.float64)).all():
            raise Finding("not finite", name)


class Watch:
    """What a case may not leave behind: other generators, threads or variables, a canary, more than 2 GiB.

    ``with watch: ...`` raises a :class:`Finding` at its end, unless the case itself has found something.
    """

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __enter__(self) -> Watch:
        _listen()
        _HEARD.clear()
        self._caught = warnings.catch_warnings(record=True)
        self._seen = self._caught.__enter__()
        warnings.simplefilter("always")
        self._filters = list(warnings.filters)
        self._before = _global_state()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        after, filters = _global_state(), [entry for entry in warnings.filters if entry not in self._filters]
        filters = [entry for entry in filters if entry[2].__module__.split(".")[0] in ("builtins", "deepkmeans")]
        seen, heard = self._seen, sorted(set(_HEARD))
        self._caught.__exit__(None, None, None)
        if isinstance(error, Finding):
            return
        if heard or self.canary.exists():
            raise Finding("executed", ", ".join(heard) or "the canary file was made")
        names = sorted(self._before.keys() | after.keys())
        changed = [name for name in names if self._before.get(name) != after.get(name)]
        if changed or filters:
            raise Finding("global state", ", ".join(changed) or f"warning filters {filters}")
        if peak_gib() > MEMORY_GIB:
            raise Finding("memory", f"{peak_gib():.2f} GiB at the peak")
        for warning in seen or ():
            library = any(f"/{name}/" in warning.filename for name in ("torch", "numpy", "scipy", "pandas"))
            if not issubclass(warning.category, _TOLD) and (library or not issubclass(warning.category, UserWarning)):
                place = f"{Path(warning.filename).name}:{warning.lineno}"
                raise Finding("raw warning", f"{warning.category.__name__}: {one_line(warning.message)} at {place}")


_HEARD: list[str] = []
_listening = _deaf = False


@contextmanager
def unheard() -> Iterator[None]:
    """What is started here, the campaign starts itself."""
    global _deaf
    _deaf = True
    try:
        yield
    finally:
        _deaf = False


def _listen() -> None:
    global _listening
    if not _listening:
        _listening = True
        sys.addaudithook(lambda event, _: _HEARD.append(event) if event in _EXECUTING and not _deaf else None)


def _global_state() -> dict[str, Any]:
    state = np.random.get_state()
    return {
        "torch generator": torch.get_rng_state().numpy().tobytes(),
        "numpy generator": (state[1].tobytes(), state[2]),
        "python generator": hash(random.getstate()),
        "threads of torch": torch.get_num_threads(),
        "dtype of torch": torch.get_default_dtype(),
        "grad mode": torch.is_grad_enabled(),
        "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        "numpy errors": tuple(np.geterr().items()),
        **{f"variable {name}": value for name, value in os.environ.items() if not name.startswith("TORCHINDUCTOR_")},
        "working folder": os.getcwd(),
        "streams": (id(sys.stdout), id(sys.stderr)),
        "running threads": threading.active_count(),
    }


def peak_gib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if sys.platform == "darwin" else 2**20)
