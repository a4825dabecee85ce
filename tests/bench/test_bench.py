"""Every part of the bench runs at its smallest size; how fast anything is, is not judged here."""

from dataclasses import replace
from math import isfinite

import pytest

from bench import reading
from bench.measuring import apart
from bench.parts import PARTS, Bench
from bench.scale import SMALLEST


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(SMALLEST, str(tmp_path_factory.mktemp("bench")))


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_bench_runs_and_reports(bench: Bench, part: str) -> None:
    results = list(PARTS[part](bench))

    assert results, "a part that reports nothing measures nothing"
    for result in results:
        assert isfinite(result.value), str(result)
        assert result.what in str(result)


def test_a_part_reports_the_same_from_a_process_of_its_own() -> None:
    here, there = (apart(reading, replace(SMALLEST, apart=own)) for own in (False, True))

    assert [result.what for result in there] == [result.what for result in here]
