"""A file that is no harmless workbook gets a sentence, and costs next to nothing."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipFile

import pytest

from models.examining import pool
from models.examining.examined import BadFile
from models.xlsx.gate import check
from models.xlsx.reading import read_workbook
from models.xlsx.worksheet import BadWorkbook
from tests.xlsx.hostile import FILES, entities
from tests.xlsx.packing import changed, workbook

HOUSE = Path(__file__).resolve().parents[2]
MOST_MEMORY = 200
# What a small file can be made to cost; the others are refused from their first bytes.
HEAVY = [
    "a string of 300 MB", "a bomb", "a string of 8 MB", "a million and a half strings",
    "one long text in every cell", "elements in elements", "a million names", "a million styles",
    "half a million empty rows", "three million empty cells", "a hundred thousand merges",
    "merges over merges", "a size and a checksum that lie", "a cell in the last corner",
]  # fmt: skip
READ = """
import sys
from models.xlsx.worksheet import BadWorkbook
from models.xlsx.gate import check
from models.xlsx.reading import read_workbook
content = sys.stdin.buffer.read()
try:
    check(content, "a.xlsx")
    read_workbook(content)
except BadWorkbook:
    pass
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def sentence_of(name: str, content: bytes) -> str:
    """What a person is told, '' when the file is read."""
    try:
        check(content, name)
        read_workbook(content)
    except BadWorkbook as problem:
        return str(problem)
    return ""


def sentence_apart(name: str, content: bytes) -> str:
    """The same of a file that may do harm: not in this process."""
    try:
        pool.sheets_of(content, name)
    except BadFile as problem:
        return str(problem)
    return ""


@pytest.mark.parametrize("what", FILES)
def test_each_gets_its_sentence(what):
    file = FILES[what]()
    said = sentence_apart(file.name, file.content)
    assert file.sentence in said
    assert bool(said) == bool(file.sentence)


@pytest.mark.parametrize("what", FILES)
def test_each_sentence_says_what_to_do(what):
    file = FILES[what]()
    if said := sentence_apart(file.name, file.content):
        assert "请" in said
        assert said.endswith("。")
        assert said.isprintable()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("what", HEAVY)
def test_no_file_takes_much_memory(what):
    ran = subprocess.run([sys.executable, "-c", READ], cwd=HOUSE, input=FILES[what]().content,
                         capture_output=True, check=True)  # fmt: skip
    assert int(ran.stdout) / 1024 < MOST_MEMORY


def test_a_plain_workbook_passes_whatever_its_name():
    check(workbook(), "表.xlsx")
    check(workbook(), "")


def test_a_file_cut_off_anywhere_is_refused():
    whole = workbook()
    read = [size for size in range(0, len(whole), 41) if not sentence_of("a.xlsx", whole[:size])]
    assert read == []


def test_a_byte_changed_anywhere_is_read_or_refused_but_never_an_error():
    whole = workbook()
    for at in range(0, len(whole), 7):
        sentence_of("a.xlsx", whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])


@pytest.mark.parametrize("part", ["xl/workbook.xml", "_rels/.rels", "xl/styles.xml"])
def test_a_part_of_nonsense_is_refused(part):
    assert "已损坏" in sentence_of("a.xlsx", changed(workbook(), {part: b"<nonsense"}))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "cp500"])
def test_an_entity_is_found_in_every_encoding(encoding):
    assert sentence_of("a.xlsx", entities(encoding))


def test_other_ways_of_packing_are_refused():
    file = BytesIO()
    with ZipFile(BytesIO(workbook())) as old, ZipFile(file, "w", ZIP_BZIP2) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert "已损坏" in sentence_of("a.xlsx", file.getvalue())
