"""Every snippet that a reader can copy is executed; every link leads somewhere; the reference is current."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import deepkmeans
from tests.subprocesses import environment

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT) for folder in (ROOT, ROOT / "docs", ROOT / "examples", ROOT / "benchmarks")
    for path in folder.glob("**/*.md" if folder.name == "docs" else "*.md")
)  # fmt: skip


def blocks(page: Path, language: str) -> list[str]:
    """Fenced blocks of one language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    own = environment(PATH=path, NO_COLOR="1")
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=own, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done


def test_pages_are_found() -> None:
    assert {Path("README.md"), Path("docs/objectives.md"), Path("docs/decisions/README.md")} <= set(PAGES)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=str)
def test_python_snippets(page: Path, tmp_path: Path) -> None:
    """All blocks of a page, one after the other, in one fresh interpreter: later ones build on earlier ones."""
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks(page, "python")), "utf-8")
    run([sys.executable, str(script)], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "docs/segments.md"])
def test_command_lines(page: str, tmp_path: Path) -> None:
    """Lines that begin with a dollar sign; what they print is in the page, up to numbers that time or seeds change."""
    text = "".join(blocks(Path(page), "console"))
    commands = re.findall(r"^\$ (.*)$", text, flags=re.MULTILINE)
    assert len(commands) >= 3
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    installed = tmp_path / "bin"
    installed.mkdir()
    # The command as pip installs it, for an interpreter that has the sources on its path only.
    (installed / "deepkmeans").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m deepkmeans "$@"\n')
    (installed / "deepkmeans").chmod(0o755)
    for command in commands:
        run(["bash", "-c", f'export PATH="{installed}:$PATH"; {command}'], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "examples").glob("*.py")))
def test_examples(name: str, tmp_path: Path) -> None:
    done = run([sys.executable, str(ROOT / "examples" / name)], tmp_path)
    if name == "make_picture.py":
        assert (tmp_path / "overview.png").stat().st_size > 10_000
    else:
        assert done.stdout.strip()
    if name == "keras_autoencoder.py" and importlib.util.find_spec("keras"):
        assert "(torch)" in done.stdout


def test_an_outsiders_objective_is_short() -> None:
    assert len((ROOT / "examples" / "own_objective.py").read_text("utf-8").splitlines()) < 60


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", (ROOT / page).read_text("utf-8")):
        if not target.startswith(("http://", "https://")):
            assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_the_reference_is_current() -> None:
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert written == module.render(), "run: python docs/make_reference.py"


def _modules() -> list[str]:
    names = [info.name for info in pkgutil.walk_packages(deepkmeans.__path__, "deepkmeans.")]
    return [name for name in names if not name.endswith("__main__")]


def test_doctests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    attempted = 0
    for name in _modules():
        result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
        assert result.failed == 0, f"a doctest of {name} failed: see the captured output"
        attempted += result.attempted
    assert attempted >= 8
