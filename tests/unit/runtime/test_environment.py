"""Variables that foreign code sets are put back, in overlapping threads too."""

from __future__ import annotations

import os
import threading

import pytest

from deepkmeans.runtime import kept_environment


def test_variables_are_put_back_and_others_are_left_alone(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("MKL_NUM_THREADS", "2")
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    monkeypatch.setenv("MY_OWN", "before")
    with pytest.raises(ValueError, match="end"), kept_environment():
        os.environ["OMP_NUM_THREADS"] = "1"
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        os.environ["MY_OWN"] = "after"
        del os.environ["MKL_NUM_THREADS"]
        raise ValueError("end")
    assert os.environ["OMP_NUM_THREADS"] == "3" and os.environ["MKL_NUM_THREADS"] == "2"
    assert "TOKENIZERS_PARALLELISM" not in os.environ
    assert os.environ["MY_OWN"] == "after"


def test_blocks_that_overlap_restore_what_was_before_the_first(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with kept_environment():
            os.environ["OMP_NUM_THREADS"] = "7"
            entered.set()
            leave.wait(60)

    thread = threading.Thread(target=other)
    thread.start()
    assert entered.wait(60)
    with kept_environment():  # finds the other's value, which is not what it is to restore
        os.environ["OMP_NUM_THREADS"] = "9"
    leave.set()
    thread.join()
    assert os.environ["OMP_NUM_THREADS"] == "3"
