"""The clocks of changes and closings: when something is due, and from when on it is late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.deadlines import deadline, first_in_time, is_too_far_ahead
from models.rules.definitions.institution import Clocks
from models.rules.filing_kind import FilingKind

SEVEN = Clocks(change_days=7, closing_days=7)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def due(kind: FilingKind, happened_on: date, today: date = date(2026, 11, 22)):
    return deadline(SEVEN, kind, happened_on, today)


def test_a_change_is_due_after_days_of_the_calendar():
    found = due(FilingKind.change, date(2026, 11, 20))
    assert (found.due_on, found.days_left, found.is_over) == (date(2026, 11, 27), 5, False)


def test_on_its_last_day_a_change_is_in_time():
    assert not due(FilingKind.change, date(2026, 11, 15)).is_over
    assert due(FilingKind.change, date(2026, 11, 14)).days_left == -1


@pytest.mark.parametrize(
    ("stopped", "due_on", "why"),
    [
        (date(2026, 11, 20), date(2026, 12, 1), "over a weekend"),
        (date(2026, 9, 28), date(2026, 10, 13), "over the National Day and a Saturday that is worked"),
        (date(2026, 2, 13), date(2026, 3, 2), "over the Spring Festival and two worked Saturdays"),
        (date(2026, 10, 3), date(2026, 10, 15), "stopped on a holiday"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_closing_is_due_after_working_days(stopped, due_on, why):
    assert due(FilingKind.close, stopped).due_on == due_on


@pytest.mark.parametrize("kind", [FilingKind.first, FilingKind.review])
def test_other_filings_have_no_clock(kind):
    assert due(kind, date(2026, 11, 20)) is None
    assert first_in_time(SEVEN, kind, date(2026, 11, 20)) is None


@pytest.mark.parametrize("kind", [FilingKind.change, FilingKind.close])
def test_a_school_without_limits_has_no_clock(kind):
    assert deadline(Clocks(), kind, date(2020, 1, 1), date(2026, 11, 22)) is None
    assert first_in_time(Clocks(), kind, date(2026, 11, 22)) is None


def test_nobody_is_late_before_the_day_is_said():
    assert deadline(SEVEN, FilingKind.change, None, date(2026, 11, 22)) is None
    assert not is_too_far_ahead(FilingKind.change, None, date(2026, 11, 22))


@given(DAYS, st.integers(0, 30), st.sampled_from([FilingKind.change, FilingKind.close]))
def test_what_happened_before_the_first_day_in_time_is_over_and_nothing_else(today, ago, kind):
    happened = today - timedelta(days=ago)
    over = deadline(SEVEN, kind, happened, today).is_over
    assert over == (happened < first_in_time(SEVEN, kind, today))


def test_a_change_cannot_be_filed_before_it_happened_but_a_stop_may_be_announced():
    today = date(2026, 11, 22)
    assert not is_too_far_ahead(FilingKind.change, today, today)
    assert is_too_far_ahead(FilingKind.change, today + timedelta(days=1), today)
    assert not is_too_far_ahead(FilingKind.close, today + timedelta(days=30), today)
    assert is_too_far_ahead(FilingKind.close, today + timedelta(days=31), today)
