"""Run every part and print it beside its limit; `python -m bench 3` makes fewer pairs of forms."""

import sys
from dataclasses import replace
from tempfile import TemporaryDirectory

from bench.measuring import Result
from bench.parts import PARTS, Bench
from bench.scale import FULL, Scale


def main(scale: Scale) -> int:
    """Print the table; the number of limits that were broken."""
    results: list[Result] = []
    with TemporaryDirectory() as folder:
        bench = Bench(scale, folder)
        for part in PARTS.values():
            for result in part(bench):
                print(result, flush=True)
                results.append(result)
    broken = [result for result in results if not result.kept]
    print(f"{len(results) - len(broken)} of {len(results)} limits kept")
    return len(broken)


def scale_of(arguments: list[str]) -> Scale:
    """The bench's own sizes, with as many pairs as the first argument says."""
    if not arguments:
        return FULL
    pairs = int(arguments[0])
    return replace(FULL, pairs=pairs, page_pairs=max(pairs, FULL.page_pairs))


sys.exit(main(scale_of(sys.argv[1:])))
