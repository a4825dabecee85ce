"""取缔关闭: an account, registered or found, that must be gone by a day; open until seen gone."""

from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import contains_eager

from models import clock
from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db, write_if
from models.events import history
from models.filings.filing import open_about
from models.findings.found_account import FoundAccount
from models.findings.sanction import Sanction
from models.findings.transitions import settle
from models.messaging import notices
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules.event_labels import GONE, STILL_THERE
from models.rules.workflow import Refused, Role, State
from models.wording import mentions


def bans(person: Person, q: str = "", late: bool = False) -> Select[Sanction]:
    """What is to be closed and was not seen gone yet, within the person's units, the most urgent first.

    `late`: only what should be gone by now.
    """
    query = (
        select(Sanction)
        .join(Sanction.unit)
        .outerjoin(Sanction.channel)
        .outerjoin(Sanction.found_account)
        .options(*map(contains_eager, (Sanction.unit, Sanction.channel, Sanction.found_account)))
        .where(
            Sanction.institution == person.institution,
            Sanction.due_on.is_not(None),
            Sanction.gone_at.is_(None),
            Sanction.lifted_at.is_(None),
            # An account whose closing was filed and seen gone is gone for whatever reason it was to go.
            or_(
                Sanction.channel_id.is_(None),
                ~and_(Channel.state == ChannelState.closed, Channel.gone_at.is_not(None)),
            ),
        )
    )
    visible = person.visible_units()
    if visible is not None:
        query = query.where(Sanction.unit_id.in_(visible))
    if late:
        query = query.where(Sanction.due_on < clock.today())
    if q:
        columns = (Unit.name, Unit.pinyin, Channel.title, FoundAccount.title, FoundAccount.account)
        query = query.where(or_(*(mentions(column, q) for column in columns)))
    return query.order_by(Sanction.due_on, Sanction.id)


def seen_gone(sanction: Sanction, actor: Person, now: datetime | None = None) -> None:
    """The office saw that the account is gone: off the register, or its finding settled.

    Raises Refused, also to who comes second and while a filing about it is in review.
    """
    now = now or utcnow()
    _refuse(sanction, actor)
    if not write_if(sanction, Sanction.gone_at.is_(None), Sanction.lifted_at.is_(None), gone_at=now):
        raise Refused(f"“{sanction.title}”已由他人核实，或处理已撤销，您的操作没有生效。")
    before = ""
    if sanction.channel is not None:
        before = sanction.channel.state_label
        _take_off(sanction.channel, now)
    elif sanction.found_account is not None and not sanction.found_account.is_over:
        finding = sanction.found_account
        settle(finding, f"{sanction.label}：已核实关闭。", actor, finding.revision, now)
    _write(sanction, GONE, actor, now, f"{sanction.label}：{sanction.title}", before)
    _tell(sanction, f"{sanction.label}：“{sanction.title}”已核实关闭。", actor, now)


def seen_there(sanction: Sanction, note: str, actor: Person, now: datetime | None = None) -> None:
    """The office found it still open: its unit is told. Raises Refused, also without a note."""
    now, note = now or utcnow(), note.strip()
    _refuse(sanction, actor)
    if not note:
        raise Refused("请写明查到的情况，单位要据此处理。")
    _write(sanction, STILL_THERE, actor, now, f"{sanction.label}：{sanction.title}。{note}")
    text = f"{sanction.label}：“{sanction.title}”经核实仍未关闭，请立即关闭。"
    _tell(sanction, text, actor, now, note)


def _take_off(channel: Channel, now: datetime) -> None:
    """The account leaves the register without a filing; who writes one about it cannot hand it in."""
    other = open_about(channel.id)
    if other is not None and other.state is State.in_review:
        raise Refused(f"“{channel.title}”有一件{other.kind.label}正在审核，请先办结那一件，再核实关闭。")
    channel.state, channel.closed_at, channel.gone_at = ChannelState.closed, channel.closed_at or now, now
    channel.incomplete, channel.updated_at = False, now
    db.session.flush()


def _refuse(sanction: Sanction, actor: Person) -> None:
    if not actor.has(Role.office) or actor.institution != sanction.institution:
        raise Refused("只有备案审核部门可以核实关闭。")
    if not sanction.closes:
        raise Refused(f"“{sanction.title}”已由他人核实，或处理已撤销，您的操作没有生效。")


def _write(sanction: Sanction, verb: str, actor: Person, now: datetime, words: str, before: str = "") -> None:
    channel = sanction.channel
    history.record(
        sanction.institution,
        verb,
        actor,
        now,
        channel_id=sanction.channel_id,
        opinion=words,
        from_state=before,
        to_state=channel.state_label if channel else "",
    )


def _tell(sanction: Sanction, text: str, actor: Person, now: datetime, detail: str = "") -> None:
    people = notices.people_of_unit(sanction.institution, sanction.unit_id)
    people |= tree(sanction.institution).heads_for(sanction.unit_id)
    notices.notify(sanction.institution, people, text, besides=actor, detail=detail, now=now)
