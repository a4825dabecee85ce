"""The board of a campaign: who has reported, who has not, and what they have on file."""

from collections.abc import Mapping

from flask import Response, g, request
from flask_login import current_user

from blueprints.institution.campaigns.loading import load_campaign
from blueprints.institution.campaigns.words import countdown, late_by, next_due, report_words
from blueprints.institution.filtering import chips
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.campaigns import board as models
from models.campaigns.board import Board, Line, standing
from models.campaigns.campaign import Campaign
from models.people.unit import tree
from models.rules.filing_kind import FilingKind
from models.rules.filters import Filters
from models.rules.policy import Action, may
from models.rules.report_workflow import ReportState

# In the order of the bar: what is done first, what has not begun last.
AFTER_NIL = (
    ReportState.reported,
    ReportState.to_sign,
    ReportState.writing,
    ReportState.returned,
    ReportState.not_started,
)
STANDINGS = {
    ReportState.received: ReportState.received.label,
    "nil": "零报告",
    **{state: state.label for state in AFTER_NIL},
}
DONE = (ReportState.received, ReportState.reported, "nil")


@mould.get("/campaigns/<int:campaign_id>")
@requires(Action.READ)
def campaign(campaign_id: int) -> Response:
    """The whole school for the office; for a unit its own line and what is below it."""
    campaign = load_campaign(campaign_id)
    drawn, narrowed = models.draw(campaign, g.institution, current_user), _narrowed()
    office = may(current_user, Action.OVERSEE)
    due = campaign.closes_at if office else next_due(campaign, drawn.reports)
    labels = {"q": {}, "state": STANDINGS, "late": {"1": "逾期"}, "below": {"1": "展开下属单位"}}
    return page(
        "institution/campaigns/board.html",
        "board",
        campaign=campaign,
        lines=shown(drawn, narrowed),
        board=drawn,
        bar=parts(drawn),
        totals=totals(drawn),
        states=STANDINGS,
        narrowed=narrowed,
        chips=chips(".campaign", narrowed, labels, campaign_id=campaign.id),
        due=due,
        clock=countdown(due) if campaign.running else None,
        office=office,
        registers=_registers(campaign),
        report_words=report_words,
        late_by=late_by,
    )


def _narrowed() -> dict[str, str]:
    """What the address narrows the board to, read as any list reads its own."""
    filters = Filters.read(request.args)
    ticked = {name: "1" for name in ("late", "below") if request.args.get(name) == "1"}
    return {"q": filters.q, "state": filters.state} | ticked


def shown(drawn: Board, narrowed: Mapping[str, str]) -> list[Line]:
    """The lines that are asked for: by name, by where they stand, by lateness."""
    words, state, lines = narrowed["q"], narrowed["state"], drawn.lines
    if words:
        named = tree(g.institution.code).named_like(words)
        lines = [
            line
            for line in lines
            if line.unit.id in named or any(lower.unit.id in named for lower in line.below)
        ]
    if state:
        lines = [line for line in lines if standing(line.report) == state]
    if "late" in narrowed:
        lines = [line for line in lines if line.report.late()]
    return lines


def parts(drawn: Board) -> list[dict]:
    """The bar: a part for each standing, in per cent; a part of nothing has no width."""
    counts, left, bar = drawn.states(), 0.0, []
    for code, label in STANDINGS.items():
        width = 100 * counts[code] / max(1, len(drawn.lines))
        bar.append(
            {
                "code": code,
                "label": label,
                "count": counts[code],
                "left": round(left, 3),
                "width": round(width, 3),
            }
        )
        left += width
    return bar


def totals(drawn: Board) -> dict[str, int]:
    """The numbers of the four cards."""
    counts, filed = drawn.states(), drawn.filed
    return {
        "done": sum(counts[code] for code in DONE),
        "all": len(drawn.lines),
        "late": drawn.late(),
        "not_started": counts[ReportState.not_started],
        "missing": sum(line.missing for line in drawn.lines),
        "platforms": drawn.total("platforms"),
        "groups": drawn.total("groups"),
        "new": filed[False, FilingKind.first],
        "changed": filed[False, FilingKind.change],
        "closed": filed[False, FilingKind.close],
        "new_groups": filed[True, FilingKind.first],
        "dissolved": filed[True, FilingKind.close],
    }


def _registers(campaign: Campaign) -> list:
    return [register for register in g.institution.registers.values() if register.form in campaign.forms]
