"""How mail leaves and where it goes: the deployment's settings, and each person's address."""

import tomllib

import click
import pytest

from app import HOUSE
from tests.lending import app_on

SOUND = {
    "server": "smtp.school.example.cn",
    "from": "beian@school.example.cn",
    "base_url": "https://beian.school.example.cn",
}


@pytest.mark.parametrize(
    ("more", "port"), [({}, 587), ({"tls": "ssl"}, 465), ({"tls": "none"}, 25), ({"port": 2525}, 2525)]
)
def test_the_usual_ports_need_not_be_written(tmp_path, more, port):
    assert app_on(tmp_path, MAIL=SOUND | more).extensions["mail"].reached_at == port


def test_the_example_of_the_settings_is_sound(tmp_path):
    example = (HOUSE / "instance" / "config.example.toml").read_text("utf-8")
    table = example[example.index("# [MAIL]") :].replace("# ", "", 1).replace("\n# ", "\n")
    assert app_on(tmp_path, **tomllib.loads(table)).extensions["mail"].domain == "example.edu.cn"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"server": ""}, "server：填写邮件服务器的名称"),
        ({"port": "25"}, "port：填写 1 至 65535 的端口号"),
        ({"tls": "yes"}, "tls：填写 starttls、ssl 或 none"),
        ({"from": "备案系统"}, "from：填写发件人"),
        ({"base_url": "beian.school.example.cn"}, "base_url：填写本系统的网址"),
        ({"host": "smtp"}, "host：没有这一项，请删去"),
    ],
)
def test_settings_that_make_no_sense_stop_the_start(tmp_path, wrong, sentence):
    with pytest.raises(click.ClickException) as stopped:
        app_on(tmp_path, MAIL=SOUND | wrong)
    assert sentence in stopped.value.message


@pytest.mark.parametrize(
    "typed", ["周敏", "a@b", "a b@school.example.cn", "周敏@school.example.cn", "a@b.cn\nBcc: x@y.cn"]
)
def test_an_address_that_is_none_is_refused_beside_its_box(sign_in, typed):
    browser = sign_in("zhoumin")
    browser.open("/pdsu/me")
    page = browser.submit("保存", email=typed)
    assert page.status == 422
    assert "邮箱的格式不对" in page.error_at("email")


def test_the_administrator_writes_an_address_and_takes_it_away(sign_in):
    head, admin = sign_in("zhoumin"), sign_in("guanyiming")
    head.open("/pdsu/me")
    head.submit("保存", email="ZhouMin@school.example.cn")
    admin.open("/pdsu/people/?q=zhoumin")
    page = admin.follow("周敏")
    assert page.find("#email")["value"] == "ZhouMin@school.example.cn"
    assert "邮箱的格式不对" in admin.submit("保存", email="@").error_at("email")
    admin.submit("保存", email="")
    assert head.open("/pdsu/me").find("#email").get("value", "") == ""
