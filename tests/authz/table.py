"""`tests/authz.yml`: every route, of every kind of thing, with the answer each persona gets."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from flask import Flask
from werkzeug.routing import Rule

from tests.authz.scene import PERSONAS, Scene

FILE = Path(__file__).parent.parent / "authz.yml"
SCHOOL = "pdsu"
# Not a view of ours: files that anybody may fetch.
NOT_OURS = "static"
# Numbers that nothing in the scene has.
NOBODYS_NUMBER, NOBODYS_TOKEN = 987654321, "a-token-that-was-never-given-to-anybody-at-all"


@dataclass(frozen=True)
class Row:
    """One line of the table. `thing` is a name of the scene, `page` where the address has no id.

    `words`: what else stands in the address; `query`: what stands behind it.
    """

    method: str
    route: str
    text: str
    answers: dict[str, str]
    thing: str = "page"
    words: dict[str, str] = field(default_factory=dict, hash=False)
    query: dict[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.method} {self.route} [{self.text}]"

    def values(self, scene: Scene) -> dict:
        """What is filled into the route's address."""
        return {**(scene.things[self.thing] if self.thing != "page" else {}), **self.words}

    @property
    def is_of_this_school(self) -> bool:
        """Whether it names a thing that the other school has not."""
        return self.thing != "page" and "other school" not in self.thing

    def absent(self, values: dict, rule: Rule) -> list[dict]:
        """The same values with each id in turn replaced by one that nothing has."""
        ids = {
            name: NOBODYS_NUMBER
            for name, value in values.items()
            if isinstance(value, int) and name in rule.arguments
        }
        ids |= {"token": NOBODYS_TOKEN} if "token" in values else {}
        found = [values | {name: nobodys} for name, nobodys in ids.items()]
        if "unit" in self.query:
            found.append(values | {"query": {"unit": NOBODYS_NUMBER}})
        return found

    def asked(self, scene: Scene) -> dict[str, str]:
        """The query; a unit is named by its word in the scene."""
        things = scene.things
        return {
            name: str(next(iter(things[value].values()))) if value in things else value
            for name, value in self.query.items()
        }


def listed() -> list[Row]:
    """All rows of the file."""
    return [
        _row(*key.split(" ", 1), text, answers)
        for key, rows in _file()["routes"].items()
        for text, answers in rows.items()
    ]


def personas_in_file() -> list[str]:
    return _file()["personas"]


def routes_in_file() -> set[str]:
    return set(_file()["routes"])


@cache
def _file() -> dict:
    return yaml.safe_load(FILE.read_text("utf-8"))


def _row(method: str, route: str, text: str, answers: str) -> Row:
    letters = answers.replace(" ", "")
    assert len(letters) == len(PERSONAS), f"{method} {route} [{text}]: {answers}"
    thing, *more = text.split(" · ")
    said = [one.partition("=")[::2] for one in more]
    return Row(
        method,
        route,
        text,
        dict(zip(PERSONAS, letters, strict=True)),
        thing,
        {name: value for name, value in said if not name.startswith("?")},
        {name[1:]: value for name, value in said if name.startswith("?")},
    )


def rules(app: Flask) -> dict[str, Rule]:
    """The app's routes as the table names them; one school stands for all."""
    found = {}
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        if rule.endpoint == NOT_OURS or blueprint in set(app.extensions["institutions"]) - {SCHOOL}:
            continue
        named = rule.rule.replace(f"/{SCHOOL}/", "/<school>/", 1)
        found |= {f"{method} {named}": rule for method in rule.methods - {"HEAD", "OPTIONS"}}
    return found


def address(rule: Rule, values: dict, school: str = SCHOOL) -> str:
    """The path of a route with these values in it."""
    needed = {name: value for name, value in values.items() if name in rule.arguments}
    _, path = rule.build(needed, append_unknown=False)
    return path.replace(f"/{SCHOOL}/", f"/{school}/", 1)
