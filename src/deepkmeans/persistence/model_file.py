"""One ``.dkm`` file for a fitted model: data only, written whole or not at all, readable for years.

The container of :mod:`deepkmeans.storage` holds the document ``{"class": short name, "state": {...}}`` and
the tensors. Which class a short name means is decided here, by a closed table: a file names no module, and
what a model needs of the user's own code (an encoder, an objective) is handed to :func:`load`, never fetched.
"""

from __future__ import annotations

import errno
import os
from typing import Any

from sklearn.utils.validation import check_is_fitted

from ..estimators import Autoencoder, DeepKMeans, KMeans
from ..exceptions import InvalidParameterError, ModelFileError, OutputError
from ..storage import read_container, write_container

__all__ = ["load", "save"]

_CLASSES: dict[str, Any] = {"Autoencoder": Autoencoder, "DeepKMeans": DeepKMeans, "KMeans": KMeans}


def save(model: Any, path: str | os.PathLike[str], *, overwrite: bool = True) -> None:
    """Write a fitted model to one file, by convention with the extension ``.dkm``.

    What is not in the file: the code of an encoder or objective of your own, a transformer given as ``reduce``,
    callbacks, ``random_state`` and the device.

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
        If the model is of another class, or holds something that is not data.
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
    check_is_fitted(model)
    if not overwrite and os.path.lexists(path):
        error = OutputError(f"{os.fspath(path)!r} exists; choose another path or pass overwrite=True")
        error.errno = errno.EEXIST
        raise error
    state, tensors = model._to_state()
    write_container(path, kind="model", document={"class": name, "state": state}, tensors=tensors)


def load(path: str | os.PathLike[str], *, encoder: Any = None, reduce: Any = None) -> Any:
    """Read a model that :func:`save` wrote. Nothing in the file is executed.

    Parameters
    ----------
    path : path-like
    encoder : torch.nn.Module, callable or None
        For a model that was fitted with an encoder of your own: the same module (its weights are replaced
        by those in the file) or the same function that makes it.
    reduce : transformer or None
        For a ``DeepKMeans`` that was fitted with a transformer of your own as ``reduce``: that transformer, fitted
        (``model.reducer_``); the file recognises it by what it makes of two made-up rows.

    Returns
    -------
    model : KMeans, Autoencoder or DeepKMeans
        Fitted, on the CPU with ``device="auto"``; predicts as it did when it was saved.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged in any byte, not a model, of a newer format, or needs ``encoder`` or ``reduce``.
    InvalidParameterError
        If ``encoder`` or ``reduce`` is given for a model that has none.
    """
    document, tensors = read_container(path, kind="model")
    shown = os.fspath(path)
    if document.keys() != {"class", "state"} or not isinstance(document["state"], dict):
        raise ModelFileError(f"{shown}: is not a model that save() wrote; write it again")
    name = document["class"]
    if not isinstance(name, str) or name not in _CLASSES:
        raise ModelFileError(
            f"{shown}: holds a {name!r:.80}, which this version does not know ({', '.join(_CLASSES)}); "
            "upgrade with: pip install --upgrade deepkmeans"
        )
    if encoder is not None and name == "KMeans":
        raise InvalidParameterError(f"{shown} holds a KMeans, which has no encoder; load it without encoder=.")
    if reduce is not None and name != "DeepKMeans":
        raise InvalidParameterError(f"{shown} holds a {name}, which has no reduction; load it without reduce=.")
    own = {"encoder": encoder} if reduce is None else {"encoder": encoder, "reduce": reduce}
    try:
        return _CLASSES[name]._from_state(document["state"], tensors, **own)
    except ModelFileError as error:
        raise ModelFileError(f"{shown}: {error}") from error
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:
        # The checksums hold, so the file is as it was written: forged, of a defect, or for another encoder.
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        cause, cure = "is not complete", "save the model again"
        if encoder is not None:
            cause, cure = "does not fit the encoder that was given", "pass the one it was fitted with"
        raise ModelFileError(f"{shown}: the {name} in it {cause} ({detail}); {cure}") from error
