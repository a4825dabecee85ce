"""网络舆情事故: what happened around an account, recorded by the office with what was done."""

from collections.abc import Mapping
from datetime import date

from flask import Response, abort, flash, g, request
from flask_login import current_user
from sqlalchemy.orm import joinedload

from blueprints.institution.components.opinions import LONGEST
from blueprints.institution.filtering import chips, page_number, units_on_offer, whole_number
from blueprints.institution.findings.found_list import chosen_unit, linked, units_to_ask
from blueprints.institution.loading import find, load_channel
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models import clock
from models.channels.channel import Channel
from models.database import db
from models.filings import queries
from models.findings.incident import Incident, add_done, incidents, record_incident
from models.rules.filters import Filters
from models.rules.messages import clean, say
from models.rules.policy import Action, may
from models.rules.workflow import Refused

PAGE_SIZE = 20
LABELS = {"what": "事故情况", "done": "处置情况"}


@mould.get("/incidents", endpoint="incidents")
@requires(Action.READ)
def listed() -> Response:
    return _draw_list()


@mould.get("/incidents/new")
@requires(Action.OVERSEE)
def new_incident() -> Response:
    channel = _channel(request.args)
    unit = str(channel.unit_id) if channel else request.args.get("unit", "")
    return _draw_new(channel, {"unit": unit, "day": clock.today().isoformat()})


@mould.post("/incidents/new")
@requires(Action.OVERSEE)
@once
def note_incident() -> Response:
    channel, typed = _channel(request.form), request.form
    try:
        unit, problem = chosen_unit(typed.get("unit", ""))
        if unit is None:
            raise Refused(problem or "请选择单位。")
        day, words = _day(typed.get("day", "")), {name: _words(name) for name in LABELS}
    except Refused as refusal:
        return _draw_new(channel, typed, str(refusal))
    with attempt() as attempted:
        record_incident(unit, channel, day, words["what"], words["done"], current_user)
        db.session.commit()
    if attempted.refused:
        return _draw_new(_channel(request.form), typed, attempted.sentence)
    flash("已登记，并已通知该单位。")
    return go(".incidents")


@mould.post("/incidents/<int:incident_id>/done")
@requires(Action.OVERSEE)
def add_to_incident(incident_id: int) -> Response:
    """What was done since; what was written before stays."""
    incident = find(Incident, incident_id)
    if incident is None or incident.institution != g.institution.code:
        abort(404)
    with attempt() as attempted:
        add_done(incident, _words("done"), current_user)
        db.session.commit()
    if attempted.refused:
        return _draw_list(attempted.sentence, incident_id, request.form.get("done", ""), 422)
    flash("已补充处置情况。")
    return go(".incidents")


def _channel(sent: Mapping[str, str]) -> Channel | None:
    channel_id = whole_number(sent.get("channel", ""))
    return load_channel(channel_id) if channel_id else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("请填写发生的日期。") from None


def _words(name: str) -> str:
    text = clean(request.form.get(name, ""))
    if len(text) > LONGEST:
        raise Refused(say("too_long", label=LABELS[name], max=LONGEST, now=len(text)))
    return text


def _draw_new(channel: Channel | None, typed: Mapping[str, str], problem: str = "") -> Response:
    return page(
        "institution/findings/new_incident.html",
        status=422 if problem else 200,
        channel=channel,
        typed=typed,
        problem=problem,
        units=units_to_ask(),
    )


def _draw_list(problem: str = "", refused: int = 0, typed: str = "", status: int = 200) -> Response:
    filters, units = Filters.read(request.args), units_on_offer()
    query = incidents(current_user, filters.q, filters.unit)
    query = query.options(joinedload(Incident.by), joinedload(Incident.channel))
    return page(
        "institution/findings/incidents.html",
        "results",
        status=status,
        incidents=queries.page(query, page_number(request.args), PAGE_SIZE),
        filters=filters,
        units=units,
        oversees=may(current_user, Action.OVERSEE),
        problem=problem,
        refused=refused,
        typed=typed,
        linked=linked,
        chips=chips(".incidents", request.args, {"q": {}, "unit": dict(units)}),
    )
