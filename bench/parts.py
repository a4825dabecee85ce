"""What is measured, in this order; `python -m bench` and the smoke test read the same list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from flask import Flask

from bench import (
    backups,
    board,
    channels,
    exporting,
    files,
    growth,
    importing,
    kills,
    locking,
    many,
    outbox,
    reading,
    register,
    rush,
    single,
    texts,
)
from bench.measuring import Result, apart
from bench.scale import Scale
from bench.school import filled_app


@dataclass(frozen=True)
class Bench:
    """The sizes of a run, and the deployment in `folder` that some parts share."""

    scale: Scale
    folder: str

    @cached_property
    def app(self) -> Flask:
        return filled_app(self.folder, self.scale.filings)


PARTS: dict[str, Callable[[Bench], Iterable[Result]]] = {
    "form": lambda bench: single.drawn_against_raw(bench.app, bench.scale.pairs),
    "form again": lambda bench: single.requested_twice(bench.app, bench.scale.pairs),
    "register": lambda bench: apart(register, bench.scale),
    "many forms": lambda bench: many.in_its_own_process(bench.app, bench.scale.light_pages),
    "growth": lambda bench: apart(growth, bench.scale),
    "reading": lambda bench: apart(reading, bench.scale),
    "files": lambda bench: apart(files, bench.scale),
    "importing": lambda bench: apart(importing, bench.scale),
    "board": lambda bench: board.measured(bench.scale),
    "channels": lambda bench: channels.measured(bench.scale),
    "locking": lambda bench: locking.measured(bench.app, bench.scale),
    "texts": lambda bench: texts.measured(bench.app, bench.scale),
    "exporting": lambda bench: exporting.measured(bench.scale),
    "outbox": lambda bench: outbox.measured(bench.scale),
    "rush": lambda bench: rush.measured(rush.of(bench.scale)),
    "kills": lambda bench: kills.measured(bench.scale.kills),
    "backups": lambda bench: backups.of(bench.scale),
}
