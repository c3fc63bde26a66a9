"""Small work on one thread: a count of the calling thread alone, put back whatever happens."""

from threading import Thread

import pytest
import torch

from deepkmeans.runtime import kept_threads, one_thread


@pytest.fixture(autouse=True)
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def counted():
    """The count that a new thread finds."""
    found = []
    thread = Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    return found[0]


def test_the_block_has_one_thread_and_others_keep_theirs():
    with one_thread():
        assert torch.get_num_threads() == 1
        assert counted() == 3  # a thread that starts meanwhile has the count that was set
        with one_thread():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3


def test_large_work_keeps_the_count():
    with one_thread(False):
        assert torch.get_num_threads() == 3


def test_the_count_is_put_back_after_an_error():
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert torch.get_num_threads() == 3


def test_a_count_that_others_set_is_put_back():
    with pytest.raises(ZeroDivisionError), kept_threads():
        torch.set_num_threads(2)
        raise ZeroDivisionError
    assert torch.get_num_threads() == 3
