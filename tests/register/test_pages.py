"""Pages of the register: one fixed order, every line once, exact totals, however it is searched."""

import random

import pytest
from sqlalchemy import update

from models.channels.channel import Channel, ChannelState
from models.database import db
from models.filings import transitions
from models.register.pages import by_phone, find, open_filing_labels
from models.register.search import channels
from models.rules.filters import LARGEST_ID, Cursor, Filters, whole_number
from tests.campus import SCHOOL, Campus, day, wechat

SIZE = 3


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


@pytest.fixture
def many(campus) -> Campus:
    """Channels in four units, entered in no order of theirs."""
    dice = random.Random(7)
    units = [campus.unit(name).id for name in ("某某大学", "信息工程学院", "医学院", "机器人社")]
    for number in range(40):
        title = dice.choice(["青年之声", "信工快报", "医路青年", "College 9", "机器人"])
        db.session.add(
            Channel(
                institution="xx",
                form="account",
                unit_id=dice.choice(units),
                title=title,
                platform=dice.choice(["微信公众号", "微博"]),
                account=f"id{number}",
                account_key=f"id{number}",
                number=f"宣备-2026-{number:03}",
                phones="13800001234\n",
                search=f"{title}\n张{dice.choice('三四五')}".lower(),
                updated_at=day(6, 1),
                state=dice.choice(list(ChannelState)),
                incomplete=dice.random() < 0.3,
            )
        )
    db.session.flush()
    return campus


def walk(person, filters: Filters, backwards: bool = False) -> list[int]:
    """The ids on all pages, from the first on; or from the last page back to the first."""
    page, seen = find(SCHOOL, person, filters, None, SIZE), []
    pages = [page]
    while page.after:
        page = find(SCHOOL, person, filters, page.after, SIZE)
        pages.append(page)
    if backwards:
        pages = [page]
        while page.before:
            page = find(SCHOOL, person, filters, page.before, SIZE)
            pages.insert(0, page)
    for page in pages:
        assert page.first == len(seen) + 1
        seen += [row.id for row in page.items]
        assert page.last == len(seen)
    assert {page.total for page in pages} == {len(seen)}
    return seen


QUESTIONS = [
    {},
    {"q": "青年"},
    {"q": "学院"},
    {"q": "信工"},
    {"q": "医学"},
    {"q": "张三"},
    {"q": "青年之声"},
    {"q": "年"},
    {"q": "没有"},
    {"q": "宣备"},
    {"q": "2026"},
    {"q": "-00"},
    {"q": "co"},
    {"q": "xx"},
    {"q": "青年", "state": "closing"},
    {"q": "青年", "state": "all"},
    {"q": "青年", "incomplete": True},
    {"q": "青年", "platform": "微博"},
    {"state": "void"},
    {"state": "king"},
    {"incomplete": True},
    {"form": "group"},
    {"q": "😀青"},
    {"q": "%_"},
]


@pytest.mark.parametrize("username", ["li", "chen", "qian"])
@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_every_page_together_is_what_was_asked_for_and_so_they_are_back_to_front(many, asked, username):
    person = many.person(username)
    for unit in (None, many.unit("信息工程学院").id, many.unit("医学院").id):
        filters = Filters(**asked, unit=unit)
        found = [channel.id for channel in db.session.scalars(channels(SCHOOL, person, filters))]
        assert walk(person, filters) == found
        assert walk(person, filters, backwards=True) == found


def test_what_is_searched_is_where_people_look_for_it(many):
    """The list that all others are compared with, against plain Python."""
    li, names = many.person("li"), {}
    for one in db.session.scalars(channels(SCHOOL, li)):
        names[one.id] = f"{one.search} {one.number} {one.unit.name} {one.unit.pinyin}".lower()
    for words in ("青年", "学院", "2026-00", "xxgc", "co", "张三"):
        expected = {key for key, text in names.items() if words in text}
        assert set(walk(li, Filters(q=words.upper()))) == expected


def test_lines_that_come_and_go_meanwhile_make_nobody_see_one_twice_or_miss_one(many):
    li = many.person("li")
    everything = walk(li, Filters())
    first = find(SCHOOL, li, Filters(), None, SIZE)
    second = find(SCHOOL, li, Filters(), first.after, SIZE)
    # The very line the next page begins after leaves the register, and an earlier one is renamed.
    db.session.execute(update(Channel).where(Channel.id == everything[5]).values(state="void"))
    db.session.execute(update(Channel).where(Channel.id == everything[0]).values(title="阿"))
    third = find(SCHOOL, li, Filters(), second.after, SIZE)
    assert [row.id for row in third.items] == everything[6:9]
    assert third.total == len(everything) - 1


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "x"},
        {"after": "1"},
        {"after": "-"},
        {"after": "²-1"},
        {"after": "9" * 400 + "-1"},
        {"before": "1-"},
        {"after": f"{LARGEST_ID}-{LARGEST_ID}", "from": "7"},
        {"before": "0-0"},
        {"before": "1-1", "from": "9" * 30},
    ],
)
def test_a_place_that_makes_no_sense_is_the_first_page(many, asked):
    li = many.person("li")
    page = find(SCHOOL, li, Filters(), Cursor.read(asked), SIZE)
    assert [row.id for row in page.items] == walk(li, Filters())[:SIZE]
    assert (page.first, page.before) == (1, None)


@pytest.mark.parametrize("said", ["0", "999999999"])
def test_a_number_in_the_address_that_is_wrong_stays_within_the_list(many, said):
    li = many.person("li")
    after = find(SCHOOL, li, Filters(), None, SIZE).after.query
    page = find(SCHOOL, li, Filters(), Cursor.read(after | {"from": said}), SIZE)
    assert 1 <= page.first <= page.last <= page.total


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("1000000", 1_000_000),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("9" * 5000, None),
        ("²", None),
        ("-1", None),
        ("", None),
        ("１", None),
    ],
)
def test_an_id_is_read_up_to_the_largest_there_is(text, number):
    assert whole_number(text) == number


def test_a_channel_is_found_by_the_end_of_any_phone_of_its_paper_within_ones_units(campus):
    ours = campus.filed(phone="0375-2657100", account="a").channel
    theirs = campus.filed(by="zhou", head="sun", unit="医学院", phone="2657100", account="b").channel
    campus.submitted(phone="2657100", account="c")
    assert ours.phones == "03752657100\n"

    def found(username: str, ending: str) -> list[int]:
        return [row.id for row in by_phone(campus.person(username), ending, 9)[0]]

    assert found("li", "7100") == [ours.id, theirs.id]
    assert found("chen", "7100") == [ours.id]
    assert found("qian", "7100") == []
    assert found("li", "6571") == []
    assert [len(rows) for rows in [by_phone(campus.person("li"), "7100", 1)[0]]] == [1]
    assert by_phone(campus.person("li"), "7100", 1)[1]


def test_what_is_on_its_way_about_a_channel_is_told_but_no_draft(campus):
    channel = campus.filed(account="a").channel
    row = find(SCHOOL, campus.person("li"), Filters(), None, 9).items[0]
    draft = campus.draft(kind="change", channel=channel, title="新名")
    assert open_filing_labels([row]) == {}
    campus.do(draft, "submit", "chen")
    assert open_filing_labels([row]) == {channel.id: "变更审核中"}
    campus.do(draft, "return", "wang", "请修改")
    assert open_filing_labels([row]) == {channel.id: "变更已退回"}
    transitions.keep(draft, campus.school, wechat(title="再改"), campus.person("chen"), draft.revision)
    campus.do(draft, "submit", "chen")
    campus.do(draft, "approve", "wang")
    campus.do(draft, "approve", "li")
    assert open_filing_labels([row]) == {}
