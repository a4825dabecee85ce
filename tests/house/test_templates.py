"""A template lies in the room of the pages that use it, so that a newcomer finds it beside them."""

import re
from pathlib import PurePosixPath

import pytest

from app import HOUSE
from models.rules.fields import FIELD_TYPES

TEMPLATES = HOUSE / "templates"
NAMED = re.compile(r"[\"']([\w/]+\.html)[\"']")
# Rooms whose templates are for every room: drawn once, used by several.
SHARED = {"", "fields", "macros", "paper", "institution/components"}
# The first page shows a little of each room, in that room's own words.
HOME = "institution/home"


def users_by_template() -> dict[str, set[str]]:
    """By template, the files that name it, as paths below blueprints/ or templates/."""
    users: dict[str, set[str]] = {
        path.relative_to(TEMPLATES).as_posix(): set() for path in TEMPLATES.rglob("*.html")
    }
    for folder, pattern in ((HOUSE / "blueprints", "*.py"), (TEMPLATES, "*.html")):
        for file in folder.rglob(pattern):
            for name in NAMED.findall(file.read_text()):
                if "/" in name or name in users:  # static/paper.html is none
                    users.setdefault(name, set()).add(file.relative_to(folder).as_posix())
    return users


def room_of(name: str) -> str:
    """The room of a module or template: `institution/filings`, `auth` (CAS too), '' for the layout."""
    folder = PurePosixPath(name).parent.as_posix()
    return "auth" if folder.startswith("auth") else folder.removeprefix(".")


USERS = users_by_template()


def test_every_template_that_is_named_exists() -> None:
    assert [name for name in USERS if not (TEMPLATES / name).exists()] == []


def test_every_template_is_used() -> None:
    """That of a field type by the type's name, every other one by its own."""
    of_types = {f"fields/{name}.html" for name in FIELD_TYPES}
    assert {name for name, users in USERS.items() if not users} == of_types


@pytest.mark.parametrize("name", sorted(name for name in USERS if room_of(name) not in SHARED))
def test_a_template_lies_in_the_room_that_uses_it(name: str) -> None:
    strangers = {user for user in USERS[name] if room_of(user) not in (room_of(name), HOME)}
    assert strangers == set()


@pytest.mark.parametrize("name", sorted(name for name in USERS if room_of(name) == "institution/components"))
def test_what_all_rooms_share_is_used_by_more_than_one(name: str) -> None:
    assert len({room_of(user) for user in USERS[name]}) > 1
