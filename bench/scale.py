"""How much each part measures: `FULL` is the bench, `SMALLEST` only shows that every part runs."""

import json
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """The sizes of all parts; as they stand here, those of `python -m bench`."""

    pairs: int = 15
    # A page takes milliseconds, and a busy machine as many: fewer pairs say nothing of it.
    page_pairs: int = 30
    filings: int = 200
    light_pages: int = 100
    register_rows: int = 1000
    prints: int = 500
    warm_prints: int = 100
    workbook_rows: int = 2000
    workbook_pairs: int = 7
    hostile_files: int | None = None  # None: all of them
    worst_texts: int | None = None  # the same
    import_rows: int = 2000
    locks: int = 40  # drafts saved, handed in and approved
    board_units: int = 300
    board_channels: int = 20_000
    channels: tuple[int, ...] = (1_000, 100_000, 1_000_000)
    written_channels: int = 100_000  # as many are made row by row; beyond that they are copied
    far_page: int = 1_000
    export_channels: tuple[int, ...] = (10_000, 100_000)
    export_pairs: int = 3
    outbox_mails: int = 5_300  # what a campaign's reminders and a year's reviews once left waiting
    rush_people: int = 100
    rush_seconds: float = 60.0
    rush_think: float = 5.0
    kills: int = 100
    apart: bool = True  # parts that measure memory run in processes of their own


FULL = Scale()
SMALLEST = Scale(
    pairs=1,
    page_pairs=1,
    filings=2,
    light_pages=1,
    register_rows=2,
    prints=2,
    warm_prints=1,
    workbook_rows=2,
    workbook_pairs=1,
    hostile_files=1,
    worst_texts=1,
    import_rows=2,
    locks=1,
    board_units=20,
    board_channels=100,
    channels=(200,),
    written_channels=100,
    far_page=2,
    export_channels=(100, 200),
    export_pairs=1,
    outbox_mails=3,
    rush_people=5,
    rush_seconds=2.0,
    rush_think=0.05,
    kills=2,
    apart=False,
)


def given_scale() -> Scale:
    """The scale that `measuring.apart` handed to this process; FULL where it handed none."""
    return Scale(**json.loads(sys.argv[1])) if len(sys.argv) > 1 else FULL
