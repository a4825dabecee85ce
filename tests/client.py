"""A browser without a screen: follows forms as a person would and inspects every page it sees."""

import re
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.parsing import read_fragment, read_page

CONTROLS = ["input", "select", "textarea"]


class Page:
    """One answer of the app, parsed, with the words people look for."""

    def __init__(self, response: TestResponse, endpoint: str = "") -> None:
        self.response = response
        self.status = response.status_code
        self.address = response.request.path
        self.html = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        self.soup = self._read((endpoint or self.address, self.status))

    def _read(self, seen_as: tuple) -> BeautifulSoup:
        return read_page(self.html, seen_as) if "<html" in self.html else read_fragment(self.html)

    @property
    def heading(self) -> str:
        return self.soup.h1.get_text(" ", strip=True)

    @property
    def text(self) -> str:
        return self.soup.get_text(" ", strip=True)

    def find(self, selector: str) -> Tag:
        found = self.soup.select_one(selector)
        assert found is not None, f"no {selector} on {self.address}:\n{self.text[:600]}"
        return found

    def error_at(self, item: str) -> str:
        """The sentence beside an item of a form; '' when it has none."""
        found = self.soup.select_one(f"#item-{item} .error")
        return found.get_text(" ", strip=True) if found else ""


class Browser:
    """A signed-in (or signed-out) person clicking through the app.

    `start`: the address that is open from the beginning; it is asked for when it is looked at.
    """

    def __init__(self, client: FlaskClient, start: str = "") -> None:
        self.client, self.start = client, start
        self._page: Page | None = None

    @property
    def page(self) -> Page | None:
        """What is open now."""
        if self._page is None and self.start:
            self.open(self.start)
        return self._page

    @page.setter
    def page(self, page: Page) -> None:
        self._page = page

    def open(self, address: str, htmx: bool = False) -> Page:
        headers = {"HX-Request": "true"} if htmx else {}
        return self._see(self.client.get(address, headers=headers, follow_redirects=True))

    def follow(self, words: str) -> Page:
        """Click the link with these words."""
        links = [a for a in self.page.soup.select("a[href]") if words in a.get_text(" ", strip=True)]
        assert links, f"no link “{words}” on {self.page.address}:\n{self.page.text[:600]}"
        return self.open(urljoin(self.page.address, links[0]["href"]))

    def submit(self, button: str, *, htmx: bool = False, **typed) -> Page:
        """Fill the form that has this button, as a browser would, and press it.

        Values in `typed` replace what the form holds; `__` in a key stands for `-`, a value of
        None leaves the input out and a list sends it several times.
        """
        form, pressed = self._form_with(button)
        data = self._held_by(form)
        if pressed.get("name"):
            data[pressed["name"]] = pressed.get("value", "")
        data |= {key.replace("__", "-"): value for key, value in typed.items()}
        data = {key: value for key, value in data.items() if value is not None}
        address = pressed.get("formaction") or form.get("action") or self.page.address
        if form.get("method", "get").lower() == "post":
            return self._post(address, data, htmx)
        return self._see(
            self.client.get(
                urljoin(self.page.address, address),
                headers={"HX-Request": "true"} if htmx else {},
                query_string=data,
                follow_redirects=True,
            )
        )

    def trigger(self, selector: str, **typed) -> Page:
        """What htmx does when this element asks by itself: its form is sent, a part comes back."""
        element = self.page.find(selector)
        data = self._held_by(element.find_parent("form"))
        data |= {key.replace("__", "-"): value for key, value in typed.items()}
        return self._post(element["hx-post"], data, htmx=True)

    def _post(self, address: str, data: dict, htmx: bool) -> Page:
        return self._see(
            self.client.post(
                urljoin(self.page.address, address),
                headers={"HX-Request": "true"} if htmx else {},
                data=data,
                follow_redirects=True,
            )
        )

    def _form_with(self, button: str) -> tuple[Tag, Tag]:
        for form in self.page.soup.select("form"):
            owned = form.select("button") + self.page.soup.select(f"button[form='{form.get('id')}']")
            for pressed in owned:
                if button in pressed.get_text(" ", strip=True):
                    return form, pressed
        raise AssertionError(f"no button “{button}” on {self.page.address}:\n{self.page.text[:900]}")

    def _held_by(self, form: Tag) -> dict:
        held = {}
        controls = form.select("input[name], select[name], textarea[name]")
        if form.get("id"):
            controls += self.page.soup.select(f"[name][form='{form['id']}']:not(button)")
        for control in controls:
            name, kind = control["name"], control.get("type", "text")
            if control.has_attr("disabled") or kind in ("submit", "button", "file"):
                continue
            if kind in ("checkbox", "radio"):
                if control.has_attr("checked"):
                    held.setdefault(name, []).append(control.get("value", "on"))
            elif control.name == "select":
                chosen = control.select("option[selected]") or control.select("option")[:1]
                held[name] = [option.get("value", option.get_text()) for option in chosen]
            else:
                value = control.get_text() if control.name == "textarea" else control.get("value", "")
                held[name] = value
        return held

    def _see(self, response: TestResponse) -> Page:
        self.page = page = Page(response, self._endpoint_of(response))
        inspect(page)
        return page

    def _endpoint_of(self, response: TestResponse) -> str:
        """What answered, "" where the address leads nowhere."""
        routes = self.client.application.url_map.bind("localhost")
        try:
            return routes.match(response.request.path, response.request.method)[0]
        except HTTPException:
            return ""


def inspect(page: Page) -> None:
    """What must hold for every page, whoever asked for it."""
    where = f"{page.address} ({page.status})"
    assert page.status < 500, f"{where}: {page.text[:400]}"
    assert "default-src 'none'" in page.response.headers["Content-Security-Policy"], where
    for value in page.response.headers.values():
        value.encode("latin-1")  # what a real server writes headers in
    if not page.html:
        return
    tags = page.soup.find_all(True)
    ids = [tag["id"] for tag in tags if tag.has_attr("id")]
    assert len(ids) == len(set(ids)), f"{where}: {sorted(i for i in ids if ids.count(i) > 1)}"
    if page.soup.html:
        _inspect_whole(page, tags, where)
    _inspect_forms(tags, where)
    _inspect_controls(tags, where)
    _inspect_content_policy(page, tags, where)


def _inspect_whole(page: Page, tags: list[Tag], where: str) -> None:
    assert page.soup.html.get("lang") == "zh-CN", where
    headings = [tag for tag in tags if tag.name == "h1"]
    assert len(headings) == 1, f"{where}: {headings}"
    assert page.soup.title.get_text(strip=True), where
    ids = {tag["id"] for tag in tags if tag.has_attr("id")}
    for tag in tags:
        target = tag.get("hx-target", "")
        if target.startswith("#"):
            assert page.soup.select_one(target), f"{where}: {target} is not there"
        for name in tag.get("aria-describedby", "").split():
            assert name in ids, f"{where}: {name} is not there"


def _inspect_forms(tags: list[Tag], where: str) -> None:
    for form in (tag for tag in tags if tag.name == "form"):
        boxes = [box for box in form.find_all(CONTROLS) if box.has_attr("name")]
        if form.get("method", "get").lower() == "post":
            secret = any(box["name"] == "csrf_token" for box in boxes if box.name == "input")
            assert secret, f"{where}: {form.get('action')}"
        names = [box["name"] for box in boxes if not _is_picked(box)]
        names += {box["name"] for box in boxes if _is_picked(box)}
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"{where}: two questions send their answers as {twice}"


def _is_picked(box: Tag) -> bool:
    return box.get("type") in ("radio", "checkbox")


def _inspect_controls(tags: list[Tag], where: str) -> None:
    labelled_by_id = {tag["for"] for tag in tags if tag.name == "label" and tag.has_attr("for")}
    for control in (tag for tag in tags if tag.name in CONTROLS):
        if control.get("type") in ("hidden", "submit"):
            continue
        labelled = (
            control.get("aria-label")
            or control.get("aria-labelledby")
            or control.get("id") in labelled_by_id
            or control.find_parent("label")
        )
        assert labelled, f"{where}: {control} has no label"


def _inspect_content_policy(page: Page, tags: list[Tag], where: str) -> None:
    for tag in tags:
        by_its_own = tag.name == "style" or (tag.name == "script" and not tag.has_attr("src"))
        assert not by_its_own, f"{where}: {tag}"
        assert not tag.has_attr("style"), f"{where}: {tag}"
        links = (
            tag.get("src"),
            tag.name == "link" and tag.get("href"),
            tag.name == "form" and tag.get("action"),
        )
        for target in filter(None, links):
            assert not urlsplit(target).netloc, f"{where}: {target} leaves the campus"
    assert not re.search(r"\son[a-z]+=", page.html), where
    text = page.text
    assert "Undefined" not in text, where
    assert not re.search(r"\bNone\b", text), f"{where}: None is shown"
