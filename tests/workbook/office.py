"""LibreOffice as the program in which a unit opens our files and saves them again."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

FILTERS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods", "pdf": "pdf"}


def saved_again(folder: Path, files: Mapping[str, bytes], *formats: str) -> dict[str, bytes]:
    """The workbooks as LibreOffice saves them, once for each format, the last one first opened.

    In: an empty folder to work in, .xlsx files by name. Out: the last format's by the same names.
    """
    where = folder / "0"
    where.mkdir(parents=True)
    for name, content in files.items():
        (where / f"{name}.xlsx").write_bytes(content)
    ending = "xlsx"
    for number, wanted in enumerate(formats, 1):
        there = folder / str(number)
        convert = [
            "soffice",
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--headless",
            "--convert-to",
            FILTERS[wanted],
            "--outdir",
            str(there),
        ]
        convert += [str(where / f"{name}.{ending}") for name in files]
        subprocess.run(convert, check=True, capture_output=True)
        where, ending = there, wanted
    return {name: (where / f"{name}.{ending}").read_bytes() for name in files}
