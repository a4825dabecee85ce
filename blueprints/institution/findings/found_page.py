"""One found account: what is known of it, its unit's answer and the office's deeds."""

from collections.abc import Callable

from flask import Response, flash, g, request
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.components.opinions import LONGEST
from blueprints.institution.components.progress import edit_place
from blueprints.institution.filtering import whole_number
from blueprints.institution.findings.found_list import chosen_unit, linked, load_found, tone, units_to_ask
from blueprints.institution.loading import find, is_within_scope, revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.filings.filing import Filing
from models.findings.found_account import DAYS_TO_ANSWER, FoundAccount, FoundAccountConflict, FoundAnswer
from models.findings.matching import is_same_account, on_file
from models.findings.transitions import (
    answer_filed,
    answer_plainly,
    answer_to_file,
    ask,
    may_answer,
    reopen,
    settle,
)
from models.people.person import Person, tree
from models.rules.messages import clean, say
from models.rules.policy import Action, may
from models.rules.workflow import Refused

MOST_CHANNELS = 300


@mould.get("/found/<int:found_id>")
@requires(Action.READ)
def found_account(found_id: int) -> Response:
    return _draw(load_found(found_id))


@mould.post("/found/<int:found_id>/answer")
@requires(Action.FILE)
def answer_found(found_id: int) -> Response:
    """The presumed unit's answer; 补报 leads on to the draft it began."""
    started: list[Filing] = []
    refused = _do(found_id, lambda one, revision: _answer(one, revision, started))
    if refused is not None:
        return refused
    if not started:
        flash("已答复。")
        return go(".found_account", found_id=found_id)
    flash("已答复，并已起草一件备案；补全后请提交。")
    endpoint, values = edit_place(started[0])
    return go(endpoint, **values)


@mould.post("/found/<int:found_id>/ask")
@requires(Action.OVERSEE)
@once
def ask_unit(found_id: int) -> Response:
    def deed(one: FoundAccount, revision: int) -> None:
        unit, problem = chosen_unit(request.form.get("unit", ""))
        if unit is None:
            raise Refused(problem or "请选择单位。")
        ask(one, unit, current_user, revision)

    return _do(found_id, deed) or _done(found_id, "已转给该单位答复。")


@mould.post("/found/<int:found_id>/settle")
@requires(Action.OVERSEE)
def settle_found(found_id: int) -> Response:
    def deed(one: FoundAccount, revision: int) -> None:
        settle(one, _words(), current_user, revision)

    return _do(found_id, deed) or _done(found_id, "已办结。")


@mould.post("/found/<int:found_id>/reopen")
@requires(Action.OVERSEE)
def reopen_found(found_id: int) -> Response:
    def deed(one: FoundAccount, revision: int) -> None:
        reopen(one, current_user, revision)

    return _do(found_id, deed) or _done(found_id, "已撤回。")


def _do(found_id: int, deed: Callable[[FoundAccount, int], None]) -> Response | None:
    """One deed and its commit; the page again with what was typed when it was refused."""
    one, revision = load_found(found_id), revision_of(request.form)
    try:
        # An overtaken page is told so before it is told what else is wrong with it.
        if one.revision != revision:
            raise FoundAccountConflict(one)
        deed(one, revision)
    except (Refused, FoundAccountConflict) as problem:
        db.session.rollback()
        status = 409 if isinstance(problem, FoundAccountConflict) else 422
        return _draw(load_found(found_id), str(problem), status)
    db.session.commit()
    return None


def _done(found_id: int, sentence: str) -> Response:
    flash(sentence)
    return go(".found_account", found_id=found_id)


def _answer(one: FoundAccount, revision: int, started: list[Filing]) -> None:
    said, words = request.form.get("answer", ""), _words()
    if said not in list(FoundAnswer):
        raise Refused("请选择一种答复。")
    if said == FoundAnswer.filed:
        answer_filed(one, _channel(one), words, current_user, revision)
    elif said == FoundAnswer.to_file:
        form = g.institution.forms.get(request.form.get("form", ""))
        if form is None:
            raise Refused("请选择用哪张表补报。")
        started.append(answer_to_file(g.institution, one, form, words, current_user, revision))
    else:
        answer_plainly(one, FoundAnswer(said), words, current_user, revision)


def _channel(one: FoundAccount) -> Channel:
    """The account on the register that was chosen from the list, or named by its id."""
    typed, visible = request.form.get("account", "").strip(), current_user.visible_units()
    channel = find(Channel, whole_number(request.form.get("channel", "")) or 0)
    if channel is None and typed:
        ones = [
            other
            for other in on_file(g.institution, typed, "", typed, visible)
            if other.state is ChannelState.in_force
        ]
        if len(ones) > 1:
            raise Refused("有几个在册账号都叫这个名称，请填写账号。")
        channel = ones[0] if ones else None
        if channel is None:
            raise Refused(f"您的单位没有账号或名称为“{typed}”的在册账号，请核对；没有备案的请选“补报”。")
    if not is_within_scope(channel, visible):
        raise Refused("请选择是哪个在册账号，或填写它的账号。")
    return channel


def _words() -> str:
    words = clean(request.form.get("words", ""))
    if len(words) > LONGEST:
        raise Refused(say("too_long", label="说明", max=LONGEST, now=len(words)))
    return words


def _draw(one: FoundAccount, problem: str = "", status: int = 200) -> Response:
    """The page; under a problem, with what was typed."""
    answers = may_answer(one, current_user)
    settled_by = may(current_user, Action.OVERSEE)
    ones = on_file(g.institution, one.title, one.platform, one.account)
    return page(
        "institution/findings/found_account.html",
        status=status,
        one=one,
        tone=tone(one),
        problem=problem,
        typed=request.form,
        answers=answers,
        oversees=settled_by,
        days=DAYS_TO_ANSWER,
        own=_own_channels(one) if answers else [],
        forms=g.institution.forms.values(),
        likely=_likely(one),
        units=units_to_ask() if settled_by else [],
        known=[
            (other, is_same_account(g.institution, other, one.account), linked(other))
            for other in ones
            if other.id != one.channel_id
        ],
        channel_url=linked(one.channel) if one.channel else "",
        filing_in_sight=one.filing is not None and _may_see(one.filing, current_user),
    )


def _may_see(filing: Filing, person: Person) -> bool:
    in_scope = is_within_scope(filing, person.visible_units())
    return in_scope and (filing.submitted_at is not None or filing.editable(person))


def _own_channels(one: FoundAccount) -> list[Channel]:
    """What the asked unit, and those below it, have on the register."""
    units = tree(one.institution).below({one.unit_id})
    asked = select(Channel).where(
        Channel.institution == one.institution,
        Channel.unit_id.in_(units),
        Channel.state == ChannelState.in_force,
    )
    return list(db.session.scalars(asked.order_by(Channel.title, Channel.id).limit(MOST_CHANNELS)))


def _likely(one: FoundAccount) -> str:
    """The form whose platforms name the one that was noted; the first when none does."""
    for form in g.institution.forms.values():
        platform = form.field(form.channel.platform) if form.channel.platform else None
        if one.platform and one.platform in getattr(platform, "choices", {}).values():
            return form.code
    return next(iter(g.institution.forms), "")
