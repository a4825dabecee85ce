"""Two servers, many people, and one server loses its power: nothing is lost, nothing is there twice."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event as Signal
from time import monotonic

import pytest
from sqlalchemy import func, select, update

from app import HOUSE
from bench.visitor import Notes
from models import jobs
from models.clock import utcnow
from models.database import db, will_read, will_write
from models.events.history import Event
from models.filings.filing import Filing
from models.jobs import FileJob, JobFile, Progress
from models.messaging.outbox import BATCH, Delivery, Mail
from tests.parts import PATIENCE
from tests.two_servers.conftest import Campus
from tests.two_servers.people import A_LOOK, Ports, Roaming, at_work, ended

FILERS = 10


@dataclass(frozen=True)
class Volume:
    """How many of each. Every filing tells its head and its reporter, by mail."""

    filings: int
    reports: int
    files: int

    @property
    def mails(self) -> int:
        return 2 * self.filings


SMALL = Volume(filings=20, reports=10, files=4)
FULL = Volume(filings=200, reports=100, files=50)


def until(campus: Campus, holds: Callable[[], bool], of: str) -> None:
    """Look again and again; only what hangs takes so long."""
    waiting, end = Signal(), monotonic() + 5 * PATIENCE
    while True:
        with campus.app.app_context():
            # Whoever only looks waits for nobody, and nobody for them.
            will_read()
            if holds():
                return
            db.session.rollback()
        assert monotonic() < end, f"{of}:\n{campus.log(0)[-2000:]}\n{campus.log(1)[-2000:]}"
        waiting.wait(A_LOOK)


def count(*of) -> int:
    return db.session.scalar(select(func.count()).where(*of)) or 0


def made_there(server) -> list[int]:
    """The files that processes of this server are making just now."""
    numbers = []
    for process in server.family():
        try:
            words = Path(f"/proc/{process}/cmdline").read_text().split("\0")
        except OSError:
            continue
        numbers += [int(words[words.index("make-file") + 1])] if "make-file" in words else []
    return numbers


@pytest.mark.parametrize("volume", [SMALL, pytest.param(FULL, marks=pytest.mark.long)], ids=["small", "full"])
def test_nothing_is_lost_and_nothing_is_there_twice(campus, volume):
    ports, notes, over = Ports(*(server.port for server in campus.servers)), Notes(), Signal()
    new = partial(Roaming, ports, notes=notes)
    busy, signing, fetched = begin(campus, volume, new, over)
    try:
        until(campus, lambda: in_the_middle(campus, volume), "the first server was never busy")
        ports.alive.remove(campus.servers[0].port)
        cut = die(campus)
        ended(busy)
        until(campus, lambda: nothing_waits(volume), "something is still to be signed")
    finally:
        over.set()
        ended(signing)
    time_passes(campus, cut)
    until(campus, lambda: not count(FileJob.progress.in_(jobs.UNFINISHED)), "files are still to be made")
    until(campus, lambda: not count(Mail.state == Delivery.waiting), "mail is still to be sent")

    acknowledged = {number for number, kept in notes.kept.items() if kept.submitted}
    assert len(acknowledged) >= volume.filings
    assert len(fetched) == len(set(fetched)) == volume.files
    with campus.app.app_context():
        filings_are_there_once(acknowledged)
        reports_are_there_once(campus, volume)
        files_are_there_once(fetched)
        letters_arrived(campus, volume, cut)
        db.session.rollback()
    for folder in campus.folders:
        for command in ("verify-history", "seal", "verify-history"):
            typed(folder, command)


def begin(campus: Campus, volume: Volume, new: Callable[..., Roaming], over: Signal) -> tuple:
    """Everybody at work: who ends by themselves, who signs until it is over, the files that were fetched."""
    own = volume.filings // FILERS
    reporting = volume.reports // len(campus.campaigns)
    fetched: list[int] = []

    def person(username: str, number: int, *do: Callable[[Roaming], object]) -> Callable[[], object]:
        def live() -> None:
            visitor = new(username=username, seed=number)
            visitor.come_in(over)
            for each in do:
                each(visitor)
            visitor.connection.close()

        return live

    def file(visitor: Roaming) -> None:
        visitor.file(own, over)

    def sign(visitor: Roaming) -> None:
        visitor.sign(over)

    def fetch(many: int) -> Callable[[Roaming], object]:
        return lambda visitor: fetched.extend(visitor.files(many, over))

    def report(unit: int, *verbs: str) -> Callable[[Roaming], object]:
        addresses = [f"campaigns/{number}/reports/{campus.units[unit]}" for number in campus.campaigns]
        return lambda visitor: [visitor.report(address, verbs, over) for address in addresses]

    units = range(FILERS, FILERS + reporting)
    most = min(5, volume.files)
    work = [person(f"reporter{n}", n, file) for n in range(FILERS)]
    work += [person(f"reporter{n}", n, report(n, "say", "hand_in")) for n in units]
    work += [person(f"head{n}", n + 1, report(n, "sign")) for n in units]
    work += [person(f"head{n}", n, fetch(volume.files // most)) for n in range(60 - most, 60)]
    heads = [person(f"head{n}", n, sign) for n in range(FILERS)]
    office = [person(name, n, sign) for n, name in enumerate(("office", "deputy"))]
    return at_work(*work), at_work(*heads, *office), fetched


def in_the_middle(campus: Campus, volume: Volume) -> bool:
    """The first server makes a file, has sent some mail, and a good part of the filings is handed in."""
    sent_there = sum(letter["From"].startswith("first") for letter in list(campus.letters.arrived))
    handed_in = count(Event.verb == "submit", Event.id > campus.began)
    return sent_there > 0 and handed_in > volume.filings // 4 and bool(made_there(campus.servers[0]))


@dataclass(frozen=True)
class Cut:
    """What was under way when the first server died: files it made, mail that either held."""

    files: list[int]
    held: set[int]


def die(campus: Campus) -> Cut:
    """The first server, with all its processes, at once."""
    files = made_there(campus.servers[0])
    campus.kill(0)
    with campus.app.app_context():
        will_write(patience=PATIENCE)
        held = select(Mail.id).where(Mail.state == Delivery.waiting, Mail.not_before > utcnow())
        cut = Cut(files, set(db.session.scalars(held)))
        # What fell silent with it is taken over when that is noticed: the time until then passes here.
        silent = FileJob.id.in_(files), FileJob.progress.in_(jobs.UNFINISHED)
        passed = jobs.SILENT + timedelta(seconds=1)
        db.session.execute(update(FileJob).where(*silent).values(updated_at=utcnow() - passed))
        db.session.commit()
    return cut


def nothing_waits(volume: Volume) -> bool:
    return not count(Filing.state == "in_review") and count(Filing.state == "filed") >= volume.filings


def time_passes(campus: Campus, cut: Cut) -> None:
    """All but the mail that the dead one held is sent; that becomes due, as it does after ten minutes."""
    left = (Mail.state == Delivery.waiting, Mail.id.not_in(cut.held))
    until(campus, lambda: not count(*left), "mail is still to be sent")
    with campus.app.app_context():
        will_write(patience=PATIENCE)
        db.session.execute(update(Mail).where(Mail.state == Delivery.waiting).values(not_before=utcnow()))
        db.session.commit()


def filings_are_there_once(acknowledged: set[int]) -> None:
    """Each that was acknowledged is filed, under a number of its own and without a gap in them."""
    filed = dict(db.session.execute(select(Filing.id, Filing.number).where(Filing.state == "filed")).all())
    assert acknowledged <= set(filed)
    numbers = sorted(int(number[-4:]) for number in filed.values())
    assert numbers == list(range(1, len(filed) + 1))
    done = Counter(
        tuple(row)
        for row in db.session.execute(
            select(Event.filing_id, Event.verb, Event.step).where(Event.verb.in_(("submit", "approve")))
        )
    )
    assert set(done.values()) == {1}
    assert {filing for filing, _, _ in done} == set(filed)


def reports_are_there_once(campus: Campus, volume: Volume) -> None:
    """Each was handed in and signed once."""
    about = select(Event.report_id, Event.verb).where(Event.report_id.is_not(None))
    done = Counter(
        tuple(row)
        for row in db.session.execute(about.where(Event.verb.in_(("report_hand_in", "report_sign"))))
    )
    assert set(done.values()) == {1}
    assert len(done) == 2 * volume.reports


def files_are_there_once(fetched: list[int]) -> None:
    """Each has its content, and was written down as printed once for each of its filings."""
    rows = {job.id: job for job in db.session.scalars(select(FileJob))}
    assert set(fetched) <= {number for number, job in rows.items() if job.progress is Progress.done}
    done = [job for job in rows.values() if job.progress is Progress.done]
    assert set(db.session.scalars(select(JobFile.job_id))) == {job.id for job in done}
    assert count(Event.verb == "print") == sum(len(job.request["filings"]) for job in done)


def letters_arrived(campus: Campus, volume: Volume, cut: Cut) -> None:
    """Each once. Those that the dead server sent and could not note any more come again, as the same
    letter: at most one batch (docs/decisions/0005).
    """
    mails = set(db.session.scalars(select(Mail.id).where(Mail.state == Delivery.sent)))
    assert len(mails) >= volume.mails
    assert not count(Mail.state == Delivery.failed)
    arrived = Counter(letter["Message-ID"] for letter in campus.letters.arrived)
    numbers = {int(name.split("-")[1]): times for name, times in arrived.items()}
    assert set(numbers) == mails
    again = {number for number, times in numbers.items() if times > 1}
    assert again <= cut.held
    assert len(again) <= BATCH
    assert all(numbers[number] == 2 for number in again)


def typed(folder: Path, command: str) -> None:
    """A command as it is typed at one of the servers; it has nothing to complain of."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", command],
        cwd=HOUSE,
        env=os.environ | {"BEIAN_INSTANCE": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
