"""年度 as a choice: what was signed in which year, for the pages that open it again."""

from flask import g, request

from models.campaigns.signed_reading import years
from models.rules.filters import Filters


def asked_year() -> int | None:
    """The year of `?year=`; None for what is in force now."""
    return Filters.read(request.args).year


def years_on_offer() -> list[tuple[str, str]]:
    """The years of which something was signed; the one that is asked for is among them in any case."""
    chosen = asked_year()
    known = {*years(g.institution.code), *([chosen] if chosen else [])}
    return [(str(year), f"{year}年度（签字时）") for year in sorted(known, reverse=True)]
