"""A command starts quickly: what takes long to import waits until somebody needs it."""

import subprocess
import sys
from pathlib import Path

from app import HOUSE

SLOW = (
    "argon2",
    "cas",
    "email_validator",
    "holidays",
    "lxml",
    "openpyxl",
    "PIL",
    "pypdf",
    "pypinyin",
    "reportlab",
    "requests",
    "segno",
    "waitress",
    "xhtml2pdf",
)
START = """
import sys
from app import create_app
create_app({"INSTANCE_PATH": sys.argv[1]})
print(*(name for name in sys.argv[2:] if name in sys.modules))
"""


def test_a_start_imports_nothing_that_only_drawing_signing_in_or_importing_needs(tmp_path: Path) -> None:
    start = subprocess.run(
        [sys.executable, "-c", START, tmp_path, *SLOW], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    assert start.stdout.split() == []


def test_a_paper_is_drawn_with_the_mended_engine_in_a_process_that_has_drawn_nothing() -> None:
    # A table on paper and a sheet come in by different doors; each must find the engine mended.
    for door in ("blueprints.institution.paper.summary_pdf", "blueprints.institution.pdf.engine"):
        drawn = subprocess.run(
            [
                sys.executable,
                "-c",
                f"""
import {door}
from blueprints.institution.pdf import library_patches
from reportlab import rl_config
from reportlab.pdfbase import ttfonts
print(ttfonts.makeToUnicodeCMap is library_patches.to_unicode, rl_config.invariant)
""",
            ],
            cwd=HOUSE,
            capture_output=True,
            text=True,
            check=True,
        )
        assert drawn.stdout.split() == ["True", "1"]
