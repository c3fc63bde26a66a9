"""Files read by threads: decoding is done outside of Python's lock."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from ...runtime import usable_cpus

__all__ = ["in_threads", "quiet_reading"]

#: Rows that a thread takes at a time.
_BLOCK = 16
#: ``warnings.catch_warnings`` changes the filters of the process, which threads would restore for one another.
_filters = threading.Lock()


@contextmanager
def quiet_reading() -> Iterator[None]:
    """Without the warnings of Pillow of odd files: what matters of them is among the reasons."""
    with _filters, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
        yield


def in_threads(function: Callable[[int], None], rows: Sequence[int], block: int = _BLOCK) -> None:
    """Call a function for every row, on all processors, a ``block`` of rows at a time."""
    blocks = [rows[start : start + block] for start in range(0, len(rows), block)]

    def run(some: Sequence[int]) -> None:
        for row in some:
            function(row)

    if len(blocks) < 2:
        for some in blocks:
            run(some)
        return
    with ThreadPoolExecutor(min(len(blocks), usable_cpus())) as pool:
        futures = [pool.submit(run, some) for some in blocks]
        try:
            for future in futures:
                future.result()
        except BaseException:  # such as Ctrl-C: what has not begun is not waited for
            pool.shutdown(wait=False, cancel_futures=True)
            raise


