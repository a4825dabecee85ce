"""Noting and answering what was found, in people's words."""

from models.database import db
from models.findings.found_account import unanswered_by_unit
from models.people.unit import Unit
from tests import pages

NEW = "/pdsu/found/new"
FORM = "#found-form"
LATE = {"名称": "平院信工表白墙", "平台": "抖音", "链接或账号": "https://www.douyin.com/user/biaobai"}


def option_of(page, select_name: str, label: str) -> str:
    options = page.find(f"select[name={select_name}]").select("option")
    return next(one["value"] for one in options if one.get_text(strip=True) == label)


def noted(browser, said=LATE, unit: str = "信息工程学院", **more):
    """Somebody notes an account; the page they see then."""
    page = browser.open(NEW)
    sent = pages.answered(page, said, FORM) | {"unit": option_of(page, "unit", unit) if unit else ""}
    return browser.submit("登记", **sent, **more)


def answer(browser, address: str, said: str, **more):
    browser.open(address)
    return browser.submit("提交答复", answer=said, **more)


def label(page) -> str:
    return page.find(".page-title .tag").get_text(strip=True).removeprefix("状态：")


def count(app) -> dict[str, int]:
    """What the board counts, by the units' names."""
    with app.app_context():
        return {db.session.get(Unit, unit).name: n for unit, n in unanswered_by_unit("pdsu").items()}
