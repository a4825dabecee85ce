"""The worst texts, in every box of every page: an answer comes for each, and none is a failure."""

import re
from io import BytesIO

import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from models.rules.typed_text import LONGEST_TYPED
from tests.authz.scene import Scene
from tests.fuzz.corpus import Sent, requests_of
from tests.worst_texts import WORST, encoded, text_of

# As much as a form may weigh, with room for its other items; servers read no more of an address.
MOST_OF_FORM, MOST_OF_ADDRESS = 1_900_000, 60_000
PERSONAS = ("reporter", "head", "office", "admin", "auditor", "anonymous", "link")
LISTS = ("/pdsu/register", "/pdsu/filings/", "/pdsu/found", "/pdsu/people/", "/pdsu/units/")
# In no form of a page: the register's search by a phone's end is sent by a script's form alone.
BESIDES = {"office": [Sent("POST", "/pdsu/register", typed=("phone",))]}


class _Reader:
    """A persona of the scene, as the crawl wants its client."""

    def __init__(self, scene: Scene, persona: str) -> None:
        self.scene, self.persona = scene, persona

    def get(self, address: str) -> TestResponse:
        return self.scene.ask(self.persona, "GET", address)


def _forms(scene: Scene, persona: str, start: str, seen: set) -> list[Sent]:
    """The forms with boxes to type into that nobody before had; those that differ in a number are alike."""
    forms = []
    for sent in requests_of(_Reader(scene, persona), start):
        path = re.sub(r"/check/.*", "/check/#", sent.path)
        shape = re.sub(r"\d+", "#", f"{sent.method} {path} {sorted(set(sent.typed))}")
        if sent.typed and shape not in seen:
            seen.add(shape)
            forms.append(sent)
    return forms


@pytest.fixture(scope="module")
def forms(whole_scene: Scene) -> dict[str, list[Sent]]:
    """By persona; each form stands with the first that has it."""
    seen: set[str] = set()
    forms = {
        persona: _forms(whole_scene, persona, "/sign-in" if persona == "anonymous" else "/pdsu/", seen)
        for persona in PERSONAS
        if persona != "link"
    }
    links = [thing["token"] for thing in whole_scene.things.values() if "token" in thing]
    forms["link"] = [
        sent for token in links for sent in _forms(whole_scene, "anonymous", f"/pdsu/apply/{token}", seen)
    ]
    for persona, more in BESIDES.items():
        forms[persona] += more
    return forms


def _filled(sent: Sent, kind: str) -> dict:
    """What the test client sends: the text in every box, the other items as the page has them."""
    most = (MOST_OF_FORM if sent.method == "POST" else MOST_OF_ADDRESS) // len(sent.typed)
    items = dict(sent.items + sent.query) | dict.fromkeys(sent.typed, text_of(kind, most))
    if sent.method != "POST":
        return {"query_string": encoded(items)}
    return {"data": encoded(items), "content_type": "application/x-www-form-urlencoded"}


@pytest.mark.long
@pytest.mark.parametrize("persona", PERSONAS)
def test_every_box_of_every_page_answers_the_worst_texts(scene: Scene, forms, persona: str) -> None:
    assert forms[persona] or persona in ("head", "auditor")
    who, failed = "anonymous" if persona == "link" else persona, []
    for sent in forms[persona]:
        for kind in WORST:
            answer = scene.ask(who, sent.method, sent.path, **_filled(sent, kind))
            scene.put_back()
            if answer.status_code >= 500:
                failed.append(f"{sent.method} {sent.path} {kind}: {answer.status_code}")
    assert not failed


@pytest.mark.parametrize("path", LISTS)
def test_every_search_link_answers_the_worst_texts(scene: Scene, path: str) -> None:
    who = "office" if scene.ask("office", "GET", path).status_code == 200 else "admin"
    for kind in WORST:
        answer = scene.ask(who, "GET", path, query_string=encoded({"q": text_of(kind, MOST_OF_ADDRESS)}))
        assert answer.status_code == 200, kind


def test_a_box_with_more_than_is_read_is_refused_in_words_and_nothing_is_kept(scene: Scene) -> None:
    typed = "a@b.cn" + " " * LONGEST_TYPED
    answer = scene.ask("office", "POST", "/pdsu/me", data={"email": typed})

    assert answer.status_code == 422
    assert "一栏最多能读" in answer.get_data(as_text=True)
    assert not scene.changed


def test_what_is_refused_stays_whole_in_its_box(scene: Scene) -> None:
    typed = "好" * 60_000
    answer = scene.ask("office", "POST", "/pdsu/me", data={"email": typed})

    assert answer.status_code == 422
    assert typed in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", WORST)
def test_a_workbook_answers_the_worst_texts_in_its_cells(scene: Scene, kind: str) -> None:
    # What a workbook cannot hold never gets into one.
    text = re.sub("[\ud800-\udfff]", "", text_of(kind, MOST_OF_FORM))[:32_000]
    book, file = Workbook(), BytesIO()
    book.active.append([None, "单位名称", text])
    book.active.append(["序号", "单位名称", text[:100], "平台", "账号", "创建时间", "名称"])
    book.active.append([text] * 7)
    book.save(file)
    for target, persona in (("units", "admin"), ("people", "admin"), ("form:account", "office")):
        data = {
            "unit": str(scene.things["unit own"]["unit_id"]),
            "file": (BytesIO(file.getvalue()), "a.xlsx"),
        }
        answer = scene.ask(persona, "POST", f"/pdsu/imports/{target}/new", data=data)
        assert answer.status_code in (200, 303, 422), target
