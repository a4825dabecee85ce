"""What leaves compressed, and what does not."""

import gzip

import pytest
from flask import Response

from app import HOUSE
from blueprints.web.compression import LEAST, compress

BOTH = {"Accept-Encoding": "gzip, deflate, br"}
TEXT = "备案" * LEAST


def answer(app, content=TEXT, accepts="gzip", **settings) -> Response:
    """What becomes of an answer of the application."""
    with app.test_request_context("/pdsu/", headers={"Accept-Encoding": accepts}):
        return compress(Response(content, **{"mimetype": "text/html", **settings}))


@pytest.mark.parametrize("address", ["/sign-in", "/nowhere", "/static/app.css", "/static/vendor/htmx.min.js"])
def test_pages_styles_and_scripts_are_compressed_for_who_takes_it(anyone, address):
    plain, packed = anyone.client.get(address), anyone.client.get(address, headers=BOTH)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    for response in (plain, packed):
        assert "Accept-Encoding" in response.headers["Vary"]
        response.close()


def test_a_compressed_file_is_the_file(anyone):
    for _ in range(2):
        with anyone.client.get("/static/app.css", headers=BOTH) as packed:
            assert gzip.decompress(packed.data) == (HOUSE / "static" / "app.css").read_bytes()
            known = packed.headers["ETag"]
        assert known.startswith('W/"')
        with anyone.client.get("/static/app.css", headers=BOTH | {"If-None-Match": known}) as same:
            assert (same.status_code, same.data) == (304, b"")


def test_a_page_says_what_it_says(visible):
    plain, packed = visible.open("/pdsu/me"), visible.client.get("/pdsu/me", headers=BOTH)
    page = gzip.decompress(packed.data).decode()
    assert plain.find("h1").get_text() in page
    assert "HX-Request" in packed.headers["Vary"]


@pytest.fixture
def visible(sign_in):
    return sign_in("linxiao")


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/vnd.ms-excel", "text/plain"])
def test_what_is_packed_already_is_left_as_it_is(app, kind):
    response = answer(app, mimetype=kind)
    assert response.get_data(as_text=True) == TEXT
    assert not {"Content-Encoding", "Vary"} & set(response.headers.keys())


@pytest.mark.parametrize("accepts", ["", "br", "gzip;q=0", "identity"])
def test_who_does_not_take_gzip_gets_the_text(app, accepts):
    response = answer(app, accepts=accepts)
    assert response.get_data(as_text=True) == TEXT
    assert "Content-Encoding" not in response.headers


def test_a_small_answer_is_left_as_it_is(app):
    assert "Content-Encoding" not in answer(app, "a" * (LEAST - 1)).headers
    assert answer(app, "a" * LEAST).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("settings", [{"status": 206}, {"headers": {"Content-Encoding": "br"}}])
def test_a_part_and_what_is_encoded_already_are_left_as_they_are(app, settings):
    assert answer(app, **settings).get_data(as_text=True) == TEXT
