"""Signing in through the school's CAS server: the [CAS] table, checked at the start."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

WRONG = {
    "server_url": "填写统一身份认证服务器的网址，例如 https://cas.example.edu.cn/cas",
    "version": "填写 CAS 协议的版本，3 或 2",
    "schools": '填写使用统一身份认证的学校代码，例如 ["abc"]',
    "label": "填写登录按钮上的字，或不写这一行",
    "attribute": "填写哪一项属性是本系统的用户名；就是认证账号本身时不写这一行",
    "base_url": "填写本系统的网址，例如 https://beian.example.edu.cn",
    "ca_file": "填写学校自建证书机构的证书文件（PEM）的完整路径，或不写这一行",
    "required": "填写 true 或 false",
}
NO_HOST = "base_url：没有设置 TRUSTED_HOSTS，须填写本系统的网址，例如 https://beian.example.edu.cn。"


class CasSettings(BaseModel):
    """Which server proves people to which schools, and under which address it finds us.

    `attribute`: the attribute that is our username; '' when it is the user of the server itself.
    `base_url`: '' where TRUSTED_HOSTS vouches for the host of a request instead.
    `required`: whether passwords are left to administrators.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    server_url: str = Field(min_length=1)
    version: Literal[2, 3] = 3
    schools: list[str] = Field(min_length=1)
    label: str = Field(default="统一身份认证登录", min_length=1, max_length=30)
    attribute: str = ""
    base_url: str = ""
    ca_file: str = ""
    required: bool = False

    @property
    def trust(self) -> str | bool:
        """The certificates that its HTTPS is checked against; it is always checked."""
        return self.ca_file or True

    @field_validator("server_url", "base_url")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        if not address:
            return ""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
            raise ValueError("no http address")
        return address.rstrip("/")

    @field_validator("ca_file")
    @classmethod
    def _is_there(cls, name: str) -> str:
        if name and not Path(name).is_file():
            raise ValueError("no such file")
        return name


def read_settings(
    table: Mapping[str, object] | None, schools: Collection[str], hosts_are_known: bool
) -> CasSettings | None:
    """The settings of a [CAS] table; None without one, for then there is no CAS sign-on.

    In: the table, the codes of the schools there are, whether TRUSTED_HOSTS is set.
    Raises ValueError with one Chinese sentence per mistake.
    """
    if not table:
        return None
    if not isinstance(table or {}, Mapping):
        raise ValueError("写成 [CAS] 一节，每项一行，例如 version = 3。")
    try:
        settings = CasSettings.model_validate(dict(table))
    except ValidationError as error:
        keys = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        sentences = [f"{key}：{WRONG.get(key, '没有这一项，请删去')}。" for key in keys]
        raise ValueError("\n".join(sentences)) from None
    sentences = [f"schools：没有代码为“{code}”的学校。" for code in settings.schools if code not in schools]
    if not settings.base_url and not hosts_are_known:
        sentences.append(NO_HOST)
    if sentences:
        raise ValueError("\n".join(sentences))
    return settings
