"""How much memory a file may take, decided before any is allocated.

A small file can stand for a huge table: compressed zeros, runs of one value, short lines under a long header, a header
that claims what is not there. What a reader will need is computed from what the file declares; more than the limit is
refused: 1 GiB, or ten times the size of the file if that is more, but not more than is free (a quarter of a GiB is
always allowed). ``max_memory`` replaces this limit.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from ..exceptions import InvalidDataError

__all__ = ["MemoryLimit", "free_memory", "size_text"]

#: Any file may take this much, and this many times its own size.
LEAST, RATIO = 2**30, 10
#: Free memory is an estimate; this much is always allowed.
_ALWAYS = 2**28


@dataclass(frozen=True)
class MemoryLimit:
    """The limit of one file of ``stored`` bytes, by ``max_memory`` or by what is free."""

    file: str
    stored: int
    max_memory: int | None = None

    @property
    def allowed(self) -> int:
        if self.max_memory is not None:
            return self.max_memory
        free = free_memory()
        limit = max(LEAST, RATIO * self.stored)
        return limit if free is None else min(limit, max(free, _ALWAYS))

    def check(self, needed: int, what: str) -> None:
        """Refuse ``what`` if it needs more bytes than are allowed.

        Raises
        ------
        InvalidDataError
        """
        allowed = self.allowed
        if needed <= allowed:
            return
        free = free_memory()
        more = "" if free is None else f", {size_text(free)} are free"
        raise InvalidDataError(
            f"{self.file}: {what} takes {size_text(needed)} of memory and the limit is {size_text(allowed)} (the file "
            f"has {size_text(self.stored)}{more}); if that is what the file should hold, raise the limit with "
            f"max_memory={-(-needed // 2**20)} * 2**20"
        )


def free_memory() -> int | None:
    """Bytes that a process may still take: the machine's, or less in a container with a limit."""
    available: list[int] = []
    with contextlib.suppress(OSError):  # no Linux
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available += [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    with contextlib.suppress(OSError, ValueError):  # no container, or "max": no limit
        root = Path("/sys/fs/cgroup")
        most, used = (int((root / name).read_text()) for name in ("memory.max", "memory.current"))
        cached = re.search(r"^inactive_file ([0-9]+)$", (root / "memory.stat").read_text(), re.MULTILINE)
        available.append(most - used + (int(cached[1]) if cached else 0))  # the system frees cached files on demand
    return max(0, min(available)) if available else None


def size_text(count: int) -> str:
    """A number of bytes in readable units."""
    for power, unit in ((4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "KiB")):
        if count >= 1024**power:
            return f"{count / 1024**power:,.1f} {unit}"
    return f"{count} byte{'' if count == 1 else 's'}"
