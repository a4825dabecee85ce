"""Typed text is bounded before it is normalised, and what people write is left as it is."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.rules.fields.account_key import normalise, title_key
from models.rules.fields.cell_words import behind_other
from models.rules.messages import clean
from models.rules.typed_text import LONGEST_TYPED, MOST_MARKS, folded, normalised, stream_safe


def every_character() -> Iterator[str]:
    """A million of them: made as they are looked at, for a list would stay for the whole run."""
    return (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)


@given(some.text(max_size=60), some.sampled_from(("NFC", "NFKC")))
def test_ordinary_text_is_normalised_as_without_bounds(text, form):
    assert normalised(form, text) == unicodedata.normalize(form, text)


@given(some.text(alphabet=some.sampled_from("aé\u0301\u0323\u3099\uff9e字 "), max_size=MOST_MARKS))
def test_words_with_a_few_marks_are_left_as_they_are(text):
    assert stream_safe(text) == text


@pytest.mark.parametrize("marks", ["\u0301", "\u0301\u0323", "\uff9e\u0301", "\u0344", "\u05b0\u0345"])
@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_a_run_of_a_hundred_thousand_marks_is_bounded(marks, form):
    run = "a" + marks * (100_000 // len(marks)) + "b"

    bounded = normalised(form, run)

    assert len(unicodedata.normalize("NFD", bounded)) <= MOST_MARKS + 2
    assert bounded.endswith("b"), "what stands behind the marks is kept"


def test_every_character_that_normalising_moves_is_counted_as_a_mark():
    marks = [c for c in every_character() if unicodedata.combining(unicodedata.normalize("NFKD", c)[0])]

    assert [c for c in marks if len(stream_safe(c * 1000)) > MOST_MARKS] == []


def test_length_is_bounded_also_where_normalising_makes_it_longer():
    assert len(normalised("NFKC", "\ufdfa" * LONGEST_TYPED)) == LONGEST_TYPED
    assert len(clean("好" * 2 * LONGEST_TYPED)) == LONGEST_TYPED
    assert len(folded("A" * 2 * LONGEST_TYPED)) == LONGEST_TYPED


def test_cleaning_drops_what_cannot_be_kept_and_nothing_else():
    dropped = {c for c in every_character() if clean(f"a{c}b") == "ab"}

    assert dropped >= set("\x00\x07\x1f\x7f\x85")
    assert {c for c in dropped if unicodedata.category(c) != "Cc"} <= {"\ufeff", "\u200b"}
    assert not dropped & set("\t\n\r")
    assert clean("a\ud800b\udfff") == "ab"


def test_keys_of_endless_text_are_made_of_its_beginning():
    assert normalise("a" + "%25" * 100_000)
    assert title_key("官方" * 100_000) == "官方" * 1500
    assert behind_other("其他：" + " " * 30_000 + "x") == "其他：" + " " * 30_000 + "x"
