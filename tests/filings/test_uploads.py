"""Proofs handed in with a form: a picture or a PDF, judged by what they hold, handed out safely."""

from io import BytesIO

import pytest
from PIL import Image

from tests import builders, pages

CHANNEL = "平院信工"


@pytest.fixture
def reporter(sign_in):
    """林晓 with the closing of an account open before her."""
    browser = sign_in("linxiao")
    browser.open("/pdsu/register?q=pdsu_xg")
    browser.follow(CHANNEL)
    browser.submit("注销")
    return browser


def kept(reporter, content: bytes, name: str):
    return pages.keep(reporter, {"注销证明": builders.file(content, name)})


def handed_out(reporter, page):
    return reporter.client.get(page.find("#item-closing_proof a.file")["href"])


def test_a_pdf_is_kept_as_it_came_and_only_ever_saved(reporter):
    content = builders.pdf(2)
    page = kept(reporter, content, "注销证明（盖章）.pdf")
    assert "注销证明（盖章）.pdf" in page.find("#item-closing_proof").text
    answer = handed_out(reporter, page)
    assert answer.data == content
    assert answer.mimetype == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    disposition.encode("latin-1")
    assert "filename*=UTF-8''%E6%B3%A8" in disposition
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_picture_is_painted_anew_and_shown(reporter):
    page = kept(reporter, builders.png(1080, 5000), "截图.png")
    assert page.find("#item-closing_proof img")["alt"] == "注销证明：截图.jpg"
    answer = handed_out(reporter, page)
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline")
    # Larger than a QR image may be: what is written on it must stay legible.
    assert Image.open(BytesIO(answer.data)).size == (864, 4000)


def test_the_content_decides_whatever_the_name_says(reporter):
    page = kept(reporter, builders.pdf(), "看我.exe")
    assert "看我.exe.pdf" in page.find("#item-closing_proof").text
    assert handed_out(reporter, page).mimetype == "application/pdf"
    page = kept(reporter, builders.png(), "其实是图.pdf")
    assert handed_out(reporter, page).mimetype == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<script>alert(1)</script>", "不是完整的 PNG 或 JPG"),
        (builders.pdf()[:300], "不完整或已损坏"),
        (b"%PDF-1.7\n" + b"junk " * 400 + b"%%EOF", "不完整或已损坏"),
        (builders.pdf(password="x"), "去掉密码"),
        (builders.pdf(51), "51 页"),
        (builders.pdf(0), "0 页"),
        (builders.pdf(script="app.alert(1)"), "自动执行"),
    ],
    ids=["page", "cut", "junk", "locked", "long", "empty", "script"],
)
def test_what_is_no_proof_is_refused_beside_the_item(reporter, content, sentence):
    page = kept(reporter, content, "证明.pdf")
    assert page.status == 422
    assert sentence in page.error_at("closing_proof")
    assert not page.soup.select("#item-closing_proof a.file")


def test_a_chosen_proof_is_kept_at_once_and_can_be_taken_away(reporter):
    item = "#item-closing_proof"
    part = reporter.trigger(item, closing_proof=builders.file(builders.pdf(), "证明.pdf"))
    assert "证明.pdf" in part.find(item).text
    page = reporter.open(reporter.page.address.removesuffix("/keep") + "/edit")
    assert "证明.pdf" in page.find(item).text
    page = reporter.submit("存草稿", **{"closing_proof-remove": "1"})
    assert not page.soup.select(f"{item} a.file")


def test_a_refused_proof_leaves_the_one_before_it(reporter):
    kept(reporter, builders.pdf(), "第一份.pdf")
    page = kept(reporter, b"nothing", "第二份.pdf")
    assert page.status == 422
    assert "第一份.pdf" in reporter.open(page.address).find("#item-closing_proof").text


def test_a_foreign_units_proof_is_not_there(reporter, sign_in):
    page = kept(reporter, builders.pdf(), "证明.pdf")
    address = page.find("#item-closing_proof a.file")["href"]
    assert sign_in("sunli").client.get(address).status_code == 404
