"""Static files: addresses that carry a digest of the content, and how long each is kept."""

from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from app import HOUSE
from blueprints.web.static_files import digests_of
from tests.parsing import read_page

YEAR = "public, max-age=31536000, immutable"


def static_addresses(anyone) -> list[str]:
    html = anyone.client.get("/sign-in").get_data(as_text=True)
    tags = read_page(html, ("static", 200)).select("link[href], script[src]")
    return [tag.get("href") or tag["src"] for tag in tags]


def kept(anyone, address: str) -> str:
    with anyone.client.get(address) as response:
        return response.headers["Cache-Control"]


def test_every_file_of_a_page_carries_the_digest_of_its_content_and_is_kept_a_year(anyone):
    addresses = static_addresses(anyone)
    assert len(addresses) == 5
    for address in addresses:
        parts = urlsplit(address)
        content = (HOUSE / parts.path.lstrip("/")).read_bytes()
        assert parse_qs(parts.query)["v"] == [sha256(content).hexdigest()[:16]]
        assert kept(anyone, address) == YEAR


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef"])
def test_a_file_under_another_digest_is_asked_for_again(anyone, query):
    assert kept(anyone, f"/static/app.css{query}") == "no-cache"


def test_a_file_that_is_not_there_is_not_kept(anyone):
    assert kept(anyone, "/static/nothing.css") == "no-store"


def test_a_changed_file_has_another_address(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.css").write_text("a {}")
    before = digests_of(tmp_path)
    (tmp_path / "deep" / "a.css").write_text("b {}")
    assert before.keys() == digests_of(tmp_path).keys() == {"deep/a.css"}
    assert before != digests_of(tmp_path)


def test_no_style_sheet_names_a_file_without_its_digest():
    for sheet in (HOUSE / "static").glob("*.css"):
        references = [part.partition(")")[0] for part in sheet.read_text("utf-8").split("url(")[1:]]
        assert all(reference.startswith("#") for reference in references), sheet.name
