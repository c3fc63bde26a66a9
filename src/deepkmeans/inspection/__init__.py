"""Looking at what a model has found: pictures of the rows, and why a row is where it is."""

from .contributions import Contributions, explain_rows
from .decoded import decoded_centers
from .projection import Placement, Projection, project
from .smallest_change import Change, smallest_change

__all__ = [
    "Change", "Contributions", "Placement", "Projection", "decoded_centers", "explain_rows", "project",
    "smallest_change",
]  # fmt: skip


def __dir__() -> list[str]:
    return list(__all__)
