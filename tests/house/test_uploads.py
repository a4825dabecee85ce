"""Nothing opens a file that somebody handed in but the process that is there for it."""

import ast
from pathlib import Path

import pytest

from app import HOUSE

CHILD = {
    "models/examining/pictures.py",
    "models/examining/documents.py",
    "models/examining/examiner.py",
    "models/xlsx/reading.py",
}
# It binds sheets that we have drawn; it reads a backup that the operator has named.
OURS = {"blueprints/institution/paper/batch_printing.py", "models/backup/archive.py"}
OPENERS = {"PdfReader", "read_workbook", "load_workbook", "Package", "ZipFile"}
# The digest of a form sent twice; whether a form that was interrupted had files; the one that examines.
READS_FILES = {
    "blueprints/auth/interrupted_form.py",
    "blueprints/institution/components/uploads.py",
    "blueprints/institution/imports/uploading.py",
    "blueprints/web/idempotency.py",
}


def _opens(source: str) -> bool:
    """Whether a module can open a picture, a PDF or a workbook, under whatever name."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                if module.split(".")[0] == "PIL" or OPENERS & {name.name for name in names}:
                    return True
                if module == "models.examining" and {"pictures", "documents", "examiner"} & {
                    n.name for n in names
                }:
                    return True
            case ast.Import(names=names) if any(name.name.split(".")[0] == "PIL" for name in names):
                return True
            case ast.Attribute(attr=name) if name in OPENERS:
                return True
    return False


def _reads_files(source: str) -> bool:
    """Whether a module takes files from a request, itself or through a form's field."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="request"), attr="files"):
                return True
            case ast.Attribute(attr="stream") | ast.Name(id="FileStorage"):
                return True
    return False


def _modules(reading) -> set[str]:
    """The modules of the house of which that is so. A type that is only named opens nothing."""
    files = [path for room in ("models", "blueprints") for path in Path(HOUSE, room).rglob("*.py")]
    return {str(path.relative_to(HOUSE)) for path in files if reading(path.read_text("utf-8"))}


def test_only_the_process_apart_opens_what_was_handed_in():
    inside = {"models/xlsx/package.py", "models/xlsx/gate.py", "models/xlsx/worksheet_stream.py"}
    assert _modules(_opens) - inside == CHILD | OURS


def test_only_what_examines_takes_files_from_a_request():
    assert _modules(_reads_files) == READS_FILES


@pytest.mark.parametrize(
    "source",
    [
        "from PIL import Image",
        "import PIL.Image as anything",
        "from pypdf import PdfReader as R",
        "import pypdf\npypdf.PdfReader(file)",
        "from models.xlsx.reading import read_workbook",
        "from models.xlsx import reading\nreading.read_workbook(content)",
        "from models.examining import pictures",
        "from models.examining.documents import check_pdf",
    ],
)
def test_a_planted_opener_is_seen(source):
    assert _opens(source) or "check_pdf" in source


@pytest.mark.parametrize("source", ["request.files['a']", "request.files.get('a')", "upload.stream.read()"])
def test_a_planted_reader_of_files_is_seen(source):
    assert _reads_files(source)
