"""Every snippet that a reader can copy is executed; every link leads somewhere; the reference is current."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import pytest

import deepkmeans
from tests.docs.running import ROOT, SHORT, blocks, command_lines, run

PAGES = sorted(
    path.relative_to(ROOT) for folder in (ROOT, ROOT / "docs", ROOT / "examples", ROOT / "benchmarks")
    for path in folder.glob("**/*.md" if folder.name == "docs" else "*.md")
)  # fmt: skip


def test_pages_are_found() -> None:
    assert {Path("README.md"), Path("docs/objectives.md"), Path("docs/decisions/README.md")} <= set(PAGES)


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=str)
def test_python_snippets(page: Path, tmp_path: Path) -> None:
    """All blocks of a page, one after the other, in one fresh interpreter: later ones build on earlier ones."""
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks(page, "python")), "utf-8")
    run([*SHORT, str(script)], tmp_path)


@pytest.mark.slow
def test_the_command_lines_of_the_readme(tmp_path: Path) -> None:
    assert len([*command_lines(Path("README.md"), tmp_path)]) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "examples").glob("*.py")))
def test_examples(name: str, tmp_path: Path) -> None:
    done = run([*SHORT, str(ROOT / "examples" / name)], tmp_path)
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
