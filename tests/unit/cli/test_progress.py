"""The line of progress: of the whole fit, labelled, usable on narrow terminals, honest when a fit is stopped."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console as Terminal

from deepkmeans import DeepKMeans
from deepkmeans.cli import progress
from deepkmeans.cli.progress import ProgressCallback
from deepkmeans.training import Callback


def model() -> SimpleNamespace:
    """A prepared model as the display sees it."""
    return SimpleNamespace(plan_=SimpleNamespace(phases={"pretrain": 30, "cluster": 70}))


def state(phase: str, epoch: int, max_epochs: int, seconds: float = 2.0, **more: Any) -> Any:
    record = {"loss": 0.123456, "seconds": seconds}
    known = {"converged": False, "interrupted": False} | more
    return SimpleNamespace(phase=phase, epoch=epoch, max_epochs=max_epochs, record=record, **known)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that is set by hand."""
    own = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(progress.time, "monotonic", lambda: own.now)
    return own


def test_the_time_left_is_that_of_all_phases(clock: SimpleNamespace) -> None:
    display = ProgressCallback(model(), 600)
    display.setup(state("pretrain", 0, 30))
    assert np.isnan(display.seconds_left())
    display.on_epoch_end(state("pretrain", 10, 30))
    assert display.seconds_left() == (20 + 70) * 2.0
    assert display.share() == 0.1
    clock.now += 1.5
    assert display.seconds_left() == (20 + 70) * 2.0 - 1.5
    display.teardown(state("pretrain", 12, 30, converged=True))  # before its cap: the phase is done
    assert display.share() == 0.3
    display.setup(state("cluster", 0, 70))
    display.on_epoch_end(state("cluster", 35, 70, seconds=0.5))
    assert display.seconds_left() == 35 * 0.5
    assert display.share() == 0.65
    assert "rows/s" in display.line(120).plain and "1,200 rows/s" in display.line(120).plain


@pytest.mark.parametrize("width", [30, 40, 50, 60, 80, 120, 200])
def test_a_line_fits(width: int, clock: SimpleNamespace) -> None:
    display = ProgressCallback(model(), 60_000)
    display.setup(state("pretrain", 0, 30))
    display.on_epoch_end(state("pretrain", 30, 30, seconds=130.0))
    display.setup(state("cluster", 0, 1200))
    display.on_epoch_end(state("cluster", 1012, 1200, seconds=130.0))
    clock.now += 35
    for ascii_only in (False, True):
        line = display.line(width, ascii_only=ascii_only).plain
        assert len(line) <= width and line.startswith("clustering")
        if width >= 50:
            assert "elapsed 0:35" in line and "left " in line and "1012" in line
        assert ("━━" in line or "##" in line) == (width >= 60) and (line.isascii() or not ascii_only)
    if width >= 120:
        assert "epoch 1012 of at most 1200" in line and "loss 0.1235" in line and "left at most 7:51:45" in line


def test_before_training_only_the_time_is_known(clock: SimpleNamespace) -> None:
    display = ProgressCallback(model(), 60)
    clock.now += 3700
    assert display.line(80).plain.split() == ["preparing", "elapsed", "1:01:40"]


def drawn(monkeypatch: pytest.MonkeyPatch, watcher: Callback | None = None, **parameters: Any) -> str:
    """What a terminal of 140 columns gets of a short fit."""
    screen = io.StringIO()
    monkeypatch.setattr(
        progress, "Terminal", lambda stderr: Terminal(file=screen, force_terminal=True, width=140, color_system=None)
    )
    X = np.random.RandomState(0).normal(size=(60, 3))
    estimator = DeepKMeans(2, device="cpu", random_state=0, pretrain_epochs=2, max_epochs=2, **parameters)
    display = ProgressCallback(estimator, 60)
    estimator.set_params(callbacks=[display, *([watcher] if watcher else [])])
    with display:
        estimator.fit(X)
    return screen.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_fit_draws_its_stages_and_ends_full(monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(monkeypatch, objective="dcn")
    assert "pretraining" in text and "clustering" in text
    assert "epoch 2 of at most 2" in text and "rows/s" in text and "loss" in text
    last = text.split("done")[-1]
    assert "━" in last and "─" not in last and "left" not in last
    assert text.count("\033[?25l") == text.count("\033[?25h")  # the cursor is shown again


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_stopped_fit_does_not_look_done(monkeypatch: pytest.MonkeyPatch) -> None:
    class CtrlC(Callback):
        def on_epoch_end(self, state: Any) -> None:
            if state.phase == "cluster":
                raise KeyboardInterrupt

    screen: list[str] = []
    real = progress.ProgressCallback.line

    def line(self: ProgressCallback, width: int, **options: Any) -> Any:
        text = real(self, width, **options)
        screen.append(text.plain)
        return text

    monkeypatch.setattr(progress.ProgressCallback, "line", line)
    with pytest.raises(KeyboardInterrupt):
        drawn(monkeypatch, CtrlC(), objective="dcn")
    assert screen[-1].startswith("stopped") and screen[-1].count("━") == 30 and screen[-1].count("─") == 10
    assert "epoch 1 of at most 2" in screen[-1] and "left" not in screen[-1]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_fit_without_training_leaves_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(monkeypatch, partition="k-means")
    assert "epoch" not in text  # a quick one may end before anything is drawn
    assert "done" in text and text.rstrip().endswith("\033[2K")  # the line is erased
