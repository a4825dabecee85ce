"""The ratchet of type errors: a room may hold fewer than are recorded, never more."""

from collections import Counter

import pytest

from tools import type_check


@pytest.fixture
def record(tmp_path, monkeypatch):
    """The record, with two errors in one room; it is handed what mypy is to find."""
    path = tmp_path / "type_errors.toml"
    path.write_text(type_check.written({"models/filings": 2}))
    monkeypatch.setattr(type_check, "RECORDED", path)

    def checked(*arguments: str, **counts: int) -> int:
        lines = {f"models/{room}": ["an error"] * count for room, count in counts.items()}
        monkeypatch.setattr(type_check, "errors", lambda: lines)
        monkeypatch.setattr("sys.argv", ["type_check.py", *arguments])
        with pytest.raises(SystemExit) as ended:
            type_check.main()
        return ended.value.code

    checked.path = path
    return checked


@pytest.mark.parametrize(
    ("file", "room"),
    [
        ("app.py", "."),
        ("models/jobs.py", "models"),
        ("models/rules/fields/base.py", "models/rules"),
        ("blueprints/web/page.py", "blueprints/web"),
        ("blueprints/institution/__init__.py", "blueprints/institution"),
        ("blueprints/institution/review/desk.py", "blueprints/institution/review"),
    ],
)
def test_an_error_belongs_to_the_room_of_its_file(file, room):
    assert type_check.room_of(file) == room


def test_as_many_errors_as_are_recorded_pass(record):
    assert record(filings=2) == 0


def test_one_error_more_fails_and_is_shown(record, capsys):
    assert record(filings=3) == 1
    assert "models/filings has 3 errors of type, at most 2 are recorded" in capsys.readouterr().out


def test_a_room_without_a_number_may_hold_no_error(record):
    assert record(filings=2, jobs=1) == 1


def test_fewer_errors_pass_and_ask_for_a_lower_number(record, capsys):
    assert record(filings=1) == 0
    assert "Fewer errors of type than recorded in models/filings" in capsys.readouterr().out


def test_the_record_is_lowered_and_never_raised(record):
    assert record("--lower", filings=1, jobs=4) == 1
    assert record.path.read_text() == type_check.written({"models/filings": 1})
    record("--lower")
    assert record.path.read_text() == type_check.HEAD


def test_what_is_compared_is_every_room_of_either_side():
    assert type_check.compared(Counter(a=1), {"b": 1}) == (["a"], ["b"])
