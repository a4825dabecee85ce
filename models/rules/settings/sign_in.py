"""How people sign in here: the [SIGN_IN] table of config.toml, checked at the start."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.rules.passwords import PROFILES, Rules

WRONG = {
    "profile": "填写 modern（长度和常见密码）或 dengbao（等保：复杂度和有效期）",
    "idle_minutes": "填写 10 至 1440 的整数，例如 120",
    "longest_hours": "填写 1 至 72 的整数，例如 12",
}


class SignInSettings(BaseModel):
    """Which passwords will do, and for how long one stays signed in."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    profile: Literal["modern", "dengbao"] = "modern"
    idle_minutes: int = Field(default=120, ge=10, le=1440)
    longest_hours: int = Field(default=12, ge=1, le=72)

    @property
    def rules(self) -> Rules:
        return PROFILES[self.profile]

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.longest_hours)


def read_settings(table: Mapping[str, object] | None) -> SignInSettings:
    """The settings of a [SIGN_IN] table. Raises ValueError with a Chinese sentence per mistake."""
    if not isinstance(table or {}, Mapping):
        raise ValueError("写成 [SIGN_IN] 一节，每项一行，例如 idle_minutes = 120。")
    try:
        return SignInSettings.model_validate(dict(table or {}))
    except ValidationError as error:
        keys = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        sentences = [f"{key}：{WRONG.get(key, '没有这一项，请删去')}。" for key in keys]
        raise ValueError("\n".join(sentences)) from None
