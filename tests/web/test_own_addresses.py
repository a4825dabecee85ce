"""Wherever a request names the address to go on to, it is a path of this server or not followed."""

import pytest
from flask import g

from blueprints.auth import interrupted_form
from blueprints.web.page import go_again, is_own_address

ELSEWHERE = [
    "",
    "pdsu/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "/pdsu/\\",
    "https://evil.example/",
    "javascript:alert(1)",
    " /pdsu/",
    "/pdsu/..",
    "/pdsu/../ahbc/",
    "/../pdsu/",
    "/pdsu/./filings/",
    "/pdsu/%2e%2e/ahbc/",
    "/pdsu/%2E./ahbc/",
    "/pdsu/a%2f..%2fb",
    "/pdsu/..#top",
    "/pdsu/..?q=1",
    "/pdsu/\t",
    "/pdsu/\x7f",
    "/pdsu/\x00",
    "/pdsu/%00",
    "/pdsu/%0d%0aX: y",
    "/pdsu/?q=\r\nX: y",
    "/pdsu/\u2028",
]
OURS = [
    "/",
    "/pdsu/",
    "/pdsu/register?q=平院&page=2",
    "/pdsu/filings/1#status",
    "/pdsu/register?q=..",
    "/pdsu/register?q=/../",
    "/pdsu/register?q=a%0Ab",
    "/pdsu/..x/x..",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_a_browser_would_read_otherwise_is_not_ours(address):
    assert not is_own_address(address)


@pytest.mark.parametrize("address", OURS)
def test_a_path_of_this_server_is_ours(address):
    assert is_own_address(address)


@pytest.mark.parametrize(
    "path", [address for address in ELSEWHERE if address.isprintable() and "?" not in address]
)
def test_a_form_that_was_sent_twice_leads_back_only_to_a_page_of_ours(app, path):
    here = f"http://localhost{path}" if path.startswith("/") else path
    with app.test_request_context("/pdsu/", headers={"Referer": here}):
        assert go_again("").location == "/"


def test_a_page_of_ours_is_gone_back_to(app):
    with app.test_request_context("/", headers={"Referer": "http://localhost/pdsu/filings/3?page=2"}):
        assert go_again("").location == "/pdsu/filings/3"


def test_what_was_written_down_as_the_place_a_form_led_to_is_looked_at_too(app):
    with app.test_request_context("/", headers={"Referer": "http://localhost/pdsu/"}):
        assert go_again("//evil.example/").location == "/pdsu/"
        assert go_again("/pdsu/filings/3").location == "/pdsu/filings/3"


@pytest.mark.parametrize(
    ("path", "carried"), [("/pdsu/filings/3/edit", True), ("/pdsu/forms/../edit", False)]
)
def test_what_was_typed_is_carried_only_to_an_address_of_ours(app, path, carried):
    sent = {"data": {"name": "平院"}, "headers": {"Origin": "http://localhost"}}
    with app.test_request_context(path, method="POST", **sent):
        g.institution = app.extensions["institutions"]["pdsu"]
        assert bool(interrupted_form.pack()) is carried
