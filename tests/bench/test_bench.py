"""Every part of the bench runs at its smallest size; how fast anything is, is not judged here."""

from dataclasses import replace
from math import isfinite
from pathlib import Path

import pytest

from bench import reading, rush_school
from bench.measuring import apart
from bench.parts import PARTS, Bench
from bench.promises import damage, lost
from bench.scale import SMALLEST
from bench.visitor import Kept

# Each starts `flask serve` over a school of its own.
WHOLE_SERVERS = ("rush", "kills", "backups")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(SMALLEST, str(tmp_path_factory.mktemp("bench")))


@pytest.mark.parametrize("part", [part for part in PARTS if part not in WHOLE_SERVERS])
def test_every_part_of_the_bench_runs_and_reports(bench: Bench, part: str) -> None:
    results = list(PARTS[part](bench))

    assert results, "a part that reports nothing measures nothing"
    for result in results:
        assert isfinite(result.value), str(result)
        assert result.what in str(result)


@pytest.mark.parametrize("part", WHOLE_SERVERS)
def test_nothing_acknowledged_is_lost_in_a_small_rush_nor_by_kills_and_every_backup_is_good(
    bench: Bench, part: str
) -> None:
    """What is counted must hold at every size; times and memory are the bench's to judge."""
    results = list(PARTS[part](bench))
    counted = [result for result in results if result.most == 0]

    assert all(isfinite(result.value) for result in results)
    assert [str(result) for result in counted if not result.kept] == []
    assert "acknowledged writes that were lost" in [result.what for result in counted]


def test_a_write_that_is_not_there_is_noticed(tmp_path: Path) -> None:
    database = rush_school.founded(tmp_path).database

    assert lost(database, {1: Kept(), 2: Kept(submitted=True)}) == []
    promised = {1: Kept(text=1), 2: Kept(approvals=9), 9_999: Kept(submitted=True)}
    assert len(lost(database, promised)) == 3
    assert damage(database) == "ok"


def test_a_part_reports_the_same_from_a_process_of_its_own() -> None:
    here, there = (apart(reading, replace(SMALLEST, apart=own)) for own in (False, True))

    assert [result.what for result in there] == [result.what for result in here]
