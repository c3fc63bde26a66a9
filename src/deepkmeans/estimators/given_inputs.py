"""What the estimators with a network do with tables of any columns and with texts: see :mod:`..data.preprocessing`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils.validation import validate_data

from ..data import CheckedInput, Sample
from ..data.frame_inputs import as_frame
from ..data.given import GivenInput
from ..data.preprocessing.base import Preprocessor
from ..data.preprocessing.given_fit import as_in_the_fit, checked_rows, preprocessed
from ..data.validation import one_error
from ..exceptions import InvalidDataError
from ..runtime import Seeds
from .inputs import ChecksInput

__all__ = ["TakesGivenInput", "fitted_preprocessing"]


def fitted_preprocessing(preprocessor: Preprocessor | None) -> dict[str, Any]:
    """Fitted attributes; ``preprocessor_`` is a transformer of the user's own as it is."""
    return {"_preprocessor": preprocessor, "preprocessor_": getattr(preprocessor, "transformer", preprocessor)}


class TakesGivenInput(ChecksInput):
    """An estimator that takes numbers, tables of any columns, and texts; ``predict`` takes what ``fit`` took."""

    preprocessor: Any
    encoder: Any
    missing: str
    _preprocessor: Preprocessor | None = None
    #: What ``encoder`` is where no network is given.
    _own_network: ClassVar[str | None] = "auto"

    @property
    def _text_encoder(self) -> Any:
        """The parameter ``encoder`` where it is a pretrained encoder of texts, else None."""
        if self.encoder is None or (isinstance(self.encoder, str) and self.encoder == "auto"):
            return None
        from ..data.preprocessing.frozen import is_text_encoder

        return self.encoder if is_text_encoder(self.encoder) else None

    @property
    def _network_source(self) -> Any:
        """The parameter ``encoder`` where it is a network, or makes one; else what says so, "auto" or None."""
        return self._own_network if self._text_encoder is not None else self.encoder

    def _fit_input(self, X: Any, sample_weight: Any, seeds: Seeds) -> tuple[CheckedInput, Sample]:
        """Rows of any kind, checked, and with their weights; the columns are remembered.

        Raises
        ------
        InvalidDataError
            As ``check_input``, and for a table or texts of which nothing can be used.
        InvalidParameterError
            For an encoder of texts where X is none, and a preprocessor that cannot take X.
        """
        made = preprocessed(
            X, self.preprocessor, encoder=self._text_encoder, missing=self.missing, sample_weight=sample_weight,
            seeds=seeds,
        )  # fmt: skip
        if made is not None:
            self._compare_columns(made.given, reset=True)
            return made.checked, made.sample
        checked = self._check_input(X, reset=True, missing=self.missing, pictures=True)
        return checked, Sample.of(checked.X, sample_weight)

    def _checked(self, X: Any) -> Any:
        """Rows to encode, checked against the columns of the fit."""
        missing = getattr(self, "missing", "error")
        if self._preprocessor is None:
            return self._check_input(X, reset=False, missing=missing, pictures=True).X
        owner, n_features = type(self).__name__, int(vars(self)["n_features_in_"])
        given = as_in_the_fit(X, self._preprocessor, n_features, owner)
        if not len(given):
            raise InvalidDataError(f"Found array with 0 sample(s) while a minimum of 1 is required by {owner}.")
        named = "feature_names_in_" in vars(self)
        if given.kind != "text" and not (given.names and named):  # by position, as scikit-learn has it
            self._compare_columns(given, reset=False)
            given = given.named(vars(self).get("feature_names_in_")) if given.kind == "table" else given
        return checked_rows(self._preprocessor.transform(given), self._preprocessor, given, missing).X

    def _compare_columns(self, given: GivenInput, *, reset: bool) -> None:
        """Remember the columns of a fit, or compare with them, as scikit-learn does; names may be no strings."""
        frame = None if given.kind == "text" else as_frame(given.rows)
        columns = np.empty((1, given.shape[1])) if frame is None else frame
        with one_error():
            validate_data(self, columns, reset=reset, skip_check_array=True)
        self._check_odd_names(given.labels, reset=reset)
