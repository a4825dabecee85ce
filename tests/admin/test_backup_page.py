"""The administrator sees how it stands with the backups, and what to ask of whoever runs the server."""

import tomllib
from datetime import timedelta
from pathlib import Path

from models.backup.record import note
from models.clock import utcnow
from models.rules.settings.backup import read_settings
from tests.signing import let_in


def words(app) -> str:
    return let_in(app, "guanyiming").open("/pdsu/backup").find("#backups").get_text(" ", strip=True)


def test_without_settings_it_says_so_and_shows_what_to_write(app):
    assert "还没有设置每天自动备份" in words(app)
    shown = let_in(app, "guanyiming").open("/pdsu/backup").find("pre").get_text()
    assert read_settings(tomllib.loads(shown)["BACKUP"]).keep == 14


def test_where_backups_go_and_the_last_good_one_are_named(app):
    app.extensions["backup"] = read_settings({"to": "/srv/beian-backup", "keep": 7, "at": "03:30"})
    assert "还没有一次成功的备份" in words(app)
    with app.app_context():
        note(Path(app.instance_path), utcnow(), Path("beian.zip"), is_good=True)
    shown = words(app)
    assert "03:30，保留最近 7 份" in shown
    assert "/srv/beian-backup" in shown
    assert "通知部署人员" not in shown


def test_an_old_one_and_one_that_does_not_fit_are_complained_of(app):
    app.extensions["backup"] = read_settings({"to": "/srv/beian-backup"})
    with app.app_context():
        note(Path(app.instance_path), utcnow() - timedelta(days=3), Path("beian.zip"), is_good=True)
    assert "已超过两天。请尽快通知部署人员" in words(app)
    with app.app_context():
        note(Path(app.instance_path), utcnow(), Path("beian-unfit.zip"), is_good=False)
    assert "最近一次核对不符" in words(app)


def test_every_item_of_the_checklist_has_a_link_also_when_it_is_done(app):
    """Home says when the last one was, and leads to the page."""
    admin = let_in(app, "guanyiming")
    rows = admin.open("/pdsu/").soup.select("#checklist li")
    assert len(rows) == 5
    assert all(row.select_one("a[href]") for row in rows)
    assert admin.follow("备份的情况和设置").heading == "备份"
