"""The token of a form: never twice the same in what is compressed, and good when it comes back."""

import re

import pytest

from blueprints.web.csrf import mask, unmask

TOKEN = re.compile(r'(?:name="csrf_token" value="|"X-CSRFToken": ")([^"]+)')


def tokens(browser, address: str) -> list[str]:
    found = TOKEN.findall(browser.client.get(address).get_data(as_text=True))
    assert len(found) > 1, f"no tokens on {address}"
    return found


def saved(browser, token: str, **sent):
    return browser.client.post("/sign-out", data={"csrf_token": token} if token else {}, **sent)


def test_one_page_holds_one_token_and_the_next_another(sign_in):
    browser = sign_in("linxiao")
    first, second = tokens(browser, "/pdsu/me"), tokens(browser, "/pdsu/me")
    assert len(set(first)) == len(set(second)) == 1
    assert first[0] != second[0]


def test_two_tokens_of_one_secret_have_no_part_in_common(sign_in):
    browser = sign_in("linxiao")
    first, second = (tokens(browser, "/pdsu/me")[0] for _ in range(2))
    common = [first[at : at + 8] for at in range(len(first) - 8) if first[at : at + 8] in second]
    assert common == []
    assert unmask(first).split(".")[0] == unmask(second).split(".")[0]


def test_the_token_of_a_page_is_taken_long_after_others_were_drawn(sign_in):
    browser = sign_in("linxiao")
    first = tokens(browser, "/pdsu/me")[0]
    tokens(browser, "/pdsu/")
    assert saved(browser, first).status_code == 303


def test_the_token_is_taken_from_the_header_that_scripts_send(sign_in):
    browser = sign_in("linxiao")
    token = tokens(browser, "/pdsu/me")[0]
    assert saved(browser, "", headers={"X-CSRFToken": token}).status_code == 303


def test_a_token_of_the_version_before_is_taken(sign_in):
    browser = sign_in("linxiao")
    plain = unmask(tokens(browser, "/pdsu/me")[0])
    assert saved(browser, plain).status_code == 303


@pytest.mark.parametrize(
    "spoil", [str.swapcase, lambda token: token[:-4], lambda token: token[2:] + token[:2]]
)
def test_a_spoilt_token_is_refused(sign_in, spoil):
    browser = sign_in("linxiao")
    assert saved(browser, spoil(tokens(browser, "/pdsu/me")[0])).status_code == 400


@pytest.mark.parametrize("nonsense", ["", "a", "中文", "A" * 7, "_" * 8, "a.b.c", "\x00" * 9, "%%%%"])
def test_nonsense_is_refused_and_nothing_worse(sign_in, nonsense):
    assert saved(sign_in("linxiao"), nonsense).status_code == 400


def test_the_token_of_another_person_is_refused(sign_in):
    theirs = tokens(sign_in("zhoumin"), "/pdsu/me")[0]
    browser = sign_in("linxiao")
    tokens(browser, "/pdsu/me")
    assert saved(browser, theirs).status_code == 400


def test_a_pad_is_as_long_as_what_it_covers():
    for text in ("", "a", "Im.ab.cd" * 20):
        assert unmask(mask(text)) == text
