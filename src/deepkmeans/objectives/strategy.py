"""How a fit comes to its labels: the strategy that an objective names, and its hyper-parameters.

What a plan asks of a strategy are its class attributes. :mod:`deepkmeans.fitting` carries out the two strategies below;
one of your own has a method ``run(context, course)``, see docs/extending.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from .._validation import Constraint, Interval

__all__ = ["Pretrained", "SelfLabelling", "Strategy"]


class Strategy:
    """Base class of all strategies.

    One of your own is a frozen dataclass with a method ``run(context, course)`` that returns a
    :class:`deepkmeans.fitting.FitResult`. It keeps its hyper-parameters and nothing of a fit; with all of them, arrays
    by their bytes, a checkpoint knows its fit.

    Attributes
    ----------
    collapses_copies : bool
        Whether rows that are the same become one row with their weight, in an order of their own.
    compares_rows : bool
        Whether the rows themselves are clustered, by their distances: texts and counts are then scaled as such, and
        more than 256 columns are projected unless they are pixels.
    chooses_partition : bool
        Whether it chooses among partitions; only then ``DeepKMeans(partition=...)`` may name one.
    recognises_images : bool
        Whether images, flat ones too, are seen by a convolutional network.
    learns_labels : bool
        Whether the network learns labels that are given to it, without reconstructing first: a small network with
        batch normalisation, and ``pretrain_epochs`` is 0.
    """

    collapses_copies: ClassVar[bool] = False
    compares_rows: ClassVar[bool] = False
    chooses_partition: ClassVar[bool] = False
    recognises_images: ClassVar[bool] = False
    learns_labels: ClassVar[bool] = False
    #: Of the hyper-parameters; a strategy of one's own may leave it empty and is then not checked.
    _constraints: ClassVar[Mapping[str, list[Constraint]]] = MappingProxyType({})


@dataclass(frozen=True)
class Pretrained(Strategy):
    """An autoencoder learns to reconstruct, K-Means in its embedding gives the first centres, both learn together."""


@dataclass(frozen=True)
class SelfLabelling(Strategy):
    """Labels come from partitions of the rows themselves, and the network learns them.

    Parameters
    ----------
    n_landmarks : int
        Rows among which partitions are sought, at most; time grows with its square. Tables are seen in three spaces, so
        of them it is half of that, and a quarter up to 10,000 rows. The other rows follow the landmarks.
    n_train : int
        Rows that the network learns, at most, the landmarks among them; never fewer than there are landmarks.
    n_neighbors : int
        Neighbours of a row in the graph. Candidates of tables are sought in a graph of twice as many, too.
    n_rounds : int
        Over-clustering rounds of images: a network learns a partition into many small clusters, its embedding
        gives a second graph, and both are cut again.
    round_epochs : int
        Epochs of one such round, for 6,000 to 46,000 rows.
    over_clustering : int
        Small clusters of a round for each cluster sought.
    n_views : int
        Augmented views over which the embedding of a round is averaged, beside the image itself.
    mixup : float
        How far a row that is no image goes towards one of its neighbours, at most, when it is augmented.
    noise : float
        Standard deviation of the noise it gets then, in standard deviations of the rows.
    """

    n_landmarks: int = 12_000
    n_train: int = 60_000
    n_neighbors: int = 15
    n_rounds: int = 2
    round_epochs: int = 8
    over_clustering: int = 5
    n_views: int = 3
    mixup: float = 0.25
    noise: float = 0.05

    collapses_copies: ClassVar[bool] = True
    compares_rows: ClassVar[bool] = True
    chooses_partition: ClassVar[bool] = True
    recognises_images: ClassVar[bool] = True
    learns_labels: ClassVar[bool] = True
    _constraints: ClassVar[Mapping[str, list[Constraint]]] = MappingProxyType({
        "n_landmarks": [Interval(int, 100, None)],
        "n_train": [Interval(int, 100, None)],
        "n_neighbors": [Interval(int, 2, None)],
        "n_rounds": [Interval(int, 0, None)],
        "round_epochs": [Interval(int, 1, None)],
        "over_clustering": [Interval(int, 1, None)],
        "n_views": [Interval(int, 0, None)],
        "mixup": [Interval(float, 0, 1)],
        "noise": [Interval(float, 0, None)],
    })  # fmt: skip
