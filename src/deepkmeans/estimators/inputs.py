"""What every estimator does with its rows: check them, remember the columns of its fit, and refuse others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from sklearn.base import ClusterMixin
from sklearn.utils.validation import validate_data

from ..data import CheckedInput
from ..data.frame_inputs import compare_names, odd_names
from ..data.validation import as_table, check_values, one_error
from ..exceptions import InvalidParameterError

__all__ = ["ChecksInput"]


class ChecksInput:
    """An estimator that takes any table of numbers; what it remembers of the columns is scikit-learn's, and
    ``_column_names`` where names are no strings."""

    def _check_input(
        self, X: Any, *, reset: bool, missing: str = "error", keep_sparse: bool = False, pictures: bool = False
    ) -> CheckedInput:  # fmt: skip
        """:func:`~deepkmeans.data.check_input`, whose names and number of columns are those of the fit.

        Raises
        ------
        InvalidDataError
            As ``check_input``, and, in scikit-learn's words, for another width or other column names.
        """
        table = as_table(X, type(self).__name__, keep_sparse=keep_sparse, pictures=pictures)
        with one_error():
            validate_data(self, table.X if table.frame is None else table.frame, reset=reset, skip_check_array=True)
        self._check_odd_names(odd_names(table.frame), reset=reset)
        names = getattr(self, "feature_names_in_", None)
        check_values(table.X, names, missing, hasattr(self, "missing"))
        return CheckedInput(table.X, table.frame, names, table.image_shape)

    def _check_odd_names(self, names: list[str] | None, *, reset: bool) -> None:
        """Remember column names of a fit that are not strings, or compare with them, as scikit-learn does with strings.

        Rows without names are taken as they are.
        """
        if reset:
            vars(self).pop("_column_names", None)
            if names and not hasattr(self, "feature_names_in_"):
                self._column_names = names
        elif names is not None and hasattr(self, "_column_names"):
            compare_names(names, self._column_names)

    @contextmanager
    def _kept_if_refused(self) -> Iterator[None]:
        """A fit that is refused for an argument, or before anything was trained, leaves the estimator as it was.

        So does a clustering that ends in an error before it has labels.
        """
        before = dict(vars(self))
        try:
            yield
        except Exception as error:
            trained = getattr(self, "history_", None)
            untrained = not trained or isinstance(error, InvalidParameterError) or trained is before.get("history_")
            unfinished = isinstance(self, ClusterMixin) and vars(self).get("labels_") is before.get("labels_")
            if unfinished or (untrained and isinstance(error, (ValueError, TypeError, OSError))):
                vars(self).clear()
                vars(self).update(before)
            raise

    def _with_fitted(self, attributes: Mapping[str, Any]) -> Self:
        """This estimator, fitted: with attributes from a file."""
        vars(self).update(attributes)
        return self
