"""How mail leaves: the [MAIL] table of config.toml, checked at the start."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

PORTS = {"starttls": 587, "ssl": 465, "none": 25}
WRONG = {
    "server": "填写邮件服务器的名称，例如 smtp.example.edu.cn",
    "port": "填写 1 至 65535 的端口号，或不写这一行",
    "tls": "填写 starttls、ssl 或 none",
    "username": "填写登录邮件服务器的用户名，或不写这一行",
    "password": "填写登录邮件服务器的密码，或不写这一行",
    "from": "填写发件人，例如 备案系统 <beian@example.edu.cn>",
    "base_url": "填写本系统的网址，例如 https://beian.example.edu.cn",
}


class MailSettings(BaseModel):
    """`sender` is written `from`; `base_url` is where people open this deployment."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    server: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65535)
    tls: Literal["starttls", "ssl", "none"] = "starttls"
    username: str = ""
    password: str = ""
    sender: str = Field(alias="from")
    base_url: str

    @property
    def reached_at(self) -> int:
        """The port: the one that was given, or the usual one."""
        return self.port or PORTS[self.tls]

    @property
    def domain(self) -> str:
        """The domain of the sender, which message ids end in."""
        return parseaddr(self.sender)[1].rpartition("@")[2]

    @field_validator("sender")
    @classmethod
    def _is_an_address(cls, sender: str) -> str:
        name, at, domain = parseaddr(sender)[1].rpartition("@")
        if not (name and at and domain and (name + domain).isascii()):
            raise ValueError("no address")
        return sender

    @field_validator("base_url")
    @classmethod
    def _is_an_address_of_ours(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("no http address")
        return address.rstrip("/")


def read_settings(table: Mapping[str, object] | None) -> MailSettings | None:
    """The settings of a [MAIL] table; None without one, for then nothing is sent.

    Raises ValueError with one Chinese sentence per mistake.
    """
    if not table:
        return None
    if not isinstance(table, Mapping):
        raise ValueError("写成 [MAIL] 一节，每项一行，例如 port = 25。")
    try:
        return MailSettings.model_validate(dict(table))
    except ValidationError as error:
        keys = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        sentences = [f"{key}：{WRONG.get(key, '没有这一项，请删去')}。" for key in keys]
        raise ValueError("\n".join(sentences)) from None
