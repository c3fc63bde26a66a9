"""What the estimators with a network do with tables of any columns and with texts: see :mod:`..data.preprocessing`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from sklearn.utils.validation import validate_data

from .._caller import caller_level
from ..data import CheckedInput, Sample
from ..data.frame_inputs import as_frame
from ..data.given import GivenInput
from ..data.media.picture_files import given_pictures
from ..data.media.pictures import listed
from ..data.media.pictures_as_arrays import pictures_as_arrays
from ..data.preprocessing.base import Preprocessor
from ..data.preprocessing.given_fit import as_in_the_fit, checked_rows, preprocessed, transform_with_unknown_cells
from ..data.validation import one_error
from ..exceptions import InvalidDataError, MissingValuesWarning
from ..runtime import Seeds
from .inputs import ChecksInput

__all__ = ["TakesGivenInput", "fitted_preprocessing", "warn_of_unknown_cells"]

#: Columns that one warning names.
_NAMED = 5


def fitted_preprocessing(preprocessor: Preprocessor | None) -> dict[str, Any]:
    """Fitted attributes; ``preprocessor_`` is a transformer of the user's own as it is."""
    return {"_preprocessor": preprocessor, "preprocessor_": getattr(preprocessor, "transformer", preprocessor)}


def warn_of_unknown_cells(unknown: Sequence[Any]) -> None:
    """One warning, at the caller, of the cells of each column of which the fit tells nothing."""
    more = "; ..." if len(unknown) > _NAMED else ""
    warnings.warn(f"{'; '.join(map(str, unknown[:_NAMED]))}{more}.", MissingValuesWarning, stacklevel=caller_level())


class TakesGivenInput(ChecksInput):
    """An estimator that takes numbers, tables of any columns, and texts; ``predict`` takes what ``fit`` took."""

    preprocessor: Any
    encoder: Any
    missing: str
    scaling_: Any
    _preprocessor: Preprocessor | None = None
    #: Height, width and channels, where the fit was of an array of pictures, in images or in rows.
    _image_shape: tuple[int, int, int] | None = None
    #: What ``encoder`` is where no network is given.
    _own_network: ClassVar[str | None] = "auto"

    @property
    def _frozen_encoder(self) -> Any:
        """The parameter ``encoder`` where it is a pretrained encoder whatever X is, else None."""
        encoder = self._of_input("encoder")
        if encoder is None or (isinstance(encoder, str) and encoder == "auto"):
            return None
        from ..data.preprocessing.frozen_kinds import is_frozen_encoder

        return encoder if is_frozen_encoder(encoder) else None

    @property
    def _encoder_of_inputs(self) -> Any:
        """The same, and a module that is one where X is pictures or recordings."""
        from ..data.preprocessing.frozen_kinds import is_module_of_media

        encoder = self._of_input("encoder")
        return encoder if is_module_of_media(encoder) else self._frozen_encoder

    def _network_source(self, preprocessor: Any = None) -> Any:
        """The parameter ``encoder`` where it is a network, or makes one; else what says so, "auto" or None.

        Parameters
        ----------
        preprocessor : Preprocessor or None
            Of the fit, which may have found that a module is an encoder of its pictures.
        """
        frozen = self._frozen_encoder is not None or getattr(preprocessor, "encoder", None) is not None
        return self._own_network if frozen else self._of_input("encoder")

    def _of_input(self, parameter: str) -> Any:
        """A parameter as it is meant for the one input."""
        return getattr(self, parameter)

    def _fit_input(self, X: Any, sample_weight: Any, seeds: Seeds) -> tuple[CheckedInput, Sample]:
        """Rows of any kind, checked, and with their weights; the columns are remembered.

        Raises
        ------
        InvalidDataError
            As ``check_input``, and for a table or texts of which nothing can be used.
        InvalidParameterError
            For an encoder of texts or pictures where X is none, and a preprocessor that cannot take X.
        """
        made = preprocessed(
            X, self._of_input("preprocessor"), encoder=self._encoder_of_inputs, missing=self.missing,
            sample_weight=sample_weight, seeds=seeds,
        )  # fmt: skip
        if made is not None:
            self._compare_columns(made.given, reset=True)
            return made.checked, made.sample
        checked = self._check_input(X, reset=True, missing=self.missing, pictures=True)
        return checked, Sample.of(checked.X, sample_weight)

    def _checked(self, X: Any) -> Any:
        """Rows to encode, checked against the columns of the fit."""
        return self._checked_and_given(X)[0]

    def _checked_with_excess(self, X: Any) -> tuple[Any, np.ndarray | None]:
        """Rows to encode, and how much farther out each is, (n,), than these show: see ``TablePreprocessor.excess``."""
        checked, given = self._checked_and_given(X)
        return checked, self._excess(given)

    def _excess(self, given: GivenInput | None) -> np.ndarray | None:
        excess = getattr(self._preprocessor, "excess", None)
        return None if excess is None else excess(given)

    def _checked_and_given(self, X: Any) -> tuple[Any, GivenInput | None]:
        missing = getattr(self, "missing", "error")
        if self._preprocessor is None:
            X = self._pictures_as_arrays(X)
            return self._check_input(X, reset=False, missing=missing, pictures=True).X, None
        given = self._as_given(X)
        X, unknown = transform_with_unknown_cells(self._preprocessor, given)
        checked = checked_rows(X, self._preprocessor, given, missing)
        if unknown:
            warn_of_unknown_cells(unknown)
        return checked.X, given

    def _pictures_as_arrays(self, X: Any) -> Any:
        """Pictures as an array, where the fit was of such arrays; all else as it is."""
        if self._image_shape is None:
            return X
        means, deviations = self.scaling_.fill.numpy(), self.scaling_.scale.numpy()
        pictures = pictures_as_arrays(X, self._image_shape, means, deviations, type(self).__name__)
        if pictures is None:
            if isinstance(X, (str, os.PathLike)):
                given_pictures(X, asked=True)  # says what is wrong with a path to no picture
            return X
        if pictures.skipped:
            verb = "is" if len(pictures.skipped) == 1 else "are"
            count = f"{len(pictures.skipped):,} of {len(pictures):,} pictures {verb} taken as the mean picture"
            warnings.warn(f"{count} ({listed(pictures.skipped)}).", MissingValuesWarning, stacklevel=caller_level())
        return pictures.values

    def _as_given(self, X: Any) -> GivenInput:
        """A table or texts as the preprocessor of the fit takes them."""
        owner, n_features = type(self).__name__, int(vars(self)["n_features_in_"])
        given = as_in_the_fit(X, self._preprocessor, n_features, owner)
        if not len(given):
            raise InvalidDataError(f"Found array with 0 sample(s) while a minimum of 1 is required by {owner}.")
        return self._with_columns_of_the_fit(given)

    def _with_columns_of_the_fit(self, given: GivenInput) -> GivenInput:
        """A table whose columns are named as those of the fit were: by their own names, or else by position.

        What has no names is taken by position, with scikit-learn's warning if the fit had some; so is a frame where
        either its names or those of the fit are strings, and the others are none.
        """
        schema = getattr(self._preprocessor, "schema", None)
        if schema is None or given.kind in ("text", "audio"):
            one = given.kind in ("text", "audio", "series")
            if not one and not (given.names and "feature_names_in_" in vars(self)):
                self._compare_columns(given, reset=False)
            return given
        if schema.named and given.names is not None:
            alike = (given.labels is None) == ("_column_names" not in vars(self))
            if alike or {*schema.kept_sources} <= {*given.names}:
                return given
        self._compare_columns(given, reset=False)
        return given.named(list(schema.sources) if schema.named else None)

    def _compare_columns(self, given: GivenInput, *, reset: bool) -> None:
        """Remember the columns of a fit, or compare with them, as scikit-learn does; names may be no strings."""
        columns = np.empty((1, given.shape[1])) if given.names is None or given.labels else as_frame(given.rows)
        with one_error():
            validate_data(self, columns, reset=reset, skip_check_array=True)
        self._check_odd_names(given.labels, reset=reset)
