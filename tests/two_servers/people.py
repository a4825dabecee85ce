"""People who ask now the one server, now the other, and go on with the one that is left."""

import re
from collections.abc import Callable
from http.client import HTTPConnection
from threading import Event, Thread

from bench.visitor import CUT, FILING, REVISION, Notes, Visitor
from tests.two_servers.conftest import CODE

SIGNED = re.compile(r'aria-current="step">\s*<strong>已(?:报送|接收)')
# As the page that watches a file does; between two looks of somebody who waits.
A_LOOK = 0.2


class Ports:
    """Where to ask next: each in turn of those that live, as a proxy in front would."""

    def __init__(self, *ports: int) -> None:
        self.alive = list(ports)

    def after(self, port: int) -> int:
        """The next one; the same where there is no other."""
        others = [other for other in self.alive if other != port]
        return others[0] if others else self.alive[0]


class Roaming(Visitor):
    """Every request goes to the other server than the one before it."""

    def __init__(self, ports: Ports, username: str, notes: Notes, seed: int = 0) -> None:
        super().__init__(ports.alive[seed % len(ports.alive)], CODE, username, notes, seed)
        self.ports = ports

    def _exchange(self, method: str, address: str, data: dict | None, is_partial: bool) -> tuple[int, str]:
        self.port = self.ports.after(self.port)
        self.connection.close()
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        return super()._exchange(method, address, data, is_partial)

    def come_in(self, over: Event) -> None:
        """Sign in, again where that was cut off."""
        while not self.sign_in() and not over.wait(A_LOOK):
            pass

    def file(self, count: int, over: Event) -> None:
        """Hand in so many filings, each acknowledged."""
        done = 0
        while done < count and not over.is_set():
            self.open_form()
            if self.draft:
                self.autosave()
            while self.draft:
                self.submit()
                done += self.moved

    def sign(self, over: Event) -> None:
        """Approve whatever waits, until it is said that nothing will come any more."""
        while not over.wait(A_LOOK):
            for _ in self.approve():
                pass

    def report(self, address: str, verbs: tuple[str, ...], over: Event) -> None:
        """Do this with a report: until it has come, not more than once."""
        for verb in verbs:
            while not over.is_set():
                status, page = self.get("report", self.at(address))
                form = re.search(rf'action="[^"]*{re.escape(address)}/{verb}"', page)
                if verb == "say" and 'name="rest"' not in page:
                    form = None
                revision = REVISION.search(page)
                if status == 200 and not form:
                    # Done by what was cut off before its answer, or not due yet.
                    if verb != "sign" or SIGNED.search(page):
                        break
                    over.wait(A_LOOK)
                elif status == 200 and revision:
                    data = {"revision": revision[1]} | ({"rest": "1"} if verb == "say" else {})
                    self.post(verb, self.at(f"{address}/{verb}"), data, then="report")
                    if self.moved:
                        break

    def files(self, count: int, over: Event) -> list[int]:
        """Have so many files made; the number of each, once it was fetched from the other server."""
        made: list[int] = []
        _, page = self.get("list", self.at("filings/?state=filed"))
        filings = list(dict.fromkeys(FILING.findall(page)))[:2]
        while len(made) < count and not over.wait(A_LOOK):
            self.post("print", self.at("filings/print"), {"filing": filings}, then="progress")
            job = re.search(r"/prints/(\d+)", self.location) if self.moved else None
            if job and self._fetched(int(job[1]), over):
                made.append(int(job[1]))
        return made

    def _fetched(self, job: int, over: Event) -> bool:
        while not over.wait(A_LOOK):
            status, page = self.get("progress", self.at(f"prints/{job}"))
            if status == 200 and f"/files/{job}" in page:
                # The look before was at the one server, this is at the other.
                while (status := self.get("file", self.at(f"files/{job}"))[0]) == CUT:
                    pass
                return status == 200
            if status == 200 and "every 1s" not in page:
                raise AssertionError(f"file {job} was lost: {page}")
        return False


def at_work(*works: Callable[[], object]) -> list[Thread]:
    """A thread for each; what fails in one is raised where its end is waited for (`ended`)."""
    threads = [Working(target=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    return threads


class Working(Thread):
    trouble: BaseException | None = None

    def run(self) -> None:
        try:
            super().run()
        except BaseException as trouble:
            self.trouble = trouble


def ended(threads: list[Thread]) -> None:
    """Wait for them. Raises what failed in one."""
    for thread in threads:
        thread.join()
        if thread.trouble:
            raise thread.trouble
