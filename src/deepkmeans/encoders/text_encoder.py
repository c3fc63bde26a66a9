"""A pretrained encoder of texts, and how it is to be used: an argument for ``encoder=`` where names alone do not do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .._validation import Constraint, Instance, Interval
from .pretrained import PretrainedEncoder

__all__ = ["TextEncoder"]


@dataclass(frozen=True, eq=False)
class TextEncoder(PretrainedEncoder):
    """A pretrained encoder of texts with other settings than the usual ones.

    Parameters
    ----------
    model : str, path, object or callable
        The id of a model on the Hugging Face hub ("sentence-transformers/all-MiniLM-L6-v2"), a local folder, a
        ``SentenceTransformer``, a model2vec ``StaticModel``, any object with ``encode`` or a fitted ``transform``, or
        a function from a list of n texts to n rows of numbers.
    revision : str or None, default=None
        Branch, tag or commit of a model on the hub.
    local_files_only : bool, default=True
        Take models of the hub from its cache on this machine alone. With False a model that is not there is
        downloaded, unless the variable ``HF_HUB_OFFLINE`` forbids it.
    batch_size : int or None, default=None
        Texts per call; by default 32 for sentence-transformers, 1,024 for model2vec and 100 for others.
    device : str or None, default=None
        Where a model that is given by its name runs; by default where its library puts it.
    normalize : bool, default=True
        Give each row length one: of an embedding only the direction has a meaning.
    max_parts : int, default=8
        A text that is longer than the model reads at once is encoded in parts, at most so many, which end at a line or
        sentence where they can; its row is their mean, weighted by their tokens. 1 reads the beginning alone. It holds
        for models of sentence-transformers and of model2vec; others get each text whole.
    words : bool, default=True
        Let the words of the texts of a fit help to find its clusters, where they tell much the same groups as the rows.
        Rows, and what ``predict`` does, depend on the model alone.
    cache : "auto", False or path, default="auto"
        Folder in which rows are kept by the content of their texts, so that no text is encoded twice. "auto" is the
        folder named by the variable ``DEEPKMEANS_CACHE`` ("off" for none), else one in the user's cache folder.
    name : str or None, default=None
        For a function or an object of your own: a name that stands for what it computes. Its rows are cached
        under this name; without one they are not, as nobody can tell whether it is the same function.

    Raises
    ------
    InvalidParameterError

    Examples
    --------
    >>> from deepkmeans.encoders import TextEncoder
    >>> TextEncoder("sentence-transformers/all-MiniLM-L6-v2", batch_size=128).batch_size
    128
    """

    model: Any
    revision: str | None = None
    local_files_only: bool = True
    batch_size: int | None = None
    device: str | None = None
    normalize: bool = True
    max_parts: int = 8
    words: bool = True
    cache: Any = "auto"
    name: str | None = None

    kind: ClassVar[str] = "text"
    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "max_parts": [Interval(int, 1, None)],
        "words": [Instance(bool, "a bool")],
    }
