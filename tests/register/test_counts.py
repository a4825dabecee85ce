"""The tally and the pairs are kept by the database: after whatever was done they say what is."""

import random
from collections import Counter

import pytest
from sqlalchemy import delete, select, text, update

from models.channels import count_triggers
from models.channels.channel import Channel, ChannelState
from models.channels.count_triggers import ChannelPair, ChannelTally
from models.database import db
from models.events import append_only
from models.filings import transitions
from models.register import counts
from models.register.search import channels
from models.rules.filters import Filters
from models.rules.workflow import Refused
from tests.campus import Campus, day

NAMES = ["信工之声", "青年之声", "医路青年", "机器人", "College Radio", "读书\n会", "之"]


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def tallied() -> dict:
    rows = db.session.execute(
        select(
            ChannelTally.institution,
            ChannelTally.standing,
            ChannelTally.incomplete,
            ChannelTally.platform,
            ChannelTally.form,
            ChannelTally.unit_id,
            ChannelTally.channels,
        )
    )
    return {tuple(kinds): count for *kinds, count in rows if count}


def paired() -> set:
    return {
        (row.institution, row.state, row.pair, row.unit_id, row.channel_id)
        for row in db.session.scalars(select(ChannelPair))
    }


def counted() -> tuple[dict, set]:
    """The same from the channels themselves, in Python."""
    kinds, pairs = Counter(), set()
    for one in db.session.scalars(select(Channel)):
        standing = "closing" if one.closing else one.state.value
        kinds[one.institution, standing, one.incomplete, one.platform, one.form, one.unit_id] += 1
        if one.state is not ChannelState.planned:
            pairs |= {
                (one.institution, one.state, line[at : at + 2], one.unit_id, one.id)
                for line in one.search.split("\n")
                for at in range(len(line) - 1)
                if not line[at : at + 2].isascii()
            }
    return dict(kinds), pairs


def check() -> None:
    db.session.expire_all()
    kinds, pairs = counted()
    assert tallied() == kinds
    assert paired() == pairs


class Walk:
    """Deeds of a campus in no order, as people do them; what is refused changes nothing."""

    def __init__(self, campus: Campus, seed: int):
        self.campus, self.dice = campus, random.Random(seed)
        self.channels: list[Channel] = []

    def step(self) -> None:
        deed = self.dice.choice(
            [
                self.enter,
                self.enter,
                self.hand_in,
                self.change,
                self.close,
                self.gone,
                self.rename,
                self.discard,
                self.reject,
            ]
        )
        try:
            with db.session.begin_nested():
                deed()
        except Refused:
            db.session.expire_all()

    def enter(self) -> None:
        filing = self.campus.filed(**self._words())
        self.channels.append(filing.channel)

    def hand_in(self) -> None:
        self.campus.submitted(**self._words())

    def reject(self) -> None:
        filing = self.campus.submitted(**self._words())
        self.campus.do(filing, "reject", "wang", "不实")

    def discard(self) -> None:
        filing = self.campus.draft(**self._words())
        transitions.discard(filing, self.campus.person("chen"), filing.revision)

    def change(self) -> None:
        self.campus.filed(**self._words(), kind="change", channel=self._any())

    def close(self) -> None:
        self.campus.filed(kind="close", channel=self._any())

    def gone(self) -> None:
        # As `models.register.closing` does: past the ORM.
        db.session.execute(
            update(Channel)
            .where(Channel.state == ChannelState.closed, Channel.gone_at.is_(None))
            .values(gone_at=day(9, 1))
            .execution_options(synchronize_session=False)
        )

    def rename(self) -> None:
        self._any().search = self.dice.choice(NAMES).lower()
        db.session.flush()

    def _any(self) -> Channel:
        if not self.channels:
            raise Refused("没有账号")
        return self.dice.choice(self.channels)

    def _words(self) -> dict:
        return {
            "title": self.dice.choice(NAMES),
            "unit": self.dice.choice(["信息工程学院", "机器人社"]),
            "account": self.dice.choice([None, f"a{self.dice.randrange(10**6)}"]),
            "form": self.dice.choice(["account", "group"]),
            "platform": self.dice.choice(["wechat", "weibo"]),
        }


@pytest.mark.parametrize("seed", range(6))
def test_after_any_deeds_they_say_what_a_count_of_everything_says(campus, seed):
    walk = Walk(campus, seed)
    for _ in range(40):
        walk.step()
    assert len(walk.channels) > 3
    assert len(paired()) > 10
    check()


def test_they_are_right_after_plain_statements_and_after_a_rollback(campus):
    kept = campus.filed(title="青年之声", account="a").channel
    campus.filed(title="医路", account="b")
    db.session.commit()
    kept.search, kept.state = "别的名字", ChannelState.void
    db.session.flush()
    db.session.rollback()
    check()
    db.session.execute(update(Channel).values(unit_id=campus.unit("医学院").id, incomplete=True))
    check()
    db.session.execute(text("UPDATE filing SET base_id = NULL"))
    db.session.execute(text("UPDATE channel SET current_id = NULL"))
    append_only.remove(db.session.connection())
    for table in ("event", "notice", "filing"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.execute(delete(Channel))
    check()
    assert tallied() == {}
    assert paired() == set()


def test_a_recount_finds_what_the_triggers_kept(campus):
    for number in range(4):
        campus.filed(title=NAMES[number], account=str(number))
    before = tallied(), paired()
    count_triggers.recount(db.session.connection())
    assert (tallied(), paired()) == before


def test_totals_and_lists_agree_for_everybody(campus):
    closed = campus.filed(title="关了", account="a").channel
    campus.filed(kind="close", channel=closed)
    campus.filed(title="没有账号", account=None)
    campus.filed(title="医路", by="zhou", head="sun", unit="医学院", account="c", platform="weibo")
    campus.submitted(title="还没批", account="d")
    for username in ("li", "chen", "zhou", "qian"):
        person = campus.person(username)
        said = counts.totals(campus.school, person)
        for count, filters in (
            (said.in_force, Filters()),
            (said.incomplete, Filters(incomplete=True)),
            (said.closing, Filters(state="closing")),
            (said.closed, Filters(state="closed")),
        ):
            found = len(db.session.scalars(channels(campus.school, person, filters)).all())
            assert count == found == counts.total(person, filters)
    said = counts.totals(campus.school, campus.person("li"))
    assert (said.in_force, said.incomplete, said.closing, said.closed) == (2, 1, 1, 0)
    assert said.platforms == ["微信公众号", "微博"]
    assert counts.totals(campus.school, campus.person("zhou")).platforms == ["微博"]


def test_what_the_tally_cannot_tell_is_left_to_a_count(campus):
    li = campus.person("li")
    for filters in (
        Filters(q="青年"),
        Filters(tier="first"),
        Filters(year=2026),
        Filters(stale=True),
        Filters(state="all"),
        Filters(kind="first"),
    ):
        assert counts.total(li, filters) is None
