"""The steps of the work in people's words: items are called by their labels, choices by theirs."""

from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup, Tag

from tests.client import Browser, Page

FORM = "#filing-form"


def words(tag: Tag) -> str:
    """The label a person reads, without the star of a required item."""
    text = tag.get_text(" ", strip=True)
    return text.replace("* （必填）", "").replace("*", "").strip()


def answered(page: Page, said: Mapping[str, Any], within: str = FORM) -> dict[str, Any]:
    """What a browser sends for answers given by label: input name to value."""
    return {
        name: value
        for label, answer in said.items()
        for name, value in _sent(page.find(within), label, answer).items()
    }


def box_of(page: Page, label: str, within: str = FORM) -> Tag:
    """The text box, list or file box that a label names."""
    return _box(page.find(within), label)


def held(page: Page, label: str, within: str = FORM) -> str:
    """What a box holds now."""
    box = box_of(page, label, within)
    if box.name == "select":
        chosen = box.select_one("option[selected]")
        return chosen.get_text(strip=True) if chosen else ""
    return box.get_text() if box.name == "textarea" else box.get("value", "")


def _sent(form: Tag, label: str, answer: Any) -> dict[str, Any]:
    for legend in form.select("fieldset > legend"):
        if words(legend) == label and legend.parent["role"] == "radiogroup":
            return _choice(legend.parent, label, answer)
    box = _box(form, label)
    if box.name != "select":
        return {box["name"]: answer}
    options = {option.get_text(strip=True): option["value"] for option in box.select("option")}
    return {box["name"]: options.get(answer, answer)}


def _choice(group: Tag, label: str, answer: str) -> dict[str, str]:
    options = {words(option): option.input for option in group.select("label.option")}
    assert answer in options, f"“{label}” offers {list(options)}"
    return {options[answer]["name"]: options[answer]["value"]}


def _box(form: Tag, label: str) -> Tag:
    for tag in form.select("label[for]"):
        if words(tag) == label:
            return form.select_one(f"[id='{tag['for']}']")
    named = form.select(f"[aria-label='{label}']")
    assert named, f"no item “{label}”"
    return named[0]


def line(number: int) -> str:
    """Where a line of the grid is on its page."""
    return f"#list-form tr:has([name^='rows-{number}-'])"


def lines(page: Page, *said: Mapping[str, Any], start: int = 0) -> dict[str, Any]:
    """What a browser sends for lines of the grid, from line `start` on."""
    return {
        name: value
        for number, one in enumerate(said, start)
        for name, value in answered(page, one, line(number)).items()
    }


def sentences(page: Page) -> str:
    """Everything the page says in reply: notices and the sentences beside items."""
    return "\n".join(one.get_text(" ", strip=True) for one in page.soup.select(".notice, .error"))


def beside(page: Page, label: str, within: str = FORM) -> str:
    """The sentence beside one box; '' when there is none."""
    box = box_of(page, label, within)
    found = page.soup.select_one(f"[id='{box['id']}-error']")
    return found.get_text(strip=True) if found else ""


def state(page: Page) -> str:
    """The badge at the head of a filing: 待单位意见, 已备案, …"""
    return page.find("#state").get_text(strip=True).removeprefix("状态：")


def steps(page: Page) -> dict[str, str]:
    """The stepper: each step's label and whether it is done, current, todo or refused."""
    return {
        step.strong.get_text(strip=True): step["class"][1].removeprefix("step-")
        for step in page.soup.select(".steps .step")
    }


def waiting(page: Page, place: str = "审核") -> int:
    """The number on a place of the masthead; 0 when it has none."""
    for link in page.find("#places").select("a"):
        if place in link.get_text():
            count = link.select_one(".count")
            return int(count.contents[0]) if count else 0
    raise AssertionError(f"no place “{place}”")


def titles(page: Page) -> list[str]:
    """The names in the first column of a list."""
    return [link.get_text(strip=True) for link in page.soup.select("#results td[data-label=名称] a")]


def piece(page: Page, selector: str) -> str:
    """A part of a page, without what tells a fragment from its page: tokens and out-of-band."""
    found = BeautifulSoup(page.html, "html5lib").select_one(selector)
    assert found is not None, f"no {selector} on {page.address}:\n{page.text[:600]}"
    found.attrs.pop("hx-swap-oob", None)
    for token in found.select("[name=csrf_token]"):
        token["value"] = ""
    return str(found)


def new_filing(browser: Browser, form: str = "account", school: str = "pdsu") -> Page:
    """Open a new draft of a form."""
    browser.open(f"/{school}/filings/new")
    card = browser.page.find(f"input[name=form][value={form}]").find_parent("form")
    for other in browser.page.soup.select("main form"):
        if other is not card:
            other.decompose()
    return browser.submit("开始填写")


def keep(browser: Browser, said: Mapping[str, Any]) -> Page:
    """Press 存草稿 after filling in what was said."""
    return browser.submit("存草稿", **answered(browser.page, said))


def hand_in(browser: Browser, said: Mapping[str, Any]) -> Page:
    """Press 提交 after filling in what was said."""
    return browser.submit("提交", **answered(browser.page, said))


def filed_by(browser: Browser, said: Mapping[str, Any], school: str = "pdsu") -> str:
    """A filing written and handed in at once; its address."""
    new_filing(browser, school=school)
    page = hand_in(browser, said)
    assert page.status == 200, sentences(page)
    assert not page.address.endswith("/edit"), sentences(page)
    return page.address


def find(browser: Browser, title: str, school: str = "pdsu") -> Page:
    """Open a filing from the list by its name."""
    page = browser.open(f"/{school}/filings/?q={title}")
    return browser.open(page.find("#results td[data-label=名称] a")["href"])


def find_channel(browser: Browser, title: str, school: str = "pdsu", state: str = "") -> Page:
    """Open a channel from the register by its name."""
    page = browser.open(f"/{school}/register?q={title}&state={state}")
    links = [one for one in page.soup.select("#results a") if one.get_text(strip=True) == title]
    assert links, f"no “{title}” in the register:\n{page.text[:600]}"
    return browser.open(links[0]["href"])


def decide(browser: Browser, address: str, button: str, opinion: str = "", **more) -> Page:
    """Open a filing and press one of its verbs."""
    browser.open(address)
    return browser.submit(button, opinion=opinion, **more)
