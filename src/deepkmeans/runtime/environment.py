"""Environment variables that other libraries overwrite, put back."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

__all__ = ["kept_environment"]

#: Beginnings of the names that encoders and the libraries under them were seen to set, or might.
_NAMES = (
    "CODECARBON_", "CUDA_", "HF_", "KMP_", "MKL_", "NUMEXPR_", "OMP_", "OPENBLAS_", "TOKENIZERS_", "TORCH",
    "TRANSFORMERS_", "VECLIB_",
)  # fmt: skip
_lock = threading.Lock()
#: The variables before the first of the blocks that run now, and how many these are.
_before: dict[str, str] = {}
_running = 0


@contextlib.contextmanager
def kept_environment() -> Iterator[None]:
    """Run a block of foreign code; variables for threads, tokenizers and hubs are afterwards as they were before.

    The environment belongs to the process: of blocks that overlap in several threads, the last one restores what the
    first one found.
    """
    global _running
    with _lock:
        if _running == 0:
            _before.clear()
            _before.update(_current())
        _running += 1
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if _running == 0:
                for name in _current().keys() - _before.keys():
                    del os.environ[name]
                os.environ.update({name: value for name, value in _before.items() if os.environ.get(name) != value})


def _current() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_NAMES)}
