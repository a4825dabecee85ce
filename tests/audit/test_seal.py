"""The seals outside the database find out what the chain alone cannot."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from models.audit import check
from models.audit.database_name import database_name
from models.audit.seal import SealBook, Spoilt
from models.database import db
from models.events import append_only, history
from models.events.history import Event
from tests.campus import Campus

MONDAY, TUESDAY = datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 3, 1, tzinfo=UTC)


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


@pytest.fixture
def book(campus, tmp_path):
    return SealBook("xx", tmp_path / "seals", database_name())


@pytest.fixture
def sealed(campus, book):
    """Three events sealed on Monday, three more on Tuesday, one that no seal knows yet."""
    campus.filed()
    book.add(MONDAY)
    campus.filed(by="zhou", head="sun", unit="医学院", account="b")
    book.add(TUESDAY)
    campus.submitted(account="c", title="第三个")
    db.session.commit()
    return book


def rewrite(number: int, opinion: str) -> None:
    """Changes one event and makes the chain after it anew, as somebody with the database can."""
    append_only.remove(db.session.connection())
    previous = ""
    for entry in db.session.scalars(select(Event).order_by(Event.id)).all():
        db.session.expunge(entry)
        if entry.id == number:
            entry.opinion = opinion
        entry.previous = previous
        previous = entry.seal()
        db.session.execute(
            text(
                "UPDATE event SET opinion = :opinion, previous = :previous, digest = :digest WHERE id = :id"
            ),
            {"opinion": entry.opinion, "previous": entry.previous, "digest": previous, "id": entry.id},
        )


def test_what_nobody_touched_fits_its_seals(sealed):
    seals = sealed.read()
    assert [(str(one.day), one.event_id, one.events) for one in seals] == [
        ("2026-03-02", 3, 3),
        ("2026-03-03", 6, 6),
    ]
    assert check.examine("xx", seals) == check.Verdict(7, 7, True)
    assert check.since_last_seal("xx", seals) == check.Verdict(1, 7, True)


def test_a_day_has_one_seal_and_an_empty_history_none(campus, book):
    assert book.add(MONDAY) is None
    campus.filed()
    assert book.add(MONDAY) is not None
    assert book.add(MONDAY) is None
    assert len(book.file.read_text().splitlines()) == 1


def test_the_file_and_its_key_are_for_the_owner_alone(sealed):
    for file in (sealed.file, sealed.folder.parent / "seal_key"):
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_chain_that_was_made_anew_does_not_fit_the_seal(sealed):
    rewrite(5, "同意了")
    assert history.verify("xx") is None
    verdict = check.examine("xx", sealed.read())
    assert verdict.event_id == 6
    assert verdict.trouble.startswith("编号 4 至 6 的记录与 2026-03-03 的封存不符")
    assert check.since_last_seal("xx", sealed.read()).trouble == verdict.trouble


def test_the_newest_events_cannot_be_cut_off_behind_a_seal(sealed):
    append_only.remove(db.session.connection())
    db.session.execute(text("DELETE FROM event WHERE id > 4"))
    assert history.verify("xx") is None
    verdict = check.examine("xx", sealed.read())
    assert (verdict.event_id, verdict.trouble[:14]) == (6, "编号 6 的记录不见了：20")
    assert "封存不符" in check.since_last_seal("xx", sealed.read()).trouble


def test_an_event_that_was_altered_is_named(sealed):
    append_only.remove(db.session.connection())
    db.session.execute(text("UPDATE event SET opinion = '改' WHERE id = 5"))
    assert check.examine("xx", sealed.read()).trouble.startswith("从编号 5 的记录起不符")


@pytest.mark.sqlite("writes what no PostgreSQL takes for a time, a text or JSON")
@pytest.mark.parametrize("damage", ["changes = '{'", "at = 'never'", "at = 5", "opinion = x'ff'"])
def test_an_event_that_can_no_longer_be_read_is_said_to_be_altered(sealed, damage):
    append_only.remove(db.session.connection())
    db.session.execute(text(f"UPDATE event SET {damage} WHERE id = 7"))
    for verdict in (check.examine("xx", sealed.read()), check.since_last_seal("xx", sealed.read())):
        assert verdict.done
        assert "无法读取" in verdict.trouble


@pytest.mark.parametrize(("forged", "first"), [("id = 5", 5), ("id <= 5", 4)])
def test_a_purge_made_up_later_excuses_no_event(sealed, campus, forged, first):
    """'-' says that an event had no salt: then only its place in the chain could be proved."""
    history.record("xx", history.PURGE, campus.person("li"), channel_id=1)
    db.session.commit()
    append_only.remove(db.session.connection())
    db.session.execute(
        text(
            "UPDATE event SET erased = '-', opinion = '', changes = '[]', salt = '', "
            f"channel_id = 1, actor_name = '别人' WHERE {forged}"
        )
    )
    verdict = check.examine("xx", sealed.read())
    assert (verdict.event_id, "改动" in verdict.trouble) == (first, True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: [lines[0].replace(" 3 3 ", " 3 2 "), lines[1]],
        lambda lines: [lines[1]],
        lambda lines: [*lines, "2026-03-04 7 7 " + "0" * 64 + " " + "0" * 64],
        lambda lines: ["hello", *lines],
        lambda lines: [*lines, "2026-03-04 7 7 摘要 编码"],
        lambda lines: [*lines, "\udcff"],
    ],
)
def test_lines_that_were_changed_taken_out_or_made_up_are_found_out(sealed, spoil):
    lines = sealed.file.read_text().splitlines()
    sealed.file.write_text("\n".join(spoil(lines)) + "\n", "utf-8", "surrogateescape")
    with pytest.raises(Spoilt, match="被改动"):
        sealed.read()


def test_looking_slice_by_slice_comes_to_the_same(sealed):
    seals, verdict, looked = sealed.read(), check.examine("xx", sealed.read(), most=2), [2]
    while not verdict.done:
        verdict = check.examine("xx", seals, verdict.last_id, most=2)
        looked.append(verdict.checked)
    assert (looked, verdict.trouble) == ([2, 2, 2, 1], "")
    rewrite(5, "同意了")
    assert check.examine("xx", seals, 4, most=2).trouble.startswith("编号 4 至 6")
