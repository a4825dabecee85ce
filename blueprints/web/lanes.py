"""Whoever brings a password queues in a lane of their own, and leaves the others their threads.

A hundred who sign in at once wait for each other (`models/auth/hashing.py`). Were they to wait in
the server's threads, nobody could read a page meanwhile. Before they have a thread they cost only
the request they sent.
"""

from collections.abc import Set

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

# One hashes, the other talks to the database or draws its page.
THREADS = 2


class Lanes(ThreadedTaskDispatcher):
    """A dispatcher with a second one beside it. `apart`: the paths whose POST goes to that one."""

    def __init__(self, apart: Set[str]) -> None:
        super().__init__()
        self.apart, self.beside = apart, ThreadedTaskDispatcher()
        if apart:
            self.beside.set_thread_count(THREADS)

    def add_task(self, task: HTTPChannel) -> None:
        """Queue a connection in the lane of the request that it is to answer next."""
        request = task.requests[0]
        # What could not be read has neither, and is refused by whoever is free.
        sent = getattr(request, "command", ""), getattr(request, "path", "")
        if sent[0] == "POST" and sent[1] in self.apart:
            self.beside.add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> bool:
        """End both lanes; what waits in them is given up."""
        self.beside.shutdown(cancel_pending, timeout)
        return super().shutdown(cancel_pending, timeout)
