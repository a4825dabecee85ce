"""Everything that was signed, compared slice by slice: filings, files, reports."""

from collections.abc import Callable, Iterator

from models.audit.papers import Difference, Look, at_files, at_papers
from models.audit.signed_reports import at_reports

LOOKS: tuple[Callable[..., Look], ...] = (at_papers, at_files, at_reports)


def looks(institution: str) -> Iterator[tuple[Callable[..., Look], Look]]:
    """Every slice of all filings, then of all files and all reports, each with which of LOOKS it is.

    The caller may end its transaction in between.
    """
    for look_at in LOOKS:
        look = look_at(institution)
        yield look_at, look
        while not look.done:
            look = look_at(institution, look.last_id)
            yield look_at, look


def differences(institution: str) -> list[Difference]:
    """Everything that does not fit."""
    return [difference for _, look in looks(institution) for difference in look.differences]
