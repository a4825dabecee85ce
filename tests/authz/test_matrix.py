"""Who may do what, all of it: `tests/authz.yml` walked cell by cell by every persona.

Of every answer besides: no canary that the persona must never see, and what is foreign answers
byte by byte like what never was.
"""

import pytest

from tests.authz import table
from tests.authz.scene import PERSONAS, Scene
from tests.authz.walking import walk


def test_every_route_stands_in_the_table_and_nothing_else_does(whole_scene: Scene):
    known = set(table.rules(whole_scene.app))
    assert sorted(known - table.routes_in_file()) == [], "routes without a row in tests/authz.yml"
    assert sorted(table.routes_in_file() - known) == [], "rows of tests/authz.yml without a route"


def test_the_table_says_who_its_columns_are():
    assert tuple(table.personas_in_file()) == PERSONAS


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_cell_is_answered_as_written_and_nothing_leaks(scene: Scene, persona: str):
    found = walk(scene, persona, table.listed())
    assert found.failures == []
    assert found.cells == [], f"{len(found.cells)} of {found.walked} cells are not as written"
    assert found.leaks == [], "shown to whom it must not be"
    assert found.told_apart == [], "what is foreign does not answer like what is absent"
