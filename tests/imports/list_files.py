"""Lists of units and people for the tests: lines said in words, judged and confirmed."""

import pytest

from models.database import db
from models.events import history
from models.events.history import Event
from models.imports.target import WRITTEN, Line, RowState


def lines(target, *said: dict[str, str], at_once: int = 2) -> list[Line]:
    """The lines of a sheet, headed as the template heads them, after judgement."""
    paths = {name: one.path for one in target.headings() for name in one.names}
    made = [
        Line("Sheet1", number, {paths[label]: text for label, text in words.items()})
        for number, words in enumerate(said, start=2)
    ]
    return judged(target, made, at_once)


def judged(target, made: list[Line], at_once: int) -> list[Line]:
    """Judge in slices, as an upload is: the target knows the whole, but sees a few."""
    target.prepare([line.words for line in made])
    for start in range(0, len(made), at_once):
        target.judge(made[start : start + at_once])
    return made


def states(made: list[Line]) -> list[str]:
    return [line.state.label for line in made]


def fault(line: Line) -> str:
    """The one sentence against a line."""
    assert line.state is RowState.wrong
    [sentence] = line.errors.values()
    return sentence


def confirmed(target, made: list[Line]) -> dict:
    """Write what would be written, as an upload hands it over."""
    to_write = [line for line in made if line.state in WRITTEN]
    db.session.commit()
    target.get_ready(len(to_write))
    return target.confirm(to_write)


def imported(target, *said: dict[str, str]) -> dict:
    made = lines(target, *said)
    wrong = [line.errors for line in made if line.state is RowState.wrong]
    assert not wrong, wrong
    return confirmed(target, made)


def changes(line: Line) -> dict[str, tuple[str, str]]:
    """What a line changes: label -> before and after."""
    return {one["label"]: (one["before"], one["after"]) for one in line.payload["changes"]}


def events(*verbs: str) -> list[Event]:
    """What history says of these deeds, the oldest first; its chain is whole."""
    db.session.flush()
    assert history.verify("xx") is None
    asked = db.select(Event).where(Event.verb.in_(verbs)).order_by(Event.id)
    return list(db.session.scalars(asked))


def refuses(error: type[Exception], deed, *said) -> Exception:
    with pytest.raises(error) as raised:
        deed(*said)
    return raised.value
