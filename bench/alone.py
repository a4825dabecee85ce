"""What one request of each kind costs the server: one person at a time, nobody else there."""

from collections.abc import Callable, Iterator

from bench.measuring import Result
from bench.processes import processor_seconds
from bench.rush_school import CODE, RushSchool
from bench.served import Served
from bench.visitor import Notes, Visitor
from bench.walking import OFFICE, REPORTER, Walker


def processor_time_by_kind(school: RushSchool, served: Served, each: int) -> Iterator[Result]:
    """The milliseconds of processor time of each kind, the average of so many requests."""
    visitor = Visitor(served.port, CODE, "office", Notes(), 0)
    assert visitor.sign_in()
    office = Walker(school, visitor, 1, OFFICE)
    errands = [errand for errand in OFFICE if errand != "approve"]
    for errand in errands:
        yield _cost(errand, served, each, lambda errand=errand: list(office.run(errand)))
    yield _cost("desk", served, each, lambda: visitor.get("desk", visitor.at("desk")))
    visitor = Visitor(served.port, CODE, "reporter7", Notes(), 0)
    assert visitor.sign_in()
    assert "write" in REPORTER
    yield _cost("begin, and the form", served, each, visitor.open_form)
    assert visitor.draft
    yield _cost("form", served, each, visitor.look_again)
    yield _cost("autosave", served, each, visitor.autosave)


def _cost(what: str, served: Served, each: int, request: Callable[[], object]) -> Result:
    request()
    before = sum(processor_seconds(served.first).values())
    for _ in range(each):
        request()
    used = sum(processor_seconds(served.first).values()) - before
    return Result(f"processor time of {what}", used * 1000 / each, "ms")
