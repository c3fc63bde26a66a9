"""Progress of a fit on a terminal: stage, epochs, rate, time left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ..training import Callback

if TYPE_CHECKING:
    from ..training import TrainingState

__all__ = ["ProgressCallback"]

_STAGES = {
    "pretrain": "pretraining", "cluster": "clustering", "over-1": "teaching 1",
    "over-2": "teaching 2",
}  # fmt: skip


class ProgressCallback(Callback):
    """A training callback that draws one line a stage on stderr.

    Caps are caps: a stage that converges before its last epoch is shown as complete.
    """

    def __init__(self, n_rows: int) -> None:
        self.n_rows = n_rows
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._stage: str | None = None

    def setup(self, state: TrainingState) -> None:
        """A stage begins."""
        if self._progress is None:
            self._progress = Progress(
                TextColumn("{task.description:<12}"),
                BarColumn(),
                TextColumn("epoch {task.completed:.0f} of at most {task.total:.0f}"),
                TextColumn("{task.fields[rate]}"),
                TextColumn("{task.fields[loss]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=Terminal(stderr=True),
            )
            self._progress.start()
        self._begin(state)

    def on_epoch_end(self, state: TrainingState) -> bool | None:
        """An epoch ended: its record holds the loss and the seconds."""
        if self._progress is None:
            self.setup(state)
        assert self._progress is not None
        if str(state.phase) != self._stage:
            self._begin(state)
        assert self._task is not None
        record = state.record
        seconds, loss = record.get("seconds"), record.get("loss")
        self._progress.update(
            self._task,
            completed=state.epoch,
            rate=f"{self.n_rows / seconds:,.0f} rows/s" if seconds else "",
            loss="" if loss is None else f"loss {loss:.4g}",
        )
        return None

    def teardown(self, state: TrainingState) -> None:
        """A stage ended; what is printed next is not the display's."""
        self._complete()
        self.close()

    def close(self) -> None:
        """Leave the terminal in order, whatever happened."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = self._task = self._stage = None

    def _begin(self, state: TrainingState) -> None:
        assert self._progress is not None
        self._complete()
        self._stage = str(state.phase)
        self._task = self._progress.add_task(
            _STAGES.get(self._stage, self._stage), total=state.max_epochs, rate="", loss=""
        )

    def _complete(self) -> None:
        if self._progress is not None and self._task is not None:
            task = self._progress.tasks[self._progress.task_ids.index(self._task)]
            self._progress.update(self._task, total=max(1, task.completed))
