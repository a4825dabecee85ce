"""存档: everything a unit signed, year by year, to be opened and printed again."""

from flask import Response, g, request, url_for
from flask_login import current_user

from blueprints.institution.filtering import chips, page_number, units_on_offer
from blueprints.institution.paper import prints
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.campaigns import archive as models
from models.campaigns.archive import Kept, Sort
from models.campaigns.signed_paper import LINES, SignedPaper
from models.campaigns.supplement import Supplement
from models.rules.filters import Filters
from models.rules.policy import Action

PAGE_SIZE = 30


@mould.get("/archive/")
@requires(Action.READ)
def archive() -> Response:
    """What one's units signed, the newest first; the office sees every unit's."""
    filters, sort = Filters.read(request.args), _sort()
    units = units_on_offer()
    years = [(str(year), f"{year}年度") for year in models.years(current_user)]
    sorts = {str(kind): kind.label for kind in Sort}
    labels = {"q": {}, "unit": dict(units), "year": dict(years), "sort": sorts}
    return page(
        "institution/campaigns/archive.html",
        "results",
        listed=models.page(current_user, filters, sort, page_number(request.args), PAGE_SIZE),
        filters=filters,
        sort=sort or "",
        chips=chips(".archive", request.args, labels),
        units=units,
        years=years,
        sorts=sorts,
        printable=_printable,
        address_of=_address,
        prints_of=_prints,
    )


def _sort() -> Sort | None:
    code = request.args.get("sort", "")
    return Sort(code) if code in list(Sort) else None


def _printable(kept: Kept) -> bool:
    """Whether a filing of the list has a sheet of its own that is still there."""
    filing = kept.filing
    form = g.institution.forms.get(filing.form) if filing else None
    return bool(form and filing and prints(form, filing) and filing.purged_at is None)


def _place(paper: SignedPaper) -> dict:
    return {"campaign_id": paper.report.campaign_id, "unit_id": paper.unit_id}


def _address(paper: SignedPaper, supplement: Supplement | None) -> str:
    """Where a signed paper is opened; what was sent back has only its list."""
    if paper.returned_at:
        return url_for(".signed_table", code=LINES, paper=paper.id, **_place(paper))
    if supplement:
        return url_for(".supplement", number=supplement.number, **_place(paper))
    return url_for(".report", **_place(paper))


def _prints(paper: SignedPaper, supplement: Supplement | None) -> list[tuple[str, str]]:
    """What can be printed of a signed paper: its tables, and of a supplement what changed."""
    registers = [(table.code, table.register) for table in paper.tables]
    printed = [(code, register) for code, register in registers if register.paper]
    own = [(code, register) for code, register in printed if code != LINES] or printed
    place = _place(paper)
    prints = [
        (register.short, url_for(".signed_pdf", code=code, paper=paper.id, **place)) for code, register in own
    ]
    if supplement and not paper.returned_at:
        prints.insert(0, ("变动", url_for(".supplement_pdf", number=supplement.number, **place)))
    return prints
