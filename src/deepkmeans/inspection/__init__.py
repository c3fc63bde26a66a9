"""Looking at what a model has found: pictures of the rows, raw and embedded."""

from .projection import Placement, Projection, project

__all__ = ["Placement", "Projection", "project"]


def __dir__() -> list[str]:
    return list(__all__)
