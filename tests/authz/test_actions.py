"""Who may ask and who brings something about: the administrator approves nothing, the auditor
writes nothing, and of those whom the table lets in only the right ones change a filing."""

import pytest

from tests.authz import bodies, table, written
from tests.authz.scene import PERSONAS, Scene

# What a person may change of their own, whatever their roles: address, password, notices, sessions.
ONES_OWN = {
    "POST /<school>/me",
    "POST /<school>/notices/read",
    "POST /password",
    "POST /sign-out",
    "POST /<school>/me/sign-ins/end-others",
    "POST /sign-in",
}
# That a copy of the trail was taken is written down for the auditor.
TAKEN_AWAY = "POST /<school>/audit/export"
DECIDED = {
    "filing",
    "channel",
    "report",
    "report_line",
    "campaign",
    "found_account",
    "sanction",
    "incident",
    "message",
    "applicant",
    "invite",
    "attachment",
}

WRITERS, OWN_HEAD, OFFICE = {"reporter", "reporter_above"}, {"head"}, {"office"}
# Endpoint, thing and verb, and who of all personas changes a filing by it.
CHANGES = [
    ("move", "filing in review", "approve", OWN_HEAD),
    ("move", "filing in review", "return", OWN_HEAD),
    ("move", "filing in review", "reject", OWN_HEAD),
    ("move", "filing in review", "withdraw", WRITERS),
    ("move", "filing at the office", "approve", OFFICE),
    ("move", "filing at the office", "return", OFFICE),
    ("move", "filing at the office", "reject", OFFICE),
    ("move", "filing at the office", "withdraw", WRITERS),
    ("move", "filing returned", "approve", set()),
    ("move", "filing returned", "withdraw", WRITERS),
    ("move", "filing filed", "approve", set()),
    ("move", "filing filed", "withdraw", set()),
    ("move", "filing draft", "approve", set()),
    ("move", "list row in review", "approve", OWN_HEAD),
    ("hand_in", "filing draft", "", WRITERS),
    ("hand_in", "filing in review", "", set()),
    ("hand_in", "filing filed", "", set()),
    ("hand_in", "filing returned", "", WRITERS),
    ("hand_in", "filing rejected", "", set()),
    ("keep", "filing draft", "", WRITERS),
    ("keep", "filing returned", "", WRITERS),
    ("keep", "filing in review", "", set()),
    ("delete", "filing draft", "", WRITERS),
    ("delete", "filing in review", "", set()),
    ("delete", "filing filed", "", set()),
    ("delete", "filing returned", "", set()),
    ("dissolve_row", "list row draft", "", WRITERS),
    ("opening", "filing approved before opening", "", OFFICE),
]


def send(scene: Scene, persona: str, endpoint: str, thing: str, **words: str):
    """One POST about a thing, with what its form would hold."""
    rule = next(
        rule
        for key, rule in table.rules(scene.app).items()
        if key.startswith("POST") and rule.endpoint == f"pdsu.{endpoint}"
    )
    values = scene.things[thing]
    said = bodies.plausible(scene, endpoint, values)
    return scene.ask(persona, "POST", table.address(rule, values | words), data=said)


@pytest.mark.parametrize(
    ("endpoint", "thing", "verb", "who"), CHANGES, ids=[f"{one[2] or one[0]} · {one[1]}" for one in CHANGES]
)
def test_of_all_who_may_ask_only_these_change_a_filing(scene: Scene, endpoint, thing, verb, who):
    before, changing = scene.rows(), set()
    for persona in PERSONAS:
        send(scene, persona, endpoint, thing, verb=verb)
        tables = ("filing", "channel")
        if scene.changed and any(scene.rows()[name] != before[name] for name in tables):
            changing.add(persona)
        scene.put_back()
    assert changing == who


@pytest.mark.parametrize(("persona", "kept"), [("auditor", None), ("admin", DECIDED)])
def test_neither_auditor_nor_administrator_brings_anything_about(scene: Scene, persona, kept):
    """The auditor changes no row but their own; the administrator none that is a unit's or decided."""
    before, rules = scene.rows(), table.rules(scene.app)
    for row in table.listed():
        rule, values = rules[f"{row.method} {row.route}"], row.values(scene)
        endpoint = rule.endpoint.rpartition(".")[2]
        more = {"data": bodies.plausible(scene, endpoint, values)} if row.method == "POST" else {}
        scene.ask(persona, row.method, table.address(rule, values), query_string=row.asked(scene), **more)
        if not scene.changed:
            continue
        tables = written.tables_that_differ(before, scene.rows())
        scene.put_back()
        key = f"{row.method} {row.route}"
        if kept is not None:
            assert not tables & kept, f"{row}: {tables & kept}"
        elif key == TAKEN_AWAY:
            assert tables == {"event"}, f"{row}: {tables}"
        else:
            assert key in ONES_OWN, f"{row}: {tables}"
            assert tables <= {"person", "sign_in", "notice", "event", "sign_in_failure"}, f"{row}: {tables}"
