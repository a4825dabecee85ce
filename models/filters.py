"""What a list is narrowed to, read from an address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from models.database import CAMPUS_ZONE
from models.messages import clean

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
    incomplete: bool = False
    year: int | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        """From an address's query; what cannot be read is left out, for an address is no form."""
        words = {
            name: clean(asked.get(name, ""))[:LONGEST_QUERY]
            for name in ("q", "form", "platform", "state", "kind", "tier")
        }
        return cls(
            **words,
            unit=_number(asked.get("unit", ""), range(1, LARGEST_ID)),
            year=_number(asked.get("year", ""), range(1900, 3000)),
            incomplete=asked.get("incomplete") == "1",
        )

    @property
    def query(self) -> dict[str, str]:
        """What an address must say to narrow a list the same way again."""
        said = {name: value for name, value in asdict(self).items() if value}
        return {name: "1" if value is True else str(value) for name, value in said.items()}


EVERYTHING = Filters()


def one_of(codes: type[StrEnum], code: str) -> list[StrEnum]:
    """The member of that code, alone in a list; an empty list when there is none."""
    return [member for member in codes if member == code]


def year_of(year: int) -> tuple[datetime, datetime]:
    """First and last moment of a year on the campus clock."""
    last = datetime(year, 12, 31, 23, 59, 59, 999999, tzinfo=CAMPUS_ZONE)
    return datetime(year, 1, 1, tzinfo=CAMPUS_ZONE), last


def _number(text: str, known: range) -> int | None:
    # isdecimal, for '²'.isdigit() is true and int('²') fails; a length, for int() has its own.
    if not text.isdecimal() or len(text) > len(str(known.stop)) or int(text) not in known:
        return None
    return int(text)
