"""Where a refused value came from, if not from the command line: an environment variable, or the file of --config."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

__all__ = ["ORIGINS", "with_origins"]

#: For each option of the verb that is running, what gave it a value if the command line did not.
ORIGINS: ContextVar[Mapping[str, str]] = ContextVar("ORIGINS", default=MappingProxyType({}))
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def with_origins(text: str) -> str:
    """``text``, which refuses a value, with the origins of the options that it names."""
    origins = ORIGINS.get()
    named = dict.fromkeys(_OPTION.findall(text))
    known = {option: origins[option] for option in named if option in origins}
    if not known:
        return text
    alone = len(named) == 1
    said = ", ".join(f"from {origin}" if alone else f"{option} is from {origin}" for option, origin in known.items())
    return f"{text.rstrip('.')} ({said})"
