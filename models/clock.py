"""What time it is: stored and compared in UTC, said on the clock of the campus. The only clock."""

from datetime import UTC, date, datetime, timedelta, timezone

# Every school is in one time zone without summer time; the tz database is not needed for it.
CAMPUS_ZONE = timezone(timedelta(hours=8))


def utcnow() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def campus_time(moment: datetime) -> datetime:
    """The same moment on the campus clock."""
    return moment.astimezone(CAMPUS_ZONE)


def campus_now() -> datetime:
    """Now, on the clock of the campus."""
    return campus_time(utcnow())


def today() -> date:
    """The day it is on campus."""
    return campus_now().date()
