"""The baseline: reconstruction by hand, centres by K-Means."""

import torch

from deepkmeans.kmeans import lloyd
from deepkmeans.objectives import Sequential
from deepkmeans.testing import OracleCase
from tests.oracles.objectives.small import epoch

#: Errors (x - x/2)^2: row 1: (1, 0) -> mean 0.5; row 2: (0, 4) -> mean 2; weights 3 and 1.
ORACLE = OracleCase(
    Sequential(), rows=[[2.0, 0.0], [0.0, 4.0]], centers=[[2.0, 0.0], [0.0, 4.0]], weight=[3.0, 1.0],
    expected={"total": (3 * 0.5 + 2.0) / 4},
)  # fmt: skip


def test_sequential_centres_are_those_of_kmeans_on_the_codes():
    z = torch.randn(100, 3, generator=torch.Generator().manual_seed(0))
    start = z[:4]
    objective = Sequential()
    objective.setup(start, 100)
    objective.begin_epoch(epoch(z))
    torch.testing.assert_close(objective.centers, lloyd(z, start).centers)
