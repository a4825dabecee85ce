"""What guards every request: headers, limits, known hosts, and the number of a failed request."""

import logging
import shutil
from urllib.request import Request, urlopen

import pytest

from blueprints.web.protection import HEADERS
from tests.lending import app_on
from tests.live import served


def guarded(response) -> bool:
    return all(response.headers.get(name) == value for name, value in HEADERS.items())


@pytest.fixture
def failing(app, sign_in):
    """A signed-in person's client, in an app whose home page fails."""
    client = sign_in("linxiao").client

    def fail(**_):
        raise RuntimeError("a fault with 13800001234 in it")

    app.view_functions["pdsu.home"] = fail
    return client


@pytest.mark.parametrize("name", ["Referer", "Origin"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_where_a_request_comes_from_may_be_nonsense(anyone, name, method):
    for address in ("/pdsu/", "/pdsu/me", "/sign-in"):
        asked = getattr(anyone.client, method)
        for scheme in ("http", "https"):
            response = asked(address, headers={name: "https://["}, base_url=f"{scheme}://localhost")
            assert response.status_code < 500


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sign-in", 200),
        ("/nowhere", 404),
        ("/sign-out", 405),
        ("/pdsu/", 303),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/static/app.css", 200),
    ],
)
def test_every_answer_carries_the_headers(anyone, address, status):
    response = anyone.client.get(address)
    assert response.status_code == status
    assert guarded(response)
    stored = response.headers.get("Cache-Control") != "no-store"
    assert stored == address.startswith("/static/")
    response.close()


def test_a_refused_form_carries_the_headers_too(anyone):
    response = anyone.client.post("/sign-in", data={"username": "linxiao"})
    assert response.status_code == 400
    assert guarded(response)


def test_a_failure_shows_a_number_that_the_log_has_too(failing, caplog):
    response = failing.get("/pdsu/")
    number = response.headers["X-Request-ID"]
    assert response.status_code == 500
    assert guarded(response)
    assert number in response.get_data(as_text=True)
    failed = [one.getMessage() for one in caplog.records if one.name == "blueprints.web.protection"]
    assert failed == [f"request {number} failed: GET pdsu.home"]


def test_a_failure_does_not_say_what_failed(failing, caplog):
    caplog.set_level(logging.CRITICAL)
    said = failing.get("/pdsu/").get_data(as_text=True)
    assert "系统出错了" in said
    assert "RuntimeError" not in said
    assert "13800001234" not in said


def test_two_requests_have_two_numbers(anyone):
    numbers = {anyone.client.get("/healthz").headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3


@pytest.mark.parametrize(
    "body", ["a=&" * 6_000, "a=" + "b" * (2 * 1024 * 1024 + 1)], ids=["too many items", "too long"]
)
@pytest.mark.parametrize("says_its_length", [True, False])
def test_a_url_encoded_form_is_bounded(anyone, body, says_its_length):
    kind = "application/x-www-form-urlencoded"
    how = (
        {}
        if says_its_length
        else {"environ_overrides": {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}}
    )
    response = anyone.client.post("/sign-in", data=body, content_type=kind, **how)
    assert response.status_code == 413
    assert "提交的内容太大" in response.get_data(as_text=True)


def test_a_form_just_below_the_bounds_is_read(anyone):
    body = "a=&" * 4_000 + "username=" + "b" * 100_000
    response = anyone.client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400  # it lacks its token, and nothing else


def test_a_host_that_is_not_ours_is_refused(tmp_path):
    app = app_on(tmp_path, TRUSTED_HOSTS=["beian.example.edu.cn"])
    client = app.test_client()
    refused = client.get("/sign-in", headers={"Host": "evil.example.com"})
    assert refused.status_code == 400
    assert guarded(refused)
    assert "不是备案系统的正式地址" in refused.get_data(as_text=True)
    assert client.get("/healthz", headers={"Host": "beian.example.edu.cn"}).status_code == 200


def seen_address(server: str) -> str:
    claimed = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https"}
    with urlopen(Request(f"{server}/whoami", headers=claimed)) as answer:
        return answer.read().decode()


@pytest.mark.parametrize(
    ("settings", "seen"),
    [
        ({}, "127.0.0.1 http"),
        ({"TRUSTED_PROXY": "127.0.0.1"}, "10.9.8.7 https"),
        ({"TRUSTED_PROXY": "10.1.1.1"}, "127.0.0.1 http"),
    ],
    ids=["no proxy", "the proxy", "somebody else"],
)
def test_forwarded_addresses_are_believed_of_the_proxy_only(tmp_path, empty_database, settings, seen):
    shutil.copy(empty_database, tmp_path)
    app = app_on(tmp_path, **settings)

    @app.get("/whoami")
    def whoami():
        from flask import request

        return f"{request.remote_addr} {request.scheme}"

    with served(app) as server:
        assert seen_address(server) == seen


def test_https_is_remembered_once_it_is_spoken(anyone):
    assert "Strict-Transport-Security" not in anyone.client.get("/healthz").headers
    response = anyone.client.get("/healthz", base_url="https://localhost")
    assert response.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_a_database_of_another_version_is_not_ready(tmp_path):
    client = app_on(tmp_path).test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json["checks"]["database"] == "数据库是旧版本的，需要升级。"
