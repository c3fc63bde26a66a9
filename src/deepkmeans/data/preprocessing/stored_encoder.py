"""A frozen encoder in a model file: which it is and how to recognise it, not its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..._quoting import short
from ...exceptions import InvalidParameterError, ModelFileError
from ...storage.schema import BOOL, SIZE, TEXT, ListOf, Record, TensorOf, check_tensors, check_value
from .encoder_identity import STORED_IDENTITY, EncoderIdentity
from .encoder_inputs import KIND_WORDS
from .frozen_kinds import as_settings
from .recognised_encoder import RecognisedEncoder

__all__ = ["ENCODER_RULES", "check_encoder_parts", "encoder_from_parts", "encoder_to_parts"]

_ANSWERS = "preprocessing/answers"
#: Of the document of every preprocessor that has one.
ENCODER_RULES = {
    "encoder": [STORED_IDENTITY], "width": SIZE, "normalize": BOOL, "batch_size": [None, *SIZE],
    "probes": [ListOf(TEXT)],
}  # fmt: skip
_STORED_ANSWERS = TensorOf([torch.float32], ("n_probes", "n_features"), may_be_empty=True)


def encoder_to_parts(encoder: RecognisedEncoder, width: int) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Document and tensors of an encoder whose rows have ``width`` columns."""
    settings = encoder.settings
    document = {
        "encoder": encoder.identity.to_document(), "width": width, "normalize": settings.normalize,
        "batch_size": settings.batch_size, "probes": list(encoder.probes),
    }  # fmt: skip
    return document, {_ANSWERS: torch.from_numpy(np.ascontiguousarray(encoder.answers))}


def check_encoder_parts(document: Mapping[str, Any], tensors: Mapping[str, Tensor], rules: Record) -> dict[str, int]:
    """Refuse, with ``MismatchError``, what no such preprocessor can have written; return the sizes by name."""
    check_value(document, [rules], "'preprocessing'")
    sizes = {"n_features": document["width"], "n_probes": len(document["probes"])}
    return check_tensors(tensors, {"answers": _STORED_ANSWERS}, prefix="preprocessing/", sizes=sizes)


def encoder_from_parts(
    document: Mapping[str, Any], tensors: Mapping[str, Tensor], kind: str, given: Any, **decided: Any
) -> RecognisedEncoder:  # fmt: skip
    """The encoder of a file: ``given``, or the one that the file names, loaded when that is first needed.

    Nothing is downloaded for a name that comes from a file.

    Parameters
    ----------
    document, tensors
        As :func:`encoder_to_parts` gave them, checked.
    kind : {"text", "image", "audio"}
    given : Any
        Whatever ``encoder=`` takes; None for the one that the file names.
    **decided
        Settings of the fit that decide on rows.

    Raises
    ------
    ModelFileError
        If the encoder is a function or an object and not given, or another one is given.
    """
    identity, words = EncoderIdentity(**document["encoder"]), KIND_WORDS[kind]
    if given is None and not identity.has_files:
        raise ModelFileError(
            f"The model was fitted on {words.several} with the encoder {short(identity.name)}, which is not in the "
            "file; load it with load(path, encoder=...), the encoder of the fit."
        )
    try:
        settings = as_settings(identity.name if given is None else given, kind)
    except InvalidParameterError as error:
        raise ModelFileError(f"The model was fitted on {words.several}: {error}") from error
    if given is None:
        settings = replace(settings, revision=identity.revision)
    size = settings.batch_size or document["batch_size"]
    settings = replace(settings, normalize=document["normalize"], batch_size=size, **decided)
    recognised = RecognisedEncoder(settings, identity, document["probes"], tensors[_ANSWERS].numpy())
    if given is not None:
        recognised.resolved()
    return recognised
