"""Who waits to write in one process, and who is told at once that it is busy."""

from threading import Thread

import pytest

from models import writers
from models.writers import FEW, Turns
from tests.parts import PATIENCE


@pytest.fixture
def turns(monkeypatch) -> Turns:
    monkeypatch.setattr(writers, "STANDSTILL", 0.05)
    return Turns()


def ask(turns: Turns, answers: list[bool]) -> Thread:
    def take() -> None:
        came = turns.take(PATIENCE)
        if came:
            turns.begin()
            turns.give_back()
        answers.append(came)

    thread = Thread(target=take, daemon=True)
    thread.start()
    return thread


def test_where_nobody_gets_on_a_few_wait_and_the_others_are_told_at_once(turns):
    """Else every thread of the server would wait, and none be left for those who only read."""
    assert turns.take(0)
    answers: list[bool] = []
    threads = [ask(turns, answers) for _ in range(FEW + 4)]
    while len(answers) < 4:
        threads[0].join(0.01)
    assert answers == [False] * 4

    turns.give_back()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 4 + [True] * FEW


def test_while_writers_get_on_nobody_is_turned_away(turns, monkeypatch):
    monkeypatch.setattr(writers, "STANDSTILL", PATIENCE)
    assert turns.take(0)
    turns.begin()
    answers: list[bool] = []
    threads = [ask(turns, answers) for _ in range(FEW + 4)]
    turns.give_back()
    for thread in threads:
        thread.join()
    assert answers == [True] * (FEW + 4)
