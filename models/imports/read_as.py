"""How the cells of a row were understood, where that is not what they say."""

from models.imports.row_reading import RowReader, RowReading, value_at
from models.imports.target import Line
from models.rules.messages import clean


def read_as(reader: RowReader, line: Line, reading: RowReading) -> dict[str, str]:
    """The answers in people's words, by the path of the cell that gave them.

    2024.3 is read as 2024年3月 and 0.12 in a column of 万 as 1200人: who confirms must see it.
    """
    found = {}
    for path, column in reader.columns.items():
        if path not in line.words or column.path not in reading.said:
            continue
        text = column.item.text(value_at(reading.values, column.path))
        unit, said = getattr(column.item, "unit", ""), _bare(line.words[path])
        if text and said not in (_bare(text), _bare(text + unit)):
            found[path] = text + unit
    return found


def _bare(text: str) -> str:
    return "".join(clean(text).split())
