"""A PDF that somebody hands in: taken, or refused in a sentence, and never at great cost."""

import zlib

import pytest

from models.examining import pool
from models.examining.examined import LARGEST_FILE, PDF, BadFile, Kind
from tests.builders import pdf
from tests.examining.pdfs import HARMLESS, HOSTILE


def refusal(content: bytes) -> str:
    try:
        assert pool.examine(Kind.document, content).content == content
    except BadFile as refused:
        return str(refused)
    return ""


def body(*objects: bytes) -> bytes:
    """A PDF without a table of its objects: a reader has to look for them."""
    numbered = (b"%d 0 obj\n%s\nendobj\n" % (at, one) for at, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF"


def test_what_a_scanner_or_printer_makes_is_taken():
    examined = pool.examine(Kind.document, pdf(50))
    assert (examined.content, examined.mime) == (pdf(50), PDF)


@pytest.mark.parametrize("what", HARMLESS)
def test_what_lies_still_is_taken(what):
    assert refusal(HARMLESS[what]()) == ""


@pytest.mark.parametrize("what", HOSTILE)
def test_what_would_be_run_opened_or_sent_is_refused_wherever_it_hides(what):
    make, words = HOSTILE[what]
    sentence = refusal(make())
    assert words in sentence
    assert "请" in sentence
    assert sentence.endswith("后再上传。")


def test_nothing_else_may_hang_on_to_the_end_of_a_document():
    assert "不完整" in refusal(pdf() + b"<script>alert(1)</script>" * 100)


def test_a_document_without_a_table_is_searched_as_well():
    catalog = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/GoTo/D[3 0 R/Fit]>>>>"
    pages = (b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 2 0 R>>")
    assert refusal(body(catalog, *pages)) == ""
    assert "自动执行" in refusal(body(catalog.replace(b"GoTo", b"Launch"), *pages))
    assert "自动执行" in refusal(body(catalog.replace(b"OpenAction", b"AA"), *pages))


def test_a_document_that_is_too_large_is_not_looked_into():
    assert "超过 10 MB" in refusal(b"%PDF-" + b"\0" * LARGEST_FILE)


def test_a_document_that_is_its_own_list_of_pages_has_none():
    assert "0 页" in refusal(body(b"<</Type/Catalog/Pages 1 0 R>>"))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-%%EOF",
        body(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"),
        body(b"[" * 5000),
        body(b"<</Length 9/Filter/FlateDecode>>stream\n" + zlib.compress(b"0" * 50_000_000) + b"endstream"),
        b"%PDF-1.7\n" + b"1 0 obj <<" * 200_000 + b"%%EOF",
        b"%PDF-1.7\n" + b"1 0 obj (" * 200_000 + b"%%EOF",
        b"%PDF-1.7\nstartxref\n99999999999\n%%EOF",
        b"%PDF-1.7\n" + b"\xff\xfe" * 100_000 + b"%%EOF",
    ],
    ids=["bare", "loop", "nested", "swollen", "endless", "open", "beyond", "noise"],
)
def test_damaged_documents_are_refused_in_a_sentence_and_at_once(content):
    assert "不完整或已损坏" in refusal(content)
