"""The fitted preprocessors in a model file, by the kind that each writes down."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from ..._validation import OneOf
from ...exceptions import ModelFileError
from ...storage.schema import MismatchError, Record, check_value
from .base import Preprocessor

__all__ = ["check_stored_preprocessor", "encoder_of", "preprocessor_from_parts", "stored_class", "uses_encoder"]

#: Where the class of each kind is.
_KINDS = {
    "audio": (".audio", "AudioPreprocessor"), "frozen": (".frozen", "FrozenTextPreprocessor"),
    "frozen audio": (".frozen_media", "FrozenMediaPreprocessor"),
    "frozen image": (".frozen_media", "FrozenMediaPreprocessor"),
    "image": (".images", "ImagePreprocessor"),
    "one text column": (".one_text_column", "OneTextColumn"),
    "series": (".series", "SeriesPreprocessor"), "table": (".table", "TablePreprocessor"),
    "text": (".text", "TextPreprocessor"), "transformer": (".transformer", "TransformerPreprocessor"),
}  # fmt: skip
#: Those that are around a pretrained encoder.
_ENCODED = ("frozen", "frozen audio", "frozen image")


def stored_class(document: Mapping[str, Any]) -> Any:
    """The class that has written ``document``."""
    module, name = _KINDS[document["kind"]]
    return getattr(importlib.import_module(module, __package__), name)


def check_stored_preprocessor(document: Any, tensors: Mapping[str, Tensor], n_features: int) -> dict[str, int]:
    """Refuse what is no preprocessor of ``n_features`` columns, with a ``MismatchError``.

    Returns
    -------
    dict
        ``n_given``: columns that it takes; ``n_features`` where there is none (None).
    """
    if document is None:
        return {"n_given": n_features}
    check_value(document, [Record({"kind": [OneOf(*_KINDS)]}, others=True)], "'preprocessing'")
    sizes = stored_class(document).check_parts(document, tensors)
    if sizes["n_features"] != n_features:
        raise MismatchError(
            f"'preprocessing' makes {sizes['n_features']:,} columns, but the tensors in the file have {n_features:,}"
        )
    return {"n_given": sizes.get("n_given", 1)}  # texts are one column


def preprocessor_from_parts(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor], transformer: Any = None, encoder: Any = None
) -> Preprocessor:
    """The preprocessor again, with the user's fitted ``transformer`` or pretrained ``encoder`` if it has one.

    Raises
    ------
    ModelFileError
        If that is lacking, not that of the fit, or given for a preprocessor that has none.
    """
    cls = stored_class(document)
    if document["kind"] == "transformer":
        return cls.from_parts(document, tensors, transformer)  # type: ignore[no-any-return]
    if transformer is not None:
        raise ModelFileError("The file holds its whole preprocessing: load it without preprocessor=.")
    if uses_encoder(document):
        return cls.from_parts(document, tensors, encoder)  # type: ignore[no-any-return]
    return cls.from_parts(document, tensors)  # type: ignore[no-any-return]


def encoder_of(preprocessor: Any) -> Any:
    """The pretrained encoder in a preprocessor, with its settings; None where there is none."""
    mixed = getattr(preprocessor, "mixed", None)
    blocks = [preprocessor] if mixed is None else [column.block for column in mixed.columns]
    encoders = (getattr(getattr(block, "texts", block), "encoder", None) for block in blocks)
    return next((encoder.settings for encoder in encoders if encoder is not None), None)


def uses_encoder(document: Mapping[str, Any] | None) -> bool:
    """Whether a preprocessor in a file has a pretrained encoder."""
    if document is None:
        return False
    blocks = [column["block"] for column in document.get("mixed") or ()] if document["kind"] == "table" else [document]
    return document["kind"] in _ENCODED or any(block.get("texts", {}).get("kind") == "frozen" for block in blocks)
