"""The walks of a reporter, a head and the office, with time to think between two requests."""

from collections.abc import Iterator
from threading import Event, Thread
from time import monotonic
from urllib.parse import quote

from bench.rush_school import CODE, RushSchool
from bench.visitor import FILING, Notes, Visitor

# How often a person's next errand is which; autosaves and the hand-in follow a form by themselves.
REPORTER = {"home": 3, "list": 2, "search": 2, "register": 1, "report": 2, "PDF": 1, "xlsx": 1, "write": 3}
HEAD = {"home": 3, "list": 1, "search": 1, "report": 2, "PDF": 1, "approve": 4}
OFFICE = {"home": 1, "list": 2, "search": 2, "board": 3, "report": 1, "PDF": 1, "xlsx": 1, "approve": 4}
AUTOSAVES = 3


class Walker:
    """One person's way through the pages. `number`: which of the school's units it is about."""

    def __init__(self, school: RushSchool, visitor: Visitor, number: int, errands: dict[str, int]) -> None:
        self.school, self.visitor, self.errands = school, visitor, errands
        self.unit = school.units[number % len(school.units)]
        self.filings: list[str] = []

    def walk(self) -> Iterator[None]:
        """Errand after errand, without end; a pause is due at each yield."""
        names, weights = list(self.errands), list(self.errands.values())
        while True:
            yield from self.run(*self.visitor.random.choices(names, weights))
            yield

    def run(self, errand: str) -> Iterator[None]:
        """One errand."""
        if errand == "write":
            yield from self._write()
        elif errand == "approve":
            yield from self.visitor.approve()
        elif errand == "PDF":
            yield from self._print()
        else:
            self.visitor.get(errand, self.visitor.at(self._address(errand)))

    def _address(self, errand: str) -> str:
        unit = self.visitor.random.randrange(1, len(self.school.units))
        return {
            "home": "",
            "list": "filings/",
            "search": "register?q=" + quote(f"第{unit:02}学院"),
            "register": "register",
            "report": f"campaigns/{self.school.campaign}/reports/{self.unit}",
            "board": f"campaigns/{self.school.campaign}",
            "xlsx": "summaries/accounts.xlsx",
        }[errand]

    def _write(self) -> Iterator[None]:
        visitor = self.visitor
        visitor.open_form()
        for _ in range(AUTOSAVES):
            if visitor.draft:
                yield
                visitor.autosave()
        if visitor.draft:
            yield
            visitor.submit()

    def _print(self) -> Iterator[None]:
        if not self.filings:
            _, page = self.visitor.get("list", self.visitor.at("filings/?state=filed"))
            self.filings = list(dict.fromkeys(FILING.findall(page)))
            yield
        if self.filings:
            filing = self.visitor.random.choice(self.filings)
            self.visitor.get("PDF", self.visitor.at(f"filings/{filing}/sheet.pdf"))


def walkers(school: RushSchool, port: int, notes: Notes, count: int) -> list[Walker]:
    """So many people: of a hundred, sixty report, thirty-six sign, four are of the office."""
    pairs = [(f"reporter{n}", n, REPORTER) for n in range(60)] + [(f"head{n}", n, HEAD) for n in range(60)]
    office = [(name, 1 + n, OFFICE) for n, name in enumerate(("office", "deputy", "office", "deputy"))]
    of_office = max(1, count // 25)
    reporting = max(1, count * 60 // 100)
    chosen = pairs[:reporting] + pairs[60 : 60 + count - reporting - of_office] + office[:of_office]
    return [
        Walker(school, Visitor(port, CODE, username, notes, seed), number, errands)
        for seed, (username, number, errands) in enumerate(chosen)
    ]


def walk_all(everybody: list[Walker], signing_in: float, seconds: float, think: float) -> None:
    """All sign in within `signing_in` seconds, and walk until `seconds` after the last was due to.

    `think`: mean seconds between a page and the next request, at least half and at most one and a half.
    """
    until, over = monotonic() + signing_in + seconds, Event()

    def live(walker: Walker, wait: float) -> None:
        over.wait(wait)
        if not walker.visitor.sign_in():
            return
        for _ in walker.walk():
            pause = think * walker.visitor.random.uniform(0.5, 1.5)
            if over.wait(min(pause, max(until - monotonic(), 0))) or monotonic() >= until:
                return

    threads = [
        Thread(target=live, args=(walker, signing_in * number / len(everybody)), daemon=True)
        for number, walker in enumerate(everybody)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for walker in everybody:
        walker.visitor.connection.close()
