"""Filters live in the address: what a list's form says, as the ledger wants it."""

from collections.abc import Mapping

from models import ledger


def page_number(args: Mapping[str, str]) -> int:
    """The page asked for; 1 for anything that is no sensible number."""
    text = args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def whole_number(text: str) -> int | None:
    """A small non-negative number, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
