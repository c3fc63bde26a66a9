"""A table in which one column of texts is all that describes the rows: these texts, not a few directions of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from ..._validation import OneOf
from ...storage.schema import MismatchError, Record, check_value
from ..given import GivenInput
from ..schema import SCHEMA_RULE, Schema
from .base import Preprocessor
from .stored import stored_class, uses_encoder

__all__ = ["OneTextColumn", "texts_of"]

_TEXTS = Record({"kind": [OneOf("frozen", "text")]}, others=True)
_RULES = Record({"kind": [OneOf("one text column")], "schema": [SCHEMA_RULE], "texts": [_TEXTS]})


@dataclass(frozen=True, eq=False)
class OneTextColumn:
    """The preprocessor of the texts behind the schema that finds them.

    Attributes
    ----------
    schema : Schema
        That keeps one column.
    texts : Preprocessor
        Of a list of texts.
    """

    schema: Schema
    texts: Preprocessor

    kind = "one text column"
    takes = "table"

    @property
    def scaled(self) -> bool:
        return self.texts.scaled

    @property
    def feature_names(self) -> Sequence[str] | None:
        return self.texts.feature_names

    @property
    def holds_terms(self) -> bool:
        """Whether rows are terms, zero where a text has not one."""
        return getattr(self.texts, "holds_terms", False)

    def transform(self, given: GivenInput) -> Any:
        """Rows (n, p) of the texts of a table with the column of the fit."""
        return self.texts.transform(texts_of(self.schema, given))

    def inverse(self, rows: np.ndarray) -> Any:
        """Refused: texts are not made of numbers."""
        return self.texts.inverse(rows)

    def report(self) -> dict[str, Any]:
        """As that of a table, with what was found in the texts."""
        kept = {column.name for column in self.schema.kept}
        columns = [
            {"name": column.name, "kind": column.kind, "used": column.name in kept, "reason": column.reason}
            for column in self.schema.columns
        ]
        texts = self.texts.report()
        notes = [*self.schema.surprises(), *texts.get("notes", ())]
        return {"kind": "table", "columns": columns, "texts": texts, "notes": notes}

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document and tensors, those of the texts."""
        document, tensors = self.texts.to_parts()
        return {"kind": self.kind, "schema": self.schema.to_document(), "texts": document}, tensors

    @staticmethod
    def check_parts(document: Any, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse what is none with ``MismatchError``; ``n_given`` and ``n_features``."""
        check_value(document, [_RULES], "'preprocessing'")
        schema = Schema.from_document(document["schema"])
        if [column.kind for column in schema.kept] != ["text"]:
            raise MismatchError("'preprocessing'['schema'] must keep one column, of kind 'text'")
        sizes = stored_class(document["texts"]).check_parts(document["texts"], tensors)
        return {"n_given": len(schema.sources), "n_features": sizes["n_features"]}

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], encoder: Any = None
    ) -> OneTextColumn:
        """Rebuild what :meth:`to_parts` gave, once checked; with the ``encoder`` where a file cannot name it."""
        texts = document["texts"]
        more = {"encoder": encoder} if uses_encoder(texts) else {}
        return cls(Schema.from_document(document["schema"]), stored_class(texts).from_parts(texts, tensors, **more))


def texts_of(schema: Schema, given: GivenInput) -> GivenInput:
    """The column of texts that ``schema`` keeps of a table."""
    (values,) = schema.parse(given.rows).values()
    return GivenInput("text", values)
