"""Imports go down only: each floor knows the floors under it, never those above, and outer rooms not one another."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture._sources import imports, room, trees

FLOORS: list[set[str]] = [
    {"types", "exceptions", "_caller", "_validation", "_lazy", "_notebook", "_optional", "_quoting"},
    {"runtime", "storage"},
    {"decomposition", "manifold"},
    {"kmeans", "metrics"},
    {"graph"},
    {"data", "encoders", "objectives", "training"},
    {"fitting"},
    {"estimators"},
    {"persistence"},
    {"datasets", "distributed", "inspection", "model_selection", "serving", "testing"},
    {"plotting", "report"},
    {"cli", "__main__"},
]  # fmt: skip
#: Floors whose rooms may use one another, as long as there is no cycle; everywhere else neighbours are strangers.
NEIGHBOURLY = {0, 1, 5, 11}


def floor(name: str) -> int:
    found = [number for number, rooms in enumerate(FLOORS) if name in rooms]
    assert found, f"the room {name!r} stands on no floor: give it one in FLOORS, and say why in docs/decisions"
    return found[0]


def edges(modules: dict[Path, ast.Module]) -> list[tuple[str, str, str]]:
    """(importing room, imported room, where) of every import inside the package that crosses a wall."""
    found = []
    for path, tree in modules.items():
        if path == Path("__init__.py"):  # the facade: names of all floors, loaded on first use
            continue
        for line, name in imports(path, tree):
            parts = name.split(".")
            if parts[0] == "deepkmeans" and len(parts) > 1 and parts[1] not in ("__version__", room(path)):
                found.append((room(path), parts[1], f"{path}:{line}"))
    return found


def violations(found: list[tuple[str, str, str]]) -> list[str]:
    problems, neighbours = [], set()
    for above, below, where in found:
        if floor(above) < floor(below):
            problems.append(f"{where}: {above!r} imports {below!r}, a floor above it; move the shared part down")
        elif floor(above) == floor(below):
            if floor(above) in NEIGHBOURLY:
                neighbours.add((above, below))
            else:
                problems.append(f"{where}: {above!r} imports its neighbour {below!r}; move the shared part down")
    reach = set(neighbours)
    while more := {(a, d) for a, b in reach for c, d in reach if b == c} - reach:
        reach |= more
    return problems + [f"{a!r} and {b!r} import each other" for a, b in neighbours if (b, a) in reach]


def test_imports_go_down_only() -> None:
    found = edges(trees())
    assert len(found) > 20  # the walk sees the package
    assert violations(found) == []


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("runtime/x.py", "from ..kmeans import assign"),
        ("kmeans/x.py", "def f():\n    from ..estimators.kmeans import KMeans"),
        ("metrics/x.py", "from ..kmeans import assign"),
        ("datasets/x.py", "import deepkmeans.model_selection"),
        ("persistence/x.py", "from ..cli.console import Console"),
        ("estimators/x.py", "from .. import cli"),
    ],
)
def test_the_rule_sees_violations(where: str, source: str) -> None:
    assert len(violations(edges({Path(where): ast.parse(source)}))) == 1


def test_the_rule_sees_cycles() -> None:
    pair = {
        Path("training/x.py"): ast.parse("from ..objectives import DCN"),
        Path("objectives/x.py"): ast.parse("from ..training import loop"),
    }
    assert len(violations(edges(pair))) == 2
