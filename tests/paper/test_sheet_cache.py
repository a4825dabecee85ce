"""A sheet is drawn once, and again as soon as anything on it would look different."""

import os
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import grimp
import pytest

from blueprints.institution.paper import pages_of, print_pages, printing, sheet_cache
from blueprints.institution.paper.sheet import Run
from models.database import db
from models.filings.filing import Filing
from tests.paper.sheet_reading import PLATFORM, filing, form_titled

LINK = "http://localhost/pdsu/filings/7"


def pages(copies=(), link=LINK, **answers):
    return pages_of(*form_titled(PLATFORM), filing(PLATFORM, **answers), copies, link)


@pytest.fixture
def drawings(monkeypatch) -> list:
    """What was really drawn."""
    drawn = []

    def watched(asked):
        drawn.append(asked)
        return print_pages(asked)

    monkeypatch.setattr(sheet_cache, "print_pages", watched)
    return drawn


def test_the_second_print_is_the_first_byte_for_byte_and_is_not_drawn(tmp_path, drawings):
    first = sheet_cache.printed(pages(), tmp_path)
    assert sheet_cache.printed(pages(), tmp_path) == first == print_pages(pages())
    assert len(drawings) == 1


def test_whatever_is_shown_differently_has_another_name():
    page = pages()[0]
    shown = [
        [page],
        pages(name="信工之声二号"),
        pages(copies=("甲方",)),
        pages(copies=("乙方",)),
        pages(copies=("甲方", "乙方")),
        pages(link=LINK + "1"),
        [replace(page, sheet=page.sheet.tightened(1))],
        [replace(page, sheet=replace(page.sheet, number="平宣备-2022-0001"))],
        [replace(page, pictures={"3": "data:image/png;base64,AA=="})],
        [replace(page, pictures={"3": "data:image/png;base64,AB=="})],
        [page, page],
    ]
    assert len({sheet_cache.key_of(one) for one in shown}) == len(shown)


def test_every_word_and_every_height_of_a_cell_counts():
    page = pages()[0]
    band, *bands = page.sheet.bands
    (cell, *cells), *rows = band.rows
    changes = [
        {"runs": (Run("别的字"),)}, {"runs": (Run(cell.text, filled=True),)}, {"hint": "注"},
        {"picture": "3"}, {"sign": ("签字：",)}, {"date": "2022年2月20日"}, {"align": "left"},
        {"width": 1.5}, {"height": 5}, {"small": True}, {"kind": "side"},
    ]  # fmt: skip
    keys = {sheet_cache.key_of([page])}
    for change in changes:
        changed = replace(band, rows=((replace(cell, **change), *cells), *rows))
        sheet = replace(page.sheet, bands=(changed, *bands))
        keys.add(sheet_cache.key_of([replace(page, sheet=sheet)]))
    assert len(keys) == len(changes) + 1


def test_another_style_sheet_template_or_font_draws_anew(tmp_path, monkeypatch):
    keys = [sheet_cache.key_of(pages())]
    style = tmp_path / "paper.css"
    style.write_text(sheet_cache.STYLE.read_text() + "\n.sheet-title { color: #111; }")
    monkeypatch.setattr(sheet_cache, "STYLE", style)
    keys.append(sheet_cache.key_of(pages()))
    (tmp_path / "sheet.html").write_text("另一个")
    monkeypatch.setattr(sheet_cache, "TEMPLATES", tmp_path)
    keys.append(sheet_cache.key_of(pages()))
    monkeypatch.setattr(sheet_cache, "_tools", lambda: b"another engine, another font")
    keys.append(sheet_cache.key_of(pages()))
    assert len(set(keys)) == 4


def test_every_module_that_draws_counts():
    graph = grimp.build_graph("blueprints", cache_dir=None)
    drawing = {printing.__name__, *graph.find_upstream_modules(printing.__name__)}
    files = {Path(import_module(name).__file__) for name in drawing}
    assert len(files) > 10
    assert files <= set(sheet_cache._code())


@pytest.mark.parametrize("folder", ["TEMPLATES", "BUNDLED"])
def test_a_folder_that_was_moved_away_is_noticed(tmp_path, monkeypatch, folder):
    monkeypatch.setattr(sheet_cache, folder, tmp_path)
    sheet_cache._tools.cache_clear()
    with pytest.raises(RuntimeError, match="leaves out"):
        sheet_cache.key_of(pages())


def test_modules_that_were_moved_away_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet_cache, "ROOMS", {tmp_path: printing})
    with pytest.raises(RuntimeError, match=r"leaves out printing\.py"):
        sheet_cache._code()


def test_half_a_file_is_drawn_anew_and_mended(tmp_path, drawings):
    whole = sheet_cache.printed(pages(), tmp_path)
    (file,) = tmp_path.iterdir()
    for broken in (b"", whole[:5000], b"<html>" + whole):
        file.write_bytes(broken)
        assert sheet_cache.printed(pages(), tmp_path) == whole
        assert file.read_bytes() == whole
    assert len(drawings) == 4


def test_what_was_longest_not_used_makes_room(tmp_path, monkeypatch):
    size = len(sheet_cache.printed(pages(name="甲"), tmp_path))
    (longest_not_used,) = tmp_path.iterdir()
    os.utime(longest_not_used, (1, 1))
    monkeypatch.setattr(sheet_cache, "MOST_BYTES", int(size * 2.5))
    for name in ("乙", "丙"):
        sheet_cache.printed(pages(name=name), tmp_path)
    assert longest_not_used not in tmp_path.iterdir()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_costs_nobody_the_sheet(tmp_path):
    in_the_way = tmp_path / "sheets"
    in_the_way.write_text("a file, no folder")
    assert sheet_cache.printed(pages(), in_the_way).startswith(b"%PDF-")


def test_names_are_digests_whatever_the_filing_is_called(tmp_path):
    sheet_cache.printed(pages(name="../../../etc/passwd"), tmp_path)
    (file,) = tmp_path.iterdir()
    assert len(file.stem) == 64
    assert set(file.stem) <= set("0123456789abcdef")


def test_a_filing_that_was_changed_is_printed_as_it_is_now(app, sign_in, tmp_path):
    office = sign_in("wutong")
    box = office.open("/pdsu/filings/").find("#results input[name=filing]")
    address = f"/pdsu/filings/{box['value']}/sheet.pdf"
    before = office.client.get(address).data
    assert office.client.get(address).data == before
    assert len(list((tmp_path / "cache" / "sheets").iterdir())) == 1
    with app.app_context():
        filing = db.session.get(Filing, int(box["value"]))
        filing.answers = filing.answers | {"name": "改了名的平台"}
        db.session.commit()
    assert office.client.get(address).data != before
    assert len(list((tmp_path / "cache" / "sheets").iterdir())) == 2


def test_the_cache_lies_in_the_instance_folder_for_its_owner_only(app, sign_in, tmp_path):
    office = sign_in("wutong")
    box = office.open("/pdsu/filings/").find("#results input[name=filing]")
    office.client.get(f"/pdsu/filings/{box['value']}/sheet.pdf")
    folder: Path = tmp_path / "cache" / "sheets"
    assert folder.stat().st_mode & 0o077 == 0
