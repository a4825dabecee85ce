"""Build the Song faces that the papers are printed with, from the pinned font package.

    python tools/build_fonts.py

Needs npm and fontTools. The same package gives the same bytes on every machine: nothing of the
clock goes into a face. What is left out, drawn in and renamed is said beside each step.
"""

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

PACKAGE = "@expo-google-fonts/noto-serif-sc"
VERSION = "0.4.3"
SHA512 = "fSmUpiSFtSeyHV45/2xUOy5SdfExklQwwMKN3cQjAZAujITHDmSbpMHCVdCMhRqMjQtu0ZRgc29u8A+CU3akfw=="
REGULAR = "package/400Regular/NotoSerifSC_400Regular.ttf"
BOLD = "package/700Bold/NotoSerifSC_700Bold.ttf"
LICENCE = "package/LICENSE_FONT"

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
EXTENSION_A = range(0x3400, 0x4DC0)
TABLES_NOT_PRINTED = ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "vhea", "vmtx", "gasp", "prep"]
KEPT_NAMES = {0, 7, 13, 14}  # copyright, trademark, licence, address of the licence
BUILT_AT = 3786912000  # 2024-01-01 in the font clock, which starts in 1904

TICK = [(180, 440), (250, 500), (400, 330), (760, 690), (820, 630), (410, 190)]
CROSS = [[(200, 640), (260, 700), (800, 140), (740, 80)], [(740, 700), (800, 640), (260, 80), (200, 140)]]
BARS = [[(100, 290), (100, 330), (900, 330), (900, 290)], [(100, 450), (100, 490), (900, 490), (900, 450)]]
DOTS = [[(150, 570), (150, 670), (250, 670), (250, 570)], [(750, 110), (750, 210), (850, 210), (850, 110)]]


def fetch(folder: Path) -> Path:
    """Download the package into `folder`; give back the archive.

    Raises SystemExit when the bytes are not the pinned ones.
    """
    command = ["npm", "pack", f"{PACKAGE}@{VERSION}", "--silent"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise SystemExit(f"{archive.name} is not the pinned package: sha512-{digest}")
    return archive


def draw(font: TTFont, character: str, shapes: list, inside: str | None = None) -> None:
    """Give `font` a glyph for `character`: the glyph of `inside`, if any, and polygons over it."""
    pen = TTGlyphPen(None)
    if inside:
        outline = DecomposingRecordingPen(font.getGlyphSet())
        font.getGlyphSet()[font.getBestCmap()[ord(inside)]].draw(outline)
        outline.replay(TransformPen(pen, (1, 0, 0, 1, 0, 0)))
    for shape in shapes:
        pen.moveTo(shape[0])
        for point in shape[1:]:
            pen.lineTo(point)
        pen.closePath()
    name = f"uni{ord(character):04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (1000, 100)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(character)] = name


def add_missing_symbols(font: TTFont) -> None:
    """Draw what the printed forms need and the source lacks.

    The three ballot boxes are the very box of □, so that a ticked and an empty choice look
    alike on one line; ≒ is the one character of GBK that the source has no glyph for.
    """
    draw(font, "☐", [], inside="□")
    draw(font, "☑", [TICK], inside="□")
    draw(font, "☒", CROSS, inside="□")
    draw(font, "≒", BARS + DOTS)


def keep_only(font: TTFont, codepoints: set[int]) -> None:
    """Drop every glyph, table and hint that a printed page does not use."""
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables = [*options.drop_tables, *TABLES_NOT_PRINTED]
    options.name_IDs = sorted(KEPT_NAMES)
    options.notdef_outline = True
    options.glyph_names = False
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codepoints)
    subsetter.subset(font)


def rename(font: TTFont, family: str, style: str) -> None:
    """Name the face after us: two faces of one PostScript name in a PDF are drawn as one."""
    postscript = family if style == "Regular" else f"{family}-{style}"
    names = {1: family, 2: style, 3: f"{postscript} {VERSION}", 4: postscript, 6: postscript}
    names[5] = f"Version {VERSION}"
    for identifier, text in names.items():
        font["name"].setName(text, identifier, 3, 1, 0x409)


def widen_spaces(font: TTFont) -> None:
    """Make spaces half an em wide, as in the Song faces that the schools set their forms in.

    The gaps of a printed date are there for a pen; the source's space is 0.22 em.
    """
    for space in " \u00a0":
        font["hmtx"][font.getBestCmap()[ord(space)]] = (500, 0)


def normalise(font: TTFont) -> None:
    """Give the face the em box as its line, and a fixed clock.

    The source claims 1.44 em for a line, and a paper's line height would obey that instead
    of its style sheet.
    """
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = 880, -120, 0
    font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender = 880, -120
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = 880, 120
    font["head"].created = font["head"].modified = BUILT_AT


def build(source: Path, name: str, family: str, style: str, extension: bool) -> Path:
    """Write one face: the characters of Extension A, or all the others; give back its file."""
    font = TTFont(source, recalcTimestamp=False)
    add_missing_symbols(font)
    has = set(font.getBestCmap())
    keep_only(font, has & set(EXTENSION_A) if extension else has - set(EXTENSION_A))
    rename(font, family, style)
    if not extension:
        widen_spaces(font)
    normalise(font)
    target = FONTS / name
    font.save(target)
    return target


def write_manifest(faces: list[Path]) -> None:
    """Say beside the faces where they come from, and what their bytes are."""
    rows = []
    for face in faces:
        digest = hashlib.sha256(face.read_bytes()).hexdigest()
        rows.append(f"| `{face.name}` | {face.stat().st_size:,} | `{digest}` |")
    (FONTS / "README.md").write_text(
        "# Fonts of the printed papers\n\n"
        f"Built by `tools/build_fonts.py` from the npm package `{PACKAGE}` {VERSION}\n"
        f"(`sha512-{SHA512}`), a packaging of Noto Serif SC.\n\n"
        "Licence: SIL Open Font License 1.1, text in `OFL.txt`. Changed here: subset, renamed,\n"
        "line metrics set to the em box, spaces to half an em, and ☐ ☑ ☒ ≒ drawn in.\n\n"
        "`BeianSong` has everything of the source but CJK Extension A; `BeianSongExt` has\n"
        "Extension A and is read only when a paper needs it.\n\n"
        "| File | Bytes | SHA-256 |\n|---|---|---|\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )


def main() -> None:
    """Fetch, check, build the three faces, and write licence and manifest beside them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with tarfile.open(fetch(folder)) as archive:
            for member in (REGULAR, BOLD, LICENCE):
                archive.extract(member, folder, filter="data")
        FONTS.mkdir(parents=True, exist_ok=True)
        faces = [
            build(folder / REGULAR, "BeianSong.ttf", "BeianSong", "Regular", extension=False),
            build(folder / BOLD, "BeianSong-Bold.ttf", "BeianSong", "Bold", extension=False),
            build(folder / REGULAR, "BeianSongExt.ttf", "BeianSongExt", "Regular", extension=True),
        ]
        (FONTS / "OFL.txt").write_bytes((folder / LICENCE).read_bytes())
    write_manifest(faces)


if __name__ == "__main__":
    main()
