"""Run the command lines of the README and of docs/segments.md in a scratch folder and put what they print into them.

    python docs/make_readme_output.py
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```console\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def run(commands: list[str]) -> str:
    """The block as a terminal would show it, standard error included."""
    parts = []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        command_file = Path(folder) / "bin" / "deepkmeans"
        command_file.parent.mkdir()
        command_file.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m deepkmeans "$@"\n')
        command_file.chmod(0o755)
        path = os.pathsep.join([str(command_file.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
        for command in commands:
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", command], cwd=folder, env=environment, text=True, check=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            parts.append(f"$ {command}\n{done.stdout.replace(f'{folder}{os.sep}', '')}")
    return "".join(parts)


if __name__ == "__main__":
    for page in (ROOT / "README.md", ROOT / "docs" / "segments.md"):
        text = page.read_text("utf-8")
        block = BLOCK.search(text)
        assert block is not None
        commands = re.findall(r"^\$ (.*)$", block[1], flags=re.MULTILINE)
        page.write_text(text[: block.start(1)] + run(commands) + text[block.end(1) :], "utf-8")
