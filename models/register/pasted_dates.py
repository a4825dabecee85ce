"""Two columns copied from a spreadsheet: which channel, and the day of its newest post."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from models import clock
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.people.person import Person
from models.register.activity import check_day, record_newest_post
from models.rules.dates import read_day
from models.rules.fields.account_key import normalise, title_key
from models.rules.messages import clean
from models.rules.workflow import Refused

# More would keep other writers waiting for seconds.
MOST_LINES = 500
LABEL = "最近更新日期"
_HEADING = re.compile("日期|时间|更新")
# What is typed by hand has no tabs: the last word of the line is the date.
_BY_HAND = re.compile(r"(.*\S)[\s,，]+(\S+)")


@dataclass
class Line:
    """One pasted line: what it says, what that means, and the sentence why it means nothing.

    `known`: the day is what was known before, so nothing is written down.
    """

    number: int
    words: str
    typed: str
    text: str
    channel: Channel | None = None
    day: date | None = None
    problem: str = ""
    known: bool = False

    @property
    def is_new(self) -> bool:
        """Whether there is something to write down."""
        return not self.problem and not self.known


def read_lines(text: str, person: Person) -> list[Line]:
    """The pasted lines with their channels and days; empty lines and a heading are left out.

    A channel is found by its 编号, else its account, else its name, among those in force of the
    person's units. Raises Refused when there are too many lines.
    """
    lines = _split(text)
    if len(lines) > MOST_LINES:
        raise Refused(f"一次最多粘贴{MOST_LINES}行，现在有{len(lines)}行，请分几次粘贴。")
    find, today, seen = _finder(lines, person), clock.today(), {}
    for line in lines:
        try:
            _read(line, find, today, seen)
        except (Refused, ValueError) as problem:
            line.problem = str(problem)
    return lines


def keep_lines(lines: list[Line], person: Person) -> int:
    """Writes the new days down; a line that is refused now carries its sentence. Out: how many."""
    kept = 0
    for line in lines:
        if line.is_new:
            try:
                kept += record_newest_post(line.channel, line.day, person) is not None
            except Refused as refusal:
                line.problem = str(refusal)
    return kept


def _split(text: str) -> list[Line]:
    lines = []
    for number, row in enumerate(clean(text).splitlines(), 1):
        cells = [words for cell in row.split("\t") if (words := clean(cell.strip().strip('"')))]
        if len(cells) == 1 and (by_hand := _BY_HAND.fullmatch(cells[0])):
            cells = list(by_hand.groups())
        if cells:
            lines.append(_line(number, cells))
    return lines[1:] if lines and _HEADING.search(lines[0].typed) else lines


def _line(number: int, cells: list[str]) -> Line:
    words, typed = cells[0], cells[-1] if len(cells) > 1 else ""
    line = Line(number, words[:100], typed[:40], "\t".join(cells))
    if len(cells) != 2:
        line.problem = f"这一行有{len(cells)}格，请只粘贴账号（或编号、名称）和日期两列。"
    return line


def _read(line: Line, find, today: date, seen: dict[int, int]) -> None:
    """Fills the line in. Raises Refused or ValueError with its sentence."""
    if line.problem:
        return
    channels = find(line.words)
    if not channels:
        raise Refused("您单位的在册账号中没有这一个，请核对编号、账号或名称。")
    if len(channels) > 1:
        named = "、".join(sorted(channel.number or channel.account for channel in channels)[:3])
        raise Refused(f"有{len(channels)}个账号都对得上（{named}），请改用编号。")
    line.channel = channels[0]
    line.day = read_day(line.typed, LABEL, today)
    check_day(line.day, today)
    first = seen.setdefault(line.channel.id, line.number)
    if first != line.number:
        raise Refused(f"与第{first}行是同一个账号，请只留一行。")
    line.known = line.day == line.channel.last_update_on


def _finder(lines: list[Line], person: Person):
    """What finds the channels that some words mean: by number first, then account, then name."""
    words = {line.words for line in lines}
    # As it was typed, for a platform's own rule may have made its key of something else.
    keys = {
        "number": words,
        "account": words,
        "account_key": {normalise(word) for word in words} - {""},
        "title_key": {title_key(word) for word in words} - {""},
    }
    query = select(Channel).where(
        Channel.institution == person.institution,
        Channel.state == ChannelState.in_force,
        or_(*(getattr(Channel, name).in_(values) for name, values in keys.items())),
    )
    units = person.visible_units()
    if units is not None:
        query = query.where(Channel.unit_id.in_(units))
    known: dict[tuple[str, str], list[Channel]] = defaultdict(list)
    for channel in db.session.scalars(query.order_by(Channel.id)):
        for name in keys:
            if value := getattr(channel, name):
                known[name, value].append(channel)

    def find(typed: str) -> list[Channel]:
        return (
            known.get(("number", typed))
            or known.get(("account", typed))
            or known.get(("account_key", normalise(typed)))
            or known.get(("title_key", title_key(typed)))
            or []
        )

    return find
