"""People of a school: how they sign in, and the grants that say what they may do where."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.clock import utcnow
from models.database import Model, coded
from models.people.substitute import Substitute
from models.people.unit import Unit, tree
from models.rules import passwords
from models.rules.workflow import Actor, Role

# How long a password that somebody else made may wait for its person.
ONE_TIME = timedelta(days=7)
MOST_KEPT = 5


class Person(Model):
    """Someone of one school who may sign in. Usernames are unique within the school.

    `one_time_until` is set for a password that others know: it ends then, and its person must
    choose one of their own at the first sign-in. `earlier_hashes`: the newest first.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("institution", "username"),)

    # What Flask-Login asks of whoever is signed in.
    is_authenticated = True
    is_anonymous = False

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    username: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    password_set_at: Mapped[datetime | None] = mapped_column(default=None)
    one_time_until: Mapped[datetime | None] = mapped_column(default=None)
    earlier_hashes: Mapped[list] = mapped_column(default=list)

    grants: Mapped[list["Grant"]] = relationship(
        back_populates="person", lazy="selectin", cascade="all, delete-orphan"
    )
    substitutions: Mapped[list[Substitute]] = relationship(
        foreign_keys=[Substitute.person_id], back_populates="person"
    )

    def has(self, role: str) -> bool:
        """True when the person holds the role anywhere in the school."""
        return bool(self.granted(role) or (role == Role.head and self.stands_in_for()))

    def granted(self, role: str) -> set[int]:
        """Ids of the units where the person holds the role by right."""
        return {grant.unit_id for grant in self.grants if grant.role == role}

    def stands_in_for(self) -> set[int]:
        """Ids of the units whose absent head the person stands in for today."""
        return {substitution.unit_id for substitution in self.substitutions if substitution.active}

    def units(self, role: str) -> set[int]:
        """Ids of the units where the person holds the role, and of all units below them."""
        held = self.granted(role) | (self.stands_in_for() if role == Role.head else set())
        return tree(self.institution).below(held) if held else set()

    def visible_units(self) -> set[int] | None:
        """Ids of the units whose filings the person may see; None means all of the school."""
        if self.has(Role.office) or self.heads_the_office():
            return None
        return self.units(Role.reporter) | self.units(Role.head)

    def heads_the_office(self) -> bool:
        """True for a head of the unit that holds the office, and for who stands in for one."""
        return self.has(Role.head) and self.id in tree(self.institution).office_heads

    def signs_for(self) -> set[int]:
        """Ids of the units whose filings the person signs as their head."""
        units = tree(self.institution)
        return {unit for unit in units.nodes if self.id in units.heads_for(unit)}

    def name_as_head(self, unit_id: int) -> str:
        """The name under what they sign for a unit: a substitute's says so."""
        signing = tree(self.institution).signing_unit(unit_id)
        by_right = signing in self.granted(Role.head) or signing not in self.stands_in_for()
        return self.name if by_right else f"{self.name}（代）"

    def files_for(self, unit: Unit) -> bool:
        """True for a reporter of the unit or of one above it, and for the school's office."""
        same_school = unit.institution == self.institution
        return same_school and (self.has(Role.office) or unit.id in self.units(Role.reporter))

    def actor(self) -> Actor:
        """What the rules of `workflow` need to know of this person."""
        return Actor(
            id=self.id,
            reporter_units=frozenset(self.units(Role.reporter)),
            office=bool(self.granted(Role.office)),
            office_head=self.heads_the_office(),
        )

    def grant(self, role: str, unit: Unit) -> None:
        """Lets the person act in the role for the unit (and, as a reporter, for those below)."""
        self.grants.append(Grant(role=Role(role), unit=unit))

    def set_grants(self, wanted: set[tuple[Role, int]]) -> bool:
        """Leaves exactly these grants, each a role and a unit's id; True when any changed."""
        held = {(grant.role, grant.unit_id) for grant in self.grants}
        self.grants = [grant for grant in self.grants if (grant.role, grant.unit_id) in wanted]
        self.grants += [Grant(role=role, unit_id=unit) for role, unit in sorted(wanted - held)]
        return wanted != held

    def set_password(self, password_hash: str, now: datetime | None = None) -> None:
        """A password that stays, hashed before the transaction; the one before is remembered as used.

        Raises ValueError for what is no hash: a password is never kept.
        """
        if not password_hash.startswith("$argon2id$"):
            raise ValueError("a password's hash is kept, never the password")
        if self.password_hash:
            self.earlier_hashes = [self.password_hash, *(self.earlier_hashes or [])][:MOST_KEPT]
        self.password_hash = password_hash
        self.password_set_at, self.one_time_until = now or utcnow(), None

    def set_one_time_password(self, password_hash: str, now: datetime | None = None) -> None:
        """A password that somebody else made and told them, hashed before the transaction."""
        now = now or utcnow()
        self.set_password(password_hash, now)
        self.one_time_until = now + ONE_TIME

    def used_hashes(self, rules: passwords.Rules) -> list[str]:
        """Of the present password and of the last few, as many as the rules keep; the newest first."""
        return [self.password_hash, *(self.earlier_hashes or [])][: rules.kept]

    def must_choose(self, rules: passwords.Rules, entered: datetime) -> str:
        """Why a person who signed in at this moment needs a new password first; '' when not.

        By that moment, so that no password grows too old while a form is being filled in.
        """
        if self.one_time_until is not None:
            return "现在用的是一次性密码，请先换成只有自己知道的密码，再继续使用。"
        end = self.password_ends(rules)
        if end is not None and end <= entered:
            return f"密码已使用超过 {rules.days} 天，按本校要求请先更换，再继续使用。"
        return ""

    def password_ends(self, rules: passwords.Rules) -> datetime | None:
        """When the password will be too old; None where passwords do not age."""
        if rules.oldest is None or self.password_set_at is None:
            return None
        return self.password_set_at + rules.oldest

    def one_time_is_over(self, now: datetime) -> bool:
        return self.one_time_until is not None and self.one_time_until <= now


class Grant(Model):
    __tablename__ = "person_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(coded(Role))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)

    person: Mapped[Person] = relationship(back_populates="grants")
    # Every page of a school says where its person is from.
    unit: Mapped[Unit] = relationship(lazy="joined")
