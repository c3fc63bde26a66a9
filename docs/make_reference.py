"""Write docs/reference.md from the public names and the first sentences of their docstrings.

    python docs/make_reference.py          # a test fails when the page is out of date
"""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

ROOMS = (
    "", "metrics", "datasets", "objectives", "encoders", "training", "fitting", "inspection", "plotting",
    "report", "testing", "exceptions", "types",
)  # fmt: skip
CONSTANTS = {
    "__version__": "Version of the package.",
    "ACTIVATIONS": "Activation functions by name.",
    "OBJECTIVES": "Objectives by name: the registry.",
    "OUTPUT_RANGES": "Intervals that output activations can reach.",
    "SINGLE_INPUT": "The name of the input where there is one alone.",
}
HEAD = """# Reference

Every public name, with its first sentence; `help(name)` has the rest: parameters, shapes, errors, papers, examples.
This page is made by `python docs/make_reference.py`.
"""


def first_sentence(name: str, value: object) -> str:
    if name in CONSTANTS:
        return CONSTANTS[name]
    text = " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())
    if not text:
        raise SystemExit(f"{name} has no docstring")
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)  # Sphinx roles
    return text.replace("|", "\\|").replace("``", "`")


def methods(value: object) -> list[tuple[str, object]]:
    """Public methods that the class or its bases in this package define."""
    found = {}
    for base in reversed(value.__mro__):  # type: ignore[attr-defined]
        if base.__module__.startswith("deepkmeans"):
            found |= {name: member for name, member in vars(base).items() if not name.startswith("_")}
    return sorted((name, member) for name, member in found.items() if inspect.isfunction(member) and member.__doc__)


def render() -> str:
    parts = [HEAD]
    for room in ROOMS:
        module = importlib.import_module(f"deepkmeans.{room}" if room else "deepkmeans")
        parts.append(f"## {module.__name__}\n\n{first_sentence(module.__name__, module)}\n\n| name | |\n|---|---|")
        for name in module.__all__:
            value = getattr(module, name)
            parts.append(f"| `{name}` | {first_sentence(name, value)} |")
            if not room and inspect.isclass(value):
                parts += [f"| `{name}.{own}` | {first_sentence(own, member)} |" for own, member in methods(value)]
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    target = Path(__file__).with_name("reference.md")
    target.write_text(render(), encoding="utf-8")
