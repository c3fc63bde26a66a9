"""The user's own transformer of tables and texts, such as a ColumnTransformer, a TableVectorizer or a TfidfVectorizer.

It is cloned, fitted on the rows as they were given, and applied wherever rows enter. What it makes must be numbers,
dense or sparse; NaN is a missing cell. A file does not hold it: :func:`deepkmeans.load` is given the fitted one again,
and knows it by a digest of what it has learnt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array
from torch import Tensor

from ..._validation import OneOf
from ...exceptions import InvalidDataError, InvalidParameterError, ModelFileError
from ...runtime import Seeds
from ...storage.schema import NAME, SIZE, TEXT, ListOf, Record, check_tensors, check_value
from ..given import GivenInput
from ..own_transformers import seeded_clone, state_digest, without_seeds
from ..sparse_inputs import table_as_dense
from ..validation import as_numbers

__all__ = ["TransformerPreprocessor"]

_RULES = Record(
    {
        "kind": NAME,
        "class": NAME,
        "state": TEXT,
        "n_given": SIZE,
        "n_features": SIZE,
        "seeded": [ListOf(NAME)],
        "takes": [OneOf("rows", "text")],
    },
    {"columns": [ListOf(TEXT)]},
)


@dataclass(frozen=True)
class TransformerPreprocessor:
    """A fitted transformer of the user's own.

    Attributes
    ----------
    transformer : estimator
    n_given, n_features : int
        Columns that it takes and makes.
    columns : list of str or None
        Names of those that it takes.
    seeded : list of str
        Parameters that were None and got a seed for the fit.
    takes : {"rows", "text"}
    """

    transformer: Any
    n_given: int
    n_features: int
    columns: list[str] | None
    seeded: list[str]
    takes: str

    kind = "transformer"
    scaled = False

    @classmethod
    def fit(cls, given: GivenInput, transformer: Any, *, seeds: Seeds) -> tuple[TransformerPreprocessor, Any]:
        """Fit a clone on ``given``, and what it makes of that."""
        fitted, seeded = seeded_clone(transformer, seeds, "preprocessor")
        try:
            fitted.fit(given.rows)
        except MemoryError:
            raise
        except Exception as error:  # code of others can fail in any way
            raise _failed(fitted, given, error) from error
        made = cls(fitted, given.shape[1], 0, given.names, seeded, given.kind)
        X = made._numbers(given)
        return replace(made, n_features=X.shape[1]), X

    @property
    def feature_names(self) -> Sequence[str] | None:
        """What the transformer calls its output, where it does."""
        try:
            names = [str(name) for name in self.transformer.get_feature_names_out()]
        except Exception:  # it names none
            return None
        return names if len(names) == self.n_features and len({*names}) == len(names) else None

    def transform(self, given: GivenInput) -> Any:
        """Rows (n, p) of numbers, as the :class:`~.base.Preprocessor` says."""
        made = self._numbers(given)
        if made.shape[1] != self.n_features:
            raise InvalidParameterError(
                f"The 'preprocessor' {_name(self.transformer)} must make {self.n_features} columns, as in the fit. Got "
                f"{made.shape[1]} columns of {len(given)} rows; choose one that learns its columns when it is fitted, "
                "such as OneHotEncoder(handle_unknown='ignore')."
            )
        return made

    def inverse(self, rows: np.ndarray) -> Any:
        """Rows (n, p) as the transformer's ``inverse_transform`` has them."""
        if not callable(getattr(self.transformer, "inverse_transform", None)):
            raise InvalidParameterError(
                f"The 'preprocessor' {_name(self.transformer)} has no inverse_transform, so an embedding cannot be "
                "decoded into the columns that were given; use preprocessor='auto', or one with inverse_transform."
            )
        return self.transformer.inverse_transform(rows)

    def report(self) -> dict[str, Any]:
        """Its class, and how many columns it made."""
        reason = f"for the preprocessor {_name(self.transformer)}"
        columns = [{"name": name, "kind": "given", "used": True, "reason": reason} for name in self.columns or ()]
        return {"kind": self.kind, "columns": columns, "n_features": self.n_features, "notes": []}

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """What a file can hold of it: its name and how to recognise it, not its code."""
        document = {
            "kind": self.kind, "class": _name(self.transformer), "state": state_digest(self.transformer),
            "n_given": self.n_given, "n_features": self.n_features, "seeded": self.seeded,
            "takes": self.takes,
        }  # fmt: skip
        return document | ({} if self.columns is None else {"columns": self.columns}), {}

    @staticmethod
    def check_parts(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse, with ``MismatchError``, what :meth:`to_parts` does not write; the sizes."""
        check_value(document, [_RULES], "'preprocessing'")
        check_tensors(tensors, {}, prefix="preprocessing/")
        check_value(document.get("columns"), [None, ListOf(TEXT, document["n_given"])], "'preprocessing'['columns']")
        return {name: document[name] for name in ("n_given", "n_features")}

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], transformer: Any
    ) -> TransformerPreprocessor:
        """The same around ``transformer``, which must be the fitted one."""
        name = document["class"]
        if transformer is None:
            raise ModelFileError(
                f"The model was fitted with preprocessor={name}(...), a transformer of the user's own, which is not in "
                "the file; load it with load(path, preprocessor=...), the fitted transformer (model.preprocessor_ of "
                "the saved model)."
            )
        if state_digest(transformer) != document["state"]:
            raise ModelFileError(
                f"The transformer given as preprocessor= is not the {name} of the fit: it has other parameters, or "
                "learnt from other rows. Give the one that was fitted with the model, model.preprocessor_."
            )
        return cls(
            transformer, document["n_given"], document["n_features"], document.get("columns"), document["seeded"],
            document["takes"],
        )  # fmt: skip

    def as_given(self) -> Any:
        """The transformer as it was before the fit."""
        return without_seeds(self.transformer, self.seeded)

    def _numbers(self, given: GivenInput) -> Any:
        """What the transformer makes of ``given``, checked: float32 or float64 (n, p), or CSR."""
        rows = given.rows
        if self.columns is not None and given.names is not None:
            lacking = sorted({*self.columns} - {*given.names})
            if lacking:
                raise InvalidDataError(
                    f"X lacks {len(lacking)} of the {self.n_given} columns of the fit, such as {lacking[0]!r}; give "
                    "all of them, in any order."
                )
            rows = rows[self.columns]
        elif given.shape[1] != self.n_given:
            raise InvalidDataError(
                f"X has {given.shape[1]} columns, but {_name(self.transformer)} was fitted on {self.n_given}; give "
                "those of the fit."
            )
        try:
            made = self.transformer.transform(rows)
        except MemoryError:
            raise
        except Exception as error:
            raise _failed(self.transformer, given, error) from error
        made = as_numbers(made, f"The output of the 'preprocessor' {_name(self.transformer)}")
        if len(made.shape) != 2 or made.shape[0] != len(given) or not made.shape[1]:
            raise InvalidDataError(
                f"The 'preprocessor' {_name(self.transformer)} must make a table with a row for each of the "
                f"{len(given)} rows, and at least one column. Got shape {tuple(made.shape)}; choose another."
            )
        made = check_array(made, accept_sparse="csr", dtype=None, ensure_all_finite=False)
        return table_as_dense(made) if sp.issparse(made) else made


def _name(transformer: Any) -> str:
    return type(transformer).__name__


def _failed(transformer: Any, given: GivenInput, error: Exception) -> InvalidParameterError:
    what = "texts" if given.kind == "text" else f"rows of {given.shape[1]} columns"
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:300].rstrip(".")
    cure = ""
    if re.search(r"\by\b", reason):
        cure = ". A clustering has no target y; choose one that needs none"
    return InvalidParameterError(
        f"The 'preprocessor' {_name(transformer)} cannot take {len(given)} {what}: {reason}{cure}"
    )
