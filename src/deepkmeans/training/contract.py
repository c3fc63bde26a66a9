"""What an objective owes the loop, asked once of each fit: an objective may be anybody's code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .._quoting import short
from ..exceptions import InvalidParameterError
from ..types import LossOutput

__all__ = ["check_centers", "check_loss", "set_up"]


def set_up(objective: nn.Module, centers: Tensor, n_samples: int) -> None:
    """``objective.setup``, and a look at the centres that it made of ``centers`` (k, embedding_dim).

    Raises
    ------
    InvalidParameterError
        If they have another shape or dtype, or are not finite.
    """
    objective.setup(centers, n_samples)  # type: ignore[operator]
    if torch.get_default_dtype() != centers.dtype:  # in which somebody else's code has made its tensors
        objective.to(centers.dtype)
    check_centers(objective, "setup", shape=tuple(centers.shape), dtype=centers.dtype)


def check_centers(
    objective: nn.Module, where: str, *, dtype: torch.dtype, shape: tuple[int, ...] | None = None, finite: bool = True
) -> None:  # fmt: skip
    """Refuse centres that are not (finite) numbers of this shape (k, embedding_dim) after the hook ``where``.

    ``dtype`` is that of the embedding.
    """
    centers = getattr(objective, "centers", None)
    if not isinstance(centers, Tensor) or not centers.is_floating_point():
        given = _named(centers)
    elif shape is not None and tuple(centers.shape) != shape:
        given = f"shape {tuple(centers.shape)}"
    elif centers.dtype != dtype:
        given = _named(centers)
    elif finite and not bool(torch.isfinite(centers).all()):
        given = "values that are not finite"
    else:
        return
    raise InvalidParameterError(
        f"The 'objective' {_name(objective)} must have a tensor 'centers' of finite {_word(dtype)} numbers, of shape "
        f"(n_clusters, embedding_dim){f' = {shape}' if shape else ''}, after {where}. Got {given} instead."
    )


def check_loss(objective: nn.Module, output: Any) -> None:
    """Refuse what ``forward`` returns unless it is a :class:`~deepkmeans.types.LossOutput` that can be minimised."""
    if not isinstance(output, LossOutput):
        raise _refused(objective, "a deepkmeans.types.LossOutput", _named(output))
    total, terms = output.total, output.terms
    if not _is_number(total) or not total.is_floating_point():
        raise _refused(objective, "a LossOutput whose total is a real tensor of shape ()", _named(total))
    if not total.requires_grad:
        raise _refused(objective, "a LossOutput whose total has a gradient (not detached)", "one without")
    if not isinstance(terms, Mapping):
        raise _refused(objective, "a LossOutput whose terms are a dict of tensors of shape ()", _named(terms))
    for name, value in terms.items():
        if not isinstance(name, str) or not _is_number(value):
            given = f"{short(name)}: {_named(value)}"
            raise _refused(objective, "a LossOutput whose terms are tensors of shape () by name", given)
    if output.z is not None and not isinstance(output.z, Tensor):
        raise _refused(objective, "a LossOutput whose z is a tensor or None", _named(output.z))


def _is_number(value: Any) -> bool:
    return isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex()


def _named(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"a {_word(value.dtype)} tensor of shape {tuple(value.shape)}"
    return "None" if value is None else f"a {type(value).__name__}"


def _word(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _name(objective: nn.Module) -> str:
    return type(objective).__name__


def _refused(objective: nn.Module, expected: str, given: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"The forward of the 'objective' {_name(objective)} must return {expected}. Got {given} instead."
    )
