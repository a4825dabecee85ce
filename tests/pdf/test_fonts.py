"""No character is lost: what the bundled faces draw, what they say they are, what is missing."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from blueprints.institution.pdf import FontError, add_fonts, fonts, missing_characters

FONTS = fonts.FONTS
FACES = ["BeianSong.ttf", "BeianSong-Bold.ttf", "BeianSongExt.ttf"]
WEIGHTS = FACES[:2]
# 通用规范汉字表 (2013), the characters of its 8 105 that lie outside the block 4E00-9FFF.
RARE = """
㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴
䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗
𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩
𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯
𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓
""".replace("\n", "")


@cache
def face(name: str) -> TTFont:
    return TTFont(FONTS / name)


@pytest.fixture(scope="module", autouse=True)
def no_face_outlives_this_module() -> Iterator[None]:
    """One that is read whole takes fifty megabytes."""
    yield
    face.cache_clear()


def characters(*names: str) -> set[str]:
    return {chr(code) for name in names for code in face(name).getBestCmap()}


def gbk() -> set[str]:
    seconds = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
    pairs = (bytes([first, second]) for first in range(0x81, 0xFF) for second in seconds)
    return {text for pair in pairs if len(text := pair.decode("gbk", "replace")) == 1} - {"\ufffd"}


def outline(name: str, character: str) -> list:
    glyph = face(name)["glyf"][face(name).getBestCmap()[ord(character)]]
    return list(glyph.coordinates)


@pytest.mark.parametrize("name", WEIGHTS)
def test_both_weights_have_all_of_gbk(name):
    assert len(gbk()) > 21_000
    assert gbk() - characters(name) == set()


@pytest.mark.parametrize("name", WEIGHTS)
def test_both_weights_have_the_whole_block_of_common_ideographs(name):
    assert {chr(code) for code in range(0x4E00, 0x9FFD)} - characters(name) == set()


@pytest.mark.parametrize("name", WEIGHTS)
def test_both_weights_have_the_rare_characters_beyond_the_bmp(name):
    assert {character for character in RARE if ord(character) > 0xFFFF} - characters(name) == set()


def test_every_rare_character_of_the_national_table_prints():
    assert len(set(RARE)) == len(RARE) > 250
    assert set(RARE) - characters("BeianSong.ttf", "BeianSongExt.ttf") == set()
    assert missing_characters(RARE) == []


def test_the_fallback_has_the_whole_of_extension_a():
    assert {chr(code) for code in range(0x3400, 0x4DC0)} - characters("BeianSongExt.ttf") == set()


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_ticked_box_is_the_very_box_with_something_in_it(name):
    empty = outline(name, "□")
    assert outline(name, "☐") == empty
    for ticked in "☑☒":
        drawn = outline(name, ticked)
        assert drawn[: len(empty)] == empty
        assert len(drawn) > len(empty)
    widths = {face(name)["hmtx"][face(name).getBestCmap()[ord(box)]] for box in "□☐☑☒"}
    assert len(widths) == 1


@pytest.mark.parametrize("name", FACES)
def test_a_face_has_a_name_of_its_own_and_may_be_embedded(name):
    stem = Path(name).stem
    assert face(name)["name"].getDebugName(6) == stem
    assert all("Noto" not in face(name)["name"].getDebugName(number) for number in (1, 4, 6))
    assert face(name)["OS/2"].fsType == 0


def test_the_manifest_tells_the_bytes_that_are_there():
    manifest = (FONTS / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"`(Beian[^`]+)` \| [\d,]+ \| `([0-9a-f]{64})`", manifest))
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.ttf")}
    assert told == there
    assert set(there) == set(FACES)


def test_the_licence_lies_beside_the_faces_and_they_stay_small():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 35_000_000


def test_a_character_no_face_has_is_named_once_in_the_order_typed():
    assert missing_characters("张😀三𠮷\u3000 \n\t😀") == ["😀", "𠮷"]


def test_marks_without_a_shape_of_their_own_are_not_missing():
    assert missing_characters("a\u200b\ufe0f\ufeff\u00ad\r\n") == []


@pytest.fixture
def one_glyph_font(tmp_path, monkeypatch):
    """A folder with a font that has 𠮷 and nothing else of ours; the faces as before after it."""
    monkeypatch.setattr(fonts, "_fallbacks", list(fonts._fallbacks))
    monkeypatch.setattr(fonts, "_waiting", list(fonts._waiting))
    font = TTFont(FONTS / "BeianSongExt.ttf")
    beyond_the_bmp = CmapSubtable.newSubtable(12)
    beyond_the_bmp.platformID, beyond_the_bmp.platEncID, beyond_the_bmp.language = 3, 10, 0
    beyond_the_bmp.cmap = {ord("𠮷"): font.getBestCmap()[ord("㛃")]}
    font["cmap"].tables = [beyond_the_bmp]
    font["name"].setName("Own", 6, 3, 1, 0x409)
    font.save(tmp_path / "own.ttf")
    return tmp_path


def test_a_font_of_the_administrator_draws_what_ours_lack(one_glyph_font):
    assert add_fonts(one_glyph_font) == ["instance-own"]
    assert missing_characters("张𠮷😀") == ["😀"]


def test_a_file_that_is_no_font_is_refused_by_name(tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"not a font")
    with pytest.raises(FontError, match=r"字体文件 broken\.ttf 不能用于打印"):
        add_fonts(tmp_path)


def test_no_folder_of_own_fonts_is_no_error(tmp_path):
    assert add_fonts(tmp_path / "absent") == []
