"""A mapping of names to objectives, whose names are known without torch and whose classes load on first use."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Objective

__all__ = ["Registry"]


class Registry(Mapping[str, "type[Objective]"]):
    """Objectives by name, in the order in which the command and the documentation list them.

    Parameters
    ----------
    package : str
        Where the modules are.
    locations : mapping of str to str
        For each name ``"module:Class"``.
    """

    def __init__(self, package: str, locations: Mapping[str, str]) -> None:
        self._package = package
        self._locations = {name: tuple(place.split(":")) for name, place in locations.items()}

    @property
    def homes(self) -> dict[str, str]:
        """The module of every class, by the class's name."""
        return {cls: f".{module}" for module, cls in self._locations.values()}

    def __getitem__(self, name: str) -> type[Objective]:
        module, cls = self._locations[name]
        objective: type[Objective] = getattr(importlib.import_module(f".{module}", self._package), cls)
        return objective

    def __iter__(self) -> Iterator[str]:
        return iter(self._locations)

    def __len__(self) -> int:
        return len(self._locations)
