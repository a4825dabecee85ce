"""处理: the sanctions recorded against units, as the school's YAML words them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, abort, flash, g, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from blueprints.institution.components.opinions import LONGEST
from blueprints.institution.filtering import chips, page_number, units_on_offer, whole_number
from blueprints.institution.findings.found_list import (
    chosen_unit,
    is_in_sight,
    linked,
    load_found,
    units_to_ask,
)
from blueprints.institution.loading import find, load_channel
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models.channels.channel import Channel
from models.clock import campus_time, utcnow
from models.database import db
from models.filings import queries
from models.findings.found_account import FoundAccount
from models.findings.sanction import Sanction, fitting, impose, in_effect, lift, sanctions
from models.people.person import Person
from models.rules.filters import Filters
from models.rules.messages import clean, say
from models.rules.policy import Action, may
from models.rules.workflow import Refused

PAGE_SIZE = 20
STATES = {"in_force": "有效", "lifted": "已撤销"}
# Of how many years back something may still be recorded.
YEARS_BACK = 5


@dataclass(frozen=True)
class Cause:
    """What a sanction is for: a found account, a channel, or neither."""

    finding: FoundAccount | None = None
    channel: Channel | None = None

    @property
    def title(self) -> str:
        about = self.finding or self.channel
        return about.title if about else ""

    @property
    def unit(self) -> str:
        about = self.finding or self.channel
        return str(about.unit_id or "") if about else ""


@mould.get("/sanctions", endpoint="sanctions")
@requires(Action.READ)
def listed() -> Response:
    return _draw_list()


@mould.get("/sanctions/new")
@requires(Action.OVERSEE)
def new_sanction() -> Response:
    cause = _cause(request.args)
    return _draw_new(cause, {"unit": request.args.get("unit", "") or cause.unit})


@mould.post("/sanctions/new")
@requires(Action.OVERSEE)
@once
def record_sanction() -> Response:
    cause, typed = _cause(request.form), request.form
    unit, problem = chosen_unit(typed.get("unit", ""))
    reason, year = clean(typed.get("reason", "")), whole_number(typed.get("year", "")) or 0
    if unit is None:
        problem = problem or "请选择单位。"
    elif year not in _years():
        problem = "请选择年度。"
    elif len(reason) > LONGEST:
        problem = say("too_long", label="原因", max=LONGEST, now=len(reason))
    if problem:
        return _draw_new(cause, typed, problem)
    with attempt() as attempted:
        code = typed.get("code", "")
        impose(g.institution, code, unit, year, reason, current_user, cause.finding, cause.channel)
        db.session.commit()
    if attempted.refused:
        return _draw_new(_cause(request.form), typed, attempted.sentence)
    flash("已登记，并已通知该单位。")
    return go(".sanctions")


@mould.post("/sanctions/<int:sanction_id>/lift")
@requires(Action.OVERSEE)
def lift_sanction(sanction_id: int) -> Response:
    sanction, reason = find(Sanction, sanction_id), clean(request.form.get("reason", ""))
    if sanction is None or sanction.institution != g.institution.code:
        abort(404)
    with attempt() as attempted:
        if len(reason) > LONGEST:
            raise Refused(say("too_long", label="原因", max=LONGEST, now=len(reason)))
        lift(sanction, reason, current_user)
        db.session.commit()
    if attempted.refused:
        status = 409 if find(Sanction, sanction_id).lifted_at else 422
        return _draw_list(attempted.sentence, sanction_id, reason, status)
    flash("已撤销，并已通知该单位。")
    return go(".sanctions")


def on_home() -> list[Sanction]:
    """What is in effect, or will be, against the units of who looks; the office has its list."""
    visible = current_user.visible_units()
    return in_effect(g.institution.code, visible) if visible else []


def _cause(sent: Mapping[str, str]) -> Cause:
    """What the address or the form names; 404 for what is not there."""
    found_id, channel_id = (whole_number(sent.get(name, "")) for name in ("found", "channel"))
    return Cause(
        finding=load_found(found_id) if found_id else None,
        channel=load_channel(channel_id) if channel_id else None,
    )


def _years() -> range:
    this = campus_time(utcnow()).year
    return range(this, this - YEARS_BACK, -1)


def _draw_new(cause: Cause, typed, problem: str = "") -> Response:
    offered = fitting(g.institution, cause.finding, cause.channel)
    return page(
        "institution/findings/new_sanction.html",
        status=422 if problem else 200,
        cause=cause,
        typed=typed,
        problem=problem,
        offered=offered,
        years=_years(),
        units=units_to_ask(),
        forms=g.institution.forms,
    )


def _draw_list(problem: str = "", refused: int = 0, typed: str = "", status: int = 200) -> Response:
    filters = Filters.read(request.args)
    units = units_on_offer()
    query = sanctions(current_user, filters.q, filters.unit, filters.year, filters.state).options(
        joinedload(Sanction.by),
        joinedload(Sanction.lifted_by),
        joinedload(Sanction.found_account),
        joinedload(Sanction.channel),
    )
    years = {str(year): f"{year}年" for year in _effect_years(current_user)}
    return page(
        "institution/findings/sanctions.html",
        "results",
        status=status,
        sanctions=queries.page(query, page_number(request.args), PAGE_SIZE),
        filters=filters,
        units=units,
        years=years,
        states=STATES,
        closes=any(rule.closes for rule in g.institution.sanctions.values()),
        oversees=may(current_user, Action.OVERSEE),
        problem=problem,
        refused=refused,
        typed=typed,
        in_sight=is_in_sight,
        linked=linked,
        chips=chips(
            ".sanctions", request.args, {"q": {}, "unit": dict(units), "year": years, "state": STATES}
        ),
    )


def _effect_years(person: Person) -> list[int]:
    """The years there is something to see of, the newest first."""
    query = sanctions(person).order_by(None).with_only_columns(Sanction.effect_year).distinct()
    return sorted(db.session.scalars(select(query.subquery().c.effect_year)), reverse=True)
