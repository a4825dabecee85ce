"""One found account: what is known of it, its unit's answer and the office's deeds."""

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
from blueprints.web.refusal import attempt
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.filings.filing import Filing
from models.findings.found_account import DAYS_TO_ANSWER, FoundAccount, FoundAccountConflict, FoundAnswer
from models.findings.matching import is_same_account, on_file
from models.findings.transitions import answer_filed, answer_plainly, answer_to_file, ask, reopen, settle
from models.people.person import Person
from models.people.unit import tree
from models.rules.messages import clean, say
from models.rules.policy import Action, may
from models.rules.workflow import Refused
from models.wording import by_pinyin

MOST_CHANNELS = 300


@mould.get("/found/<int:found_id>")
@requires(Action.READ)
def found_account(found_id: int) -> Response:
    return _draw(load_found(found_id))


@mould.post("/found/<int:found_id>/answer")
@requires(Action.FILE)
def answer_found(found_id: int) -> Response:
    """The presumed unit's answer; 补报 leads on to the draft it began."""
    finding, revision = load_found(found_id), revision_of(request.form)
    with attempt() as attempted:
        _refuse_old_page(finding, revision)
        filing = _answer(finding, revision)
        db.session.commit()
    if attempted.refused:
        return _draw(load_found(found_id), attempted.sentence, attempted.status)
    if filing is None:
        return _done(found_id, "已答复。")
    flash("已答复，并已起草一件备案；补全后请提交。")
    endpoint, values = edit_place(filing)
    return go(endpoint, **values)


@mould.post("/found/<int:found_id>/ask")
@requires(Action.OVERSEE)
@once
def ask_unit(found_id: int) -> Response:
    """The office presumes another unit."""
    finding, revision = load_found(found_id), revision_of(request.form)
    with attempt() as attempted:
        _refuse_old_page(finding, revision)
        unit, problem = chosen_unit(request.form.get("unit", ""))
        if unit is None:
            raise Refused(problem or "请选择单位。")
        ask(finding, unit, current_user, revision)
        db.session.commit()
    if attempted.refused:
        return _draw(load_found(found_id), attempted.sentence, attempted.status)
    return _done(found_id, "已转给该单位答复。")


@mould.post("/found/<int:found_id>/settle")
@requires(Action.OVERSEE)
def settle_found(found_id: int) -> Response:
    """The office closes it, saying how."""
    finding, revision = load_found(found_id), revision_of(request.form)
    with attempt() as attempted:
        _refuse_old_page(finding, revision)
        settle(finding, _words(), current_user, revision)
        db.session.commit()
    if attempted.refused:
        return _draw(load_found(found_id), attempted.sentence, attempted.status)
    return _done(found_id, "已办结。")


@mould.post("/found/<int:found_id>/reopen")
@requires(Action.OVERSEE)
def reopen_found(found_id: int) -> Response:
    """Undo the settling, or have the unit answer once more."""
    finding, revision = load_found(found_id), revision_of(request.form)
    with attempt() as attempted:
        _refuse_old_page(finding, revision)
        reopen(finding, current_user, revision)
        db.session.commit()
    if attempted.refused:
        return _draw(load_found(found_id), attempted.sentence, attempted.status)
    return _done(found_id, "已撤回。")


def _refuse_old_page(finding: FoundAccount, revision: int) -> None:
    """An overtaken page is told so before it is told what else is wrong with it."""
    if finding.revision != revision:
        raise FoundAccountConflict(finding)


def _done(found_id: int, sentence: str) -> Response:
    flash(sentence)
    return go(".found_account", found_id=found_id)


def _answer(finding: FoundAccount, revision: int) -> Filing | None:
    """Gives the answer that was chosen; out: the draft that 补报 began."""
    answer, words = request.form.get("answer", ""), _words()
    if answer not in list(FoundAnswer):
        raise Refused("请选择一种答复。")
    if answer == FoundAnswer.to_file:
        form = g.institution.forms.get(request.form.get("form", ""))
        if form is None:
            raise Refused("请选择用哪张表补报。")
        return answer_to_file(g.institution, finding, form, words, current_user, revision)
    if answer == FoundAnswer.filed:
        answer_filed(finding, _channel(), words, current_user, revision)
    else:
        answer_plainly(finding, FoundAnswer(answer), words, current_user, revision)
    return None


def _channel() -> Channel:
    """The account on the register that was chosen from the list, or named by its id."""
    typed, visible = request.form.get("account", "").strip(), current_user.visible_units()
    channel = find(Channel, whole_number(request.form.get("channel", "")) or 0)
    if channel is None and typed:
        matching = [
            other
            for other in on_file(g.institution, typed, "", typed, visible)
            if other.state is ChannelState.in_force
        ]
        if len(matching) > 1:
            raise Refused("有几个在册账号都叫这个名称，请填写账号。")
        channel = matching[0] if matching else None
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


def _draw(finding: FoundAccount, problem: str = "", status: int = 200) -> Response:
    """The page; under a problem, with what was typed."""
    answers = finding.answerable_by(current_user)
    settled_by = may(current_user, Action.OVERSEE)
    likely = on_file(g.institution, finding.title, finding.platform, finding.account)
    return page(
        "institution/findings/found_account.html",
        status=status,
        finding=finding,
        tone=tone(finding),
        problem=problem,
        typed=request.form,
        answers=answers,
        oversees=settled_by,
        shows_finder=settled_by or finding.found_by_id == current_user.id,
        days=DAYS_TO_ANSWER,
        own=_own_channels(finding) if answers else [],
        forms=g.institution.forms.values(),
        likely=_likely(finding),
        units=units_to_ask() if settled_by else [],
        known=[
            (other, is_same_account(g.institution, other, finding.account), linked(other))
            for other in likely
            if other.id != finding.channel_id
        ],
        channel_url=linked(finding.channel) if finding.channel else "",
        filing_in_sight=finding.filing is not None and _may_see(finding.filing, current_user),
    )


def _may_see(filing: Filing, person: Person) -> bool:
    in_scope = is_within_scope(filing, person.visible_units())
    return in_scope and (filing.submitted_at is not None or filing.editable(person))


def _own_channels(finding: FoundAccount) -> list[Channel]:
    """What the asked unit, and those below it, have on the register."""
    units = tree(finding.institution).below({finding.unit_id})
    query = select(Channel).where(
        Channel.institution == finding.institution,
        Channel.unit_id.in_(units),
        Channel.state == ChannelState.in_force,
    )
    return list(db.session.scalars(query.order_by(by_pinyin(Channel.title), Channel.id).limit(MOST_CHANNELS)))


def _likely(finding: FoundAccount) -> str:
    """The form whose platforms name the finding that was noted; the first when none does."""
    for form in g.institution.forms.values():
        platform = form.field(form.channel.platform) if form.channel.platform else None
        if finding.platform and finding.platform in getattr(platform, "choices", {}).values():
            return form.code
    return next(iter(g.institution.forms), "")
