"""Every error and warning of the package, and what each one asks of its reader.

::

    DeepKMeansError
    ├── InvalidParameterError   (ValueError)   an argument is outside its domain          CLI exit 2
    ├── InvalidDataError        (ValueError)   the rows cannot be clustered as they are   CLI exit 3
    │   └── InvalidCellError    (TypeError)    a cell is a list or another object
    ├── ModelFileError          (ValueError)   a .dkm file is damaged, foreign or newer   CLI exit 4
    │   └── CheckpointError                    a checkpoint cannot continue this fit
    ├── OutputError             (OSError)      a result cannot be written                 CLI exit 1, 2 or 5
    ├── TrainingDivergedError   (ArithmeticError)  the loss left the finite numbers       CLI exit 1
    └── MissingDependencyError  (ImportError)  an extra is not installed                  CLI exit 1

    ConvergenceWarning (scikit-learn's)  a cap was reached before convergence
    CollapseWarning    (UserWarning)     fewer clusters are alive than were asked for
    MissingValuesWarning (UserWarning)   NaN was imputed
    UncertainStructureWarning (UserWarning)  different partitions are as good, as far as can be told

Messages name the argument, the value received, what was expected and the cure, in one line.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "CheckpointError",
    "CollapseWarning",
    "DeepKMeansError",
    "InvalidCellError",
    "InvalidDataError",
    "InvalidParameterError",
    "MissingDependencyError",
    "MissingValuesWarning",
    "ModelFileError",
    "OutputError",
    "TrainingDivergedError",
    "UncertainStructureWarning",
]


def __dir__() -> list[str]:
    return list(__all__)


class DeepKMeansError(Exception):
    """Base class of all errors raised on purpose by this package."""


class InvalidParameterError(DeepKMeansError, ValueError):
    """An argument has a type or value that is not accepted."""


class InvalidDataError(DeepKMeansError, ValueError):
    """The data cannot be used: infinite values, text among numbers, too few rows, nothing that varies."""


class InvalidCellError(InvalidDataError, TypeError):
    """A cell is a list, a dict, an interval or another object instead of a number.

    A TypeError, too, as scikit-learn asks of estimators.
    """


class ModelFileError(DeepKMeansError, ValueError):
    """A model file is damaged, is not a model file, or was written by a newer version."""


class CheckpointError(ModelFileError):
    """A checkpoint is damaged or belongs to another fit (other data, parameters or minor version).

    Attributes
    ----------
    differences : dict
        Of a checkpoint of another fit: for each setting that differs, its value there and its value here.
    """

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.differences: dict[str, tuple[Any, Any]] = {}


class OutputError(DeepKMeansError, OSError):
    """A result cannot be written: the target exists, the disk is full or the folder is read-only.

    ``errno`` is that of the operating system, so that callers can tell a full disk from a permission.
    """

    def __str__(self) -> str:
        # OSError would print "[Errno 28] None: ..." for an error made of a sentence and a number.
        return str(self.args[-1]) if self.args else ""


class TrainingDivergedError(DeepKMeansError, ArithmeticError):
    """The loss or a gradient became non-finite again after every permitted roll-back.

    Attributes
    ----------
    model : object or None
        The estimator, fitted with the last finite state, when one exists.
    term, epoch, step : where the non-finite number appeared.
    """

    def __init__(self, message: str, *, term: str = "loss", epoch: int = -1, step: int = -1) -> None:
        super().__init__(message)
        self.term, self.epoch, self.step = term, epoch, step
        self.model: Any = None


class MissingDependencyError(DeepKMeansError, ImportError):
    """A feature needs an extra that is not installed; the message holds the install line."""


class CollapseWarning(UserWarning):
    """Fewer clusters hold rows than were asked for, or the embedding has shrunk to one point."""


class UncertainStructureWarning(UserWarning):
    """Partitions that differ are equally good, as far as can be told; ``alternatives_`` has them."""


class MissingValuesWarning(UserWarning):
    """Missing values were imputed; ``report_`` tells where and how many.

    Also of ``predict`` and all others: cells of a table could not be read as in the fit, or are of categories that it
    has not seen, and count as missing; the message names columns, numbers and examples.
    """
