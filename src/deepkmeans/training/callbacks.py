"""Watchers of the loop. A callback reads the state and may stop the phase; it never changes the mathematics."""

from __future__ import annotations

import logging
import numbers
from typing import TYPE_CHECKING, Any, ClassVar

from .._validation import Constraint, Instance, Interval, did_you_mean, validate_parameters
from ..exceptions import InvalidParameterError

if TYPE_CHECKING:
    from .state import TrainingState

__all__ = ["Callback", "EarlyStopping", "Progress"]

_LOGGER = logging.getLogger("deepkmeans")


class Callback:
    """Base class: does nothing.

    ``setup(state)`` runs before each phase, ``on_epoch_end(state)`` after each epoch (return True to stop the
    phase), ``teardown(state)`` after the phase, also when it failed or was interrupted.
    """

    def setup(self, state: TrainingState) -> None:
        """Before a phase."""

    def on_epoch_end(self, state: TrainingState) -> bool | None:
        """After an epoch; True stops the phase."""
        return None

    def teardown(self, state: TrainingState) -> None:
        """After a phase, whatever happened."""


class EarlyStopping(Callback):
    """Stop a phase when a number of the record has not fallen for ``patience`` epochs, and go back to its best.

    Parameters
    ----------
    monitor : str
        Key of the record; ``"held_out"`` is the loss of rows that are not trained on. A phase that only prepares
        another may lack it and is then left alone.
    patience : int
    min_improvement : float
        Relative fall that counts.

    Raises
    ------
    InvalidParameterError
        Of ``fit``, after the first epoch: the record has no number called ``monitor``.
    """

    _constraints: ClassVar[dict[str, list[Constraint]]] = {
        "monitor": [Instance(str, "the name of a number in the record, such as 'loss'")],
        "patience": [Interval(int, 1, None)],
        "min_improvement": [Interval(float, 0, 1, open_high=True)],
    }

    def __init__(self, monitor: str = "held_out", patience: int = 5, min_improvement: float = 1e-3) -> None:
        self.monitor, self.patience, self.min_improvement = monitor, patience, min_improvement
        validate_parameters("EarlyStopping", self._constraints, vars(self))

    def setup(self, state: TrainingState) -> None:
        self._best, self._since = float("inf"), 0
        self._snapshot: dict[str, Any] | None = None

    def on_epoch_end(self, state: TrainingState) -> bool | None:
        value = state.record.get(self.monitor)
        if not isinstance(value, numbers.Real):
            if state.epoch > 1 or state.settings.preparatory:
                return None
            names = [name for name, number in state.record.items() if isinstance(number, numbers.Real)]
            raise InvalidParameterError(
                f"The 'monitor' parameter of EarlyStopping must be a number in the record of phase {state.phase!r}: "
                f"{', '.join(names)}. Got {self.monitor!r} instead{did_you_mean(self.monitor, names)}."
            )
        if value < self._best:
            enough = self._best == float("inf") or value < self._best * (1 - self.min_improvement)
            self._since = 0 if enough else self._since + 1
            self._best, self._snapshot = float(value), state.snapshot()
        else:
            self._since += 1
        if self._since >= self.patience:
            return True
        return None

    def teardown(self, state: TrainingState) -> None:
        if self._snapshot is not None and not state.interrupted:
            state.roll_back(self._snapshot)
        self._snapshot = None


class Progress(Callback):
    """One line an epoch to the logger ``deepkmeans`` at level INFO: what ``verbose=1`` adds.

    Where nobody has configured logging, the lines go to standard error for the time of the phase.
    """

    def setup(self, state: TrainingState) -> None:
        self._handler: logging.Handler | None = None
        self._level = _LOGGER.level
        if not _LOGGER.hasHandlers():
            self._handler = logging.StreamHandler()
            _LOGGER.addHandler(self._handler)
            _LOGGER.setLevel(logging.INFO)

    def on_epoch_end(self, state: TrainingState) -> bool | None:
        numbers = {k: v for k, v in state.record.items() if k not in ("phase", "epoch")}
        text = " ".join(f"{name} {value:.4g}" for name, value in numbers.items())
        _LOGGER.info("%s %d/%d  %s", state.phase, state.epoch, state.max_epochs, text)
        return None

    def teardown(self, state: TrainingState) -> None:
        if self._handler is not None:
            _LOGGER.removeHandler(self._handler)
            _LOGGER.setLevel(self._level)
