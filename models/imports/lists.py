"""What the lists of units and of people have in common."""

from collections.abc import Sequence

from models.imports.target import Line, RowState

# Each is written with its events, up to two of them, in one transaction that the others wait for.
MOST_LINES = 500


def refuse_too_many(lines: Sequence[Line], number: int) -> bool:
    """Whether a list has more lines than are written at once; then each of these says so."""
    if number <= MOST_LINES:
        return False
    for line in lines:
        line.state = RowState.wrong
        line.errors = {"": f"名单一次最多导入 {MOST_LINES} 行，这个文件有 {number} 行，"
                           "请分成几个文件上传。"}
    return True


def overtaken(seen: Sequence[Line], now: Sequence[Line]) -> list[int]:
    """Which lines would no longer do what somebody saw, by their place."""
    return [number for number, (before, after) in enumerate(zip(seen, now, strict=True))
            if (before.state, before.payload) != (after.state, after.payload)]
