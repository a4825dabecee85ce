"""Drawings of numbers: where each bar and column stands. Pure; `macros/charts.html` makes the SVG.

Across, everything is in per cent of the room there is, and down in pixels: so a drawing fills a
phone as well as a sheet of paper, and its words keep their size. What belongs together is told by
its place, its words and a pattern, never by colour alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from unicodedata import east_asian_width

MOST_BARS = 10
# In half-width signs: what stands beside a number on a phone of 390 pixels.
LONGEST_LABEL = 34
ROW = 42
BAND, COLUMN_FOOT, TALLEST_COLUMN, AXIS = 92, 82, 44, 26
COLUMN_SHARE = 0.46
# A part of one in thousands can still be seen.
NARROWEST_PART = 0.8


class Bar(NamedTuple):
    """A bar with its words above it. `rest`: several that found no room (其他)."""

    label: str
    text: str
    width: float
    top: int
    rest: bool


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, the first at the top. `merged`: how many stand behind 其他."""

    kind: ClassVar[str] = "bars"
    height: int
    bars: list[Bar]
    merged: int


class Part(NamedTuple):
    """A part of the stacked bar; the same place has the same pattern whatever is missing."""

    label: str
    text: str
    left: float
    width: float
    pattern: int


@dataclass(frozen=True)
class Stack:
    """One bar of parts; a part of nothing is not drawn and still has its words."""

    kind: ClassVar[str] = "stack"
    parts: list[Part]


class Column(NamedTuple):
    text: str
    middle: float
    left: float
    width: float
    top: int
    height: int
    running: bool


class Band(NamedTuple):
    """One row of columns on its own base line."""

    label: str
    top: int
    foot: int
    columns: list[Column]


@dataclass(frozen=True)
class Bands:
    """Columns per year: a band for each series, one scale for all, the years below the last."""

    kind: ClassVar[str] = "bands"
    height: int
    bands: list[Band]
    ticks: list[tuple[str, float]]


def bars(items: Sequence[tuple[str, int]], words: Callable[[int], str]) -> Bars | None:
    """In: labels with their numbers in the order to draw them; `words` writes a number.

    Out: at most MOST_BARS bars, the last of them 其他 where there are more; None without items.
    """
    shown = list(items)
    rest = shown[MOST_BARS - 1 :] if len(shown) > MOST_BARS else []
    if rest:
        shown = [*shown[: MOST_BARS - 1], ("其他", sum(number for _, number in rest))]
    if not shown:
        return None
    most = max(number for _, number in shown) or 1
    drawn = [
        Bar(elided(label), words(number), _share(number, most), at * ROW, bool(rest) and at == MOST_BARS - 1)
        for at, (label, number) in enumerate(shown)
    ]
    return Bars(len(drawn) * ROW, drawn, len(rest))


def stack(items: Sequence[tuple[str, int]]) -> Stack | None:
    """One bar cut in the items' proportions; None when there is nothing at all."""
    total = sum(number for _, number in items)
    if not total:
        return None
    widths = [max(_share(number, total), NARROWEST_PART) if number else 0.0 for _, number in items]
    parts, left = [], 0.0
    for at, ((label, number), width) in enumerate(zip(items, widths, strict=True)):
        width = round(width * 100 / sum(widths), 3)
        parts.append(Part(label, f"{number:,}", round(left, 3), width, at + 1))
        left += width
    return Stack(parts)


def bands(ticks: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Bands | None:
    """Columns for every tick, band by band. The last tick is still running. None for no numbers."""
    most = max((number for _, numbers in series for number in numbers), default=0)
    if not most:
        return None
    middles = [round((at + 0.5) * 100 / len(ticks), 3) for at in range(len(ticks))]
    width = round(COLUMN_SHARE * 100 / len(ticks), 3)
    drawn = [
        Band(
            label,
            at * BAND,
            at * BAND + COLUMN_FOOT,
            _columns(numbers, middles, width, at * BAND + COLUMN_FOOT, most),
        )
        for at, (label, numbers) in enumerate(series)
    ]
    return Bands(len(drawn) * BAND + AXIS, drawn, list(zip(ticks, middles, strict=True)))


def _columns(
    numbers: Sequence[int], middles: list[float], width: float, foot: int, most: int
) -> list[Column]:
    columns = []
    for at, (number, middle) in enumerate(zip(numbers, middles, strict=True)):
        height = max(round(TALLEST_COLUMN * number / most), 1) if number else 0
        columns.append(
            Column(
                f"{number:,}",
                middle,
                round(middle - width / 2, 3),
                width,
                foot - height,
                height,
                at == len(numbers) - 1,
            )
        )
    return columns


def elided(label: str) -> str:
    """A label that is not too long to be drawn; its table has the whole of it."""
    if _width(label) <= LONGEST_LABEL:
        return label
    kept = label
    while _width(kept) > LONGEST_LABEL - 2:
        kept = kept[:-1]
    return f"{kept}…"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)


def _share(number: int, whole: int) -> float:
    return round(100 * number / whole, 3)
