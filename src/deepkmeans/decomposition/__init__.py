"""Principal components: the directions in which rows vary most, the one place where they are found."""

from .pca import (
    N_COMPONENTS,
    PrincipalComponents,
    exact_components,
    principal_components,
    randomized_components,
)

__all__ = ["N_COMPONENTS", "PrincipalComponents", "exact_components", "principal_components", "randomized_components"]
