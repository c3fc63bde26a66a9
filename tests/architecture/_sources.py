"""The sources as syntax trees, read once for all architecture tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "deepkmeans"


@cache
def trees() -> dict[Path, ast.Module]:
    """Every module of the package by its path relative to the package."""
    return {path.relative_to(PACKAGE): ast.parse(path.read_text("utf-8"), str(path)) for path in PACKAGE.rglob("*.py")}


def room(path: Path) -> str:
    """First-level name: the folder, or the module itself."""
    return path.parts[0] if len(path.parts) > 1 else path.stem


def imports(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, absolute dotted name) of everything imported, inside functions too; ``from a import b`` gives a.b."""
    package = ("deepkmeans", *path.parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += node.module.split(".") if node.module else []
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name as written) of every call of a name or of an attribute; ``?`` stands for what has no name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            parts, target = [], node.func
            while isinstance(target, ast.Attribute):
                parts.append(target.attr)
                target = target.value
            parts.append(target.id if isinstance(target, ast.Name) else "?")
            yield node.lineno, ".".join(reversed(parts))
