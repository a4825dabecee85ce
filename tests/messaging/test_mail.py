"""What people are told reaches their mailbox: over a real SMTP server, after the deed."""

import shutil
from datetime import timedelta

import pytest

from blueprints.cli import mail as mail_command
from blueprints.cli.mail import empty
from blueprints.cli.workers import Job, Worker
from models.clock import utcnow
from models.database import db
from models.messaging import notices, outbox
from models.messaging.outbox import FIRST_DELAY, HELD, MOST_TRIES, Delivery, Mail
from models.people.person import Person
from tests import pages
from tests.builders import ACCOUNT
from tests.lending import app_on
from tests.post_office import HOST, Letters, certificate, free_port, post_office

BASE = "https://beian.school.example.cn/x"


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def settings() -> dict:
    """The [MAIL] table of this deployment."""
    return {
        "server": HOST,
        "port": free_port(),
        "tls": "none",
        "from": "备案系统 <beian@school.example.cn>",
        "base_url": f"{BASE}/",
    }


@pytest.fixture
def app(demo, tmp_path, settings):
    shutil.copy(demo.file, tmp_path / "beian.sqlite3")
    return app_on(tmp_path, MAIL=settings)


@pytest.fixture
def open_office(settings, letters):
    """`with open_office():` the mail server answers."""
    return lambda **more: post_office(letters, settings["port"], **more)


@pytest.fixture
def postbox(app):
    """`postbox()` runs `flask send-mail`."""
    return lambda: send_mail(app)


@pytest.fixture
def head(sign_in):
    """The head of the unit, who has said where to be reached."""
    browser = sign_in("zhoumin")
    browser.open("/pdsu/me")
    assert "已保存" in browser.submit("保存", email=" ZhouMin@school.example.cn ").text
    return browser


@pytest.fixture
def address(head, sign_in) -> str:
    return pages.filed_by(sign_in("linxiao"), ACCOUNT)


def send_mail(app):
    with app.app_context():
        return app.test_cli_runner().invoke(args=["send-mail"])


def mails(app) -> list[tuple]:
    with app.app_context():
        asked = db.select(Mail.state, Mail.tries, Mail.problem).order_by(Mail.id)
        return [tuple(row) for row in db.session.execute(asked)]


def pass_time(app, time: timedelta) -> None:
    """What waits becomes due as if so much time had passed."""
    with app.app_context():
        for mail in db.session.scalars(db.select(Mail)):
            mail.not_before -= time
        db.session.commit()


def test_a_move_reaches_who_is_to_sign_once(address, app, open_office, letters, postbox, head):
    with open_office():
        first, second = postbox(), postbox()
    assert (first.exit_code, first.output.strip()) == (0, "已发送 1 封，未能发送 0 封。")
    assert "已发送 0 封" in second.output
    (letter,) = letters.arrived
    assert letters.recipients == [["ZhouMin@school.example.cn"]]
    assert letter["From"].addresses[0].display_name == "备案系统"
    assert letter["Subject"] == "[平顶山学院] “平院信工快报”等您签署“单位意见”（信息工程学院）。"
    assert letter["Message-ID"].endswith("@school.example.cn>")
    text = letter.get_content()
    link = next(line.partition("：")[2] for line in text.splitlines() if BASE in line)
    assert head.open(link.removeprefix(BASE)).address == address
    assert [state for state, *_ in mails(app)] == [Delivery.sent]


def test_no_mail_says_a_reason_a_message_or_a_number(address, open_office, letters, postbox, sign_in):
    reporter, office = sign_in("linxiao"), sign_in("wutong")
    reporter.open("/pdsu/me")
    reporter.submit("保存", email="linxiao@school.example.cn")
    office.open(address)
    office.submit("发送", text="请打 13812345678。")
    pages.decide(sign_in("zhoumin"), address, "退回修改", "请写明更新频率。")
    with open_office():
        postbox()
    texts = [letter.get_content() + letter["Subject"] for letter in letters.arrived]
    assert len(texts) == 3
    assert "给您留言" in texts[1]
    assert "已退回修改" in texts[2]
    assert not any(word in text for text in texts for word in ("138", "更新频率", "2657000"))


def test_while_the_server_is_away_the_deed_is_done_and_the_mail_comes_later(
    address, app, open_office, letters, postbox, head
):
    result = postbox()
    assert result.exit_code == 1
    assert "未能发送 1 封" in result.output
    ((state, tries, problem),) = mails(app)
    assert (state, tries) == (Delivery.waiting, 1)
    assert "连不上邮件服务器" in problem
    assert pages.state(head.open(address)) == "待单位意见"
    with open_office():
        assert "已发送 0 封" in postbox().output
        pass_time(app, FIRST_DELAY)
        assert "已发送 1 封" in postbox().output
    assert len(letters.arrived) == 1


def test_it_is_tried_ever_more_rarely_and_then_given_up(address, app, postbox):
    with app.app_context():
        for number in range(1, MOST_TRIES + 1):
            mail = db.session.scalar(db.select(Mail))
            [held] = outbox.claim(mail.not_before, ["pdsu"])
            assert held.tries == number
            outbox.failed(held, "不通", held.until)
            db.session.commit()
            waits = mail.not_before - held.until
            assert number == MOST_TRIES or waits == min(FIRST_DELAY * 2 ** (number - 1), timedelta(hours=6))
    assert mails(app) == [(Delivery.failed, MOST_TRIES, "不通")]


def test_an_address_that_does_not_exist_is_given_up_and_shown_to_the_administrator(
    address, app, open_office, letters, postbox, sign_in
):
    letters.refused["ZhouMin@school.example.cn"] = "550 no such user"
    with open_office():
        assert postbox().exit_code == 1
    admin = sign_in("guanyiming")
    page = admin.open("/pdsu/mail?state=failed")
    assert "no such user" in page.text
    assert "ZhouMin@school.example.cn" in page.text
    assert "平院信工快报" not in page.text
    letters.refused.clear()
    admin.submit("重发")
    with open_office():
        postbox()
    assert len(letters.arrived) == 1
    assert "已发送" in admin.open("/pdsu/mail").find("#results").text


@pytest.mark.parametrize("username", ["wutong", "linxiao", "shenzhi"])
def test_the_mail_is_the_administrators_to_see(sign_in, username):
    assert sign_in(username).open("/pdsu/mail").status == 403


def test_what_was_refused_sends_nothing(address, app, sign_in):
    before = mails(app)
    assert pages.decide(sign_in("zhoumin"), address, "退回修改", "").status == 422
    with app.app_context():
        notices.notify("pdsu", [1], "没有发生过的事")
        db.session.rollback()
    assert mails(app) == before


def test_two_senders_do_not_send_it_twice(address, app):
    with app.app_context():
        [first] = outbox.claim(utcnow(), ["pdsu"])
        db.session.commit()
        assert outbox.claim(utcnow(), ["pdsu"]) == []
        # A sender that died lets go; what it says afterwards is not heard.
        [second] = outbox.claim(utcnow() + HELD, ["pdsu"])
        assert second.mail_id == first.mail_id
        outbox.failed(first, "太晚了", utcnow(), for_good=True)
        outbox.sent([second], utcnow())
        db.session.commit()
    assert mails(app) == [(Delivery.sent, 2, "")]


def test_the_served_app_sends_by_itself_and_survives_a_server_that_is_away(
    address, app, open_office, letters, monkeypatch
):
    monkeypatch.setattr(outbox, "FIRST_DELAY", timedelta(0))
    rounds = []
    monkeypatch.setattr(mail_command, "empty", lambda settings: rounds.append(empty(settings)))
    (job,) = mail_command.jobs(app)
    worker = Worker(app, Job(job.name, 0.01, job.do))
    worker.start()
    while not rounds:
        worker.join(0.01)
    with open_office():
        letters.wait_for(1)
        worker.off_duty.set()
        worker.join()
    assert rounds[0].failed == 1
    assert [state for state, *_ in mails(app)] == [Delivery.sent]


def test_over_starttls_with_a_password(address, app, settings, letters, tmp_path, monkeypatch):
    trusted, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    safe = settings | {"tls": "starttls", "username": "beian", "password": "secret"}
    app.extensions["mail"] = mail_command.read_settings(safe)
    office = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": letters.sign_in,
        "auth_required": True,
    }
    with post_office(letters, settings["port"], **office), app.app_context():
        assert empty(app.extensions["mail"]).sent == 1
    assert letters.signed_in == [b"beian"]


def test_a_certificate_nobody_trusts_ends_the_round(address, app, settings, letters, tmp_path):
    _, context = certificate(tmp_path)
    app.extensions["mail"] = mail_command.read_settings(settings | {"tls": "starttls"})
    with post_office(letters, settings["port"], tls_context=context), app.app_context():
        assert empty(app.extensions["mail"]).failed == 1
    assert letters.arrived == []
    assert "连不上邮件服务器" in mails(app)[0][2]


def test_without_a_mail_server_nothing_is_put_aside(demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("silent")
    shutil.copy(demo.file, folder / "beian.sqlite3")
    silent = app_on(folder)
    with silent.app_context():
        person = db.session.scalar(db.select(Person).filter_by(username="zhoumin"))
        person.email = "zhoumin@school.example.cn"
        notices.notify("pdsu", [person.id], "一件事")
        db.session.commit()
    assert mails(silent) == []
    result = send_mail(silent)
    assert result.exit_code == 1
    assert "还没有设置邮件服务器" in result.output


@pytest.mark.parametrize("change", [{"email": ""}, {"email": "other@school.example.cn"}, {"active": False}])
def test_what_waits_for_an_address_given_up_is_not_sent(address, app, open_office, letters, postbox, change):
    with app.app_context():
        waiting = db.session.scalar(db.select(Mail.address))
        person = db.session.scalars(db.select(Person).where(Person.email == waiting)).one()
        for name, value in change.items():
            setattr(person, name, value)
        db.session.commit()
    with open_office():
        postbox()
    assert letters.arrived == []
    ((state, _, problem),) = mails(app)
    assert state == "failed"
    assert "收件人已停用，或已更换邮箱" in problem
