"""What somebody who may would send: one plausible body per route, filled with what lies there."""

from io import BytesIO

from models.database import db
from tests import builders
from tests.authz.scene import Scene

# Which row's revision a form of a route carries, by the id in its address.
REVISIONS = {"filing_id": "filing", "found_id": "found_account", "upload_id": "upload"}
TODAY = "2026-11-20"

# By endpoint, without the school; {name} is an id of the scene.
BODIES: dict[str, dict[str, str | list[str]]] = {
    "move": {"opinion": "情况属实。"},
    "hand_in": {"name": "新名称", "do": "keep"},
    "keep": {"name": "新名称"},
    "check": {"name": "新名称"},
    "complete": {"account": "new_account_1"},
    "write_message": {"text": "请看一下。", "token": "another-form"},
    "opening": {"opening_number": "1号", "opening_on": TODAY},
    "new": {"form": "account"},
    "new_in_report": {"form": "account"},
    "on_behalf": {
        "form": "account",
        "unit": "{unit_person}",
        "name": "申请人",
        "identity": "student",
        "phone": "13800000000",
        "note": "2021001",
    },
    "begin_about": {},
    "say_of_channel": {"do": "confirm"},
    "say_of_one": {"do": "confirm"},
    "say_of_many": {"channel": ["{channel}"]},
    "purge": {"channel": ["{channel}"]},
    "judge_closings": {"channel": ["{closing}"], "verb": "gone"},
    "import_dates": {"lines": "平院信工 2026-11-01", "do": "save"},
    "decide": {
        "verb": "approve",
        "filing": ["{in_review}", "{at_office}"],
        "revision-{in_review}": "{rev_in_review}",
        "revision-{at_office}": "{rev_at_office}",
    },
    "print_many": {"filing": ["{filed}", "{in_review}"]},
    "ticked_xlsx": {"channel": ["{channel}"]},
    "register_by_phone": {"phone": "13800000002"},
    "keep_list": {"unit": "{unit_own}", "rows-0-name": "新群", "rows-0-platform": "wechat"},
    "note_found": {
        "title": "某某表白墙",
        "platform": "抖音",
        "account": "https://new.example/1",
        "anyway": "1",
    },
    "answer_found": {"answer": "gone", "words": "已经关闭。"},
    "ask_unit": {"unit": "{unit_elsewhere}"},
    "settle_found": {"words": "已办结。"},
    "record_sanction": {"unit": "{unit_own}", "year": "2026", "code": "disqualified", "reason": "逾期未报。"},
    "note_incident": {
        "unit": "{unit_own}",
        "day": "2026-11-01",
        "what": "一条不当评论。",
        "done": "已删除。",
    },
    "add_to_incident": {"done": "已约谈。"},
    "judge_bans": {"sanction": ["1"], "verb": "gone"},
    "lift_sanction": {"reason": "已改正。"},
    "new_invite": {"form": "account", "unit": "{unit_person}", "name": "申请人", "days": "7"},
    "renew_invite": {"days": "7"},
    "apply_with": {"name": "申请的平台", "applicant-name": "申请人"},
    "add_opinion": {"text": "同意。"},
    "change_opinion": {"text": "不同意。"},
    "substitutes": {
        "unit": "{unit_own}",
        "person": "{wutong}",
        "from_on": "2026-12-01",
        "until_on": "2026-12-02",
    },
    "me": {"email": "new@example.com"},
    "person": {
        "name": "新人",
        "username": "newcomer",
        "phone": "13800000000",
        "grants-0-role": "reporter",
        "grants-0-unit": "{unit_own}",
    },
    "unit": {"name": "新单位", "kind": "society", "parent": "{unit_above}"},
    "new_campaign": {
        "year": "2027",
        "title": "明年备案",
        "forms": ["account"],
        "opens_at": "2027-01-01T08:00",
        "closes_at": "2027-02-01T17:00",
    },
    "edit_campaign": {
        "year": "2026",
        "title": "改过名称",
        "forms": ["account"],
        "opens_at": "2026-11-01T08:00",
        "closes_at": "2027-02-01T17:00",
    },
    "note_contact": {"note": "已电话联系。"},
    "send_reminders": {"all": "1"},
    "move_report": {"reason": "请补充。"},
    "move_supplement": {"reason": "请补充。"},
    "say_in_report": {"rest": "1"},
    "nil_report": {"nil": "1"},
    "extend_report": {"extension-until": "2027-03-01T17:00", "extension-reason": "放假。"},
    "report_paper": {"day": TODAY, "place": "425室"},
    "start_import": {"unit": "{unit_own}", "file": "a workbook"},
    "correct_row": {"do": "leave_out"},
    "password": {"old": "wrong one", "new": "eight-Bright-kettles-7", "repeat": "eight-Bright-kettles-7"},
    "sign_in": {"school": "pdsu", "username": "nobody", "password": "wrong one"},
}


def plausible(scene: Scene, endpoint: str, values: dict) -> dict:
    """What a form of the route would send about these ids: items by name, files anew each time."""
    words = _words(scene)
    said = {_fill(name, words): _fill(value, words) for name, value in BODIES.get(endpoint, {}).items()}
    if said.get("file"):
        said["file"] = (BytesIO(builders.png()), "list.xlsx")
    return said | _revision(scene, values)


def _words(scene: Scene) -> dict[str, str]:
    things = scene.things
    waiting, office = things["filing in review"]["filing_id"], things["filing at the office"]["filing_id"]
    return {
        **{
            name.replace(" ", "_"): str(told["unit_id"])
            for name, told in things.items()
            if name.startswith("unit ")
        },
        "channel": str(things["channel of the filing filed"]["channel_id"]),
        "closing": str(things["channel of the closing to be seen gone"]["channel_id"]),
        "filed": str(things["filing filed"]["filing_id"]),
        "in_review": str(waiting),
        "at_office": str(office),
        "wutong": str(scene.people["wutong"]),
        "rev_in_review": _held(scene, "filing", "id = ?", waiting),
        "rev_at_office": _held(scene, "filing", "id = ?", office),
    }


def _fill(said: str | list[str], words: dict[str, str]) -> str | list[str]:
    return [one.format(**words) for one in said] if isinstance(said, list) else said.format(**words)


def _revision(scene: Scene, values: dict) -> dict[str, str]:
    """The revision of what the address names, as its form carries it."""
    if {"campaign_id", "unit_id", "number"} <= values.keys():
        where = "number = ? AND report_id = (SELECT id FROM report WHERE campaign_id = ? AND unit_id = ?)"
        of = values["number"], values["campaign_id"], values["unit_id"]
        return {"revision": _held(scene, "report_supplement", where, *of)}
    if "campaign_id" in values and "unit_id" in values:
        where = "campaign_id = ? AND unit_id = ?"
        return {"revision": _held(scene, "report", where, values["campaign_id"], values["unit_id"])}
    if "campaign_id" in values:
        return {"revision": _held(scene, "campaign", "id = ?", values["campaign_id"])}
    named = next((name for name in REVISIONS if name in values), "")
    return {"revision": _held(scene, REVISIONS[named], "id = ?", values[named])} if named else {}


def _held(scene: Scene, table: str, where: str, *ids: int) -> str:
    statement = f"SELECT revision FROM {table} WHERE {where}"
    with scene.app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            statement = statement.replace("?", "%s")
        found = connection.exec_driver_sql(statement, ids).fetchone()
    return str(found[0]) if found else "1"
