"""A warning names the line outside the package, however deep inside it is given."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = """
import warnings
from deepkmeans._caller import caller_level

def warn(depth):
    if depth:
        return warn(depth - 1)
    warnings.warn("odd", UserWarning, stacklevel=caller_level())
"""


def module(folder: Path, name: str) -> ModuleType:
    path = folder / "source.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_the_first_line_outside_is_named(tmp_path: Path, depth: int) -> None:
    with pytest.warns(UserWarning, match="odd") as caught:
        module(tmp_path, "deepkmeans.somewhere").warn(depth)
    assert [warning.filename for warning in caught] == [__file__]


def test_a_package_whose_name_begins_alike_is_outside(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="odd") as caught:
        module(tmp_path, "deepkmeans_tools").warn(0)
    assert caught[0].filename == str(tmp_path / "source.py")
