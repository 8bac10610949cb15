"""Work on files that may be anything, in processes that are ended when they take too much.

A file can make the PDF library run without end, fill the memory, or bring its process down. Each
worker watches itself from a thread of its own and goes when one item takes too long or too much;
only that item is given up.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import psutil

MOST_SECONDS, MOST_MEMORY = 4.0, 300 * 2**20
"""What one item may take of time, and of memory (bytes) on top of what the process had."""


def watched(work: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    """Results of work on each item, in order, done on all processors; None for what was given up.

    Parameters
    ----------
    work
        A function that processes can be sent: of a module's top level.
    items
        What it is called with.
    """
    done, workers = 0, max(1, min(os.cpu_count() or 1, len(items) // 4))
    while done < len(items):
        try:
            for result in _in_processes(work, items[done:], workers):
                yield result
                done += 1
        except BrokenProcessPool:  # by this item or one after it: which, it shows alone
            try:
                yield next(_in_processes(work, items[done : done + 1], 1))
            except BrokenProcessPool:
                yield None
            done += 1


def _in_processes(work: Callable[[Any], Any], items: Sequence[Any], workers: int) -> Iterator[Any]:
    with ProcessPoolExecutor(workers, initializer=_watch_oneself) as pool:
        try:
            for future in [pool.submit(_timed, work, item) for item in items]:
                yield future.result()
        finally:  # no worker goes on once nobody waits for it
            pool.shutdown(cancel_futures=True)


_began: tuple[float, int] | None = None
"""Of the item at work: the time at which it began, and the memory (bytes) before it."""


def _timed(work: Callable[[Any], Any], item: Any) -> Any:
    global _began
    _began = time.monotonic(), psutil.Process().memory_info().rss
    try:
        return work(item)
    finally:
        _began = None


def _watch_oneself() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # interrupts are left to the parent
    threading.Thread(target=_go_when_too_much, daemon=True).start()


def _go_when_too_much() -> None:
    process = psutil.Process()
    while True:
        time.sleep(0.01)
        if began := _began:
            seconds = time.monotonic() - began[0]
            if seconds > MOST_SECONDS or process.memory_info().rss - began[1] > MOST_MEMORY:
                os._exit(1)
