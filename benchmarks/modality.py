"""A data set as it lies, of one kind of input, and the methods that are compared on it: a row of ``modalities``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["OURS", "Method", "Modality"]

#: The method that every data set has: DeepKMeans by default.
OURS = "deepkmeans"

#: From what ``load`` gives, the number of classes and a seed to labels (n,).
Method = Callable[[Any, int, int], np.ndarray]


@dataclass(frozen=True)
class Modality:
    """What is measured on one data set.

    Attributes
    ----------
    load : callable
        From the folder of ``--data`` and the most rows (None: all) to the input, as a user would hand it in, and the
        classes (n,).
    methods : mapping of str to Method
        ``OURS``, and the honest alternatives that a user would pick.
    others : callable or None
        From the same to further classes (n,) of the rows, by name: their NMI is printed, too.
    """

    load: Callable[[Path | None, int | None], tuple[Any, np.ndarray]]
    methods: Mapping[str, Method]
    others: Callable[[Path | None, int | None], Mapping[str, np.ndarray]] | None = None
