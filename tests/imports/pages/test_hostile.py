"""Files that nobody should have to open, handed in through the page: a sentence beside the box."""

import pytest

from tests.imports.pages.conftest import send
from tests.xlsx.hostile import FILES


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_answered_beside_its_box(reporter, kept, name):
    hostile = FILES[name]()
    page = send(reporter, hostile.content, hostile.name)
    assert page.status == 422
    said = page.error_at("file")
    assert said.endswith("。")
    assert len(said) > 8
    assert hostile.sentence in said
    assert kept() == (0, 0)


def test_the_page_goes_on_working_after_every_refusal(reporter):
    for name in ("a bomb", "an entity", "noise"):
        hostile = FILES[name]()
        assert send(reporter, hostile.content, hostile.name).status == 422
    assert reporter.page.find("#file")["aria-invalid"] == "true"
    assert reporter.open("/pdsu/imports/").status == 200
