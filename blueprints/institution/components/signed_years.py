"""年度 as a choice: what was signed in which year, for the pages that open it again."""

from flask import abort, g, request

from blueprints.institution.filtering import whole_number
from models.campaigns.signed_reading import years


def asked_year() -> int | None:
    """The year of `?year=`; None for what is in force now. 404 for what is no year."""
    written = request.args.get("year", "")
    if not written:
        return None
    year = whole_number(written)
    return year if year and 1900 <= year <= 9999 else abort(404)


def years_on_offer() -> list[tuple[str, str]]:
    """The years of which something was signed; the one that is asked for is among them in any case."""
    asked = asked_year()
    known = {*years(g.institution.code), *([asked] if asked else [])}
    return [(str(year), f"{year}年度（签字时）") for year in sorted(known, reverse=True)]
