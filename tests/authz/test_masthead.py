"""Where one is: whatever a page of a school answers, its masthead lights the one place it is of."""

import pytest
from bs4 import BeautifulSoup

from blueprints.institution.navigation import PLACES, lights
from tests.authz import table
from tests.authz.scene import Scene
from tests.authz.walking import letter

# Who follows a link for one person is not at any place, whoever they are.
NOWHERE = {"apply", "apply_with", "apply_attachment", "apply_sheet"}


def test_every_page_of_a_school_is_of_a_place_of_the_masthead(whole_scene: Scene):
    places = {endpoint for endpoint, _, _ in PLACES}
    names = (rule.endpoint.split(".") for rule in whole_scene.app.url_map.iter_rules())
    pages = {name[1] for name in names if name[0] == table.SCHOOL}
    with whole_scene.app.app_context():
        lit = {page: set(lights(f"{table.SCHOOL}.{page}")) for page in pages}
    assert {page for page, of in lit.items() if not of} == NOWHERE
    assert {page for page, of in lit.items() if of - places} == set()


@pytest.mark.parametrize(
    ("personas", "refused"), [(("office", "reporter"), "decide"), (("admin", "auditor"), "switch_unit")]
)
def test_a_page_and_a_refused_form_light_exactly_one_place(
    scene: Scene, personas: tuple[str, ...], refused: str
):
    """Every address is asked until it draws a page for one of them: a form with nothing in it is refused."""
    rules, lit = table.rules(scene.app), {}
    for row, persona in ((row, persona) for row in table.listed() for persona in personas):
        rule = rules[f"{row.method} {row.route}"]
        school, _, page = rule.endpoint.partition(".")
        if school != table.SCHOOL or row.answers[persona] != "Y" or f"{row.method} {page}" in lit:
            continue
        path, sent = table.address(rule, row.values(scene)), {"data": {}} if row.method == "POST" else {}
        answer = scene.ask(persona, row.method, path, query_string=row.asked(scene), **sent)
        scene.put_back()
        if answer.mimetype == "text/html" and letter(answer) == "Y" and answer.status_code != 303:
            lit[f"{row.method} {page}"] = current_places(answer.text)
    assert {"GET home", f"POST {refused}"} <= set(lit)
    with scene.app.app_context():
        wrong = {
            address: places
            for address, places in lit.items()
            if len(places) != 1 or places[0] not in lights(f"{table.SCHOOL}.{address.split()[1]}")
        }
    assert set(wrong) - {f"{method} {page}" for page in NOWHERE for method in ("GET", "POST")} == set()


def current_places(html: str) -> list[str]:
    """The endpoints of the places that are lit."""
    home = f"/{table.SCHOOL}/"
    links = BeautifulSoup(html, "lxml").select("#places [aria-current=page]")
    return [link["href"].removeprefix(home).strip("/") or "home" for link in links]
