"""What a model file holds of a table's columns, and the check of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..._validation import Interval, OneOf
from ...storage.schema import (
    BOOL,
    NAME,
    POSITIVE,
    SIZE,
    TEXT,
    ListOf,
    MapOf,
    MismatchError,
    Record,
    TensorOf,
    check_tensors,
    check_value,
)
from ..schema import SCHEMA_RULE, Schema
from .completion import Completion
from .fit_block import BLOCKS
from .mixed_columns import MixedColumns
from .table_column import TableColumn
from .text_column import check_stored_texts

__all__ = ["check_stored_table", "columns_from_parts", "columns_to_parts"]

_PREFIX = "preprocessing/"
_SHARE = [Interval(float, 0, 1)]
_COLUMN = Record({
    "name": TEXT, "missing": _SHARE, "relevance": [ListOf(_SHARE)], "weights": [ListOf(POSITIVE)],
    "block": [Record({"kind": [OneOf(*BLOCKS)]}, others=True)],
})  # fmt: skip
_DOCUMENT = Record({
    "kind": [OneOf("table")], "schema": [SCHEMA_RULE], "mixed": [None, ListOf([_COLUMN])], "missing": [MapOf(SIZE)],
    "notes": [ListOf(TEXT)], "single": BOOL,
})  # fmt: skip
_COMPLETION = {
    "loadings": TensorOf([torch.float64], ("n_encoded", "n_factors"), may_be_empty=True),
    "noise": TensorOf([torch.float64], ("n_encoded",), low=0, above=True),
    "units": TensorOf([torch.float64], ("n_encoded",), low=0, above=True),
}


def columns_to_parts(mixed: MixedColumns) -> tuple[list[dict[str, Any]], dict[str, Tensor]]:
    """Document and tensors of the columns."""
    documents, arrays = [], {f"completion/{name}": getattr(mixed.completion, name) for name in _COMPLETION}
    for place, column in enumerate(mixed.columns):
        block, state = column.block.to_parts()
        documents.append({
            "name": column.name, "missing": column.missing, "relevance": list(column.relevance),
            "weights": list(column.weights), "block": {"kind": column.block.kind, **block},
        })  # fmt: skip
        arrays |= {f"{place}/{name}": array for name, array in state.items()}
    return documents, {f"{_PREFIX}{name}": torch.from_numpy(np.array(array)) for name, array in arrays.items()}


def columns_from_parts(
    documents: list[dict[str, Any]], tensors: Mapping[str, Tensor], encoder: Any = None
) -> MixedColumns:  # fmt: skip
    """What :func:`columns_to_parts` was given."""
    columns = []
    for place, document in enumerate(documents):
        state, block = _of(tensors, f"{_PREFIX}{place}/"), BLOCKS[document["block"]["kind"]]
        arrays = {name: tensor.numpy() for name, tensor in state.items()}
        more = {"encoder": encoder} if block.kind == "text" else {}
        columns.append(TableColumn(
            document["name"], block.from_parts(document["block"], arrays, **more), document["missing"],
            tuple(document["relevance"]), tuple(document["weights"]),
        ))  # fmt: skip
    completion = Completion(**{name: tensors[f"{_PREFIX}completion/{name}"].numpy() for name in _COMPLETION})
    return MixedColumns(tuple(columns), completion)


def check_stored_table(document: Any, tensors: Mapping[str, Tensor]) -> dict[str, int]:
    """``n_given`` and ``n_features`` of a stored table; MismatchError where something does not fit."""
    check_value(document, [_DOCUMENT], "'preprocessing'")
    schema = Schema.from_document(document["schema"])
    names = [column.name for column in schema.kept]
    if document["mixed"] is None:
        check_tensors(tensors, {}, prefix=_PREFIX)
        if not schema.all_numeric():
            raise MismatchError("'preprocessing' must say how columns that are no numbers are encoded")
        return {"n_given": len(schema.sources), "n_features": len(names)}
    encoded = features = 0
    for place, entry in enumerate(document["mixed"]):
        path = f"'preprocessing'['mixed'][{place}]"
        if entry["name"] not in names:
            raise MismatchError(f"{path} is of a column that the schema does not keep")
        names = names[names.index(entry["name"]) + 1 :]  # in the order of the schema, each once
        width, parts = _check_block(entry["block"], tensors, place, path)
        flagged = int(0 < entry["missing"] < 1)
        if not len(entry["weights"]) == len(entry["relevance"]) == parts + flagged:
            raise MismatchError(f"{path} must have {parts + flagged} weights and relevances")
        encoded, features = encoded + width, features + width + flagged
    known = {f"{place}/" for place in range(len(document["mixed"]))} | {"completion/"}
    for name in tensors:
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX).partition("/")[0] + "/" not in known:
            raise MismatchError(f"the tensor {name!r} is unknown")
    check_tensors(tensors, _COMPLETION, prefix=f"{_PREFIX}completion/", sizes={"n_encoded": encoded})
    return {"n_given": len(schema.sources), "n_features": features}


def _check_block(document: dict[str, Any], tensors: Mapping[str, Tensor], place: int, path: str) -> tuple[int, int]:
    """Width and number of parts of a stored block."""
    cls = BLOCKS[document["kind"]]
    check_value(document, [Record({"kind": NAME, **cls.RULES})], f"{path}['block']")
    prefix, inner = f"{_PREFIX}{place}/", f"{_PREFIX}{place}/texts/"
    plain = {name: tensor for name, tensor in tensors.items() if not name.startswith(inner)}
    sizes = check_tensors(plain, cls.ARRAYS, prefix=prefix)
    if cls.kind == "text":
        check_stored_texts(document["texts"], _of(tensors, inner), sizes["n_wide"])
        return sizes["n_directions"], 1
    block = cls.from_parts(document, {name: tensor.numpy() for name, tensor in _of(tensors, prefix).items()})
    return sum(block.parts), len(block.parts)


def _of(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
