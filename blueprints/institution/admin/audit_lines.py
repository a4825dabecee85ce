"""A line of the trail in people's words, for page and workbook; no full phone number in it."""

from dataclasses import dataclass

from flask import url_for
from flask_login import current_user

from blueprints.institution.loading import is_within_scope, may_open
from models.audit.trail import Entry
from models.channels.channel import ChannelState
from models.clock import campus_time
from models.events.history import Event
from models.rules.masking import mask_change, mask_text
from models.rules.policy import Action, may
from models.rules.report_workflow import ReportState
from models.rules.workflow import State


@dataclass(frozen=True)
class Line:
    """An event as it is read. `href` opens what it is about, '' for who may not open it."""

    event: Event
    at: str
    deed: str
    about: str
    number: str
    unit: str
    said: str
    moved: str
    changes: list[dict]
    href: str
    only: dict[str, int]


def line_of(entry: Entry, unit_names: dict[int, str], linked: bool = True) -> Line:
    """The line of an event; `linked=False` where nothing can be clicked."""
    event = entry.event
    about, number = _about(entry)
    what = entry.filing or entry.channel or entry.report
    return Line(
        event=event,
        at=f"{campus_time(event.at):%Y-%m-%d %H:%M:%S}",
        deed="，".join(filter(None, [event.label, event.step_label])),
        about=about,
        number=number,
        unit=unit_names.get(what.unit_id, "") if what else "",
        said=mask_text(event.opinion),
        moved=_moved(event),
        changes=[mask_change(change) for change in event.changes],
        href=_href(entry) if linked and may(current_user, Action.READ) else "",
        only=_only(entry),
    )


def cells(line: Line) -> list[str]:
    """The line for a workbook, in the order of its heads."""
    changed = "\n".join(f"{one['label']}：{one.get('before') or '（空）'} → "
                        f"{one.get('after') or '（空）'}" for one in line.changes)
    return [line.at, line.event.actor_name, line.deed, line.about, line.number, line.unit,
            line.said, line.moved, changed, str(line.event.id), line.event.digest]


def _about(entry: Entry) -> tuple[str, str]:
    """What the event is about, and its number."""
    if entry.filing:
        return f"{entry.filing.title or '未命名'}（{entry.filing.kind.label}）", entry.filing.number
    if entry.channel:
        return entry.channel.title or "未命名", entry.channel.number
    return (f"{entry.report.campaign.title}（报送）" if entry.report else ""), ""


def _only(entry: Entry) -> dict[str, int]:
    """The filter that shows only what is about the same thing."""
    if entry.filing:
        return {"filing": entry.filing.id}
    return {"channel": entry.channel.id} if entry.channel else {}


def _href(entry: Entry) -> str:
    if entry.filing and may_open(entry.filing):
        return url_for(".filing", filing_id=entry.filing.id)
    channel = entry.channel
    if channel and channel.state is not ChannelState.planned and is_within_scope(
        channel, current_user.visible_units()
    ):
        return url_for(".channel", channel_id=channel.id)
    return ""


def _moved(event: Event) -> str:
    """From which state to which: 审核中 → 已备案; '' when it changed none."""
    states = ReportState if event.report_id else State
    words = [_state(states, code) for code in (event.from_state, event.to_state)]
    return " → ".join(filter(None, words)) if words[0] != words[1] else ""


def _state(states: type[State] | type[ReportState], code: str) -> str:
    """A state in people's words; some deeds were written down in words already."""
    return states(code).label if code in set(states) else code
