"""A person between our app and the CAS server, over real HTTP, with one cookie jar."""

from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag

from tests.auth.cas.server import PASSWORD


class Seen:
    """A page as it arrived."""

    def __init__(self, response: requests.Response) -> None:
        self.status, self.address = response.status_code, response.url
        self.path = urlsplit(response.url).path
        self.soup = BeautifulSoup(response.text, "html5lib")

    @property
    def heading(self) -> str:
        return self.soup.h1.get_text(" ", strip=True)

    @property
    def text(self) -> str:
        return self.soup.get_text(" ", strip=True)

    def link(self, words: str) -> str:
        return next(one["href"] for one in self.soup.select("a[href]") if words in one.get_text())

    def form(self, button: str) -> Tag:
        """The form that a button belongs to."""
        pressed = next(one for one in self.soup.select("button") if button in one.get_text())
        outside = pressed.get("form")
        return self.soup.find(id=outside) if outside else pressed.find_parent("form")


class Visitor:
    """A browser at our app's address `home`, with an account of the CAS server at `cas`."""

    def __init__(self, home: str, cas: str) -> None:
        self.home, self.cas = home, cas
        self.web = requests.Session()
        self.web.trust_env = False
        # No connection outlives its answer: none is left open when a test ends.
        self.web.headers["Connection"] = "close"

    def open(self, address: str, **settings) -> Seen:
        return Seen(self.web.get(urljoin(self.home, address), **settings))

    def send(self, page: Seen, button: str, **typed: str) -> Seen:
        """Press a button of a page with what its form holds and what is typed."""
        form = page.form(button)
        data = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
        pressed = next(one for one in page.soup.select("button") if button in one.get_text())
        if pressed.get("name"):
            data[pressed["name"]] = pressed["value"]
        address = urljoin(page.address, form.get("action") or page.address)
        return Seen(self.web.post(address, data=data | typed, headers={"Origin": self.home}))

    def set_out(self, wanted: str = "", school: str = "pdsu") -> str:
        """Press the button of the sign-in page; the address of the CAS server it leads to."""
        answer = self.web.get(
            f"{self.home}/cas/{school}/sign-in", params={"next": wanted}, allow_redirects=False
        )
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def prove(self, address: str, username: str) -> str:
        """Sign in at the CAS server; the address, ticket included, that it sends on to."""
        answer = self.web.get(address, allow_redirects=False)
        if answer.status_code == 200:
            page = Seen(answer)
            inputs = page.soup.select("form input[name]")
            data = {one["name"]: one.get("value", "") for one in inputs if one["name"] != "warn"}
            data |= {"username": username, "password": PASSWORD}
            answer = self.web.post(address, data=data, headers={"Referer": address}, allow_redirects=False)
        assert answer.status_code == 302, Seen(answer).text
        return answer.headers["Location"]

    def come_in(self, username: str, wanted: str = "") -> Seen:
        """The whole way: to the CAS server, signed in there, and back."""
        return self.open(self.prove(self.set_out(wanted), username))

    def is_inside(self) -> bool:
        return self.open("/pdsu/me").heading == "个人设置"
