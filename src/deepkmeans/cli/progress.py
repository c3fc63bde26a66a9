"""Progress of a fit on a terminal: one line for the whole fit, with the time taken and the time left."""

from __future__ import annotations

import math
import time
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console as Terminal
from rich.console import ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from ..training import Callback

if TYPE_CHECKING:
    from ..training import TrainingState

__all__ = ["ProgressCallback"]

_STAGES = {
    "pretrain": "pretraining", "cluster": "clustering", "over-1": "self-train 1",
    "over-2": "self-train 2",
}  # fmt: skip
_STAGE_WIDTH = max(map(len, _STAGES.values()))
#: The mean time of this many last epochs predicts those to come.
_RECENT = 5
_REDRAWS_A_SECOND = 4
_SHORTEST_BAR, _SHORT_BAR, _LONGEST_BAR = 5, 10, 40
#: Columns left free for the ^C that a terminal shows, which would otherwise break the line.
_ECHO = 3


class ProgressCallback(Callback):
    """A training callback, and the context of a fit, that draws one line on stderr.

    The bar and the time left count all epochs of all phases, up to their caps; a phase that converges earlier counts
    as done. A fit that fails or is interrupted leaves the bar where it was.

    Parameters
    ----------
    model : DeepKMeans
        The estimator that is fitted.
    n_samples : int
    """

    def __init__(self, model: Any, n_samples: int) -> None:
        self.model, self.n_samples = model, n_samples
        self._live: Live | None = None
        self._stage, self._caps, self._ended = "preparing", {}, set()  # type: ignore[var-annotated]
        self._phase, self._epoch, self._loss = "", 0, math.nan
        self._seconds: deque[float] = deque(maxlen=_RECENT)
        self._started = self._since = time.monotonic()
        self._state = "running"

    def __enter__(self) -> ProgressCallback:
        self._started = self._since = time.monotonic()
        # Only stderr is redirected, so that messages appear above the line: stdout is for results.
        self._live = Live(
            get_renderable=lambda: self, console=Terminal(stderr=True), refresh_per_second=_REDRAWS_A_SECOND,
            redirect_stdout=False,
        )  # fmt: skip
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        self._state = "done" if kind is None else "stopped"
        if self._live is not None:
            self._live.transient = not self._caps  # a fit without training leaves no line
            self._live.stop()
            self._live = None

    def setup(self, state: TrainingState) -> None:
        """A phase begins."""
        if not self._caps:
            self._caps = self.model.plan_.phases
        self._phase = str(state.phase)
        self._stage = _STAGES.get(self._phase, self._phase)
        self._caps[self._phase] = state.max_epochs
        self._epoch, self._loss, self._since = state.epoch, math.nan, time.monotonic()
        self._seconds.clear()
        self._redraw()

    def on_epoch_end(self, state: TrainingState) -> bool | None:
        """An epoch ended: its record holds the loss and the seconds."""
        self._epoch, self._loss, self._since = state.epoch, state.record["loss"], time.monotonic()
        self._seconds.append(state.record["seconds"])
        return None

    def teardown(self, state: TrainingState) -> None:
        """A phase ended; only one that was not cut short is done."""
        if not state.interrupted and (state.converged or state.epoch >= state.max_epochs):
            self._ended.add(self._phase)
            self._redraw()
            self._stage = "finishing" if self._ended >= set(self._caps) else "continuing"

    def _redraw(self) -> None:
        if self._live is not None:
            self._live.refresh()

    def share(self) -> float:
        """The share of all epochs of all phases that is done."""
        done = sum(self._done(phase) for phase in self._caps)
        return done / max(1, sum(self._caps.values()))

    def seconds_left(self) -> float:
        """An upper estimate: the epochs to come at the pace of the last ones.

        NaN before the first epoch and after the last.
        """
        epochs = sum(cap - self._done(phase) for phase, cap in self._caps.items())
        if not self._seconds or not epochs:
            return math.nan
        pace = sum(self._seconds) / len(self._seconds)
        return max(0.0, epochs * pace - (time.monotonic() - self._since))

    def _done(self, phase: str) -> int:
        if phase in self._ended:
            return self._caps[phase]
        return self._epoch if phase == self._phase else 0

    def __rich_console__(self, console: Terminal, options: ConsoleOptions) -> RenderResult:
        yield self.line(options.max_width - _ECHO, ascii_only=options.ascii_only)

    def line(self, width: int, *, ascii_only: bool = False) -> Text:
        """The line: as much of what is known as ``width`` columns hold."""
        stage = self._stage if self._state == "running" else self._state
        cap = self._caps.get(self._phase, 0)
        left = self.seconds_left() if self._state == "running" else math.nan
        pace = sum(self._seconds) / len(self._seconds) if self._seconds else math.nan
        # The longer and the shorter form of each part, shortened in the order below until the bar has room.
        parts = [
            (f"epoch {self._epoch} of at most {cap}", f"{self._epoch}/{cap}") if cap else ("", ""),
            (f"loss {self._loss:.4g}", "") if math.isfinite(self._loss) else ("", ""),
            (f"{self.n_samples / pace:,.0f} rows/s", "") if pace > 0 else ("", ""),
            (f"elapsed {_clock(time.monotonic() - self._started)}",) * 2,
            (f"left at most {_clock(left)}", f"left {_clock(left)}") if math.isfinite(left) else ("", ""),
        ]
        forms = [0] * len(parts)
        bar = _SHORT_BAR if self._caps else 0
        for shorter in (None, 2, 1, 4, 0):
            if shorter is not None:
                forms[shorter] = 1
            texts = [part[form] for part, form in zip(parts, forms, strict=True) if part[form]]
            room = width - _STAGE_WIDTH - sum(len(text) + 1 for text in texts) - 1
            if room >= bar:
                break
        text = Text(f"{stage:<{_STAGE_WIDTH}}", no_wrap=True, overflow="crop", end="")
        if bar and room >= _SHORTEST_BAR:
            size = min(room, _LONGEST_BAR)
            full = size if self._state == "done" else min(size - 1, int(size * self.share()))
            whole, rest = ("#", ".") if ascii_only else ("━", "─")
            text.append(" ").append(whole * full, "green").append(rest * (size - full), "bright_black")
        for part in texts:
            text.append(" " + part)
        text.truncate(width)
        return text


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
