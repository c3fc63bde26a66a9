"""Whatever a user hands in as an encoder of texts, as one function from texts to rows."""

from __future__ import annotations

import os
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from ..._quoting import short
from ...encoders.text_encoder import TextEncoder
from ...exceptions import InvalidParameterError
from .encoder_identity import EncoderIdentity, output_digest
from .model_folders import find_model
from .model_loading import load_model
from .pretrained_encoders import sentence_transformer, static_model
from .resolved_encoder import ResolvedEncoder
from .text_encoder_kinds import class_name, encoding_method, is_instance, is_text_encoder

__all__ = ["resolve_text_encoder"]

#: Texts per call of an encoder of no known library.
_BATCH = 100


def resolve_text_encoder(value: Any) -> ResolvedEncoder:
    """The encoder that ``value`` names or is, loaded.

    Raises
    ------
    InvalidParameterError
        If it is none, is not on this machine, or not fitted.
    MissingDependencyError
        If a package that it needs is missing.
    """
    given = value if isinstance(value, TextEncoder) else TextEncoder(value)
    model = given.model
    if isinstance(model, TextEncoder) or not is_text_encoder(model):
        raise InvalidParameterError(
            "The 'encoder' of texts must be the name or folder of a pretrained model, an object with encode or a "
            f"fitted transform, or a function from a list of texts to rows of numbers. Got {_described(model)} instead."
        )
    identity = None
    if isinstance(model, (str, os.PathLike)):
        folder = find_model(os.fspath(model), given.revision, local_files_only=given.local_files_only)
        model = load_model(folder, given.device)
        identity = EncoderIdentity(folder.source, folder.name, folder.library, folder.revision)
    if is_instance("sentence_transformers", "SentenceTransformer", model):
        return sentence_transformer(model, given, identity)
    if is_instance("model2vec", "StaticModel", model):
        return static_model(model, given, identity)
    method = encoding_method(model)
    key = None if given.name is None else output_digest("", ["named", given.name], None)
    name = given.name or class_name(model)
    if method == "transform":
        _check_fitted(model)
    source = "function" if method is None else "object"
    call = model if method is None else getattr(model, method)
    return ResolvedEncoder(EncoderIdentity(source, name), call, given.batch_size or _BATCH, key)


def _check_fitted(transformer: Any) -> None:
    if not isinstance(transformer, BaseEstimator):
        return
    try:
        check_is_fitted(transformer)
    except NotFittedError:
        raise InvalidParameterError(
            f"The 'encoder' {class_name(transformer)} is not fitted: fit it on texts first, or hand it in as "
            "preprocessor=, which is fitted with the model."
        ) from None


def _described(value: Any) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}, not an object of it,"
    return short(repr(value))[1:-1]
