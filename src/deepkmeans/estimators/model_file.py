"""One ``.dkm`` file for a fitted model: data only, written whole or not at all, readable for years.

The container of :mod:`deepkmeans.storage` holds the document ``{"class": short name, "state": {...}}`` and
the tensors. Which class a short name means is decided here, by a closed table: a file names no module, and
what a model needs of the user's own code (an encoder, an objective) is handed to :func:`load`, never fetched.
"""

from __future__ import annotations

import errno
import os
from typing import Any, TypeVar, overload

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._validation import Instance, validate_parameters
from ..exceptions import InvalidParameterError, ModelFileError, OutputError
from ..runtime import plain_torch
from ..storage import file_path, read_with_format, write_container
from ..storage.schema import MismatchError
from ..storage.strict_json import StrictJSONError, as_stored
from . import autoencoder_state, deep_state, kmeans_state
from .autoencoder import Autoencoder
from .deep_kmeans import DeepKMeans
from .earlier_formats import upgraded
from .kmeans import KMeans

__all__ = ["load", "save"]

_CLASSES: dict[str, Any] = {"Autoencoder": Autoencoder, "DeepKMeans": DeepKMeans, "KMeans": KMeans}
#: How each is written down.
_STATES: dict[str, Any] = {"Autoencoder": autoencoder_state, "DeepKMeans": deep_state, "KMeans": kmeans_state}

Model = TypeVar("Model", bound=Autoencoder | DeepKMeans | KMeans)


@plain_torch()
def save(model: Any, path: str | os.PathLike[str], *, overwrite: bool = True) -> None:
    """Write a fitted model to one file, by convention with the extension ``.dkm``.

    The file holds the parameters too, a ``RandomState`` in the state it is in now. What is not in it is code: an
    encoder or objective of your own, a transformer given as ``reduce`` or ``preprocessor``, callbacks; nor is the model
    of ``align_to``.

    Parameters
    ----------
    model : KMeans, Autoencoder or DeepKMeans
        Fitted.
    path : path-like
    overwrite : bool, default=True
        Replace an existing file; it stays intact until the new one is complete.

    Raises
    ------
    InvalidParameterError
        If the model is of another class, or holds something that is not data, or ``path`` is no path.
    OutputError
        If the file exists and ``overwrite`` is False, or cannot be written.
    sklearn.exceptions.NotFittedError
        If the model is not fitted.
    """
    name = type(model).__name__
    # Subclasses are refused: the file could bring back their parent only, without their code.
    if _CLASSES.get(name) is not type(model):
        raise InvalidParameterError(
            f"The 'model' parameter of save must be one of {', '.join(_CLASSES)}. Got {name} instead; "
            "save the deepkmeans step of a pipeline on its own."
        )
    path = file_path(path, "path", "save")
    validate_parameters("save", {"overwrite": [Instance((bool, np.bool_), "a bool")]}, {"overwrite": overwrite})
    check_is_fitted(model)
    if not overwrite and os.path.lexists(path):
        error = OutputError(f"{path!r} exists; choose another path or pass overwrite=True")
        error.errno = errno.EEXIST
        raise error
    state, tensors = _STATES[name].to_state(model)
    document = {"class": name, "state": state}
    try:  # a file that load() would refuse is worse than none
        stored = as_stored({"document": document})  # as deep as it is in the file
        _STATES[name].check_state(stored["document"]["state"], tensors)
    except (MismatchError, StrictJSONError) as error:
        raise InvalidParameterError(f"The 'model' parameter of save, a {name}, cannot be saved: {error}.") from error
    write_container(path, kind="model", document=document, tensors=tensors)


@overload
def load(
    path: str | os.PathLike[str], *, encoder: Any = None, reduce: Any = None, preprocessor: Any = None,
    expected: type[Model],
) -> Model: ...  # fmt: skip
@overload
def load(
    path: str | os.PathLike[str], *, encoder: Any = None, reduce: Any = None, preprocessor: Any = None,
    expected: None = None,
) -> Autoencoder | DeepKMeans | KMeans: ...  # fmt: skip
@plain_torch()
def load(
    path: str | os.PathLike[str], *, encoder: Any = None, reduce: Any = None, preprocessor: Any = None,
    expected: Any = None,
) -> Any:  # fmt: skip
    """Read a model that :func:`save` wrote. Nothing in the file is executed.

    Parameters
    ----------
    path : path-like
    encoder : torch.nn.Module, callable or None
        For a model that was fitted with an encoder of your own: the same module (its weights are replaced
        by those in the file) or the same function that makes it. For one that was fitted on texts with a pretrained
        encoder: this encoder, which the file names and recognises; one with a name is found by it.
    reduce : transformer or None
        For a ``DeepKMeans`` that was fitted with a transformer of your own as ``reduce``: that transformer, fitted
        (``model.reducer_``); the file recognises it by what it makes of two made-up rows.
    preprocessor : transformer or None
        For a model that was fitted with a transformer of your own as ``preprocessor``: that transformer, fitted
        (``model.preprocessor_``); the file recognises it by a digest of what it has learnt.
    expected : class, default=None
        ``KMeans``, ``Autoencoder`` or ``DeepKMeans``: refuse a file that holds another, so that type checkers know
        what is returned.

    Returns
    -------
    model : KMeans, Autoencoder or DeepKMeans
        Fitted, on the CPU, with the parameters it was made with; predicts as it did when it was saved. What is code is
        not in the file: ``encoder`` is what is given here, ``reduce`` and ``preprocessor`` are unfitted copies of what
        is given, ``callbacks`` and ``align_to`` None, and an objective of your own, or a function that returns one, the
        objective that it made or a stand-in that names it. A ``device`` that this machine does not have becomes "auto".

    Raises
    ------
    ModelFileError
        If the file is missing, damaged in any byte, not a model, of a newer format, holds what no model can hold
        (the message names the part and the value), needs ``encoder``, ``reduce`` or ``preprocessor``, or is not of the
        class ``expected``.
    InvalidParameterError
        If ``path`` is no path, ``encoder``, ``reduce`` or ``preprocessor`` is given for a model that has none, or
        ``expected`` is another class.
    """
    if expected is not None and expected not in _CLASSES.values():
        raise InvalidParameterError(
            f"The 'expected' parameter of load must be one of {', '.join(_CLASSES)}. Got {expected!r:.80} instead."
        )
    shown = path = file_path(path, "path", "load")
    number, document, tensors = read_with_format(path, kind="model")
    if document.keys() != {"class", "state"} or not isinstance(document["state"], dict):
        raise ModelFileError(f"{shown}: is not a model that save() wrote; write it again")
    name = document["class"]
    if not isinstance(name, str) or name not in _CLASSES:
        raise ModelFileError(
            f"{shown}: holds a {name!r:.80}, which this version does not know ({', '.join(_CLASSES)}); "
            "upgrade with: pip install --upgrade deepkmeans"
        )
    if expected is not None and expected is not _CLASSES[name]:
        raise ModelFileError(
            f"{shown}: holds a {name}, not the {expected.__name__} that was expected; name another file, or load it "
            f"with expected={name}"
        )
    if encoder is not None and name == "KMeans":
        raise InvalidParameterError(f"{shown} holds a KMeans, which has no encoder; load it without encoder=.")
    if reduce is not None and name != "DeepKMeans":
        raise InvalidParameterError(f"{shown} holds a {name}, which has no reduction; load it without reduce=.")
    if preprocessor is not None and name == "KMeans":
        raise InvalidParameterError(f"{shown} holds a KMeans, which takes numbers; load it without preprocessor=.")
    given = {"encoder": encoder, "preprocessor": preprocessor}
    code = {"KMeans": {}, "Autoencoder": given}.get(name, {**given, "reduce": reduce})
    try:
        state, tensors = upgraded(number, document["state"], tensors)
        return _STATES[name].from_state(_CLASSES[name], state, tensors, **code)
    except MismatchError as error:
        raise ModelFileError(
            f"{shown}: the {name} in it is damaged or forged: {error}; save the model again"
        ) from error
    except ModelFileError as error:
        raise ModelFileError(f"{shown}: {error}") from error
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:
        # Code of the user's own can fail in any way; the file alone should not come as far as this.
        detail = repr(" ".join(f"{type(error).__name__}: {error}".split())[:200])
        cause, cure = "cannot be rebuilt", "save the model again"
        if encoder is not None:
            cause, cure = "does not fit the encoder that was given", "pass the one it was fitted with"
        raise ModelFileError(f"{shown}: the {name} in it {cause} ({detail}); {cure}") from error
