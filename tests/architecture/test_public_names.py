"""``dir`` of the package and of its public rooms shows what a user may use, and nothing else."""

from __future__ import annotations

import importlib

import pytest

import deepkmeans

ROOMS = (
    "datasets", "encoders", "exceptions", "fitting", "inspection", "metrics", "model_selection", "objectives",
    "plotting", "report", "testing", "training",
)  # fmt: skip


def test_the_package_shows_public_names_only() -> None:
    shown = dir(deepkmeans)
    assert shown == sorted([*deepkmeans.__all__, *ROOMS])
    assert [name for name in shown if name.startswith("_")] == ["__version__"]
    for name in shown:
        assert getattr(deepkmeans, name) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_shows_public_names_only(room: str) -> None:
    module = importlib.import_module(f"deepkmeans.{room}")
    assert dir(module) == sorted(module.__all__)
    assert [name for name in dir(module) if name.startswith("_")] == []
