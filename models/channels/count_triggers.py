"""What the database keeps beside the channels, by triggers, so that the register scans nothing.

The tally: how many channels of each sort there are. The pairs: which two neighbouring characters,
at least one of them not ASCII, stand in what is searched of a channel. Triggers, because channels
are changed through the ORM and by plain UPDATEs; SQLite and PostgreSQL run the same statements.

A migration that makes the table `channel` anew drops them with it, and must create them again, in its own
words: no migration imports this module.
"""

from sqlalchemy import Connection, String, event, insert
from sqlalchemy.orm import Mapped, mapped_column

from models.channels.channel import Channel, ChannelState
from models.database import Model, coded
from models.rules.answer_columns import LONGEST_SEARCH


class ChannelTally(Model):
    """How many channels there are: `standing` is the state, or 'closing' (待核实销号)."""

    __tablename__ = "channel_tally"
    __table_args__ = ({"sqlite_with_rowid": False},)

    institution: Mapped[str] = mapped_column(String(40), primary_key=True)
    standing: Mapped[str] = mapped_column(String(20), primary_key=True)
    incomplete: Mapped[bool] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(500), primary_key=True)
    form: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channels: Mapped[int]


class ChannelPair(Model):
    """Two characters of a channel's `search`, in the order in which the register is read."""

    __tablename__ = "channel_pair"
    __table_args__ = ({"sqlite_with_rowid": False},)

    institution: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[ChannelState] = mapped_column(coded(ChannelState), primary_key=True)
    pair: Mapped[str] = mapped_column(String(2), primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class TextPlace(Model):
    """The numbers from 1 on: the places in a text, for a trigger of SQLite has no loop."""

    __tablename__ = "text_place"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


# What a channel must change for its row of the tally or its pairs to change.
WATCHED = ("institution", "unit_id", "state", "gone_at", "incomplete", "form", "platform", "search")
SORT = "institution, standing, incomplete, platform, form, unit_id"
BYTES = {"sqlite": "length(CAST({} AS BLOB))", "postgresql": "octet_length({})"}


def _sort(row: str) -> str:
    standing = (
        f"CASE WHEN {row}.state = 'closed' AND {row}.gone_at IS NULL THEN 'closing' ELSE {row}.state END"
    )
    return f"{row}.institution, {standing}, {row}.incomplete, {row}.platform, {row}.form, {row}.unit_id"


def _pairs(row: str, dialect: str) -> tuple[str, str]:
    """The pair at place `n` of a row, and whether it is one: within a line, and not ASCII alone."""
    pair = f"substr({row}.search, n, 2)"
    line_ends = "'\n'"
    is_one = (
        f"n < length({row}.search) AND {row}.state <> 'planned' "
        f"AND {BYTES[dialect].format(pair)} > 2 "
        f"AND substr({row}.search, n, 1) <> {line_ends} "
        f"AND substr({row}.search, n + 1, 1) <> {line_ends}"
    )
    return pair, is_one


def _enter(row: str, dialect: str) -> str:
    pair, is_one = _pairs(row, dialect)
    return f"""
        INSERT INTO channel_tally ({SORT}, channels) VALUES ({_sort(row)}, 1)
        ON CONFLICT ({SORT}) DO UPDATE SET channels = channel_tally.channels + 1;
        INSERT INTO channel_pair (institution, state, pair, unit_id, channel_id)
        SELECT DISTINCT {row}.institution, {row}.state, {pair}, {row}.unit_id, {row}.id
        FROM text_place WHERE {is_one};"""


def _leave(row: str, dialect: str) -> str:
    pair, is_one = _pairs(row, dialect)
    return f"""
        UPDATE channel_tally SET channels = channels - 1 WHERE ({SORT}) = ({_sort(row)});
        DELETE FROM channel_pair WHERE institution = {row}.institution AND state = {row}.state
        AND unit_id = {row}.unit_id AND channel_id = {row}.id
        AND pair IN (SELECT {pair} FROM text_place WHERE {is_one});"""


def _sqlite_triggers() -> list[str]:
    enter, leave = _enter("new", "sqlite"), _leave("old", "sqlite")
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in WATCHED)
    return [
        f"CREATE TRIGGER channel_enters AFTER INSERT ON channel BEGIN {enter} END",
        f"CREATE TRIGGER channel_leaves AFTER DELETE ON channel BEGIN {leave} END",
        (
            f"CREATE TRIGGER channel_moves AFTER UPDATE OF {', '.join(WATCHED)} ON channel "
            f"WHEN {changed} BEGIN {leave} {enter} END"
        ),
    ]


def _postgresql_triggers() -> list[str]:
    enter, leave = _enter("NEW", "postgresql"), _leave("OLD", "postgresql")
    return [
        f"""CREATE OR REPLACE FUNCTION channel_upkeep() RETURNS trigger AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN {leave} END IF;
        IF TG_OP <> 'DELETE' THEN {enter} END IF;
        RETURN NULL; END $$ LANGUAGE plpgsql""",
        (
            "CREATE TRIGGER channel_comes_or_goes AFTER INSERT OR DELETE ON channel "
            "FOR EACH ROW EXECUTE FUNCTION channel_upkeep()"
        ),
        (
            f"CREATE TRIGGER channel_moves AFTER UPDATE OF {', '.join(WATCHED)} ON channel "
            "FOR EACH ROW EXECUTE FUNCTION channel_upkeep()"
        ),
    ]


TRIGGERS = {"sqlite": _sqlite_triggers, "postgresql": _postgresql_triggers}


def install(connection: Connection) -> None:
    """Creates the triggers; the tables must exist before a channel is written."""
    for statement in TRIGGERS[connection.dialect.name]():
        connection.exec_driver_sql(statement)


def number_places(connection: Connection) -> None:
    """Fills the empty table of places."""
    places = [{"n": n} for n in range(1, LONGEST_SEARCH + 1)]
    connection.execute(insert(TextPlace.__table__), places)


def recount(connection: Connection) -> None:
    """Builds the tally and the pairs anew from the channels there are."""
    pair, is_one = _pairs("channel", connection.dialect.name)
    sort = _sort("channel")
    for statement in (
        "DELETE FROM channel_tally",
        f"INSERT INTO channel_tally ({SORT}, channels) SELECT {sort}, count(*) FROM channel GROUP BY {sort}",
        "DELETE FROM channel_pair",
        (
            "INSERT INTO channel_pair (institution, state, pair, unit_id, channel_id) "
            f"SELECT DISTINCT channel.institution, channel.state, {pair}, channel.unit_id, channel.id "
            f"FROM channel JOIN text_place ON {is_one} ORDER BY 1, 2, 3, 4, 5"
        ),
    ):
        connection.exec_driver_sql(statement)


@event.listens_for(Channel.__table__, "after_create")
def _after_channels(_table: object, connection: Connection, **_: object) -> None:
    install(connection)


@event.listens_for(TextPlace.__table__, "after_create")
def _after_places(_table: object, connection: Connection, **_: object) -> None:
    number_places(connection)
