"""Who writes next: the threads of one process take turns, in the order in which they came.

SQLite has one writer at a time, and who waits for it asks again and again: with many waiting, luck
decides, and some wait for ever. Here each waits for the one before. Other processes are still asked by
asking again; those are few. Knows nothing of ours, nor of the database.
"""

from collections import deque
from threading import Condition
from time import monotonic

# Where nobody has got on for so many seconds (another process holds the database), no more than so many
# threads of this one wait. The others learn at once that it is busy, for else none would be left to read.
STANDSTILL, FEW = 2.0, 3


class Turns:
    """One turn at a time, given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[object] = deque()
        self._taken = self._writes = False
        self._got_on = 0.0

    def take(self, seconds: float) -> bool:
        """Wait for the turn, no longer than that; whether it came. Who has it gives it back."""
        mine, until = object(), monotonic() + seconds
        with self._changed:
            if not self._taken and not self._waiting:
                self._got_on = monotonic()
            self._waiting.append(mine)
            while not self._is_next(mine) and monotonic() < until and not self._is_too_many(mine):
                now, still = monotonic(), self._stands_still_from()
                # Until the next moment at which it may have to give up; then it looks again.
                self._changed.wait(min(until, still) - now if now < still else until - now)
            came = self._is_next(mine)
            self._waiting.remove(mine)
            if came:
                self._taken, self._writes = True, False
            else:
                # Whoever is first now may have been kept back by this one alone.
                self._changed.notify_all()
            return came

    def begin(self) -> None:
        """Who has the turn has the lock too."""
        with self._changed:
            self._writes, self._got_on = True, monotonic()

    def give_back(self) -> None:
        """The next may write."""
        with self._changed:
            if self._writes:
                self._got_on = monotonic()
            self._taken = self._writes = False
            self._changed.notify_all()

    def _is_next(self, mine: object) -> bool:
        return not self._taken and self._waiting[0] is mine

    def _stands_still_from(self) -> float:
        return self._got_on + STANDSTILL

    def _is_too_many(self, mine: object) -> bool:
        # Who has the lock and is slow, on a busy machine, still gets on.
        stands_still = not self._writes and monotonic() >= self._stands_still_from()
        return stands_still and self._waiting.index(mine) >= FEW
