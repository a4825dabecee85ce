"""What a school may word by kind of filing: the same for all, or `{first: …, change: …, close: …}`.

A kind that is left out takes the words of `first`; written empty, it has none.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar, cast

from pydantic import Discriminator, Tag

from models.rules.filing_kind import FilingKind

T = TypeVar("T")


def _as_written(value: object) -> str:
    return "<by kind>" if isinstance(value, Mapping) else "<for all>"


ByKind = Annotated[
    Annotated[T, Tag("<for all>")] | Annotated[dict[FilingKind, T], Tag("<by kind>")],
    Discriminator(_as_written),
]


def for_kind(written: T | dict[FilingKind, T], kind: FilingKind | str, nothing: T) -> T:
    """What is said in a filing of this kind; `nothing` where neither it nor `first` is written."""
    if not isinstance(written, dict):
        return written
    words = cast("dict[FilingKind, T]", written)
    return words.get(FilingKind(kind), words.get(FilingKind.first, nothing))


def all_words(written: str | dict[FilingKind, str]) -> dict[FilingKind | None, str]:
    """Every text that is written, by its kind; None for one that is for all."""
    return dict(written.items()) if isinstance(written, dict) else {None: written}
