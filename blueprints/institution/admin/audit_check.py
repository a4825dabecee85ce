"""核对: is the history whole, and does every filing, file and report say what was signed?

Events first, then the filings, the files and the reports; about a second's work at a time. What is not
done yet is in the address of the next part.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from time import monotonic

from flask import Response, current_app, g, request, url_for

from blueprints.institution.filtering import whole_number
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.audit import check, comparing
from models.audit.papers import Difference, Look
from models.audit.seal import Seal, SealBook, Spoilt
from models.clock import utcnow
from models.database import db
from models.rules.policy import Action

# The stage of the events, and what is counted in those after it: one for each of `comparing.LOOKS`.
EVENTS, COUNTED = 0, ("filings", "files", "reports")
DONE = len(COUNTED) + 1
COUNTS = ("stage", "after", "spent", "looked", *COUNTED, "undigested", "altered")
ENOUGH = 1.0  # seconds


@dataclass(frozen=True)
class Checking:
    """How far the comparison has come: in which stage, after which id, and what it has seen.

    `altered` counts what did not fit so far, `differences` are those of this part; `trouble` ends it.
    """

    stage: int = EVENTS
    after: int = 0
    spent: int = 0  # milliseconds
    looked: int = 0
    filings: int = 0
    files: int = 0
    reports: int = 0
    undigested: int = 0
    altered: int = 0
    everything: bool = False
    trouble: str = ""
    event_id: int | None = None
    differences: list[Difference] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return bool(self.trouble) or self.stage >= DONE

    @property
    def seconds(self) -> str:
        """How long it took, with one decimal."""
        return f"{self.spent / 1000:.1f}"

    @property
    def further(self) -> str:
        """The address of the next part."""
        counts = {name: getattr(self, name) or None for name in COUNTS}
        return url_for(".check_audit", all="1" if self.everything else None, **counts)


@mould.get("/audit/check")
@requires(Action.AUDIT)
def check_audit() -> Response:
    """Whether history fits: what came after the last seal, or all of it; and all that was signed."""
    began, checking = monotonic(), _read_address()
    seals, trouble, exchanged = _seals()
    if trouble:
        checking = replace(checking, trouble=trouble)
    for later in _go_on(checking, seals):
        checking = later
        db.session.rollback()
        if monotonic() - began > ENOUGH or checking.differences:
            break
    checking = replace(checking, spent=checking.spent + int((monotonic() - began) * 1000))
    return page(
        "institution/admin/audit_check.html",
        "checked",
        checking=checking,
        total=check.total(g.institution.code),
        last_seal=seals[-1] if seals else None,
        exchanged=exchanged,
        now=utcnow(),
    )


def _read_address() -> Checking:
    def number(name: str) -> int:
        return whole_number(request.args.get(name, "")) or 0

    return Checking(
        stage=number("stage"),
        after=number("after"),
        spent=number("spent"),
        looked=number("looked"),
        filings=number("filings"),
        files=number("files"),
        reports=number("reports"),
        undigested=number("undigested"),
        altered=number("altered"),
        everything=bool(request.args.get("all")),
    )


def _seals() -> tuple[list[Seal], str, str]:
    """The school's seals; what does not fit before anything was looked at; and what else to say."""
    book = SealBook.of(g.institution.code, current_app.instance_path)
    try:
        return book.read(), check.emptied(book), book.exchanged()
    except Spoilt as spoilt:
        return [], str(spoilt), ""


def _go_on(checking: Checking, seals: list[Seal]) -> Iterator[Checking]:
    """One slice after the other, until all is done."""
    while not checking.done:
        checking = _after_events(checking, seals) if checking.stage == EVENTS else _after_papers(checking)
        yield checking


def _after_events(checking: Checking, seals: list[Seal]) -> Checking:
    school = g.institution.code
    if checking.after or checking.everything:
        verdict = check.examine(school, seals, checking.after, check.SLICE)
    else:
        verdict = check.since_last_seal(school, seals, check.SLICE)
    return replace(
        checking,
        stage=EVENTS + verdict.done,
        after=0 if verdict.done else verdict.last_id,
        looked=checking.looked + verdict.checked,
        trouble=verdict.trouble,
        event_id=verdict.event_id,
    )


def _after_papers(checking: Checking) -> Checking:
    """The same for filings, then files, then reports."""
    look: Look = comparing.LOOKS[checking.stage - 1](g.institution.code, checking.after)
    counted = COUNTED[checking.stage - 1]
    return replace(
        checking,
        **{counted: getattr(checking, counted) + look.checked},
        stage=checking.stage + look.done,
        after=0 if look.done else look.last_id,
        undigested=checking.undigested + look.undigested,
        altered=checking.altered + len(look.differences),
        differences=look.differences,
    )
