"""A report of the clusters as one html file, to look at and to hand on."""

from .writing import write_report

__all__ = ["write_report"]


def __dir__() -> list[str]:
    return list(__all__)
