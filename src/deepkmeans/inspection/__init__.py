"""Looking at what a model has found: what each cluster is, why a row is where it is, pictures of the rows."""

from .contributions import Contributions, explain_rows
from .decoded import decoded_centers
from .explaining import explain
from .explanation import ClusterSummary, Explanation
from .projection import Placement, Projection, project
from .smallest_change import Change, smallest_change

__all__ = [
    "Change", "ClusterSummary", "Contributions", "Explanation", "Placement", "Projection", "decoded_centers",
    "explain", "explain_rows", "project", "smallest_change",
]  # fmt: skip


def __dir__() -> list[str]:
    return list(__all__)
