"""Items that no form has, named like columns: whatever is sent, no such column changes."""

import pytest

from tests.authz import bodies, table, written
from tests.authz.scene import Scene
from tests.authz.table import Row

WRITERS = ("reporter", "head", "office", "admin")
COLUMNS = {
    "id": "1",
    "institution": "ahbc",
    "state": "filed",
    "step": "9",
    "number": "平宣备-2026-9999",
    "unit_id": "1",
    "parent_id": "2",
    "created_by_id": "1",
    "updated_by_id": "1",
    "submitted_by_id": "1",
    "by_id": "1",
    "found_by_id": "1",
    "handed_in_by_id": "1",
    "signed_by_id": "1",
    "named_by_id": "1",
    "decided_at": "2001-01-01 00:00:00",
    "submitted_at": "2001-01-01 00:00:00",
    "created_at": "2001-01-01 00:00:00",
    "received_at": "2001-01-01 00:00:00",
    "reported_at": "2001-01-01 00:00:00",
    "published_at": "2001-01-01 00:00:00",
    "ended_at": "2001-01-01 00:00:00",
    "closed_at": "2001-01-01 00:00:00",
    "gone_at": "2001-01-01 00:00:00",
    "waiting_since": "2001-01-01 00:00:00",
    "expires_at": "2099-01-01 00:00:00",
    "used_at": "2001-01-01 00:00:00",
    "waits_for": "office",
    "owner_kind": "person",
    "active": "0",
    "role": "admin",
    "grants": "admin",
    "password": "injected-Password-1",
    "password_hash": "injected",
    "token_hash": "injected",
    "channel_id": "1",
    "current_id": "1",
    "base_id": "1",
    "account_key": "injected",
    "person_id": "1",
    "filing_id": "1",
    "report_id": "1",
    "edition_digest": "0" * 64,
    "digest": "0" * 64,
    "previous": "0" * 64,
    "answers": '{"name": "injected"}',
    "submitted_answers": "{}",
    "incomplete": "0",
    "quiet_since": "2001-01-01",
    "confirmed_on": "2001-01-01",
    "effect_year": "1999",
    "label": "injected",
    "side": "office",
    "author_id": "1",
    "author_name": "injected",
    "actor_id": "1",
    "actor_name": "injected",
    "stage": "confirmed",
    "counts": "{}",
    "target": "people",
    "progress": "done",
    "asked": "{}",
    "one_time_until": "2099-01-01 00:00:00",
    "password_set_at": "2099-01-01 00:00:00",
    "search": "injected",
    "title_key": "injected",
    "scan_mime": "text/html",
    "times": "99",
}
# Those that a form of the route really has.
REAL = {"sign_in": {"password"}}
# Some forms cannot be sent with success by everybody: a head has no draft, a campaign is not over.
FEW = 0.5


def deeds_of(scene: Scene, persona: str) -> list[tuple[Row, str]]:
    """One row per form that the persona may send, with the route's endpoint."""
    rules, found = table.rules(scene.app), {}
    for row in table.listed():
        if row.method == "POST" and row.answers[persona] == "Y":
            endpoint = rules[f"{row.method} {row.route}"].endpoint.rpartition(".")[2]
            found.setdefault((row.route, row.words.get("verb"), row.words.get("target")), (row, endpoint))
    return list(found.values())


@pytest.mark.parametrize("persona", WRITERS)
def test_items_named_like_columns_change_none_of_them(scene: Scene, persona: str):
    changed, writes, before = [], 0, scene.rows()
    deeds = deeds_of(scene, persona)
    for row, endpoint in deeds:
        plain = rows_after(scene, persona, row, endpoint, {})
        writes += plain is not None
        more = {name: value for name, value in COLUMNS.items() if name not in REAL.get(endpoint, ())}
        loaded = rows_after(scene, persona, row, endpoint, more)
        changed += [f"{row}: {one}" for one in written.differences(plain or before, loaded or before)]
    assert changed == []
    # Were they all refused, nothing would have been shown.
    assert writes > len(deeds) * FEW, f"{writes} of {len(deeds)} wrote anything"


def rows_after(scene: Scene, persona: str, row: Row, endpoint: str, more: dict) -> dict | None:
    """All rows after a form was sent with `more` in it; None when nothing was written."""
    values = row.values(scene)
    said = bodies.plausible(scene, endpoint, values)
    said |= {name: value for name, value in more.items() if name not in said}
    if "revision" in said and more:
        said["revision"] = [said["revision"], "999"]
    path = table.address(table.rules(scene.app)[f"{row.method} {row.route}"], values)
    answer = scene.ask(persona, "POST", path, query_string=row.asked(scene), data=said)
    assert answer.status_code < 500, f"{row}: {answer.status_code}"
    rows = scene.rows() if scene.changed else None
    scene.put_back()
    return rows
