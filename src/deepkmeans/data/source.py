"""Where samples come from: the rows of one input, or of several, some of which a sample may lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from ..exceptions import InvalidDataError
from .weights import refuse_impossible

if TYPE_CHECKING:
    from .joined_scaling import JoinedScaling
    from .rows import Rows

__all__ = ["JoinedRows", "SampleSource", "Samples"]

#: Inputs (B, d_name) by name, and which samples have them, bool (B,) by name; None where all have all.
Samples = tuple[Mapping[str, Tensor], Mapping[str, Tensor] | None]


class SampleSource(Protocol):
    """What training needs of the data: :class:`~deepkmeans.data.Rows` for one input, :class:`JoinedRows` for several.

    Attributes
    ----------
    weight : Tensor of shape (n,) or None
        Sample weights with mean 1.
    device : torch.device
        Where the inputs are.
    """

    @property
    def weight(self) -> Tensor | None: ...

    @property
    def device(self) -> torch.device: ...

    def __len__(self) -> int: ...

    def inputs(self, index: Tensor) -> Samples:
        """Scaled inputs of the samples at ``index`` (B,), and which of them are present."""
        ...

    def input_chunks(self, size: int) -> Iterator[Samples]:
        """The same for all samples in order, ``size`` at a time."""
        ...

    def subset(self, index: Tensor) -> SampleSource:
        """Some of the samples, in the order of ``index``."""
        ...


@dataclass(frozen=True, eq=False)
class JoinedRows:
    """Several inputs of the same samples.

    Attributes
    ----------
    parts : mapping of str to Rows
        By name, n rows each; where an input is missing, its row may hold anything. Weights of the parts do not count.
    present : mapping of str to Tensor of shape (n,), bool, or None
        Which samples have the input; None: all have all.
    weight : Tensor of shape (n,) or None
        Sample weights with mean 1.
    scaling : JoinedScaling or None
        How the inputs are put side by side, for what compares whole rows.

    Raises
    ------
    InvalidDataError
        The parts, masks and weights are not of the same samples, a weight is negative or not finite, or a sample has
        no input at all.
    """

    parts: Mapping[str, Rows]
    present: Mapping[str, Tensor] | None = None
    weight: Tensor | None = None
    scaling: JoinedScaling | None = None

    def __post_init__(self) -> None:
        if not self.parts:
            raise InvalidDataError("There is no input; give the rows of at least one, by name.")
        (first, rows), *others = self.parts.items()
        for name, part in others:
            if len(part) != len(rows) or part.device != rows.device:
                raise InvalidDataError(
                    f"All inputs must have a row for every sample, on one device. Got {len(rows)} rows of {first!r} on "
                    f"{rows.device} and {len(part)} of {name!r} on {part.device}; where an input is missing, its row "
                    "may hold anything, and 'present' says so."
                )
        if self.weight is not None:
            self._check_weight(self.weight, rows)
        if self.present is not None:
            self._check_present(self.present)

    def _check_weight(self, weight: Any, rows: Rows) -> None:
        kinds = {torch.float32, rows.dtype}
        if not isinstance(weight, Tensor) or weight.dtype not in kinds or weight.device != rows.device:
            given = f"{_word(weight.dtype)} on {weight.device}" if isinstance(weight, Tensor) else type(weight).__name__
            raise InvalidDataError(
                f"'weight' must be a tensor of {' or '.join(sorted(map(_word, kinds)))} on {rows.device}, as the rows "
                f"are. Got {given} instead; torch.as_tensor(weight, dtype=torch.float32) makes one."
            )
        if weight.shape != (len(rows),):
            raise InvalidDataError(f"Weights of {len(rows)} samples must have shape ({len(rows)},). Got "
                                   f"{tuple(weight.shape)} instead.")  # fmt: skip
        refuse_impossible(weight, "weight")

    def _check_present(self, present: Mapping[str, Tensor]) -> None:
        if set(present) != set(self.parts):
            raise InvalidDataError(
                f"'present' must have the names of the inputs, {', '.join(map(repr, self.parts))}. Got "
                f"{', '.join(map(repr, present)) or 'none'} instead."
            )
        for name, mask in present.items():
            if mask.dtype != torch.bool or mask.shape != (len(self),):
                raise InvalidDataError(
                    f"'present' of input {name!r} must be bool of shape ({len(self)},), one a row. Got "
                    f"{_word(mask.dtype)} of shape {tuple(mask.shape)} instead."
                )
        none = ~torch.stack(list(present.values())).any(dim=0)
        if bool(none.any()):
            where = int(none.nonzero()[0])
            raise InvalidDataError(
                f"Row {where} (counted from 0) has none of the inputs {', '.join(map(repr, self.parts))}"
                f"{_others(int(none.sum()))}; give at least one of them, or leave the row out."
            )

    @property
    def device(self) -> torch.device:
        return next(iter(self.parts.values())).device

    def __len__(self) -> int:
        return len(next(iter(self.parts.values())))

    def inputs(self, index: Tensor) -> Samples:
        """Scaled inputs of the samples at ``index`` (B,), and which of them are present."""
        return {name: part.take(index) for name, part in self.parts.items()}, self._present_at(index)

    def input_chunks(self, size: int) -> Iterator[Samples]:
        """The same for all samples in order, ``size`` at a time."""
        blocks = zip(*(part.chunks(size) for part in self.parts.values()), strict=True)
        for number, block in enumerate(blocks):
            chunk = slice(number * size, (number + 1) * size)
            yield dict(zip(self.parts, block, strict=True)), self._present_at(chunk)

    def subset(self, index: Tensor) -> JoinedRows:
        """Some of the samples, in the order of ``index``."""
        weight = None if self.weight is None else self.weight[index]
        parts = {name: part.subset(index) for name, part in self.parts.items()}
        return JoinedRows(parts, self._present_at(index), weight, self.scaling)

    @property
    def dtype(self) -> torch.dtype:
        return next(iter(self.parts.values())).dtype

    @property
    def n_inputs(self) -> int:
        """Columns of all inputs."""
        return sum(part.n_inputs for part in self.parts.values())

    def take(self, index: Tensor) -> Tensor:
        """Rows at ``index`` (B,), side by side and each input of the same variance: (B, n_inputs)."""
        assert self.scaling is not None
        return self.scaling.join(*self.inputs(index))

    def chunks(self, size: int) -> Iterator[Tensor]:
        """The same of all rows in order, ``size`` at a time."""
        assert self.scaling is not None
        for samples in self.input_chunks(size):
            yield self.scaling.join(*samples)

    def whole(self) -> Tensor:
        """The rows that have all inputs, if they are a half at least; else all. Others are at means, which are no place
        of theirs, where rows are compared side by side."""
        every = torch.arange(len(self), device=self.device)
        if self.present is None:
            return every
        index = torch.stack(list(self.present.values())).all(dim=0).nonzero()[:, 0]
        return index if 2 * len(index) >= len(self) else every

    def to(self, dtype: torch.dtype) -> JoinedRows:
        """The same rows, given out as numbers of this dtype."""
        weight = None if self.weight is None else self.weight.to(dtype)
        parts = {name: part.to(dtype) for name, part in self.parts.items()}
        return JoinedRows(parts, self.present, weight, self.scaling)

    def _present_at(self, index: Tensor | slice) -> dict[str, Tensor] | None:
        return None if self.present is None else {name: mask[index] for name, mask in self.present.items()}


def _word(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _others(count: int) -> str:
    return f", the first of {count} such rows" if count > 1 else ""
