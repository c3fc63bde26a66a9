"""Counts of threads: one inside the block, what the caller had after it, in threads at once too."""

import threading

import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from deepkmeans.runtime import one_thread, one_thread_in_all


def blas():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.fixture(autouse=True)
def two():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with threadpool_limits(2, user_api="blas"):
        yield
    torch.set_num_threads(before)


def test_one_thread_inside_and_two_after():
    assert blas() and set(blas()) == {2}
    with one_thread_in_all():
        assert torch.get_num_threads() == 1 and set(blas()) == {1}
        with one_thread_in_all():
            assert set(blas()) == {1}
        assert set(blas()) == {1}
    assert torch.get_num_threads() == 2 and set(blas()) == {2}
    with one_thread(when=False):
        assert torch.get_num_threads() == 2


def test_counts_come_back_after_an_error():
    with pytest.raises(ZeroDivisionError), one_thread_in_all():
        _ = 1 / 0
    assert torch.get_num_threads() == 2 and set(blas()) == {2}


def test_blocks_that_overlap_in_threads_leave_the_count_as_it_was():
    entered, leave = threading.Barrier(2), threading.Event()
    seen = []

    def first():
        with one_thread_in_all():
            seen.append(torch.get_num_threads())
            entered.wait()
        leave.set()

    def second():
        with one_thread_in_all():
            entered.wait()
            leave.wait()
            seen.append(torch.get_num_threads())

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1, 1] and set(blas()) == {2} and torch.get_num_threads() == 2
