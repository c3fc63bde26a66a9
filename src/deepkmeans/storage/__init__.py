"""Files: atomic writes, and the one container of models and checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names
from .atomic import atomic_write, output_error, write_text

if TYPE_CHECKING:
    from .container import FORMAT, read_container, write_container

__all__ = ["FORMAT", "atomic_write", "output_error", "read_container", "write_container", "write_text"]

#: The container needs torch, text files do not.
__getattr__ = lazy_names(__name__, dict.fromkeys(("FORMAT", "read_container", "write_container"), ".container"))
