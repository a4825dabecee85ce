"""A day as people and spreadsheets write it."""

import re
from calendar import monthrange
from datetime import date, timedelta

from models.rules.messages import clean, say
from models.rules.typed_text import normalised

# Excel counts days from here; five digits reach from 1927 to 2173.
EXCEL_ORIGIN = date(1899, 12, 30)
# A day and a clock, however they are spaced.
LONGEST_WRITTEN = 100
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]+)?")
_CLOCK = re.compile(r"[T ]+[0-9]{1,2}:[0-9:.]+$")
_WRITTEN = re.compile(r"([0-9]{4})[年./-]([0-9]{1,2})(?:[月./-]([0-9]{1,2})日?|月)?")


def read_day(typed: str, label: str, today: date) -> date:
    """2026.3.5, 2026年3月5日, 2026-03-05 0:00:00 and 46086 (Excel) all give 5 March 2026.

    A month alone gives its last day, or `today` while it is still running: something was posted
    in it, and nobody is to be late for not having said on which day.
    Raises ValueError with a sentence that names the `label`.
    """
    if len(typed) > LONGEST_WRITTEN:
        raise ValueError(say("date", label=label))
    plain = _CLOCK.sub("", normalised("NFKC", clean(typed)).strip())
    if serial := _SERIAL.fullmatch(plain):
        return EXCEL_ORIGIN + timedelta(int(serial[1]))
    written = _WRITTEN.fullmatch(plain.replace(" ", ""))
    if written is None:
        raise ValueError(say("date", label=label))
    year, month, day = (int(part) for part in written.groups(default="0"))
    try:
        if written[3]:
            return date(year, month, day)
        last = date(year, month, monthrange(year, month)[1])
    except ValueError:
        raise ValueError(say("date_impossible", label=label, typed=plain)) from None
    return today if (year, month) == (today.year, today.month) else last
