"""Both schools end to end over real HTTP, with nothing but Python's own cookies and sockets."""

from collections.abc import Iterator
from http.cookiejar import CookieJar
from io import BytesIO
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from tests import pages
from tests.builders import ACCOUNT, GROUP, NEW_MEDIUM
from tests.live import served


class Answer:
    """One answer, with what the steps of `tests.pages` look at."""

    def __init__(self, response) -> None:
        self.status, self.address, self.headers = response.status, response.url, response.headers
        self.content = response.read()
        is_html = response.headers.get_content_type() == "text/html"
        self.soup = BeautifulSoup(self.content if is_html else "", "html5lib")
        self.text = self.soup.get_text(" ", strip=True)

    def find(self, selector: str):
        found = self.soup.select_one(selector)
        assert found is not None, f"no {selector} on {self.address}:\n{self.text[:600]}"
        return found


class Visitor:
    """A person at another computer."""

    def __init__(self, server: str, school: str) -> None:
        self.server, self.school = server, school
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.page: Answer | None = None

    def open(self, address: str, data: bytes | None = None) -> Answer:
        try:
            response = self.opener.open(Request(urljoin(self.server, address), data))
        except HTTPError as error:
            response = error
        with response:
            self.page = Answer(response)
        return self.page

    def send(self, address: str, **typed) -> Answer:
        """A form without scripts: what the page holds is not needed, the token is."""
        token = self.page.find("[name=csrf_token]")["value"]
        return self.open(address, urlencode({"csrf_token": token, **typed}, doseq=True).encode())

    def sign_in(self, username: str, password: str) -> "Visitor":
        self.open(f"/{self.school}/")
        back = self.page.find("[name=next]")["value"]
        typed = {"school": self.school, "username": username, "password": password, "next": back}
        assert self.send("/sign-in", **typed).address == f"{self.server}/{self.school}/"
        return self

    def decide(self, address: str, opinion: str = "") -> Answer:
        revision = self.open(address).find("#status [name=revision]")["value"]
        return self.send(f"{address}/approve", revision=revision, opinion=opinion)


@pytest.fixture
def server(app) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def visitor(server, demo):
    def signed_in(username: str, school: str = "pdsu") -> Visitor:
        return Visitor(server, school).sign_in(username, demo.passwords[school, username])

    return signed_in


def hand_in(reporter: Visitor, said: dict) -> str:
    """A new filing, handed in; its address."""
    reporter.open(f"/{reporter.school}/filings/new")
    form = reporter.send(f"/{reporter.school}/filings/new", form="account")
    typed = pages.answered(form, said) | {"unit": form.find("[name=unit] [selected]")["value"]}
    revision = form.find("#revision")["value"]
    page = reporter.send(form.address, revision=revision, do="submit", **typed)
    assert page.status == 200, pages.sentences(page)
    assert not page.address.endswith("/edit"), pages.sentences(page)
    return page.address


def test_the_first_school_from_sign_in_to_summary(visitor):
    reporter, head, office = visitor("linxiao"), visitor("zhoumin"), visitor("wutong")
    address = hand_in(reporter, ACCOUNT)
    assert pages.state(head.decide(address)) == "待宣传部意见"
    page = office.decide(address, "准予备案。")
    assert pages.state(page) == "已备案"
    sheet = reporter.open(f"{address}/sheet.pdf")
    assert sheet.headers.get_content_type() == "application/pdf"
    assert sheet.content.startswith(b"%PDF")
    assert reporter.open("/pdsu/summaries/accounts.pdf").content.startswith(b"%PDF")
    workbook = load_workbook(BytesIO(reporter.open("/pdsu/summaries/accounts.xlsx").content))
    cells = [str(cell) for row in workbook.active.iter_rows(values_only=True) for cell in row]
    assert "平院信工快报" in cells


def test_the_first_schools_list_of_groups(visitor):
    reporter, head, office = visitor("dingyi"), visitor("fengning"), visitor("wutong")
    page = reporter.open("/pdsu/lists/group")
    unit = page.find("[name=unit]")["value"]
    reporter.send("/pdsu/lists/group", unit=unit, do="submit", **pages.lines(page, GROUP))
    for signer in (head, office):
        signer.open("/pdsu/desk")
        card = next(one for one in signer.page.soup.select("section.card") if "音乐学院" in one.text)
        page = signer.open(card.a["href"])
        held = {box["name"]: box["value"] for box in page.soup.select("[name^=revision-]")}
        numbers = [box["value"] for box in page.soup.select("[name=filing]")]
        page = signer.send("/pdsu/desk", verb="approve", filing=numbers, opinion="同意。", **held)
        assert page.status == 200
    assert "已备案" in page.find("[role=status]").text
    assert "新生答疑群" in reporter.open("/pdsu/summaries/groups").text


def test_the_second_school_with_its_commitment(visitor):
    reporter = visitor("jiangfan", "ahbc")
    address = hand_in(reporter, NEW_MEDIUM)
    assert pages.state(reporter.page) == "待责任承诺"
    reporter.decide(address)
    visitor("meiqing", "ahbc").decide(address)
    page = visitor("taoran", "ahbc").decide(address)
    assert pages.state(page) == "已备案"
    assert reporter.open(f"{address}/sheet.pdf").content.startswith(b"%PDF")
    assert "商贸快报" in reporter.open("/ahbc/register?q=abc_kuaibao").text


def test_the_server_does_not_say_what_it_runs_on(server):
    page = Visitor(server, "pdsu").open("/healthz")
    assert page.status == 200
    assert "waitress" not in str(page.headers).lower()


def test_strange_bytes_in_an_address_are_answered(visitor):
    office = visitor("wutong")
    for place in ("register?q=%ED%A0%80", "filings/%00", "register?unit=%C2%B2", "%ff%fe"):
        assert office.open(f"/pdsu/{place}").status in (200, 404)
