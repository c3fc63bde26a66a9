"""Checks for objectives and networks written by others: what the loop and prediction rely on.

In a test of one's own, each rule by its name::

    @pytest.mark.parametrize("check", objective_checks(Pull()), ids=str)
    def test_pull(check):
        check()
"""

from .encoders import check_encoder
from .objectives import ObjectiveCheck, check_objective, objective_checks
from .oracle import OracleCase, check_oracle

__all__ = ["ObjectiveCheck", "OracleCase", "check_encoder", "check_objective", "check_oracle", "objective_checks"]


def __dir__() -> list[str]:
    return list(__all__)
