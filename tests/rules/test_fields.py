"""Every field type keeps what was typed, refuses nonsense in a sentence, and never raises."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules.fields import FIELD_TYPES, Circumstances
from tests.rules.field_asking import asked_for, item, posted

HOSTILE = [
    "²",
    "9" * 10_000,
    "\ud800",
    "\x00",
    "2022-02-30",
    "１２３",
    "1e9",
    "-",
    "：//",
    "٣٤",
    "½",
    "0000-00-00",
    "9999999-1-1",
    "\u202e",
    "=1+1",
    "a@b.cn",
    "inf",
    "０",
    "年月日",
    "1" * 30_000,
]
STRANGE_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "other", "leader", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("type_name", FIELD_TYPES)
@given(seed=st.integers(0, 10**6))
def test_an_example_survives_a_real_form_and_comes_back_the_same(type_name, seed):
    field = item(type_name, required=type_name != "people")
    value = field.example(seed)
    formdata = [(f"it{tail}", word) for tail, sent in field.typed(value).items() for word in sent]
    box = posted(field, formdata, asked_for(value), stored=value if field.is_upload else None)
    assert not box.errors
    assert field.store(box.data) == value
    assert field.store(field.restore(value)) == value
    assert field.text(value)
    assert not field.is_empty(value)


@pytest.mark.parametrize("type_name", FIELD_TYPES)
@given(value=STRANGE_JSON)
def test_reading_out_a_strange_stored_value_never_raises(type_name, value):
    field = item(type_name)
    for face in (field.text, field.scaled_text, field.warning):
        assert isinstance(face(value), str)
    assert len(field.cell(value)) == 2


@pytest.mark.parametrize("type_name", FIELD_TYPES)
@pytest.mark.parametrize("typed", HOSTILE, ids=ascii)
def test_hostile_input_is_a_value_or_a_sentence_and_can_be_redrawn(type_name, typed):
    field = item(type_name)
    tails = field.typed(field.example(1)) or {"": []}
    box = posted(field, [(f"it{tail}", typed) for tail in tails])
    field.text(field.store(box.data)).encode()
    str(box()).encode()


@pytest.mark.parametrize("type_name", sorted(set(FIELD_TYPES) - {"people", "image", "file", "unit"}))
@given(typed=st.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_typed_and_accepted_is_accepted_again(type_name, typed):
    field = item(type_name)
    value = field.store(posted(field, [("it", typed)]).data)
    if value is None or not field.text(value):
        return
    again = [(f"it{tail}", word) for tail, sent in field.typed(value).items() for word in sent]
    assert field.store(posted(field, again).data) == value


@pytest.mark.parametrize("type_name", sorted(set(FIELD_TYPES) - {"people"}))
def test_a_required_item_left_empty_is_named_in_the_sentence(type_name):
    field = item(type_name, required=True)
    assert "此项" in posted(field, []).errors[0]
    assert posted(field, []).flags.required
    assert not posted(field, [], Circumstances(draft=True)).errors
