"""What is done with a found account: noted, asked of a unit, answered, settled, opened again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.channels.channel import Channel
from models.clock import utcnow
from models.database import db, lock, write_if
from models.events import history
from models.examining.examined import Examined
from models.filings.filing import Filing
from models.filings.starting import start
from models.filings.transitions import keep
from models.findings.found_account import FoundAccount, FoundAccountConflict, FoundAnswer, FoundState
from models.findings.matching import noted_already, prefilled
from models.messaging import notices
from models.people.person import Person
from models.people.unit import Unit
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.fields.account_key import normalise
from models.rules.filing_kind import FilingKind
from models.rules.similar_names import school_name_in
from models.rules.workflow import Refused, Role

LONGEST = {"title": 200, "platform": 100, "account": 500, "words": 2000}


@dataclass(frozen=True)
class Noted:
    """What somebody typed of an account they came across, cleaned."""

    title: str
    platform: str = ""
    account: str = ""
    note: str = ""
    picture: Examined | None = None


def note(
    institution: Institution,
    noted: Noted,
    unit: Unit | None,
    actor: Person,
    campaign_id: int | None = None,
    now: datetime | None = None,
) -> tuple[FoundAccount, bool]:
    """Notes an account; the same link again is joined to the note there is. Flushed.

    `campaign_id`: the campaign that runs while it is noted, if one does.

    Out: the row, and whether it was there already (then its unit stays the one that is asked).
    """
    now = now or utcnow()
    lock(f"found accounts of {institution.code}")
    before = noted_already(institution.code, noted.account)
    if before is not None:
        _join(before, noted, actor, now)
        return before, True
    finding = FoundAccount(
        institution=institution.code,
        title=noted.title,
        platform=noted.platform,
        account=noted.account,
        account_key=normalise(noted.account)[: LONGEST["account"]],
        note=noted.note,
        bears_name=bool(school_name_in(noted.title, institution.names)),
        found_by=actor,
        found_at=now,
        campaign_id=campaign_id,
        unit=unit,
        asked_at=now if unit else None,
        state=FoundState.open,
        touched_at=now,
        touched_by="登记",
        **_kept(noted.picture),
    )
    db.session.add(finding)
    db.session.flush()
    _write(finding, actor, now, "登记")
    _tell_asked(finding, actor, now)
    return finding, False


def answer_filed(
    finding: FoundAccount,
    channel: Channel,
    words: str,
    actor: Person,
    revision: int,
    now: datetime | None = None,
) -> None:
    """It is on the register: this is the one. Raises Refused or FoundAccountConflict."""
    if channel.institution != finding.institution:
        raise Refused("请选择本校在册的账号。")
    _answer(finding, FoundAnswer.filed, actor, revision, now or utcnow(), words=words, channel_id=channel.id)


def answer_to_file(
    institution: Institution,
    finding: FoundAccount,
    form: Form,
    words: str,
    actor: Person,
    revision: int,
    now: datetime | None = None,
) -> Filing:
    """The unit files it now: a draft that knows what was noted. Raises Refused or FoundAccountConflict."""
    now = now or utcnow()
    _refuse_answer(finding, actor)
    filing = start(institution, form, FilingKind.first, finding.unit, actor, None, True, now)
    keep(filing, institution, {**filing.answers, **prefilled(form, finding)}, actor, filing.revision, now=now)
    _answer(finding, FoundAnswer.to_file, actor, revision, now, words=words, filing_id=filing.id)
    return filing


def answer_plainly(
    finding: FoundAccount,
    answer: FoundAnswer,
    words: str,
    actor: Person,
    revision: int,
    now: datetime | None = None,
) -> None:
    """非本单位 (why, so that the office can ask another) or 已关闭. Raises Refused, FoundAccountConflict."""
    if answer is FoundAnswer.not_ours and not words:
        raise Refused("请写明为什么不是本单位的，知道是谁的也请写上。")
    _answer(finding, answer, actor, revision, now or utcnow(), words=words)


def ask(finding: FoundAccount, unit: Unit, actor: Person, revision: int, now: datetime | None = None) -> None:
    """The office presumes (another) unit: its days begin now, what was answered is dropped."""
    _refuse_office(finding, actor)
    if finding.is_over:
        raise Refused("这一条已经办结，请先撤销办结。")
    if unit.institution != finding.institution or not unit.active:
        raise Refused("请选择本校的单位。")
    now = now or utcnow()
    _write_unless_changed(
        finding,
        revision,
        f"{actor.name} 转给{unit.name}"[:150],
        now,
        unit_id=unit.id,
        asked_at=now,
        state=FoundState.open,
        answer=None,
        words="",
        answered_by_id=None,
        answered_at=None,
        channel_id=None,
        filing_id=None,
    )
    _write(finding, actor, now, f"转给{unit.name}")
    _tell_asked(finding, actor, now)


def settle(
    finding: FoundAccount, words: str, actor: Person, revision: int, now: datetime | None = None
) -> None:
    """The office closes it, saying how. Raises Refused or FoundAccountConflict."""
    _refuse_office(finding, actor)
    if finding.is_over:
        raise Refused("这一条已经办结。")
    if not words:
        raise Refused("请写明怎样办结的。")
    now = now or utcnow()
    _write_unless_changed(
        finding, revision, f"{actor.name} 办结", now, state=FoundState.settled, closing_words=words
    )
    _write(finding, actor, now, f"办结：{words}")


def reopen(finding: FoundAccount, actor: Person, revision: int, now: datetime | None = None) -> None:
    """Undoes the settling; or sends an answer back to the unit, whose days begin anew."""
    _refuse_office(finding, actor)
    now = now or utcnow()
    if finding.state is FoundState.settled:
        state = FoundState.answered if finding.answer else FoundState.open
        _write_unless_changed(finding, revision, f"{actor.name} 撤销办结", now, state=state, closing_words="")
        _write(finding, actor, now, "撤销办结")
        return
    if finding.waits or finding.made_up_for:
        raise Refused("这一条现在不需要重新答复。")
    _write_unless_changed(
        finding,
        revision,
        f"{actor.name} 请重新答复",
        now,
        state=FoundState.open,
        asked_at=now,
        answer=None,
        channel_id=None,
        filing_id=None,
    )
    _write(finding, actor, now, "请重新答复")
    _tell_asked(finding, actor, now)


def _answer(
    finding: FoundAccount, answer: FoundAnswer, actor: Person, revision: int, now: datetime, **columns
) -> None:
    _refuse_answer(finding, actor)
    _write_unless_changed(
        finding,
        revision,
        f"{actor.name} 答复“{answer.label}”",
        now,
        state=FoundState.answered,
        answer=answer,
        answered_by_id=actor.id,
        answered_at=now,
        **columns,
    )
    _write(finding, actor, now, f"答复{answer.label}")
    office = notices.office_people(finding.institution)
    text = f"{finding.unit.name}对发现的“{finding.title}”答复：{answer.label}。"
    notices.notify(finding.institution, office, text, besides=actor, detail=finding.words, now=now)


def _refuse_answer(finding: FoundAccount, actor: Person) -> None:
    if not finding.answerable_by(actor):
        raise Refused(f"这一条现在是“{finding.label}”，或不是问您单位的，您不能答复。")


def _refuse_office(finding: FoundAccount, actor: Person) -> None:
    if not actor.has(Role.office) or actor.institution != finding.institution:
        raise Refused("只有备案审核部门可以这样办理。")


def _write_unless_changed(
    finding: FoundAccount, revision: int, what: str, now: datetime, **columns: Any
) -> None:
    """Writes columns, and `what` was done by whom; raises FoundAccountConflict if somebody was faster."""
    columns |= {"revision": revision + 1, "touched_at": now, "touched_by": what}
    if not write_if(finding, FoundAccount.revision == revision, **columns):
        raise FoundAccountConflict(finding)


def _join(finding: FoundAccount, noted: Noted, actor: Person, now: datetime) -> None:
    # The unit that is asked reads it: who noted the account stands in the history alone.
    added = noted.note or "又有人发现了这个账号。"
    picture = _kept(noted.picture) if not finding.screenshot_mime else {}
    is_known = bool(noted.note) and noted.note in finding.note
    text = finding.note if is_known else f"{finding.note}\n{added}".strip()
    _write_unless_changed(
        finding, finding.revision, "补充登记", now, times=finding.times + 1, note=text, **picture
    )
    _write(finding, actor, now, "再次登记")


def _kept(picture: Examined | None) -> dict:
    if picture is None:
        return {}
    return {"screenshot": picture.content, "screenshot_mime": picture.mime}


def _write(finding: FoundAccount, actor: Person, now: datetime, words: str) -> None:
    unit = f"（{finding.unit.name}）" if finding.unit else ""
    history.record(
        finding.institution,
        "found",
        actor,
        now,
        opinion=f"{finding.title}{unit}：{words}",
        to_state=finding.label[:20],
    )


def _tell_asked(finding: FoundAccount, actor: Person, now: datetime) -> None:
    """The presumed unit is asked; where there is none, the office must find one."""
    if finding.unit is None:
        people = notices.office_people(finding.institution)
        text = f"发现“{finding.title}”未备案，请指定答复的单位。"
    else:
        people = notices.people_of_unit(finding.institution, finding.unit_id)
        due = finding.due_on
        text = (
            f"发现“{finding.title}”可能是{finding.unit.name}未备案的账号，"
            f"请最迟{due.month}月{due.day}日到发现台账答复。"
        )
    notices.notify(finding.institution, people, text, besides=actor, now=now)
