"""How several processes stay small: what all need is made before they part, and freed blocks go back.

docs/decisions/0020 has the figures.
"""

import ctypes
import gc
from contextlib import suppress

# glibc's names for them (malloc.h), and what they are set to: each thread beyond so many shares a heap, and
# whatever is larger than this is given back to the system when it is freed, not kept by its thread.
ARENAS, AT_MOST = -8, 2
MAPPED_FROM, BYTES = -3, 256 * 1024


def give_back_what_is_freed() -> None:
    """Tell the C library so; where it is not glibc nothing happens."""
    with suppress(OSError, AttributeError, TypeError):
        tell = ctypes.CDLL(None).mallopt
        tell(ARENAS, AT_MOST)
        tell(MAPPED_FROM, BYTES)


def share_with_children() -> None:
    """What is in memory now stays the same memory in every process that is forked from this one.

    The collector writes into each object that it looks at; of these it looks at none any more.
    """
    gc.collect()
    gc.freeze()
