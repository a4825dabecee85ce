"""One workbook from the input, read in this process alone; its time and memory come out."""

import json
import sys

from bench.measuring import resident, seconds
from models.xlsx.gate import check
from models.xlsx.reading import read_workbook
from models.xlsx.worksheet import BadWorkbook


def open_workbook(content: bytes, name: str) -> str:
    """What an upload does with a file before anything is matched; the sentence when refused."""
    try:
        check(content, name)
        read_workbook(content)
    except BadWorkbook as problem:
        return str(problem)
    return ""


if __name__ == "__main__":
    content = sys.stdin.buffer.read()
    taken = seconds(lambda: open_workbook(content, sys.argv[1]))
    print(json.dumps([taken, resident("VmHWM")]))
