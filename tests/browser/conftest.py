"""Real Chromium over a real server; whatever a page complains about fails the test."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Page, Request, Response, expect

from tests import pages
from tests.live import served
from tests.parts import PATIENCE

ARTEFACTS = Path(__file__).parent.parent / "artefacts"
# Answers that a page shows in place; Chromium notes them as errors all the same.
EXPECTED = {401, 409, 422}


@pytest.fixture
def server(app) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def complaints(server) -> Iterator[list[str]]:
    """What the pages of a test complained of, and what they asked of the outside: nothing."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def person(chromium, server, demo, complaints) -> Iterator[Callable[..., Page]]:
    """`person("linxiao")` is a window in which that person is signed in."""
    contexts = []

    def signed_in(username: str, school: str = "pdsu", width: int = 1280, scripts: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            base_url=server,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        context.on("request", lambda request: _stays(request, server, complaints))
        context.on("response", lambda response: _answers(response, complaints))
        context.on("console", lambda message: _note(message, complaints))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(f"/{school}/")
        page.select_option("[name=school]", school)
        page.fill("[name=username]", username)
        page.fill("[name=password]", demo.passwords[school, username])
        page.click("main button[type=submit]")
        expect(page.locator("h1")).to_contain_text("您好")
        return page

    yield signed_in
    for context in contexts:
        context.close()


def _stays(request: Request, server: str, complaints: list[str]) -> None:
    if not request.url.startswith((f"{server}/", "data:", "blob:")):
        complaints.append(f"asked of the outside: {request.url}")


def _answers(response: Response, complaints: list[str]) -> None:
    if response.status >= 400 and response.status not in EXPECTED:
        complaints.append(f"{response.status}: {response.url}")


def _note(message, complaints: list[str]) -> None:
    # Both tell of an answer's status, which `_answers` judges.
    of_status = message.text.startswith(("Failed to load resource", "Response Status Error"))
    # htmx notes that leaving a page ended a request; one that failed says sendError besides.
    of_leaving = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    if message.type in ("error", "warning") and not (of_status or of_leaving):
        complaints.append(f"console: {message.text} at {message.location}")


class Shown:
    """What a window shows now, for the steps of `tests.pages`."""

    def __init__(self, page: Page) -> None:
        self.soup = BeautifulSoup(page.content(), "html5lib")

    def find(self, selector: str) -> Tag:
        return self.soup.select_one(selector)


def fill(page: Page, said: Mapping[str, Any], within: str = pages.FORM) -> None:
    """Answer items by their labels, from the top, as a person does."""
    for name, value in pages.answered(Shown(page), said, within).items():
        box = page.locator(f"{within} [name='{name}']")
        if box.first.get_attribute("type") == "radio":
            page.check(f"{within} [name='{name}'][value='{value}']")
        elif box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            box.fill(value)


def mark(page: Page) -> None:
    """Leave a mark that a navigation would wipe off."""
    page.evaluate("document.documentElement.dataset.mark = 'here'")


def is_still_the_same_page(page: Page) -> bool:
    return page.evaluate("document.documentElement.dataset.mark") == "here"


def photograph(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    # Hiding the caret would put a style on the page, which its policy forbids.
    page.screenshot(caret="initial", path=ARTEFACTS / f"{name}.png", full_page=True)
