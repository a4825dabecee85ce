"""Proving who one is, going on to what was wanted, and being out again."""

from urllib.parse import unquote

import pytest

from tests.client import Browser


def enter(browser: Browser, demo, **typed):
    """Fill in the sign-in form that is open, rightly unless said otherwise, and press the button."""
    password = demo.passwords["pdsu", "linxiao"]
    known = {"school": "pdsu", "username": "linxiao", "password": password}
    return browser.submit("登录", **(known | typed))


def signed_in_from(browser: Browser, demo, wanted: str):
    """The bare answer to signing in rightly with this `next`."""
    token = browser.page.find("main [name=csrf_token]")["value"]
    return browser.client.post(
        "/sign-in",
        data={
            "csrf_token": token,
            "next": wanted,
            "school": "pdsu",
            "username": "linxiao",
            "password": demo.passwords["pdsu", "linxiao"],
        },
    )


@pytest.mark.parametrize(
    "place",
    [
        "",
        "filings/",
        "filings/1",
        "filings/new",
        "desk",
        "register",
        "register?q=平院&page=2",
        "summaries/accounts",
        "lists/group",
    ],
)
def test_a_signed_out_person_signs_in_and_goes_on_to_what_was_wanted(anyone, demo, place):
    page = anyone.open(f"/pdsu/{place}")
    assert (page.address, page.heading) == ("/sign-in", "登录")
    answer = signed_in_from(anyone, demo, page.find("[name=next]")["value"])
    assert answer.status_code == 303
    assert unquote(answer.location) == f"/pdsu/{place}"


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/pdsu/",
        "https://evil.example/",
        "/\\evil.example",
        "/pdsu/\\..\\evil",
        "/ahbc/",
        "/pdsu.evil.example/",
        "javascript:alert(1)",
        " //evil.example",
        "\t//evil.example",
        "/pdsu/\r\nSet-Cookie: a=b",
        "/pdsu/\x00",
        "/%5cevil.example",
        "/%2f%2fevil.example",
        "%2f%2fevil.example",
        "///evil.example/pdsu/",
        "/pdsu@evil.example",
        "\u2028//evil.example",
        "/pdsu/../ahbc/",
        "/pdsu/../cas/pdsu/sign-in",
        "/pdsu/filings/../../ahbc/",
        "/pdsu/%2e%2e/ahbc/",
        "/pdsu/.%2E/ahbc/",
        "/pdsu/%2E./ahbc/",
        "/pdsu/..%2fahbc/",
        "/pdsu/..",
        "/pdsu/%0d%0aSet-Cookie:%20a=b",
        "/pdsu/\x7f",
    ],
)
def test_signing_in_never_leads_elsewhere(anyone, demo, wanted):
    anyone.open("/sign-in?school=pdsu")
    answer = signed_in_from(anyone, demo, wanted)
    assert answer.status_code == 303
    assert answer.location == "/pdsu/"
    assert "evil" not in answer.location
    assert "Set-Cookie: a=b" not in str(answer.headers)


def test_a_form_without_its_token_is_refused_to_who_is_signed_in(sign_in):
    answer = sign_in("linxiao").client.post("/pdsu/filings/new", data={"form": "account"})
    assert answer.status_code == 400
    assert "页面已过期" in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        {"password": "wrong"},
        {"password": ""},
        {"username": ""},
        {"username": "nobody"},
        {"username": "林晓"},
        {"username": "x" * 3000},
        {"password": "x" * 100_000},
        {"username": "\x00", "password": "\x00"},
        {"school": "ahbc"},
        {"school": "nowhere"},
        {"school": ""},
    ],
)
def test_what_does_not_prove_who_one_is_lets_nobody_in(anyone, demo, typed):
    anyone.open("/sign-in?school=pdsu")
    page = enter(anyone, demo, **typed)
    assert page.status == 422
    assert page.find(".error").text.strip()
    assert not page.find("[type=password]").get("value")
    assert anyone.open("/pdsu/").heading == "登录"


def test_a_wrong_name_and_a_wrong_password_read_the_same(anyone, demo):
    said = []
    for typed in ({"password": "wrong"}, {"username": "nobody"}):
        anyone.open("/sign-in?school=pdsu")
        said.append(enter(anyone, demo, **typed).find(".error").text)
    assert said[0] == said[1]


def test_half_a_character_is_no_name(anyone):
    token = anyone.open("/sign-in").find("main [name=csrf_token]")["value"]
    answer = anyone.client.post(
        "/sign-in",
        data=f"csrf_token={token}&school=pdsu&username=%ED%A0%80&password=%ED%A0%80&next=%ED%A0%80",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422


def test_the_front_door_leads_to_sign_in_and_then_home(anyone, demo):
    assert anyone.open("/").heading == "登录"
    enter(anyone, demo)
    assert anyone.open("/").heading == "您好，林晓"


def test_signing_out_ends_the_session_on_the_server(sign_in):
    browser = sign_in("linxiao")
    cookie = browser.client.get_cookie("session")
    browser.submit("退出登录")
    browser.client.set_cookie("session", cookie.value)
    assert browser.open("/pdsu/").heading == "登录"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(anyone, demo):
    anyone.open("/sign-in?school=pdsu")
    enter(anyone, demo)
    cookie = anyone.client.get_cookie("session")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
