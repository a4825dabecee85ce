"""A PDF that somebody hands in: taken, or refused in a sentence, and never at great cost."""

import zlib
from time import process_time

import pytest

from models.rules.uploads import LARGEST_FILE, BadDocument, check_pdf, is_pdf
from tests.builders import pdf


def refusal(content: bytes) -> str:
    try:
        check_pdf(content)
    except BadDocument as refused:
        return str(refused)
    return ""


def body(*objects: bytes) -> bytes:
    """A PDF without a table of its objects: a reader has to look for them."""
    numbered = (b"%d 0 obj\n%s\nendobj\n" % (at, one) for at, one in enumerate(objects, 1))
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF"


def test_what_a_scanner_or_printer_makes_is_taken():
    assert is_pdf(pdf())
    assert refusal(pdf(50)) == ""


def test_nothing_else_may_hang_on_to_the_end_of_a_document():
    assert "不完整" in refusal(pdf() + b"<script>alert(1)</script>" * 100)


def test_a_document_may_open_at_a_certain_page():
    catalog = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/GoTo/D[3 0 R/Fit]>>>>"
    pages = (b"<</Type/Pages/Count 1/Kids[3 0 R]>>", b"<</Type/Page/Parent 2 0 R>>")
    assert refusal(body(catalog, *pages)) == ""
    assert "自动执行" in refusal(body(catalog.replace(b"GoTo", b"Launch"), *pages))
    assert "自动执行" in refusal(body(catalog.replace(b"OpenAction", b"AA"), *pages))


def test_a_document_that_is_too_large_is_not_looked_into():
    assert "超过 10 MB" in refusal(b"%PDF-" + b"\0" * LARGEST_FILE)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-%%EOF",
        body(b"<</Type/Catalog/Pages 1 0 R>>"),
        body(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[2 0 R]>>"),
        body(b"[" * 5000),
        body(b"<</Length 9/Filter/FlateDecode>>stream\n" + zlib.compress(b"0" * 50_000_000) + b"endstream"),
        b"%PDF-1.7\n" + b"1 0 obj <<" * 200_000 + b"%%EOF",
        b"%PDF-1.7\nstartxref\n99999999999\n%%EOF",
        b"%PDF-1.7\n" + b"\xff\xfe" * 100_000 + b"%%EOF",
    ],
    ids=["bare", "itself", "loop", "nested", "swollen", "endless", "beyond", "noise"],
)
def test_hostile_documents_are_refused_in_a_sentence_and_at_once(content):
    began = process_time()
    assert refusal(content).endswith("。")
    assert process_time() - began < 5
