"""The [CAS] table: checked at the start, and the one address that tickets are made for."""

import tomllib

import click
import pytest

from app import HOUSE
from tests.lending import app_on

SOUND = {
    "server_url": "https://cas.example.edu.cn/cas",
    "schools": ["pdsu"],
    "base_url": "https://beian.example.edu.cn",
}


def test_without_the_table_there_is_no_cas(tmp_path):
    app = app_on(tmp_path)
    assert app.extensions["cas"] is None
    assert app.test_client().get("/cas/pdsu/sign-in").status_code == 404
    assert "统一身份认证" not in app.test_client().get("/sign-in").get_data(as_text=True)


def test_the_example_of_the_settings_is_sound(tmp_path):
    example = (HOUSE / "instance" / "config.example.toml").read_text("utf-8")
    table = example[example.index("# [CAS]") :].partition("\n\n")[0]
    lines = table.replace("# ", "", 1).replace("\n# ", "\n")
    assert app_on(tmp_path, **tomllib.loads(lines)).extensions["cas"].schools == ["pdsu"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"server_url": "cas.example.edu.cn"}, "server_url：填写统一身份认证服务器的网址"),
        ({"server_url": "https://cas.example.edu.cn/?a=b"}, "server_url：填写统一身份认证服务器的网址"),
        ({"version": 1}, "version：填写 CAS 协议的版本"),
        ({"schools": []}, "schools：填写使用统一身份认证的学校代码"),
        ({"schools": ["nowhere"]}, "schools：没有代码为“nowhere”的学校"),
        ({"label": ""}, "label：填写登录按钮上的字"),
        ({"base_url": "beian"}, "base_url：填写本系统的网址"),
        ({"base_url": ""}, "base_url：没有设置 TRUSTED_HOSTS，须填写本系统的网址"),
        ({"ca_file": "/nowhere.pem"}, "ca_file：填写学校自建证书机构的证书文件"),
        ({"required": "yes"}, "required：填写 true 或 false"),
        ({"password": "x"}, "password：没有这一项，请删去"),
    ],
)
def test_settings_that_make_no_sense_stop_the_start(tmp_path, wrong, sentence):
    with pytest.raises(click.ClickException) as stopped:
        app_on(tmp_path, CAS=SOUND | wrong)
    assert sentence in stopped.value.message


def test_tickets_are_made_for_the_configured_address_whatever_host_is_asked_for(tmp_path):
    away = (
        app_on(tmp_path, CAS=SOUND).test_client().get("/cas/pdsu/sign-in", headers={"Host": "evil.example"})
    )
    service = "service=https%3A%2F%2Fbeian.example.edu.cn%2Fcas%2Fpdsu%2Fcallback%3Fstate%3D"
    assert away.headers["Location"].startswith(f"https://cas.example.edu.cn/cas/login?{service}")


def test_without_a_configured_address_only_a_trusted_host_is_used(tmp_path):
    table = {key: value for key, value in SOUND.items() if key != "base_url"}
    asking = app_on(tmp_path, CAS=table, TRUSTED_HOSTS=["beian.example.edu.cn"]).test_client()
    known = asking.get("/cas/pdsu/sign-in", base_url="https://beian.example.edu.cn")
    assert "service=https%3A%2F%2Fbeian.example.edu.cn%2Fcas" in known.headers["Location"]
    assert asking.get("/cas/pdsu/sign-in", base_url="https://evil.example").status_code == 400
