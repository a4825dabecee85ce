"""Where the nightly backups go: the [BACKUP] table of config.toml, checked at the start."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

WRONG = {
    "to": "填写存放备份的文件夹的完整路径，例如 /srv/beian-backup",
    "keep": "填写保留几份备份，1 至 3650 的整数，或不写这一行",
    "at": '填写每天备份的时刻，例如 "02:00"，或不写这一行',
}


class BackupSettings(BaseModel):
    """`to`: an absolute path; `keep`: so many backups; `at`: the campus's time of day, hours and minutes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    to: str = Field(min_length=1)
    keep: int = Field(default=14, ge=1, le=3650)
    at: str = Field(default="02:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")

    @field_validator("to")
    @classmethod
    def _is_whole(cls, folder: str) -> str:
        # A relative path would be another folder for `serve` than for a command.
        if not Path(folder).is_absolute():
            raise ValueError("not absolute")
        return folder

    @property
    def folder(self) -> Path:
        return Path(self.to)

    def due_before(self, now: datetime) -> datetime:
        """The last moment up to `now`, a campus time, at which a backup was to be made."""
        hours, minutes = self.at.split(":")
        today = datetime.combine(now.date(), time(int(hours), int(minutes)), now.tzinfo)
        return today if today <= now else today - timedelta(days=1)


def read_settings(table: Mapping[str, object] | None) -> BackupSettings | None:
    """The settings of a [BACKUP] table; None without one, for then none is made by night.

    Raises ValueError with one Chinese sentence per mistake.
    """
    if not table:
        return None
    if not isinstance(table, Mapping):
        raise ValueError('写成 [BACKUP] 一节，每项一行，例如 to = "/srv/beian-backup"。')
    try:
        return BackupSettings.model_validate(dict(table))
    except ValidationError as error:
        keys = dict.fromkeys(str(detail["loc"][0]) for detail in error.errors())
        sentences = [f"{key}：{WRONG.get(key, '没有这一项，请删去')}。" for key in keys]
        raise ValueError("\n".join(sentences)) from None
