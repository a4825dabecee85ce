"""A small model of what may happen to channels and their papers, written apart from the app.

It knows nothing of databases: `tests/filings/test_life.py` drives it and the app side by side.
"""

import unicodedata
from dataclasses import dataclass, field

OPEN = {"draft", "in_review", "returned"}
WRITABLE = {"draft", "returned", "withdrawn"}
KINDS = {
    "planned": {"first"},
    "void": {"first"},
    "closed": {"first"},
    "in_force": {"change", "review", "close"},
}
# Who signs at which step of the form; two steps.
SIGNERS = [{"wang"}, {"li", "zhao"}]
REPORTERS = {"chen"}


@dataclass(eq=False)
class Paper:
    """One filing as the rules see it."""

    kind: str
    account: str
    title: str
    base: "Paper | None" = None
    state: str = "draft"
    step: int = 0
    submitted: bool = False

    @property
    def key(self) -> str:
        """The account as the register compares it: width and case do not tell two apart."""
        return unicodedata.normalize("NFKC", self.account).casefold()

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass(eq=False)
class Thing:
    """One channel: what it is, what is in force, every paper about it."""

    state: str = "planned"
    claimed: str = ""
    current: Paper | None = None
    papers: list[Paper] = field(default_factory=list)

    @property
    def open_paper(self) -> Paper | None:
        return next((paper for paper in self.papers if paper.open), None)


@dataclass(eq=False)
class World:
    """All channels of the school."""

    things: list[Thing] = field(default_factory=list)

    def may_start(self, thing: Thing, kind: str) -> bool:
        return kind in KINDS[thing.state] and thing.open_paper is None

    def start(self, thing: Thing, kind: str, account: str, title: str) -> Paper:
        base = None if kind == "first" else thing.current
        paper = Paper(kind, account, title, base)
        thing.papers.append(paper)
        if thing.state == "void":
            thing.state = "planned"
        return paper

    def taken(self, thing: Thing, key: str) -> bool:
        others = [other for other in self.things if other is not thing and other.state != "void"]
        return bool(key) and any(other.claimed == key for other in others)

    def may_submit(self, thing: Thing, paper: Paper, who: str) -> bool:
        """Reporters only; one open paper; nothing overtaken, nothing empty, nothing doubled."""
        if who not in REPORTERS or paper.state not in WRITABLE:
            return False
        again = paper.state == "withdrawn"
        if again and not self.may_start(thing, paper.kind):
            return False
        if paper.kind != "first" and paper.base is not thing.current:
            return False
        if paper.kind == "change" and (paper.title, paper.account) == (paper.base.title, paper.base.account):
            return False
        return not self.taken(thing, paper.key)

    def submit(self, thing: Thing, paper: Paper) -> None:
        paper.state, paper.step, paper.submitted = "in_review", 0, True
        if thing.state == "planned":
            thing.claimed = paper.key

    def may_decide(self, thing: Thing, paper: Paper, verb: str, who: str) -> bool:
        if verb == "withdraw":
            return paper.state in {"in_review", "returned"} and who in REPORTERS
        if paper.state != "in_review" or who not in SIGNERS[paper.step]:
            return False
        last = verb == "approve" and paper.step == len(SIGNERS) - 1
        return not (last and paper.kind != "close" and self.taken(thing, paper.key))

    def decide(self, thing: Thing, paper: Paper, verb: str) -> None:
        if verb == "return":
            paper.state = "returned"
        elif verb == "withdraw":
            paper.state = "withdrawn"
            if thing.state == "planned":
                thing.claimed = ""
        elif verb == "reject":
            paper.state = "rejected"
            if paper.kind == "first" and thing.state == "planned":
                thing.state, thing.claimed = "void", ""
        elif paper.step < len(SIGNERS) - 1:
            paper.step += 1
        else:
            self._file(thing, paper)

    def may_discard(self, paper: Paper, who: str) -> bool:
        return paper.state == "draft" and not paper.submitted and who in REPORTERS

    def discard(self, thing: Thing, paper: Paper) -> None:
        thing.papers.remove(paper)
        if thing.state == "planned" and not thing.papers:
            self.things.remove(thing)

    def _file(self, thing: Thing, paper: Paper) -> None:
        paper.state = "filed"
        if paper.kind == "close":
            thing.state = "closed"
        else:
            thing.state, thing.current, thing.claimed = "in_force", paper, paper.key
