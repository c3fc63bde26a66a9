"""Checks for objectives and networks written by others: what the loop and prediction rely on."""

from .checks import check_encoder, check_objective

__all__ = ["check_encoder", "check_objective"]


def __dir__() -> list[str]:
    return list(__all__)
