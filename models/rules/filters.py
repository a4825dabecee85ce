"""What a list is narrowed to, and where in it a page begins, read from an address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from models.clock import CAMPUS_ZONE
from models.rules.messages import clean

LONGEST_QUERY = 100
# Larger ids do not exist, and the driver refuses integers it cannot store.
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Filters:
    """An empty one does not narrow. `unit` includes the units below it; `year` is a campus year."""

    q: str = ""
    unit: int | None = None
    form: str = ""
    platform: str = ""
    state: str = ""
    kind: str = ""
    tier: str = ""
    stale: bool = False
    incomplete: bool = False
    year: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """From an address's query; what cannot be read is left out, for an address is no form."""
        words = {
            name: clean(query.get(name, ""))[:LONGEST_QUERY]
            for name in ("q", "form", "platform", "state", "kind", "tier")
        }
        return cls(
            **words,
            unit=whole_number(query.get("unit", "")) or None,
            year=_year(query.get("year", "")),
            stale=query.get("stale") == "1",
            incomplete=query.get("incomplete") == "1",
        )

    @property
    def query(self) -> dict[str, str]:
        """What an address must say to narrow a list the same way again."""
        kept = {name: value for name, value in asdict(self).items() if value}
        return {name: "1" if value is True else str(value) for name, value in kept.items()}


EVERYTHING = Filters()


@dataclass(frozen=True)
class Cursor:
    """A page of the register: what stands after a channel (or before it, `backwards`).

    `unit` and `channel` are the ids of that channel's unit and of itself: the order's own keys,
    so that the place is found again even when the channel is there no longer. `first` is the
    number that the page's first line then bore.
    """

    unit: int
    channel: int
    backwards: bool = False
    first: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Cursor | None":
        """From an address's query; None, which is the first page, for what makes no sense."""
        for name in ("after", "before"):
            unit, _, channel = query.get(name, "").partition("-")
            unit_id, channel_id = whole_number(unit), whole_number(channel)
            if unit_id is not None and channel_id is not None:
                first = whole_number(query.get("from", "")) or 1
                return cls(unit_id, channel_id, backwards=name == "before", first=first)
        return None

    @property
    def query(self) -> dict[str, str]:
        """What an address must say to show this page again."""
        name = "before" if self.backwards else "after"
        return {name: f"{self.unit}-{self.channel}", "from": str(self.first)}


def one_of(codes: type[StrEnum], code: str) -> list[StrEnum]:
    """The member of that code, alone in a list; an empty list when there is none."""
    return [member for member in codes if member == code]


def year_of(year: int) -> tuple[datetime, datetime]:
    """First and last moment of a year on the campus clock."""
    last = datetime(year, 12, 31, 23, 59, 59, 999999, tzinfo=CAMPUS_ZONE)
    return datetime(year, 1, 1, tzinfo=CAMPUS_ZONE), last


def whole_number(text: str) -> int | None:
    """An id, a revision, a page: a number from 0 to LARGEST_ID; None for anything else."""
    # isdigit() alone lets '²' pass, which int() refuses; and int() has a longest text of its own.
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_ID)):
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None


def _year(text: str) -> int | None:
    year = whole_number(text)
    return year if year in range(1900, 3000) else None
