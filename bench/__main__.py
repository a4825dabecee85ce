"""Run every measurement and print it beside its limit; `python -m bench 3` makes fewer pairs."""

import sys
from tempfile import TemporaryDirectory

from bench import board, channels, exporting, growth, importing, many, reading, register, single
from bench.measuring import Result, apart
from bench.school import filled_app

# A page takes milliseconds, and a busy machine as many: fewer pairs say nothing of it.
LEAST_PAIRS = 30


def main(pairs: int) -> int:
    """Print the table; the number of limits that were broken."""
    with TemporaryDirectory() as folder:
        app = filled_app(folder)
        results: list[Result] = []
        for part in (
            lambda: single.drawn_against_raw(app, pairs),
            lambda: single.asked_twice(app, pairs),
            lambda: apart(register),
            lambda: many.in_its_own_process(app),
            lambda: apart(growth),
            lambda: apart(reading),
            lambda: apart(importing),
            lambda: board.measured(max(pairs, LEAST_PAIRS)),
            lambda: channels.measured(channels.SIZES, max(pairs, LEAST_PAIRS)),
            exporting.measured,
        ):
            for result in part():
                print(result, flush=True)
                results.append(result)
    broken = [result for result in results if not result.kept]
    print(f"{len(results) - len(broken)} of {len(results)} limits kept")
    return len(broken)


sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
