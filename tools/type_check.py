"""Checks the types with mypy; a room may hold no more errors than tools/type_errors.toml records.

    python tools/type_check.py           fails where a room has more errors than recorded
    python tools/type_check.py --lower   writes down where a room has fewer; never a larger number

A room that is not in the file holds none. The numbers may only fall.
"""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path, PurePosixPath

HOUSE = Path(__file__).parents[1]
RECORDED = HOUSE / "tools" / "type_errors.toml"
HEAD = "# Errors of mypy by room. They may only fall: `python tools/type_check.py --lower`.\n"
ERROR = re.compile(r"(?P<file>[^:]+):\d+: error: .*")


def errors() -> dict[str, list[str]]:
    """The errors of every room, as mypy words them. Ends the program when mypy itself fails."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context"]
    run = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit(run.stdout + run.stderr)
    by_room: dict[str, list[str]] = {}
    for line in run.stdout.splitlines():
        if match := ERROR.fullmatch(line):
            by_room.setdefault(room_of(match["file"]), []).append(line)
    return by_room


def room_of(file: str) -> str:
    """models/filings/queries.py → models/filings, models/jobs.py → models, app.py → ."""
    depth = 3 if file.startswith("blueprints/institution/") else 2
    return str(PurePosixPath(*PurePosixPath(file).parent.parts[:depth]))


def compared(counts: Counter[str], recorded: dict[str, int]) -> tuple[list[str], list[str]]:
    """The rooms that hold more errors than recorded, and those that hold fewer."""
    rooms = sorted(counts.keys() | recorded.keys())
    more = [room for room in rooms if counts[room] > recorded.get(room, 0)]
    fewer = [room for room in rooms if counts[room] < recorded.get(room, 0)]
    return more, fewer


def written(counts: dict[str, int]) -> str:
    """The text of the record; rooms without an error are left out."""
    return HEAD + "".join(f'"{room}" = {count}\n' for room, count in sorted(counts.items()) if count)


def main() -> None:
    recorded = tomllib.loads(RECORDED.read_text("utf-8"))
    by_room = errors()
    counts = Counter({room: len(lines) for room, lines in by_room.items()})
    more, fewer = compared(counts, recorded)
    for room in more:
        print(*by_room[room], sep="\n")
    for room in more:
        print(f"{room} has {counts[room]} errors of type, at most {recorded.get(room, 0)} are recorded.")
    if "--lower" in sys.argv[1:]:
        recorded |= {room: counts[room] for room in fewer}
        RECORDED.write_text(written(recorded), "utf-8")
    elif fewer:
        print(f"Fewer errors of type than recorded in {', '.join(fewer)}: tools/type_check.py --lower")
    print(f"Types: {counts.total()} errors, {sum(recorded.values())} recorded.")
    sys.exit(bool(more))


if __name__ == "__main__":
    main()
