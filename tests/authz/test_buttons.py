"""Buttons and guards ask one policy: what a page offers to a persona, a route lets them do."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.authz import table
from tests.authz.buttons import Offered, offered_by
from tests.authz.scene import Scene
from tests.authz.walking import letter

# One of each role; those above, below and elsewhere have the same buttons on other things.
ROLES = ("reporter", "head", "office", "admin", "auditor")
# Of what differs in an id alone, so many are pressed.
MOST_ALIKE = 3
LEAVES = "/sign-out"


@pytest.mark.parametrize("persona", ROLES)
def test_behind_everything_a_page_offers_a_route_lets_them_in(scene: Scene, persona: str):
    shut, pressed = [], Counter()
    router = scene.app.url_map.bind("localhost")
    for page, one in on_pages(scene, persona):
        if one.path == LEAVES:
            continue
        endpoint, _ = router.match(one.path, one.method)
        alike = endpoint, one.method, tuple(name for name, _ in one.items)
        pressed[alike] += 1
        if pressed[alike] <= MOST_ALIKE:
            answer = press(scene, persona, one)
            if letter(answer) != "Y" or answer.status_code >= 500:
                shut.append(f"{page} offers {one.method} {one.address}: {answer.status_code}")
    assert shut == []
    assert len(pressed) > 10


def on_pages(scene: Scene, persona: str) -> Iterator[tuple[str, Offered]]:
    """Everything that the pages of the table offer to a persona, each thing once."""
    rules, seen = table.rules(scene.app), set()
    for row in table.listed():
        if row.method != "GET" or row.answers[persona] != "Y":
            continue
        page = table.address(rules[f"{row.method} {row.route}"], row.values(scene))
        answer = scene.ask(persona, "GET", page, query_string=row.asked(scene))
        scene.put_back()
        if answer.mimetype != "text/html":
            continue
        for one in offered_by(answer.get_data(as_text=True), page):
            known = one.method, one.address, one.htmx, tuple(name for name, _ in one.items)
            if one.address and known not in seen:
                seen.add(known)
                yield page, one


def press(scene: Scene, persona: str, one: Offered):
    """The answer to what was pressed; what it wrote is put back."""
    items: dict[str, list[str]] = {}
    for name, value in one.items:
        items.setdefault(name, []).append(value)
    how = {"data": items} if one.method == "POST" else {"query_string": items or None}
    path = one.address if not (one.method == "GET" and items) else one.path
    answer = scene.ask(persona, one.method, path, one.htmx, **{k: v for k, v in how.items() if v})
    scene.put_back()
    return answer
