"""Uploaded files through the process that examines them: what that costs, and the worst of them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO

from PIL import Image

from bench.measuring import Result, medians_of_pairs, report, seconds
from bench.reading import workbook_of
from bench.scale import Scale, given_scale
from models.examining import documents, pictures, pool
from models.examining.examined import BadFile, Kind
from models.xlsx.gate import check
from models.xlsx.reading import read_workbook
from tests import builders
from tests.examining import pdfs
from tests.xlsx.hostile import FILES

NAME = "a.xlsx"


def measured(scale: Scale) -> list[Result]:
    """Honest files beside the same work done in this process, then the slowest of the hostile ones."""
    first = seconds(lambda: pool.examine(Kind.picture, builders.png()))
    results = [Result("u  the first file, with the start of a process", first, "s", 2)]
    for what, apart, here in _honest(scale):
        ours, bare = medians_of_pairs(apart, here, scale.workbook_pairs)
        note = f"{1000 * (ours - bare):.0f} ms more than in this process"
        results.append(Result(f"u  {what}", ours, "s", bare + 0.1 + bare / 2, note))
    slowest, which = max(_hostile(scale))
    results.append(Result("u  slowest hostile file, until it is refused", slowest, "s", 8, which))
    return results


def _honest(scale: Scale) -> Iterator[tuple[str, Callable[[], object], Callable[[], object]]]:
    """What it is, how it is examined, and the same work in this process."""
    photo, paper = _encoded("RGB", (4000, 3000), "JPEG"), builders.pdf(5)
    book = workbook_of(scale.workbook_rows)
    yield (
        "a photo of 12 megapixels",
        lambda: pool.examine(Kind.proof, photo),
        lambda: pictures.read_proof(photo),
    )
    yield ("a PDF of 5 pages", lambda: pool.examine(Kind.document, paper), lambda: documents.check_pdf(paper))
    yield (
        f"a workbook of {scale.workbook_rows} rows",
        lambda: pool.sheets_of(book, NAME),
        lambda: (check(book, NAME), read_workbook(book)),
    )


def _hostile(scale: Scale) -> Iterator[tuple[float, str]]:
    """Each with the time until its sentence."""
    for what, make in list(FILES.items())[: scale.hostile_files]:
        content = make().content
        yield seconds(lambda content=content: _refused(lambda: pool.sheets_of(content, NAME))), what
    for what, (kind, make) in list(OTHERS.items())[: scale.hostile_files]:
        content = make()
        yield seconds(lambda kind=kind, content=content: _refused(lambda: pool.examine(kind, content))), what


def _refused(action: Callable[[], object]) -> None:
    with suppress(BadFile):
        action()


def _encoded(mode: str, size: tuple[int, int], form: str, **how: bool) -> bytes:
    out = BytesIO()
    Image.effect_noise((size[0] // 50, size[1] // 50), 90).resize(size).convert(mode).save(out, form, **how)
    return out.getvalue()


ENDLESS = b"%PDF-1.7\n" + b"1 0 obj (" * 900_000 + b"%%EOF"
OTHERS: dict[str, tuple[Kind, Callable[[], bytes]]] = {
    "a PDF whose streams swell": (Kind.document, pdfs.swollen_streams),
    "a PDF that begins without end": (Kind.document, lambda: ENDLESS),
    "a PNG of 40 megapixels": (Kind.picture, lambda: _encoded("RGBA", (8000, 5000), "PNG")),
    "a JPEG of 40 megapixels": (
        Kind.picture,
        lambda: _encoded("RGB", (8000, 5000), "JPEG", progressive=True),
    ),
}


if __name__ == "__main__":
    report(measured(given_scale()))
