"""Asking a route as a persona: which of the four answers it gives, and what it shows besides."""

import re
from dataclasses import dataclass, field

from werkzeug.test import TestResponse

from tests.authz import bodies, canaries, table
from tests.authz.scene import Scene
from tests.authz.table import Row

# Tokens that are drawn anew for every answer.
DRAWN = re.compile(r'(name="(?:csrf_token|once|token|carried)"[^>]*value="|"X-CSRFToken": ")[^"]*')
# What a link shows to whoever holds it.
OF_THE_LINK = {"link", "persontrail", "person"}
ENDS_A_SESSION = ("/sign-out",)


@dataclass
class Found:
    """What a persona met on a walk: cells that are not as written, leaks, foreign ≠ absent."""

    cells: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    told_apart: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    walked: int = 0
    asked: int = 0


def letter(answer: TestResponse) -> str:
    """Y let in, N 403, A 404, S sent to sign in."""
    leads_to = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or ""
    if re.match(r"(http://localhost)?/sign-in\b", leads_to):
        return "S"
    return {401: "S", 403: "N", 404: "A"}.get(answer.status_code, "Y")


def walk(scene: Scene, persona: str, rows: list[Row]) -> Found:
    """Every row as one persona; what was written is put back after each request."""
    found, rules = Found(), table.rules(scene.app)
    for row in rows:
        _Step(scene, persona, row, rules[f"{row.method} {row.route}"], found).take()
    return found


@dataclass
class _Step:
    scene: Scene
    persona: str
    row: Row
    rule: object
    found: Found

    def take(self) -> None:
        self.found.walked += 1
        values, wanted = self.row.values(self.scene), self.row.answers[self.persona]
        for how in self._ways(values):
            answer = self._ask(values, how)
            got = letter(answer)
            # With nothing in it, also who may is told that there is no such form or unit.
            if got != wanted and not (how.get("data") == {} and wanted == "Y" and got in "AN"):
                self.found.cells.append(
                    f"{self.row}: {got}, not {wanted}{' (htmx)' if 'htmx' in how else ''}"
                )
            self._look_for_leaks(answer)
            if "htmx" not in how and how.get("data") != {}:
                self._compare_with_nothing(answer, values, how)
            if self.row.method == "GET" and answer.mimetype != "text/html":
                break  # a file has no fragments

    def _ways(self, values: dict) -> list[dict]:
        """A page and its fragment; a form with nothing and with what somebody would send."""
        if self.row.method == "GET":
            return [{}, {"htmx": True}]
        endpoint = self.rule.endpoint.rpartition(".")[2]
        return [{"data": {}}, {"data": lambda: bodies.plausible(self.scene, endpoint, values)}]

    def _ask(self, values: dict, how: dict, school: str = table.SCHOOL) -> TestResponse:
        path = table.address(self.rule, values, school)
        sent = how | {"data": how["data"]()} if callable(how.get("data")) else how
        query = self.row.asked(self.scene) | values.get("query", {})
        answer = self.scene.ask(self.persona, self.row.method, path, query_string=query, **sent)
        self.found.asked += 1
        if self.scene.changed and letter(answer) != "Y" and self.row.route not in ENDS_A_SESSION:
            self.found.cells.append(f"{self.row}: refused, and something was written")
        self.scene.put_back()
        if answer.status_code >= 500:
            self.found.failures.append(f"{self.row}: {answer.status_code}")
        return answer

    def _look_for_leaks(self, answer: TestResponse) -> None:
        for whose, said in canaries.owners_in(answer).items():
            holds_link = "token" in self.rule.arguments and whose in OF_THE_LINK
            if self.persona not in canaries.AUDIENCE[whose] and not holds_link:
                self.found.leaks.append(f"{self.row}: {said}")

    def _compare_with_nothing(self, answer: TestResponse, values: dict, how: dict) -> None:
        """Once per cell: what is foreign, and for the stranger the same id at home."""
        if letter(answer) == self.row.answers[self.persona] == "A":
            self._compare(answer, values, how)
        if self.persona == "stranger" and self.row.is_of_this_school:
            self._compare(self._ask(values, how, "ahbc"), values, how, "ahbc")

    def _compare(self, answer: TestResponse, values: dict, how: dict, school: str = table.SCHOOL) -> None:
        """What is not theirs, and what is of the other school, answer like what never was."""
        for nobodys in self.row.absent(values, self.rule):
            other = self._ask(nobodys, how, school)
            if plain(answer) != plain(other):
                self.found.told_apart.append(f"{self.row}: {_difference(plain(answer), plain(other))}")


def plain(answer: TestResponse) -> tuple[int, list, str]:
    """Status, headers and body without what differs between any two requests."""
    path, number = answer.request.path, answer.headers.get("X-Request-ID", "")
    headers = sorted(
        (name, value.replace(path, "…"))
        for name, value in answer.headers
        if name not in ("X-Request-ID", "Content-Length", "Set-Cookie", "Date")
    )
    body = answer.get_data(as_text=True).replace(number or "-" * 40, "…").replace(path, "…")
    return answer.status_code, headers, DRAWN.sub(r"\1…", body)


def _difference(one: tuple, other: tuple) -> str:
    """Where two answers part, shortly."""
    if one[:2] != other[:2]:
        return f"{one[:2]} / {other[:2]}"
    at = next((n for n, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b), 0)
    return f"{one[2][at - 60 : at + 60]!r} / {other[2][at - 60 : at + 60]!r}"
