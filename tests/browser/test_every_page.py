"""Every page that a role's links lead to, in Chromium: axe finds nothing, nothing leaves the site.

That no page breaks the content policy or asks another host is seen by the `complaints` fixture.
"""

from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PERSONS = [
    ("linxiao", "pdsu"),
    ("zhoumin", "pdsu"),
    ("wutong", "pdsu"),
    ("guanyiming", "pdsu"),
    ("shenzhi", "pdsu"),
    ("shilei", "ahbc"),
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
FILES = (".pdf", ".xlsx", ".png", ".jpg")


def shape(path: str) -> str:
    """Pages that differ in a number are alike: one of them is looked at."""
    return "/".join("#" if piece.isdigit() else piece for piece in path.split("/"))


def leads_on(path: str, school: str) -> bool:
    is_page = not path.endswith(FILES) and "/attachments/" not in path
    return is_page and path.startswith((f"/{school}/", "/password"))


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    return [urlsplit(urljoin(page.url, link)).path for link in found]


def faults(page: Page) -> list[str]:
    """What axe says of a page: the rule, and where."""
    result = Axe().run(page, options=RULES)
    return [
        f"{page.url}: {rule['id']} at {[node['target'] for node in rule['nodes']][:3]}"
        for rule in result.response["violations"]
    ]


@pytest.mark.browser
@pytest.mark.parametrize(("username", "school"), PERSONS)
def test_axe_finds_nothing_on_any_page(person, username, school):
    page = person(username, school)
    waiting, seen, found = [f"/{school}/"], {shape(f"/{school}/")}, []
    while waiting:
        page.goto(waiting.pop(0))
        found += faults(page)
        for path in links(page):
            if shape(path) not in seen and leads_on(path, school):
                seen.add(shape(path))
                waiting.append(path)
    assert len(seen) > 3
    assert found == []
