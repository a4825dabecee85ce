"""Out, saved again by LibreOffice, and back in through the page: nothing changes, none is lost."""

import shutil
from io import BytesIO
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models import clock
from models.database import db
from models.filings.filing import Filing
from models.imports.uploads import Upload
from models.reports import summary
from tests.client import Browser, Page
from tests.conftest import Demo
from tests.imports.pages.conftest import read_on, tabs
from tests.lending import app_on
from tests.paper.on_file import everything, put_on_file
from tests.workbook.office import saved_again

pytestmark = pytest.mark.office

OFFICE = {"pdsu": "suyi", "ahbc": "taoran"}
FORMS = [("pdsu", "account"), ("pdsu", "group"), ("ahbc", "account"), ("ahbc", "group")]
# In each of the four forms; every form is exported by its own tables and by one of all answers.
ROWS = 30


class Places:
    """Both schools with odd answers on file, and somebody of each one's office."""

    def __init__(self, demo: Demo, folder, dice):
        folder.mkdir()
        shutil.copy(demo.file, folder / "beian.sqlite3")
        self.app, self.demo = app_on(folder), demo
        self.registers = {}
        for school, code in FORMS:
            put_on_file(self.app, school, code, ROWS, dice)
            institution = self.app.extensions["institutions"][school]
            whole = everything(institution, institution.forms[code])
            institution.registers[whole.code] = whole
        for school, institution in self.app.extensions["institutions"].items():
            self.registers |= {
                f"{school}-{code}": (school, one) for code, one in institution.registers.items()
            }
        self.browsers = {school: self._sign_in(school) for school in OFFICE}

    def _sign_in(self, school: str) -> Browser:
        browser, username = Browser(self.app.test_client()), OFFICE[school]
        browser.open(f"/sign-in?school={school}")
        browser.submit(
            "登录", school=school, username=username, password=self.demo.passwords[school, username]
        )
        return browser

    def exported(self) -> dict[str, bytes]:
        """Every register's workbook, as the page gives it."""
        found = {}
        for name, (school, register) in self.registers.items():
            response = self.browsers[school].client.get(f"/{school}/summaries/{register.code}.xlsx")
            assert response.status_code == 200
            found[name] = response.get_data()
        return found

    def sent(self, name: str, content: bytes) -> Browser:
        """A register's workbook handed in again, judged."""
        school, register = self.registers[name]
        browser = self.browsers[school]
        browser.open(f"/{school}/imports/form:{register.form}/new")
        browser.submit("上传并检查", file=(BytesIO(content), f"{name}.xlsx"), unit="")
        assert "/imports/" in read_on(browser).address, browser.page.text[:600]
        return browser

    def confirmed(self, browser: Browser) -> Page:
        """What comes of confirming although the page does not offer it."""
        address, token = browser.page.address, browser.page.find("[name=csrf_token]")["value"]
        with self.app.app_context():
            revision = db.session.get_one(Upload, int(address.rpartition("/")[2])).revision
        page = browser._post(
            f"{address}/confirm", {"csrf_token": token, "revision": str(revision)}, htmx=False
        )
        assert page.status == 422
        return page

    def rows(self, name: str) -> int:
        """How many rows a register has."""
        school, register = self.registers[name]
        with self.app.app_context():
            institution = self.app.extensions["institutions"][school]
            return summary.count(register, institution, None, clock.today()).total

    def filings(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Filing))


def unlike(browser: Browser) -> list[str]:
    """The rows of a preview that would not stay as they are, in its own words."""
    address, found = browser.page.address, []
    for show in ("add", "change", "wrong", "double"):
        page = browser.open(f"{address}?show={show}")
        found += [row.parent.get_text(" ", strip=True) for row in page.soup.select(".import-row")]
    return found


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder, number = tmp_path_factory.mktemp("trips"), count()
    return lambda: folder / str(next(number))


@pytest.mark.parametrize("ways", [("xlsx",), ("ods", "xlsx")])
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(dice=st.randoms(use_true_random=True))
def test_what_comes_back_is_what_went_out(demo, folders, ways, dice):
    places = Places(demo, folders(), dice)
    before = places.filings()
    ours = places.exported()
    again = saved_again(folders(), ours, *ways)
    for name, content in again.items():
        browser = places.sent(name, content)
        counted = tabs(browser.page)
        assert counted["全部"] == counted["无变化"] == places.rows(name), (name, unlike(browser))
        assert not browser.page.soup.select("form[action$=confirm]"), name
        assert "没有可以导入的行" in places.confirmed(browser).find(".notice").get_text(), name
    assert places.filings() == before
