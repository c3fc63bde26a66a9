"""Runs a script whose fits end after a few epochs: that it runs, and what it prints, is asked, not how well it fits.

    python short_fits.py SCRIPT
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

from deepkmeans.training import Settings

MOST_EPOCHS = 5
_made = Settings.__init__


def _short(settings: Settings, *arguments: Any, **named: Any) -> None:
    _made(settings, *arguments, **named)
    object.__setattr__(settings, "max_epochs", min(settings.max_epochs, MOST_EPOCHS))


if __name__ == "__main__":
    Settings.__init__ = _short  # type: ignore[method-assign]
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")
