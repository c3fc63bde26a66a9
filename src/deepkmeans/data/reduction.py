"""A transformer of your own before the network, instead of the projection.

A scikit-learn transformer, cloned, fitted on the rows as they are given, and applied wherever rows enter. Missing cells
are filled with the columns' means before, unless it takes NaN itself. It must give finite rows; ``reconstruct`` and
``decode`` need its ``inverse_transform``. A file does not hold it: :func:`deepkmeans.load` is given the fitted one
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.pipeline import Pipeline
from sklearn.utils import check_array, get_tags
from torch import Tensor

from ..exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from ..runtime import Seeds
from ..storage.schema import BOOL, NAME, ListOf, Record, TensorOf, check_tensors
from .column_kinds import columns
from .own_transformers import seeded_clone, without_seeds
from .sparse_inputs import table_as_dense
from .validation import as_numbers

__all__ = ["STORED_REDUCTION", "Reduction", "check_stored_reduction", "is_transformer"]

_PROBES = 2


def is_transformer(value: Any) -> bool:
    """Whether ``value`` is an estimator that can be cloned, fitted and applied to new rows."""
    return not isinstance(value, type) and all(
        callable(getattr(value, name, None)) for name in ("fit", "transform", "get_params", "set_params")
    )


class Reduction:
    """A scikit-learn transformer of the user's own, fitted.

    Attributes
    ----------
    transformer : estimator
    fill : ndarray of shape (d,)
        Column means of the training rows, which replace missing cells unless the transformer takes NaN itself.
    filled : ndarray of int
        Columns that had missing cells which were filled.
    probe, answer : ndarray of shape (2, d) and (2, p)
        Made-up rows in the range of the columns and what the transformer makes of them: a file holds these, and by
        them tells whether the transformer given to ``load`` is that of the fit.
    seeded : list of str
        Parameters of the transformer that were None and got a seed for the fit.
    """

    def __init__(
        self, transformer: Any, fill: np.ndarray, filled: np.ndarray, probe: np.ndarray, sparse: bool,
        seeded: list[str],
    ) -> None:  # fmt: skip
        self.transformer, self.fill, self.filled, self.probe, self.sparse = transformer, fill, filled, probe, sparse
        self.seeded = seeded
        self.answer: np.ndarray = np.empty((0, 0))

    @classmethod
    def fit(cls, transformer: Any, X: Any, seeds: Seeds) -> Reduction:
        """Fit a clone on checked rows (n, d); its own ``random_state=None`` are set from ``seeds``."""
        fitted, seeded = seeded_clone(transformer, seeds, "reduce")
        low, high, mean, _, missing = columns(X)
        filled = np.empty(0, dtype=np.int64) if _takes_nan(fitted) else np.flatnonzero(missing)
        share = seeds.numpy("probe").uniform(size=(_PROBES, len(low)))
        reduction = cls(fitted, mean, filled, low + (high - low) * share, sp.issparse(X), seeded)
        try:
            fitted.fit(reduction._complete(X))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise _failed(fitted, X, error) from error
        reduction.answer = reduction._answer()
        return reduction

    def transform(self, X: Any) -> Any:
        """Rows (n, p), an ndarray or CSR matrix in the precision of ``X``."""
        try:
            made = self.transformer.transform(self._complete(X))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise _failed(self.transformer, X, error) from error
        made = as_numbers(made, f"The output of the 'reduce' transformer {_name(self.transformer)}")
        shape, width = tuple(getattr(made, "shape", ())), self.answer.shape[1]
        if len(shape) != 2 or not shape[1] or (width and shape[1] != width):
            expected = f"{width} columns, as in the fit" if len(shape) == 2 and shape[1] else "at least one column"
            raise InvalidParameterError(
                f"The 'reduce' transformer {_name(self.transformer)} must make a table of rows and {expected}. Got "
                f"shape {shape} for {X.shape[0]} rows; choose another."
            )
        made = check_array(made, accept_sparse="csr", dtype=X.dtype, ensure_all_finite=False)
        if made.shape[0] != X.shape[0] or not np.isfinite(made.data if sp.issparse(made) else made).all():
            wrong = f"{made.shape[0]} rows" if made.shape[0] != X.shape[0] else "values that are not finite"
            raise InvalidDataError(
                f"The 'reduce' transformer {_name(self.transformer)} made {wrong} of {X.shape[0]} rows; "
                "choose one that gives a finite row for each row."
            )
        return table_as_dense(made)

    def refuse_constant(self, made: Any) -> None:
        """Refuse ``made`` (n, p), what the transformer has made of the rows of a fit, if all are the same."""
        low, high = columns(made)[:2]
        if not (high > low).any():
            raise InvalidDataError(
                f"The 'reduce' transformer {_name(self.transformer)} makes all {made.shape[0]} rows the same: "
                "DeepKMeans has nothing to learn. Choose one that keeps what distinguishes the rows."
            )

    def invert(self, rows: np.ndarray) -> np.ndarray:
        """Rows (n, p) back to the columns they were made of, (n, d)."""
        if not callable(getattr(self.transformer, "inverse_transform", None)):
            raise InvalidParameterError(
                f"The 'reduce' transformer {_name(self.transformer)} has no inverse_transform, so an embedding cannot "
                "be decoded into columns; use reduce='pca', or a transformer with inverse_transform."
            )
        return np.asarray(_dense(self.transformer.inverse_transform(rows)), dtype=rows.dtype)

    def report(self) -> dict[str, Any]:
        """What ``report_`` says of it: nothing beyond its name."""
        return {}

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """What a file can hold of it: its name and how to recognise it, not its code."""
        tensors = {"fill": self.fill, "filled": self.filled, "probe": self.probe, "answer": self.answer}
        document = {"class": _name(self.transformer), "sparse": self.sparse, "seeded": self.seeded}
        return document, {f"reduce/{name}": torch.from_numpy(np.ascontiguousarray(v)) for name, v in tensors.items()}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], transformer: Any) -> Reduction:
        """The same around ``transformer``, which must be the fitted one."""
        name = document["class"]
        if transformer is None:
            raise ModelFileError(
                f"The model was fitted with reduce={name}(...), a transformer of the user's own, which is not in the "
                "file; load it with load(path, reduce=...), the fitted transformer (model.reducer_ of the saved model)."
            )
        fill, filled, probe, answer = (
            tensors[f"reduce/{part}"].numpy() for part in ("fill", "filled", "probe", "answer")
        )
        reduction = cls(transformer, fill, filled, probe, document["sparse"], document.get("seeded", []))
        reduction.answer = answer
        try:
            given = reduction._answer()
        except Exception as error:  # not fitted, other columns, no transformer at all: all are the wrong object
            reason = " ".join(str(error).split())
            if isinstance(error, AttributeError):  # what an unfitted transformer of an older scikit-learn raises
                reason = f"{reason}; it may be not fitted yet"
            raise ModelFileError(f"The transformer given as reduce= is not the {name} of the fit: {reason}") from error
        if given.shape != answer.shape or not np.allclose(given, answer, rtol=1e-3, atol=1e-4 * np.abs(answer).max()):
            raise ModelFileError(
                f"The transformer given as reduce= is not the {name} of the fit: it maps the same rows elsewhere. "
                "Give the one that was fitted with the model, model.reducer_."
            )
        return reduction

    def as_given(self) -> Any:
        """The transformer as it was before the fit: not fitted, and without the seeds of the fit."""
        return without_seeds(self.transformer, self.seeded)

    def _answer(self) -> np.ndarray:
        """What the transformer makes of the made-up rows, given in the container of the training rows."""
        made = self.transform(sp.csr_matrix(self.probe) if self.sparse else self.probe)
        return np.asarray(_dense(made), dtype=np.float64)

    def _complete(self, X: Any) -> Any:
        """The rows for the transformer: a copy, as it may work in place."""
        if sp.issparse(X) or _takes_nan(self.transformer):
            return X.copy()
        missing = np.isnan(X)
        return np.where(missing, self.fill.astype(X.dtype), X) if missing.any() else X.copy()


_DOUBLE = [torch.float64]
_STORED = {
    "fill": TensorOf(_DOUBLE, ("n_features",)),
    "filled": TensorOf([torch.int64], ("n_filled",), low=0, below="n_features", may_be_empty=True),
    "probe": TensorOf(_DOUBLE, ("n_probes", "n_features")),
    "answer": TensorOf(_DOUBLE, ("n_probes", "n_columns")),
}
#: What :meth:`Reduction.to_parts` writes; "seeded" is not in files of the first release.
STORED_REDUCTION = Record({"class": NAME, "sparse": BOOL}, {"seeded": [ListOf(NAME)]})


def check_stored_reduction(tensors: Mapping[str, Tensor], sizes: Mapping[str, int]) -> dict[str, int]:
    """Refuse what is no reduction with :class:`~deepkmeans.storage.schema.MismatchError`; return the sizes by name."""
    return check_tensors(tensors, _STORED, prefix="reduce/", sizes=sizes)


def _takes_nan(transformer: Any) -> bool:
    """By its tags; a pipeline's say nothing of this, so its first step is asked."""
    first = transformer.steps[0][1] if isinstance(transformer, Pipeline) else transformer
    if isinstance(first, str):
        return False
    try:
        # scikit-learn before 1.8 warns of an object without tags instead of refusing it.
        return hasattr(first, "__sklearn_tags__") and bool(get_tags(first).input_tags.allow_nan)
    except AttributeError:  # a mixin without BaseEstimator
        return False


def _dense(rows: Any) -> Any:
    return rows.toarray() if sp.issparse(rows) else rows


def _name(transformer: Any) -> str:
    return type(transformer).__name__


def _failed(transformer: Any, X: Any, error: Exception) -> InvalidParameterError:
    shape = f"{X.shape[0]} {'sparse rows' if sp.issparse(X) else 'rows'} of {X.shape[1]} columns"
    reason = " ".join(str(error).split())
    return InvalidParameterError(f"The 'reduce' transformer {_name(transformer)} cannot take {shape}: {reason}")
