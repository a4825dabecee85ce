"""Kinds, verbs and races in any order: the app and a small model of the rules always agree."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from models.audit import comparing
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.events import history
from models.filings import transitions
from models.filings.conflict import Conflict
from models.filings.filing import Filing
from models.rules.workflow import Refused
from tests.campus import Campus
from tests.filings.rules_of_life import SIGNERS, Paper, Thing, World

pytestmark = pytest.mark.sqlite("hundreds of new campuses, each a database")

RIGHTFUL = "whoever may"
PEOPLE = st.just(RIGHTFUL) | st.sampled_from(["chen", "wang", "zhou", "li", "zhao", "qian"])
VERBS = st.sampled_from(["approve", "approve", "approve", "return", "reject", "withdraw"])
KINDS = st.sampled_from(["first", "change", "review", "close"])
LATER_KINDS = st.sampled_from(["change", "review", "close"])
# Two spellings of one account, and none at all.
ACCOUNTS = st.sampled_from(["xgzs", "ＸＧＺＳ", "other", ""])
WHICH = st.integers(0, 40)
TITLES = st.sampled_from(["信工之声", "信工青年", "实验室"])


class Life(RuleBasedStateMachine):
    """Every rule asks the model first whether it may happen, then sees the app agree."""

    @initialize()
    def open_school(self):
        self.folder = Path(tempfile.mkdtemp())
        self.campus = Campus(f"sqlite:///{self.folder / 'life.sqlite3'}")
        self.world = World()
        self.ids: dict[Paper, int] = {}
        for account, title in (("xgzs", "信工之声"), ("other", "实验室")):
            self.begin_with_a_new_account(account, title)
            self.everybody_agrees(len(self.world.things) - 1)

    def teardown(self):
        """Whatever was done lawfully, every paper says what was signed."""
        if hasattr(self, "campus"):
            with self.campus.open():
                assert comparing.differences("xx") == []
        if hasattr(self, "folder"):
            with self.campus.app.app_context():
                db.engine.dispose()
            shutil.rmtree(self.folder)

    @rule(account=ACCOUNTS, title=TITLES)
    def begin_with_a_new_account(self, account, title):
        thing = Thing()
        self.world.things.append(thing)
        self._start(thing, "first", account, title)

    @rule(which=WHICH, kind=KINDS, account=ACCOUNTS, title=TITLES)
    def begin_about_a_channel(self, which, kind, account, title):
        thing, _ = self._pick(which)
        if kind == "close" and thing.current:  # it asks for neither: they stay as they are
            account, title = thing.current.account, thing.current.title
        if self.world.may_start(thing, kind):
            self._start(thing, kind, account, title)
        else:
            self._refused(lambda: self._draft(thing, kind, account, title))

    @precondition(lambda self: self._in_force())
    @rule(which=WHICH, kind=LATER_KINDS, title=TITLES, account=ACCOUNTS)
    def begin_about_what_is_in_force(self, which, kind, title, account):
        free = self._in_force()
        thing = free[which % len(free)]
        if kind == "close":
            account, title = thing.current.account, thing.current.title
        self._start(thing, kind, account, title)

    @precondition(lambda self: self._in_force())
    @rule(which=WHICH, kind=LATER_KINDS, title=TITLES)
    def change_one_mind(self, which, kind, title):
        """A paper that is handed in, taken back, and lies there while others go their way."""
        free = self._in_force()
        thing = free[which % len(free)]
        self._start(thing, kind, thing.current.account, title)
        number = self._pairs().index((thing, thing.papers[-1]))
        self.submit(number, "chen")
        self.decide(number, "withdraw", "chen")

    @precondition(lambda self: any(paper.state == "withdrawn" for _, paper in self._pairs()))
    @rule(which=WHICH)
    def hand_in_again(self, which):
        back = [n for n, (_, paper) in enumerate(self._pairs()) if paper.state == "withdrawn"]
        self.submit(back[which % len(back)], "chen")

    @precondition(lambda self: any(paper.open for _, paper in self._pairs()))
    @rule(which=WHICH)
    def settle_what_is_open(self, which):
        being_done = [n for n, (_, paper) in enumerate(self._pairs()) if paper.open]
        self.everybody_agrees(being_done[which % len(being_done)])

    @rule(which=WHICH, account=ACCOUNTS, title=TITLES)
    def write(self, which, account, title):
        _, paper = self._pick(which)
        if paper.kind == "close":
            return
        allowed = paper.state in {"draft", "returned", "withdrawn"}
        self._expect(allowed, lambda: self._keep(self._filing(paper), account, title))
        if allowed:
            paper.account, paper.title = account, title

    @rule(which=WHICH, who=PEOPLE)
    def submit(self, which, who):
        thing, paper = self._pick(which)
        who = "chen" if who == RIGHTFUL else who
        allowed = self.world.may_submit(thing, paper, who)
        self._expect(allowed, lambda: self.campus.do(self._filing(paper), "submit", who))
        if allowed:
            self.world.submit(thing, paper)

    @rule(which=WHICH)
    def everybody_agrees(self, which):
        """The usual way, which leads to where rarer things can happen."""
        self.submit(which, "chen")
        self.decide(which, "approve", "wang")
        self.decide(which, "approve", "li")

    @rule(which=WHICH, verb=VERBS, who=PEOPLE)
    def decide(self, which, verb, who):
        thing, paper = self._pick(which)
        who = self._rightful(paper, verb) if who == RIGHTFUL else who
        allowed = self.world.may_decide(thing, paper, verb, who)
        self._expect(allowed, lambda: self.campus.do(self._filing(paper), verb, who, "理由"))
        if allowed:
            self.world.decide(thing, paper, verb)

    @rule(which=WHICH, first=VERBS, second=VERBS, who=PEOPLE, other=PEOPLE)
    def two_decide_on_what_both_saw(self, which, first, second, who, other):
        thing, paper = self._pick(which)
        who = self._rightful(paper, first) if who == RIGHTFUL else who
        other = self._rightful(paper, second) if other == RIGHTFUL else other
        if not self.world.may_decide(thing, paper, first, who):
            return
        with self.campus.open():
            seen = self._filing(paper).revision
        self._expect(True, lambda: self.campus.do(self._filing(paper), first, who, "理由", seen))
        self.world.decide(thing, paper, first)
        with self.campus.open(), pytest.raises(Conflict, match="您的操作没有生效"):
            self.campus.do(self._filing(paper), second, other, "理由", seen)

    @rule(which=WHICH, who=PEOPLE)
    def throw_away(self, which, who):
        thing, paper = self._pick(which)
        who = "chen" if who == RIGHTFUL else who
        allowed = self.world.may_discard(paper, who)

        def discard():
            filing = self._filing(paper)
            transitions.discard(filing, self.campus.person(who), filing.revision)

        self._expect(allowed, discard)
        if allowed:
            self.world.discard(thing, paper)
        if not self.world.things:
            self.begin_with_a_new_account("xgzs", "信工之声")

    @invariant()
    def the_register_says_what_was_approved_last(self):
        if not hasattr(self, "campus"):
            return
        with self.campus.open():
            shown = select(Channel).where(Channel.state == ChannelState.in_force)
            register = {(c.title, c.account_key) for c in db.session.scalars(shown)}
            known = [thing for thing in self.world.things if thing.state == "in_force"]
            assert register == {(t.current.title, t.current.key) for t in known}
            states = sorted(str(c.state) for c in db.session.scalars(select(Channel)))
            assert states == sorted(thing.state for thing in self.world.things)
            assert history.verify("xx") is None

    @invariant()
    def no_channel_has_two_open_papers_and_no_account_two_channels(self):
        for thing in self.world.things if hasattr(self, "world") else []:
            assert sum(paper.open for paper in thing.papers) <= 1
            assert not self.world.taken(thing, thing.claimed)

    def _start(self, thing: Thing, kind: str, account: str, title: str) -> None:
        with self.campus.open():
            filing = self._draft(thing, kind, account, title)
            db.session.commit()
            number = filing.id
        self.ids[self.world.start(thing, kind, account, title)] = number

    def _draft(self, thing: Thing, kind: str, account: str, title: str) -> Filing:
        known = next((self.ids[paper] for paper in thing.papers), None)
        channel = db.session.get(Filing, known).channel if known else None
        return self.campus.draft(kind=kind, channel=channel, account=account or None, title=title)

    def _keep(self, filing: Filing, account: str, title: str) -> None:
        answers = {**filing.answers, "account": account or None, "title": title}
        transitions.keep(filing, self.campus.school, answers, self.campus.person("chen"), filing.revision)

    def _filing(self, paper: Paper) -> Filing:
        return db.session.get(Filing, self.ids[paper])

    def _pick(self, which: int) -> tuple[Thing, Paper]:
        pairs = self._pairs()
        return pairs[which % len(pairs)]

    def _pairs(self) -> list[tuple[Thing, Paper]]:
        return [(thing, paper) for thing in self.world.things for paper in thing.papers]

    def _in_force(self) -> list[Thing]:
        """Those about which something may be begun."""
        return [one for one in self.world.things if self.world.may_start(one, "change")]

    def _rightful(self, paper: Paper, verb: str) -> str:
        return "chen" if verb == "withdraw" else min(SIGNERS[min(paper.step, 1)])

    def _expect(self, allowed: bool, deed) -> None:
        if not allowed:
            self._refused(deed)
            return
        with self.campus.open():
            deed()
            db.session.commit()

    def _refused(self, deed) -> None:
        with self.campus.open(), pytest.raises(Refused, match=r"。$"):
            deed()


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=50, deadline=None, derandomize=True)
