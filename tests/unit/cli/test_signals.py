"""Ctrl-C, SIGTERM and SIGHUP: one line and the right code, wherever they arrive."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deepkmeans.cli import signals
from deepkmeans.cli.signals import HungUp, Terminated, allowed, deferred, handled, raise_if_received, received
from tests.subprocesses import PATIENCE, environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")

STOPS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "ended by SIGTERM")}
if os.name != "nt":
    STOPS[signal.SIGHUP] = (129, "ended by SIGHUP")


@pytest.fixture(autouse=True)
def started_by_hand() -> Iterator[None]:
    """No signal is ignored, as nohup and a shell's ``&`` would have it."""
    before = {number: signal.getsignal(number) for number in STOPS}
    for number, handler in before.items():
        if handler is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


#: Sends the process a signal when a module begins to be imported.
AT_IMPORT = """
import os, sys
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["STOP_AT"]:
            os.kill(os.getpid(), int(os.environ["STOP_WITH"]))
sys.meta_path.insert(0, Stop())
"""


def stopped_at(module: str, number: signal.Signals, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "sitecustomize.py").write_text(AT_IMPORT)
    variables = environment(STOP_AT=module, STOP_WITH=str(number.value))
    variables["PYTHONPATH"] = os.pathsep.join([str(folder), variables["PYTHONPATH"]])
    return subprocess.run(
        [sys.executable, "-m", "deepkmeans", *arguments], env=variables, capture_output=True, text=True,
        timeout=PATIENCE, check=False, cwd=folder,
    )  # fmt: skip


def check(done: subprocess.CompletedProcess[str], number: signal.Signals) -> None:
    code, words = STOPS[number]
    assert done.returncode == code, done.stderr
    assert done.stderr.splitlines()[-1] == f"deepkmeans: error: {words}"
    assert done.stderr.count("deepkmeans: error: ") == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("number", STOPS)
@pytest.mark.parametrize("module", ["typer", "deepkmeans.cli.fit", "numpy"])
def test_during_imports(module: str, number: signal.Signals, files: Path, tmp_path: Path) -> None:
    check(stopped_at(module, number, "fit", str(files / "flowers.csv"), folder=tmp_path), number)
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["sitecustomize.py"]


HEAVIER = [
    "numpy.linalg", "pandas", "pandas._libs.tslibs", "scipy.sparse", "sklearn", "torch", "torch.nn",
    "torch.optim", "safetensors", "deepkmeans.estimators", "deepkmeans.training", "deepkmeans.cli.fit_run",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("module", "number"), [*zip(HEAVIER, itertools.cycle(STOPS), strict=False)])  # one signal each
def test_during_heavier_imports(module: str, number: signal.Signals, files: Path, tmp_path: Path) -> None:
    done = stopped_at(module, number, "fit", str(files / "flowers.npz"), "-k", "3", folder=tmp_path)
    if done.returncode == 0:
        assert "run-flowers: 240 rows" in done.stdout  # nothing imports it any more
        return
    check(done, number)
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["sitecustomize.py"]


def test_a_signal_that_was_ignored_stays_ignored(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(AT_IMPORT)
    variables = environment(STOP_AT="typer", STOP_WITH=str(signal.SIGHUP.value))
    variables["PYTHONPATH"] = os.pathsep.join([str(tmp_path), variables["PYTHONPATH"]])
    done = subprocess.run(
        ["nohup", sys.executable, "-m", "deepkmeans", "--version"], env=variables, capture_output=True, text=True,
        timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.startswith("deepkmeans ")


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


def test_the_handling_before_is_put_back() -> None:
    before = [signal.getsignal(number) for number in STOPS]
    with handled():
        assert [signal.getsignal(number) for number in STOPS] == [signals._RECEIVED.stop] * len(STOPS)
    assert [signal.getsignal(number) for number in STOPS] == before


def test_a_signal_stops_at_once_and_is_remembered() -> None:
    with handled():
        with pytest.raises(Terminated):
            send(signal.SIGTERM)
        assert received() is Terminated
        with pytest.raises(Terminated):
            raise_if_received()
        signals.answered()
        raise_if_received()


def test_a_deferred_signal_stops_at_the_end() -> None:
    done = []
    with handled():
        with pytest.raises(HungUp), deferred():
            send(signal.SIGHUP)
            send(signal.SIGINT)
            done.append("written")
        assert done == ["written"]


def test_an_error_in_the_deferred_part_comes_before_the_signal() -> None:
    with handled(), pytest.raises(ValueError, match="the disk"), deferred():
        send(signal.SIGTERM)
        raise ValueError("the disk")


def test_the_first_stop_of_training_is_raised_and_the_second_waits_for_the_results() -> None:
    done = []

    def fit_and_write() -> None:
        with deferred():
            try:
                with allowed():
                    send(signal.SIGINT)
                    done.append("never")
            except KeyboardInterrupt:
                send(signal.SIGTERM)
                done.append("written")

    with handled(), pytest.raises(Terminated):
        fit_and_write()
    assert done == ["written"]


def test_the_second_signal_does_not_spoil_what_the_first_one_saves() -> None:
    saved = []

    def train() -> None:
        try:
            send(signal.SIGINT)
        finally:
            send(signal.SIGINT)  # while the estimator finishes with its last complete epoch
            saved.append("finished")

    with handled(), pytest.raises(KeyboardInterrupt), deferred(), allowed():
        train()
    assert saved == ["finished"]


def test_a_signal_that_a_library_swallowed_stops_at_the_next_occasion() -> None:
    with handled(), deferred():
        with pytest.raises(Terminated), allowed():
            try:
                send(signal.SIGTERM)
            except BaseException:  # noqa: BLE001, RUF100
                pass
            raise_if_received()
        signals.answered()
