"""Requests that arrive at the same moment, each from a browser of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def at_once(*deeds: Callable[[], object]) -> list:
    """The answers of deeds that all begin together, in their order."""
    start = Barrier(len(deeds))

    def begin(deed: Callable[[], object]) -> object:
        start.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [one.result() for one in [threads.submit(begin, deed) for deed in deeds]]
