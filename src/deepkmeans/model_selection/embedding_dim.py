"""How wide the bottleneck should be: cross-validated reconstruction and neighbourhoods, and the intrinsic dimension."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from sklearn.base import clone
from sklearn.model_selection import KFold, check_cv

from .._validation import Instance, Interval, OneOf, validate_estimator, validate_parameters
from ..data.preprocessing.base import scaling_after
from ..data.preprocessing.given_fit import check_any_input
from ..data.validation import refuse_constant
from ..decomposition import principal_components
from ..encoders import OUTPUT_RANGES
from ..estimators import Autoencoder, DeepKMeans
from ..exceptions import InvalidDataError, InvalidParameterError
from ..graph import IntrinsicDimension, intrinsic_dimension
from ..runtime import Seeds, plain_torch
from .embedding_dim_folds import Fold, judge_linear, judge_network
from .embedding_dim_result import EmbeddingDimSelection, decide
from .scaled_rows import fit_space, input_of, joined_rows, placed, several_inputs, without_name

__all__ = ["select_embedding_dim"]

#: Automatic widths: multiples of the intrinsic dimension, or fixed ones without an estimate of it.
_SHARES = (0.3, 0.55, 0.8, 1.0, 1.25, 1.6)
_WITHOUT_ESTIMATE = (1, 2, 3, 5, 8, 12)
_FEWEST_HELD_OUT = 5
#: Epochs for the network of a DeepKMeans, which has no setting for reconstruction alone on a sample.
_EPOCHS = 100
#: Steps an epoch and rows a step for ``batch_size="auto"``. The estimator itself would take at least twice as many
#: steps, too slow for the 18 networks of a search.
_STEPS, _SMALLEST_BATCH, _LARGEST_BATCH = 10, 16, 128


@plain_torch()
def select_embedding_dim(
    estimator: Any, X: Any, *, dims: Any = "auto", hidden_sizes: Any = "auto", cv: Any = 3, max_rows: int = 1500,
    random_state: Any = None,
) -> EmbeddingDimSelection:  # fmt: skip
    """Choose the width of the bottleneck, and the hidden layers, without labels.

    Every candidate is trained on all folds but one and scored on the held-out fold, by the mean of three figures that
    are 1 at best: the share of variance that it reconstructs (per degree of freedom, see Notes), trustworthiness (are
    neighbours in the embedding neighbours in the rows?) and continuity (the reverse). The choice is the smallest width
    whose mean score lies within one standard error of the best, among widths up to the intrinsic dimension of the rows.

    Parameters
    ----------
    estimator : Autoencoder or DeepKMeans
        Neither fitted nor changed. An ``Autoencoder`` keeps all its settings (``batch_size="auto"`` gives about ten
        steps an epoch). For a ``DeepKMeans``, its autoencoder is judged on rows scaled as it scales them; it does not
        cluster, since scores of clusterings cannot be compared between embeddings. Pictures are judged as flat rows.
    X : array, data frame, tensor or sparse matrix of shape (n_samples, n_features)
        Or pictures, or several inputs by name, as for ``DeepKMeans.fit``. NaN is imputed or refused, as the estimator
        does.
    dims : "auto", int or sequence of int, default="auto"
        Candidate widths. ``"auto"``: six from 0.3 to 1.6 times the intrinsic dimension. Widths beyond the
        number of columns are left out, and ``sentence`` says so.
    hidden_sizes : "auto", sequence of int or sequence of such sequences, default="auto"
        Candidate hidden layers. ``"auto"``: the linear autoencoder, whose optimum is the principal subspace (Baldi &
        Hornik 1989) and is computed instead of trained, and the estimator's own sizes, or where it has none (128, 128),
        (64, 64) under 1,000 rows. With sizes given, the linear one is in the table for comparison but not chosen.
    cv : int or splitter, default=3
        Folds (shuffled), at least 2, or a scikit-learn splitter.
    max_rows : int, default=1500
        At most this many rows, drawn at random, are used, which bounds the time.
    random_state : int, RandomState or None, default=None

    Returns
    -------
    EmbeddingDimSelection
        ``embedding_dim``, ``hidden_sizes``, ``params`` for ``estimator.set_params``, ``table``, ``plot()``,
        ``sentence``.

    Raises
    ------
    InvalidParameterError
        For another estimator, a network that cannot take another width, or no usable width.
    InvalidDataError
        For rows that are all equal, too few rows for the folds, infinity, or NaN with ``missing="error"``.

    Notes
    -----
    *Reconstruction.* A held-out row passes through the bottleneck itself, so its error falls with every further
    dimension, if only by the noise in it. As in adjusted R^2, the error is therefore divided by the share of degrees of
    freedom left, (p - width) / p for p inputs: for white noise, the quotient stays constant from the true width on.

    *Neighbourhoods.* Trustworthiness (Venna & Kaski, ICANN 2001) is scikit-learn's; continuity is the same with the
    spaces exchanged. Both compare the 10 neighbours of held-out rows in the embedding with those in the rows' principal
    components above the noise.

    *The bound.* A network that is a little too wide always copies a little better, as it need not unbend the surface on
    which the rows lie. So widths above the intrinsic dimension (:func:`deepkmeans.graph.intrinsic_dimension`; more
    exactly, above the candidate nearest to it by ratio) stay in the table but are not chosen.

    *Time.* folds x widths x networks trainings on at most ``max_rows`` rows: with the defaults, 18 networks of 1,000
    rows, for 100 columns about a minute of one core; more epochs, folds or layers cost in proportion. More than 256
    columns are reduced to their 128 principal components first, without a dense copy of sparse rows, except for a
    bounded output activation or a network of your own. Scaling and projection are fitted once on the sample, not per
    fold.

    Examples
    --------
    >>> import numpy as np
    >>> from deepkmeans import Autoencoder
    >>> from deepkmeans.model_selection import select_embedding_dim
    >>> draw = np.random.RandomState(0)
    >>> X = draw.randn(120, 3) @ draw.randn(3, 12) + 0.05 * draw.randn(120, 12)
    >>> selection = select_embedding_dim(Autoencoder(max_epochs=3), X, dims=(1, 2, 3, 4), random_state=0)
    >>> selection.embedding_dim
    3
    """
    _check(estimator, dims, hidden_sizes, max_rows)
    estimator, X = without_name(estimator, X)
    seeds = Seeds(random_state)
    rows, n_features = _sampled(estimator, X, max_rows, seeds)
    splits = _splits(cv, rows, seeds)
    intrinsic = intrinsic_dimension(torch.from_numpy(rows), seeds.numpy("intrinsic"))
    most = min(rows.shape[1], n_features)
    widths, left_out = _widths(dims, intrinsic, most)
    sizes, linear_competes = _sizes(estimator, hidden_sizes, len(rows))
    reference = _above_noise(rows, intrinsic, seeds)
    records: list[dict[str, Any]] = []
    for number, (train, test) in enumerate(splits):
        fold = Fold(number, rows[train], rows[test], reference[test])
        records += judge_linear(fold, widths)
        for width in widths:
            for hidden in sizes:
                network = _network(estimator, width, hidden, len(train), seeds.seed("network", number) % 2**32)
                records.append(judge_network(fold, network, width, hidden))
    layered = {"hidden_sizes", "activation"} <= estimator.get_params(deep=False).keys()  # DeepKMeans has neither
    return decide(
        records, intrinsic=intrinsic, linear_competes=linear_competes, left_out=left_out, n_features=n_features,
        n_samples=len(rows), layered=layered, takes_layers=_takes_layers(estimator),
    )  # fmt: skip


def _check(estimator: Any, dims: Any, hidden_sizes: Any, max_rows: Any) -> None:
    if not isinstance(estimator, (Autoencoder, DeepKMeans)):
        raise InvalidParameterError(
            "The 'estimator' parameter of select_embedding_dim must be an Autoencoder or a DeepKMeans. "
            f"Got {type(estimator).__name__} instead."
        )
    validate_estimator(estimator)
    if isinstance(estimator._network_source(), torch.nn.Module):
        raise InvalidParameterError(
            "The 'encoder' of the estimator must be a function (n_inputs, embedding_dim) -> module, or none, for its "
            f"width to be searched. Got the module {type(estimator.encoder).__name__} instead."
        )
    width = Interval(int, 1, None)
    validate_parameters(
        "select_embedding_dim",
        {
            "dims": [
                OneOf("auto"), width, Instance(lambda v: _all(v, width.accepts), "a sequence of integers >= 1"),
            ],
            "hidden_sizes": [
                OneOf("auto"),
                Instance(
                    lambda v: _all(v, width.accepts) or _all(v, lambda s: _all(s, width.accepts, empty=True)),
                    "a sequence of integers >= 1, or a sequence of such sequences",
                ),
            ],
            "max_rows": [width],
        },
        {"dims": dims, "hidden_sizes": hidden_sizes, "max_rows": max_rows},
    )  # fmt: skip


def _all(values: Any, accepts: Any, *, empty: bool = False) -> bool:
    is_sequence = isinstance(values, (list, tuple, range, np.ndarray))
    return is_sequence and (empty or len(values) > 0) and all(accepts(value) for value in values)


def _sampled(estimator: Any, X: Any, max_rows: int, seeds: Seeds) -> tuple[np.ndarray, int]:
    """At most ``max_rows`` rows (n, p), scaled as the estimator would, and the number of columns."""
    owner = type(estimator).__name__
    if several_inputs(estimator, X, "select_embedding_dim"):
        joined = joined_rows(estimator, X, max_rows, seeds)
        return joined, joined.shape[1]
    how, encoder = input_of(estimator)
    checked = check_any_input(X, owner, how, encoder=encoder, missing=estimator.missing)
    X = checked.X
    refuse_constant(X, "select_embedding_dim")
    if X.shape[0] > max_rows:
        X = X[np.sort(seeds.numpy("rows").permutation(X.shape[0])[:max_rows])]
        refuse_constant(X, "select_embedding_dim")
    bounds = None
    if isinstance(estimator, Autoencoder) and estimator._network_source() is None:
        bounds = (0.0, 1.0) if estimator.loss == "bce" else OUTPUT_RANGES.get(estimator.output_activation)
    space = fit_space(
        X, scaling_after(checked.preprocessor, estimator.scaling, bounds), seeds.numpy("projection"),
        rows=isinstance(estimator, DeepKMeans), output_range=bounds, project=_takes_layers(estimator),
    )  # fmt: skip
    return placed(X, space), X.shape[1]


def _splits(cv: Any, rows: np.ndarray, seeds: Seeds) -> list[tuple[np.ndarray, np.ndarray]]:
    if isinstance(cv, (int, np.integer)) and not isinstance(cv, bool):
        validate_parameters("select_embedding_dim", {"cv": [Interval(int, 2, None)]}, {"cv": cv})
        if len(rows) < cv * _FEWEST_HELD_OUT:
            raise InvalidDataError(
                f"n_samples={len(rows)} are too few for cv={cv} folds of at least {_FEWEST_HELD_OUT} rows: "
                f"give at least {cv * _FEWEST_HELD_OUT} rows, or fewer folds."
            )
        cv = KFold(int(cv), shuffle=True, random_state=seeds.seed("folds") % 2**32)
    elif isinstance(cv, str) or not hasattr(cv, "split"):
        raise InvalidParameterError(
            f"The 'cv' parameter of select_embedding_dim must be an integer >= 2 or a splitter. Got {cv!r} instead."
        )
    splits = [(np.asarray(train), np.asarray(test)) for train, test in check_cv(cv).split(rows)]
    fewest = min(min(len(train), len(test)) for train, test in splits)
    if fewest < _FEWEST_HELD_OUT:
        raise InvalidDataError(
            f"A fold of {fewest} row(s) is too small to be judged: the 'cv' splitter must leave at least "
            f"{_FEWEST_HELD_OUT} rows on both sides. Give more rows, or fewer folds."
        )
    return splits


def _widths(dims: Any, intrinsic: IntrinsicDimension | None, most: int) -> tuple[list[int], list[int]]:
    """Candidate widths up to ``most``, ascending, and those that are left out."""
    if isinstance(dims, str):
        if intrinsic is None:
            wanted = {width for width in _WITHOUT_ESTIMATE if width <= most}
        else:
            wanted = {min(max(1, round(share * intrinsic.value)), most) for share in _SHARES}
    else:
        wanted = {int(width) for width in (dims if isinstance(dims, (Sequence, np.ndarray)) else [dims])}
    usable = sorted(width for width in wanted if width <= most)
    if not usable:
        raise InvalidParameterError(
            f"The 'dims' parameter of select_embedding_dim must hold a width of at most {most}, the number of columns. "
            f"Got {sorted(wanted)} instead."
        )
    return usable, sorted(wanted - {*usable})


def _takes_layers(estimator: Any) -> bool:
    return not callable(estimator._network_source())


def _sizes(estimator: Any, hidden_sizes: Any, n_samples: int) -> tuple[list[tuple[int, ...]], bool]:
    """Candidate hidden layers, and whether the linear autoencoder is one of the candidates."""
    if not _takes_layers(estimator):
        if not isinstance(hidden_sizes, str):
            raise InvalidParameterError(
                "The 'hidden_sizes' parameter of select_embedding_dim must be 'auto' for an estimator whose 'encoder' "
                f"is a function, which decides on its layers itself. Got {hidden_sizes!r} instead."
            )
        return [()], False
    if isinstance(hidden_sizes, str):
        sizes = tuple(int(size) for size in getattr(estimator, "hidden_sizes", ()))
        return [sizes or ((64, 64) if n_samples < 1000 else (128, 128))], True
    if not isinstance(hidden_sizes[0], (list, tuple, np.ndarray)):
        hidden_sizes = [hidden_sizes]
    return list(dict.fromkeys(tuple(int(size) for size in sizes) for sizes in hidden_sizes)), False


def _network(estimator: Any, width: int, hidden: tuple[int, ...], n_samples: int, seed: int) -> Autoencoder:
    """An unfitted autoencoder of that width, for rows that are already scaled."""
    batch_size = 2 ** round(math.log2(min(max(n_samples / _STEPS, _SMALLEST_BATCH), _LARGEST_BATCH)))
    changes = {
        "embedding_dim": width, "hidden_sizes": hidden, "scaling": "none", "random_state": seed, "preprocessor": "auto",
    }  # fmt: skip
    if estimator._frozen_encoder is not None:
        changes["encoder"] = None
    if isinstance(estimator, Autoencoder):
        network = clone(estimator)
        if network.batch_size == "auto":
            changes["batch_size"] = batch_size
    else:
        network = Autoencoder(
            max_epochs=_EPOCHS, batch_size=batch_size, device=estimator.device, precision=estimator.precision,
            encoder=None if _takes_layers(estimator) else estimator._network_source(),
        )  # fmt: skip
    for name, value in changes.items():  # no set_params: a subclass may not take all of them
        setattr(network, name, value)
    return network


def _above_noise(rows: np.ndarray, intrinsic: IntrinsicDimension | None, seeds: Seeds) -> np.ndarray:
    """Rows in the principal components above the noise, where neighbours mean something."""
    if intrinsic is None or not intrinsic.noise:
        return rows
    mean, components = principal_components(torch.from_numpy(rows), intrinsic.n_components, seeds.numpy("axes"))
    return np.asarray(((torch.from_numpy(rows) - mean) @ components).numpy())
