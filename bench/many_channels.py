"""A school with as many channels as are wanted, each with the filing that put it there."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app import HOUSE, create_app
from bench.scale import FULL
from blueprints.cli.demo import load_demo
from models import clock
from models.auth.sessions import open_session
from models.channels import count_triggers
from models.database import MIGRATIONS, db
from models.embedded_engine import sqlite
from models.people.person import Grant, Person
from models.people.unit import Unit, add_unit
from models.rules.workflow import Role

DIVISIONS, COLLEGES, SOCIETIES = 8, 4, 3
# What channels are called: a beginning, a middle, an end, as a campus does it.
BEGINNINGS = ["平院", "校园", "青春", "微光", "信工", "文学", "外语", "化工", "音乐", "图书"]
MIDDLES = ["", "学子", "团学", "科技", "志愿", "新媒体", "就业", "社团", "读书", "学生会", "实验室"]
ENDINGS = ["青年", "之声", "快报", "新闻", "在线", "小助手", "服务号", "公告"]
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
PLATFORMS = ["微信公众号", "微博", "抖音", "视频号", "QQ公众号", "报纸"]
# In force, closed and gone, closed and still to be seen gone.
STATES = [("in_force", None)] * 17 + [("closed", "2026-03-01 00:00:00.000000")] * 2 + [("closed", None)]


def school_app(folder: str) -> Flask:
    """One demo school with some sixty units more, in an instance folder of its own."""
    Path(folder, "config.toml").write_text('SECRET_KEY = "bench"\n')
    app = create_app({"INSTANCE_PATH": folder, "TESTING": True})
    school = next(iter(app.extensions["institutions"].values()))
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        load_demo(school, Path(HOUSE, "blueprints", school.code))
        root = db.session.scalars(select(Unit).where(Unit.parent_id.is_(None))).first()
        kinds = list(school.unit_kinds)
        for division in range(1, DIVISIONS + 1):
            whole = add_unit(school.code, f"第{division}学部", kinds[1], root)
            for number in range(1, COLLEGES + 1):
                add_unit(school.code, f"第{division}之{number}学院", kinds[1], whole)
            for number in range(1, SOCIETIES + 1):
                add_unit(school.code, f"第{division}之{number}协会", kinds[-1], whole)
        db.session.commit()
    return app


def somebody_of_the_office(app: Flask) -> tuple[str, str]:
    """The school's code and the token of a session."""
    with app.app_context():
        person = db.session.scalars(select(Person).join(Grant).where(Grant.role == Role.office))
        officer = person.first()
        token = open_session(officer)
        db.session.commit()
        return officer.institution, token


def grow(app: Flask, wanted: int, written: int = FULL.written_channels) -> None:
    """Adds channels until there are as many as wanted; all is counted anew at the end.

    The first `written` are made row by row, the rest are copies of them.
    """
    with app.app_context():
        path = db.engine.url.database
        school = db.session.scalar(select(Unit.institution))
        units = [
            row.id
            for row in db.session.execute(select(Unit.id, Unit.parent_id).where(Unit.institution == school))
            if row.parent_id
        ]
        form = next(iter(app.extensions["institutions"][school].forms.values()))
        person = db.session.scalar(select(Person.id).where(Person.institution == school))
        db.engine.dispose()
    connection = sqlite.connect(path)
    known = connection.execute("SELECT max(id) FROM channel").fetchone()[0]
    filings = connection.execute("SELECT max(id) FROM filing").fetchone()[0] - known
    tier = next(iter(app.extensions["institutions"][school].tiers), "")
    with _nothing_kept_meanwhile(connection):
        most = min(wanted, written)
        rows = _rows(range(known + 1, most + 1), school, form, units, tier, person, filings)
        for part in _in_parts(rows):
            for table in ("channel", "filing"):
                _insert(connection, table, [both[table] for both in part])
        for times in range(1, wanted // written if wanted > known else 0):
            _copy(connection, written, times * written)
    connection.close()
    with app.app_context(), db.engine.begin() as whole:
        count_triggers.recount(whole)
        count_triggers.install(whole)


@contextmanager
def _nothing_kept_meanwhile(connection: sqlite.Connection) -> Iterator[None]:
    """No index, no trigger and no promise to the disk while rows pour in."""
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;")
    kept = connection.execute(
        "SELECT name, type, sql FROM sqlite_master WHERE tbl_name IN ('channel', 'filing') "
        "AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for name, kind, _ in kept:
        connection.execute(f"DROP {kind} {name}")
    yield
    for _, kind, sql in kept:
        if kind == "index":
            connection.execute(sql)
    connection.commit()


def _rows(
    ids: range, school: str, form, units: list[int], tier: str, person: int, filings: int
) -> Iterator[dict]:
    dice, today = random.Random(ids.start), clock.today()
    moment = "2026-02-01 08:00:00.000000"
    for number in ids:
        title = dice.choice(BEGINNINGS) + dice.choice(MIDDLES) + dice.choice(ENDINGS)
        people = ["".join(dice.choices(NAMES, k=3)) for _ in range(2)]
        account, platform = f"id_{number:07}", dice.choice(PLATFORMS)
        state, gone = dice.choice(STATES)
        # One in ten has been silent for too long.
        silent = dice.randrange(200, 400) if dice.random() < 0.1 else dice.randrange(150)
        quiet = str(today - timedelta(days=silent))
        shared = {
            "institution": school,
            "form": form.code,
            "title": title,
            "platform": platform,
            "account": account,
            "unit_id": dice.choice(units),
            "person": people[0],
            "phone": f"138{number:08}",
            "search": "\n".join([title, platform, account, *people]),
            "number": f"备-2026-{number:07}",
            "updated_at": moment,
        }
        yield {
            "channel": shared
            | {
                "id": number,
                "account_key": account,
                "title_key": title,
                "tier": tier,
                "nature": "",
                "followers": dice.randrange(100, 90_000),
                "state": state,
                "incomplete": dice.random() < 0.03,
                "current_id": filings + number,
                "closed_at": gone,
                "gone_at": gone,
                "quiet_since": quiet,
                "last_update_on": quiet,
                "phones": f"138{number:08}\n",
            },
            "filing": shared
            | {
                "id": filings + number,
                "kind": "first",
                "channel_id": number,
                "owner_kind": "",
                "state": "filed",
                "step": 2,
                "revision": 3,
                "edition_digest": form.digest,
                "answers": json.dumps({"name": title}, ensure_ascii=False),
                "opened": True,
                "created_by_id": person,
                "updated_by_id": person,
                "waits_for": "",
                "created_at": moment,
                "decided_at": moment,
            },
        }


def _copy(connection: sqlite.Connection, written: int, step: int) -> None:
    """The first `written` channels and their filings once more, under other names."""
    changed = {
        "account": f"account || '-{step}'",
        "account_key": f"account_key || '-{step}'",
        "number": f"number || '-{step}'",
        "current_id": f"current_id + {step}",
        "id": f"id + {step}",
        "channel_id": f"channel_id + {step}",
    }
    for table, theirs in (("channel", "id"), ("filing", "channel_id")):
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(changed.get(name, name) for name in names)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} "
            f"WHERE {theirs} <= {written} AND number LIKE '备-%'"
        )


def _in_parts(rows: Iterator[dict], size: int = 20_000) -> Iterator[list[dict]]:
    part: list[dict] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    yield part


def _insert(connection: sqlite.Connection, table: str, rows: list[dict]) -> None:
    if rows:
        names = ", ".join(rows[0])
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})", (tuple(row.values()) for row in rows)
        )
