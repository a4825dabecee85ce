"""One channel for its whole life: what is in force, every paper about it, and beginning the next.

Differences between any two of its papers are a part of the same page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, flash, g, request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from blueprints.institution.channels import activity, closings
from blueprints.institution.components import opening_card
from blueprints.institution.components.changes import Group, between
from blueprints.institution.components.phones import knows_unit, shown_answers, shown_changes
from blueprints.institution.components.progress import edit_place, open_place
from blueprints.institution.filtering import whole_number
from blueprints.institution.loading import case_of, load_channel, load_form, papers_about
from blueprints.institution.paper import draw_sheet
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.presentation import when
from blueprints.web.refusal import attempt
from blueprints.web.writing import begin_to_write
from models.channels.channel import Channel, ChannelState, kinds_for
from models.database import db
from models.events import history
from models.filings.filing import AlreadyOpen, Filing, open_about
from models.filings.starting import start
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action, may

# Each gives {the card's name: what it shows, or None}.
CARDS: tuple[Callable[[Channel], dict], ...] = (activity.card, closings.card, opening_card.card)

BUTTONS = {
    FilingKind.change: "办理变更",
    FilingKind.review: "年审",
    FilingKind.close: "注销",
    FilingKind.first: "再次备案",
}


@dataclass(frozen=True)
class Comparison:
    """Two papers side by side, or the sentence why there is nothing to show."""

    sentence: str = ""
    groups: tuple[Group, ...] = ()
    earlier: Filing | None = None
    later: Filing | None = None


@mould.get("/channels/<int:channel_id>")
@requires(Action.READ)
def channel(channel_id: int) -> Response:
    return show_channel(load_channel(channel_id))


@mould.post("/channels/<int:channel_id>/<any(first,change,review,close):kind>")
@requires(Action.FILE)
def begin_about(channel_id: int, kind: str) -> Response:
    """Open a filing about a channel, prefilled from what is in force.

    Whoever comes second is led to the filing that somebody has begun already.
    """
    channel = load_channel(channel_id)
    with attempt() as attempted:
        filing = _begun(channel, FilingKind(kind))
        db.session.commit()
    if isinstance(attempted.refusal, AlreadyOpen):
        return _lead_to(attempted.refusal.filing)
    if attempted.refused:
        channel = load_channel(channel_id)
        return show_channel(channel, problem=attempted.sentence, status=attempted.status)
    closes = filing.kind is FilingKind.close
    flash("请填写注销信息后提交。" if closes else "已按在册内容预填，请修改后提交。")
    endpoint, values = edit_place(filing)
    return go(endpoint, **values)


def _begun(channel: Channel, kind: FilingKind) -> Filing:
    """The new draft. Raises AlreadyOpen also when the other one came at the same moment."""
    form = load_form(channel.form)
    try:
        return start(g.institution, form, kind, channel.unit, current_user, channel)
    except IntegrityError:
        # Of two at once the database lets one through (uq_filing_open).
        db.session.rollback()
        other = open_about(channel.id)
        if other is None:
            raise
        raise AlreadyOpen(other) from None


@mould.get("/channels/<int:channel_id>/compare")
@requires(Action.READ)
def compare(channel_id: int) -> Response:
    """What differs between two papers of the channel: `?from=` one filing, `&to=` another."""
    channel = load_channel(channel_id)
    papers = papers_about(channel)
    chosen = [request.args.get(name, "") for name in ("from", "to")]
    return show_channel(channel, comparison=_compared(papers, *chosen), chosen=tuple(chosen))


def _compared(papers: list[Filing], earlier: str, later: str) -> Comparison:
    """The comparison of two papers by their ids; 404 for an id that is none of theirs."""
    if not earlier or not later:
        return Comparison("请选择要比较的两件备案。")
    by_id = {filing.id: filing for filing in papers}
    before, after = (by_id.get(whole_number(text)) or abort(404) for text in (earlier, later))
    if before is after:
        return Comparison("两边选的是同一件备案，请选择不同的两件。")
    groups = tuple(shown_changes(between(case_of(before), case_of(after)), knows_unit(after.unit_id)))
    return Comparison("" if groups else "这两件备案的内容完全相同。", groups, before, after)


def _lead_to(filing: Filing) -> Response:
    """To the filing that is open already: to write on it, to look at it, or to its channel."""
    flash(
        f"{filing.created_by.name}已在{when(filing.created_at)} 开始办理“{filing.title}”的"
        f"{filing.kind.label}（{filing.state.label}），请先办完这一件。",
        "warning",
    )
    endpoint, values = open_place(filing)
    return go(endpoint, **values)


def show_channel(
    channel: Channel,
    problem: str = "",
    status: int = 200,
    comparison: Comparison | None = None,
    chosen: tuple[str, str] = ("", ""),
    revealed: bool = False,
) -> Response:
    """The channel's page. `revealed`: with full phones, under htmx only the parts with any."""
    papers = papers_about(channel)
    cards = {name: shown for card in CARDS for name, shown in card(channel).items()}
    return page(
        "institution/channels/channel.html",
        *(("phones", "in_force") if revealed else ("comparison",)),
        status=status,
        channel=channel,
        papers=papers,
        problem=problem,
        revealed=revealed,
        comparison=comparison,
        chosen=chosen if any(chosen) else tuple(str(paper.id) for paper in reversed(papers[:2])),
        **_in_force(channel.current, revealed or knows_unit(channel.unit_id)),
        **_next(channel, papers),
        **cards,
    )


def _next(channel: Channel, papers: list[Filing]) -> dict:
    """The filing that is open, and whether this person may look at it; or what may be filed."""
    other = open_about(channel.id)
    kinds = _kinds(channel) if other is None else {}
    return {"open_filing": other, "may_open": other in papers, "kinds": kinds}


def _kinds(channel: Channel) -> dict[FilingKind, str]:
    """What the person may file about the channel now, with the words of its button."""
    form = g.institution.forms.get(channel.form)
    files = may(current_user, Action.FILE) and current_user.files_for(channel.unit)
    if form is None or not files or channel.state is ChannelState.planned:
        return {}
    return {kind: BUTTONS[kind] for kind in kinds_for(channel) if kind in form.kinds}


def _in_force(current: Filing | None, full: bool) -> dict:
    """The approved filing that speaks for the channel: its words, its sheet, what it hides."""
    if current is None:
        return {"definition": None, "sheet": None, "shown": {}, "hides_phones": False}
    definition = current.definition(g.institution)
    shown = shown_answers(definition, current.answers, full)
    return {
        "definition": definition,
        "sheet": draw_sheet(g.institution, definition, current, shown),
        "shown": shown,
        "hides_phones": not full and shown != current.answers,
    }


@mould.post("/channels/<int:channel_id>/phones")
@requires(Action.READ)
def reveal_channel(channel_id: int) -> Response:
    """The channel with the full numbers of what is in force."""
    begin_to_write()
    channel = load_channel(channel_id)
    history.record(g.institution.code, "reveal", current_user, channel_id=channel.id)
    db.session.commit()
    return show_channel(channel, revealed=True)
