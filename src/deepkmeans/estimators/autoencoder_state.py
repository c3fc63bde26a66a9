"""A fitted ``Autoencoder`` as a document and tensors, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from ..storage.schema import TEXT, ListOf, MapOf, Record, check_tensors, check_value
from .autoencoder import Autoencoder
from .network_state import NETWORK_RULES, check_features, check_network, network_to_parts, restore_network
from .stored_parameters import (
    GIVEN_TENSORS,
    given_input_parameters,
    given_rules,
    parameters_from_parts,
    parameters_to_parts,
)

__all__ = ["check_state", "from_state", "to_state"]

_RULES = Record(
    {**NETWORK_RULES, "parameters": [MapOf()]},
    {
        "given": [given_rules("encoder", "hidden_sizes", "preprocessor")], "feature_names_in": [ListOf(TEXT)],
        "column_names": [ListOf(TEXT)], "fitted_loss": Autoencoder._constraints["loss"], "preprocessing": [MapOf()],
    },
)  # fmt: skip
#: Not in files of the first release.
_LATER = ("device", "preprocessor", "random_state")


def to_state(model: Any) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document (JSON-safe) and tensors of a fitted model."""
    document, tensors = network_to_parts(model)
    document["parameters"], document["given"], own_tensors = parameters_to_parts(model)
    if model._fitted_loss() != model.loss:  # changed after the fit
        document["fitted_loss"] = model._fitted_loss()
    document |= {"history": model.history_, "report": model.report_}
    return document, tensors | own_tensors


def check_state(document: Any, tensors: Mapping[str, Tensor]) -> None:
    """Refuse, with :class:`~deepkmeans.storage.schema.MismatchError`, what :func:`to_state` does not give."""
    check_value(document, [_RULES], "the model")
    sizes = check_network(document, tensors)
    check_features(document, sizes["n_given"])
    known = ("encoder/", "scaling/", *(("preprocessing/",) if "preprocessing" in document else ()))
    check_tensors({n: t for n, t in tensors.items() if not n.startswith(known)}, GIVEN_TENSORS)


def from_state(
    cls: Any, document: dict[str, Any], tensors: dict[str, Tensor], encoder: Any = None, preprocessor: Any = None
) -> Any:
    """A fitted model from what :func:`to_state` gave."""
    check_state(document, tensors)
    network = restore_network(document, tensors, encoder, preprocessor=preprocessor)
    given = given_input_parameters(document, network["_preprocessor"], encoder, None)
    others = {"callbacks": None, **given}
    model = cls(**parameters_from_parts(cls, document, tensors, later=_LATER, **others))
    return model._with_fitted({
        **network,
        "history_": document["history"], "report_": document["report"], "n_iter_": len(document["history"]),
        "_loss": document.get("fitted_loss", model.loss),
    })  # fmt: skip
