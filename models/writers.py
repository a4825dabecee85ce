"""Who writes next: the threads of one process take turns, in the order in which they came.

SQLite has one writer at a time, and who waits for it asks again and again: with many waiting, luck
decides, and some wait for ever. Here each waits for the one before. Other processes are still asked by
asking again; those are few. Knows nothing of ours, nor of the database.
"""

from collections import deque
from threading import Condition


class Turns:
    """One turn at a time, given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[object] = deque()
        self._taken = False

    def take(self, seconds: float) -> bool:
        """Wait for the turn, no longer than that; whether it came. Who has it gives it back."""
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            came = self._changed.wait_for(lambda: not self._taken and self._waiting[0] is mine, seconds)
            self._waiting.remove(mine)
            if came:
                self._taken = True
            else:
                # Whoever is first now may have been kept back by this one alone.
                self._changed.notify_all()
            return came

    def give_back(self) -> None:
        """The next may write."""
        with self._changed:
            self._taken = False
            self._changed.notify_all()
