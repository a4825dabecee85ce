"""A picture that somebody hands in: painted anew, upright where that can be known, and bounded."""

from io import BytesIO

import pytest
from PIL import Image

from models.examining import pool
from models.examining.examined import LARGEST_FILE, BadFile, Examined, Kind
from models.examining.pictures import LONGEST_SIDE, LONGEST_SIDE_OF_PROOF
from tests import builders
from tests.examining.photos import SIDEWAYS, SPOILT, STUMBLING, TALL, WIDE, held, noted_png, photo

PICTURES = (Kind.picture, Kind.proof)


def painted(content: bytes, kind: Kind = Kind.proof) -> Image.Image:
    examined = pool.examine(kind, content)
    picture = Image.open(BytesIO(examined.content))
    assert picture.size == (examined.width, examined.height)
    assert not picture.getexif()
    return picture


def refusal(content: bytes, kind: Kind = Kind.proof) -> str:
    with pytest.raises(BadFile) as refused:
        pool.examine(kind, content)
    return str(refused.value)


def encoded(mode: str, form: str = "PNG", size: tuple[int, int] = WIDE) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_every_kind_of_png_is_taken(kind, mode):
    assert painted(encoded(mode), kind).size == WIDE


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_is_taken(mode):
    assert painted(encoded(mode, "JPEG")).size == WIDE


def test_what_one_could_see_through_is_white():
    assert painted(encoded("RGBA"), Kind.picture).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, WIDE, (0, 0)), (2, WIDE, (1, 0)), (3, WIDE, (1, 1)), (4, WIDE, (0, 1)),
        (5, TALL, (0, 0)), (6, TALL, (1, 0)), (7, TALL, (1, 1)), (8, TALL, (0, 1)),
    ],
)  # fmt: skip
def test_a_photo_stands_upright_however_the_camera_was_held(orientation, size, red):
    picture = painted(photo(held(orientation)))
    assert picture.size == size
    at = [side // 4 + side // 2 * half for side, half in zip(size, red, strict=True)]
    assert picture.getpixel(tuple(at))[1] < 60


@pytest.mark.parametrize("what", STUMBLING)
def test_a_photo_stands_upright_though_its_other_notes_are_spoilt(what):
    assert painted(photo(STUMBLING[what])).size == TALL


@pytest.mark.parametrize("what", SPOILT)
def test_a_photo_whose_notes_are_spoilt_is_taken_as_it_lies(what):
    assert painted(photo(SPOILT[what])).size == WIDE


@pytest.mark.parametrize(
    "notes", [b"MM\0*\0\5", b"XX\0*\0\0\0\x08", b""], ids=["cut", "another alphabet", "none"]
)
def test_a_png_whose_notes_are_spoilt_is_taken_as_it_lies(notes):
    assert painted(noted_png(notes)).size == WIDE


def test_a_large_photo_is_made_small_before_it_is_turned():
    content = photo(SIDEWAYS, (8000, 5000))
    assert painted(content, Kind.picture).size == (LONGEST_SIDE * 5 // 8, LONGEST_SIDE)
    assert painted(content).size == (LONGEST_SIDE_OF_PROOF * 5 // 8, LONGEST_SIDE_OF_PROOF)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_picture_of_as_many_pixels_as_are_allowed_is_taken(mode):
    assert painted(encoded(mode, size=(8000, 5000)), Kind.picture).size == (1600, 1000)


def test_one_pixel_more_is_refused_before_it_is_decoded():
    assert "4000 万像素" in refusal(builders.png_that_claims(8000, 5001))
    assert "4000 万像素" in refusal(builders.png_that_claims(60_000, 60_000))


def test_what_is_no_picture_says_what_to_do():
    for content in (b"", b"GIF89a", builders.png()[:60], builders.png_that_claims(50, 50)):
        assert "不是完整的 PNG 或 JPG 图片，请" in refusal(content)
    assert "超过 10 MB" in refusal(builders.png() + bytes(LARGEST_FILE))


def test_the_same_is_kept_whoever_looks():
    assert pool.examine(Kind.document, builders.png()) == pool.examine(Kind.proof, builders.png())
    assert isinstance(pool.examine(Kind.picture, builders.png()), Examined)
