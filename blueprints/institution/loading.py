"""Loading for pages: what lies outside the person's scope is not there (404)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from flask import abort, g
from flask_login import current_user

from blueprints.institution.filtering import whole_number
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.filings.filing import Filing, of_channel
from models.people.unit import tree
from models.rules.definitions.definition import Form
from models.rules.fields.base import Circumstances
from models.rules.filing_kind import FilingKind
from models.rules.filters import LARGEST_ID
from models.rules.workflow import Role, State

Row = TypeVar("Row")
Scoped = TypeVar("Scoped", Filing, Channel)


@dataclass(frozen=True)
class FilingCase:
    """A filing with the form it is read by and the circumstances under which that asks its questions.

    Made once where a page loads the filing, and again after a verb, which may change all three.
    """

    filing: Filing
    form: Form
    circumstances: Circumstances


def find(kind: type[Row], row_id: int) -> Row | None:
    """The row of that id; None also for a number that no row can have."""
    return db.session.get(kind, row_id) if row_id <= LARGEST_ID else None


def load_filing(filing_id: int) -> Filing:
    """The filing, if it is one of this school and of the person's units; else 404.

    A draft is there only for those who write it.
    """
    filing = find(Filing, filing_id)
    return filing if may_open(filing) else abort(404)


def load_case(filing_id: int) -> FilingCase:
    """The same with the form it is read by; else 404."""
    return case_of(load_filing(filing_id))


def case_of(filing: Filing) -> FilingCase:
    """A filing as this person reads or writes it: by its own edition once handed in, else by today's form."""
    circumstances = Circumstances(
        kind=FilingKind(filing.kind), opened=filing.opened, units=units_to_file_for()
    )
    return FilingCase(filing, filing.definition(g.institution), circumstances)


def may_open(filing: Filing | None) -> bool:
    """Whether the person may look at a filing: one of their units, and a draft only as writer."""
    if not is_within_scope(filing, current_user.visible_units()):
        return False
    return filing.state is not State.draft or filing.editable(current_user)


def load_channel(channel_id: int) -> Channel:
    """The channel, if it is one of this school and of the person's units; else 404.

    One that is only planned says what its papers say: it is there for who may open one of them.
    """
    channel = find(Channel, channel_id)
    if not is_within_scope(channel, current_user.visible_units()):
        abort(404)
    if channel.state is ChannelState.planned and not papers_about(channel):
        abort(404)
    return channel


def papers_about(channel: Channel) -> list[Filing]:
    """The filings about a channel that this person may open, the newest first.

    What was filed before the channel came to another unit stays with the unit that filed it.
    """
    return [filing for filing in db.session.scalars(of_channel(channel.id)) if may_open(filing)]


def is_within_scope(row: Filing | Channel | None, visible: set[int] | None) -> bool:
    """Whether a row is there, of this school, and of the `visible` units (None: all of them)."""
    if row is None or row.institution != g.institution.code:
        return False
    return visible is None or row.unit_id in visible


def rows_in_sight(kind: type[Scoped], row_ids: Iterable[int]) -> list[Scoped]:
    """The rows of these ids within the person's scope, for what is done to many; others are left out."""
    visible = current_user.visible_units()
    rows = (find(kind, row_id) for row_id in row_ids)
    return [row for row in rows if row is not None and is_within_scope(row, visible)]


def load_form(code: str) -> Form:
    """The current definition of one of the school's forms; else 404."""
    return g.institution.forms.get(code) or abort(404)


def units_to_file_for() -> dict[str, str]:
    """The units a person may file for, id to name, in the order of the tree.

    The office files for anybody, since persons without a unit come to its desk.
    """
    branch = tree(g.institution.code)
    own = set(branch.nodes) if current_user.has(Role.office) else current_user.units(Role.reporter)
    return {str(node.id): node.name for node, _ in branch.ordered() if node.id in own and node.active}


def revision_of(sent: Mapping[str, str], name: str = "revision") -> int:
    """The revision a form was drawn from; 0, which no row has, when it makes no sense."""
    return whole_number(sent.get(name, "")) or 0
