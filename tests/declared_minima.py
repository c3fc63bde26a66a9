"""Print the oldest releases that pyproject.toml allows, one ``name==version`` a line: what ``make oldest`` installs.

The extra "bench" is left out, of which no test uses anything, and so are torch, whose release the Makefile names, and
requirements without a lower bound.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
_NOT_TESTED, _ELSEWHERE = {"bench"}, {"torch"}


def declared_minima(document: dict[str, Any]) -> dict[str, str]:
    """Oldest version by name. A name that is declared twice with different versions is a ValueError."""
    project = document["project"]
    groups = [document["build-system"]["requires"], project["dependencies"]]
    groups += [lines for name, lines in project["optional-dependencies"].items() if name not in _NOT_TESTED]
    minima: dict[str, str] = {}
    for requirement in (Requirement(line) for lines in groups for line in lines):
        for bound in requirement.specifier:
            if bound.operator == ">=" and minima.setdefault(requirement.name, bound.version) != bound.version:
                raise ValueError(f"{requirement.name} has two minima: {minima[requirement.name]} and {bound.version}")
    return {name: version for name, version in sorted(minima.items()) if name not in _ELSEWHERE}


if __name__ == "__main__":
    for name, version in declared_minima(tomllib.loads(PYPROJECT.read_text("utf-8"))).items():
        sys.stdout.write(f"{name}=={version}\n")
