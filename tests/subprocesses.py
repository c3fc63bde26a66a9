"""How tests start Python in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path

import deepkmeans

#: Seconds after which a process is thought to hang. Far above what any takes, as tests do not measure speed.
PATIENCE = 900

SOURCE = str(Path(deepkmeans.__file__).resolve().parents[1])


def environment(**more: str) -> dict[str, str]:
    """The variables of a process that finds the sources, uses one thread and has no options of the command.

    It may keep what it compiles of the sources, whatever the machine asks for: hundreds of processes start.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEEPKMEANS_")}
    path = os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "", **more}
