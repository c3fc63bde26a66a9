"""What all pretrained encoders have in common that are given to ``encoder=`` with settings of their own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from os import PathLike
from typing import Any, ClassVar

from .._validation import Constraint, Instance, Interval, validate_parameters

__all__ = ["PretrainedEncoder"]


@dataclass(frozen=True, eq=False)
class PretrainedEncoder:
    """Base of the dataclasses that hold a pretrained encoder and its settings; it is never trained.

    Attributes
    ----------
    kind : {"text", "image", "audio"}
        Of the inputs that it takes.
    """

    kind: ClassVar[str]
    #: Of the settings that all have.
    _shared: ClassVar[dict[str, list[Constraint]]] = {
        "revision": [Instance(str, "a branch, tag or commit"), None],
        "local_files_only": [Instance(bool, "a bool")],
        "batch_size": [Interval(int, 1, None), None],
        "device": [Instance(str, "a device of torch"), None],
        "normalize": [Instance(bool, "a bool")],
        "cache": [Instance(lambda value: _is_cache(value), "'auto', False or a path")],
        "name": [Instance(lambda value: isinstance(value, str) and 0 < len(value.strip()) <= 200, "a name"), None],
    }
    #: Of those that one kind alone has.
    _constraints: ClassVar[dict[str, list[Constraint]]] = {}

    def __post_init__(self) -> None:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        validate_parameters(type(self).__name__, {**self._shared, **self._constraints}, values)

    def __deepcopy__(self, memo: Any) -> Any:
        """Itself: a frozen encoder is not trained, so that clones of an estimator share it."""
        return self


def _is_cache(value: Any) -> bool:
    return value is False or isinstance(value, (str, PathLike))
