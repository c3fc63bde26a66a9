"""How what a reader can copy from the pages is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.subprocesses import environment

ROOT = Path(__file__).resolve().parents[2]
#: Before a script: its fits end after a few epochs.
SHORT = [sys.executable, str(Path(__file__).with_name("short_fits.py"))]


def blocks(page: Path, language: str) -> list[str]:
    """Fenced blocks of one language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    own = environment(PATH=path, NO_COLOR="1")
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=own, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done


def command_lines(page: Path, folder: Path) -> Iterator[str]:
    """Lines of a page that begin with a dollar sign, each once it has been run in ``folder``, with the examples."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    installed = folder / "bin"
    installed.mkdir()
    # The command as pip installs it, for an interpreter that has the sources on its path only.
    (installed / "deepkmeans").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m deepkmeans "$@"\n')
    (installed / "deepkmeans").chmod(0o755)
    for command in re.findall(r"^\$ (.*)$", "".join(blocks(page, "console")), flags=re.MULTILINE):
        run(["bash", "-c", f'export PATH="{installed}:$PATH"; {command}'], folder)
        yield command
