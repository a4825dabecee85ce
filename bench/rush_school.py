"""What the rush runs over: sixty units with their accounts, 122 people, a campaign that asks everybody."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from models.campaigns.campaign import Wording, begin
from models.campaigns.transitions import publish
from models.clock import utcnow
from models.database import MIGRATIONS, db
from tests import sixty_units

CODE = "pdsu"
ACCOUNTS = 2  # of each unit, on the register


@dataclass(frozen=True)
class RushSchool:
    """Where it lies, and what the people need to walk about in it."""

    folder: Path
    campaign: int
    units: list[int]

    @property
    def database(self) -> Path:
        return self.folder / "beian.sqlite3"


def founded(folder: Path) -> RushSchool:
    """The school in a folder that a server can be started over; nothing of it stays open here."""
    app = create_app({"INSTANCE_PATH": folder})
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
    school = sixty_units.founded(app, CODE, lambda _: ACCOUNTS)
    with app.app_context():
        campaign = _campaign()
        db.engine.dispose()
    return RushSchool(folder, campaign, school.units)


def _campaign() -> int:
    """A published campaign, which ends in three days; its id."""
    now, office = utcnow(), sixty_units.person("office")
    opens, ends = now - timedelta(days=3), now + timedelta(days=3)
    forms = ["account", "group"]
    wording = Wording(now.year, "本年备案工作", "", "请各单位自查。", forms, opens, ends, "", "425室")
    campaign = begin(CODE, wording, office, now)
    publish(campaign, office, now)
    db.session.commit()
    return campaign.id
