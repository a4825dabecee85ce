"""到期清理 of signed reports: a row loses what it said of people, and its salt; its digest stays.

So the table's digests still fit, and nobody can try out names or numbers against the row's.
"""

from sqlalchemy import select, update

from models.campaigns.signed_paper import LINES, SignedRow, SignedTable
from models.campaigns.snapshot import OF_PEOPLE
from models.database import db
from models.filings.edition import form_of
from models.rules.answer_columns import lasting_paths
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import COLUMN_SOURCES, Register


def empty(channel_id: int, institution: Institution) -> None:
    """Every row about an account, on whichever paper."""
    query = (
        select(SignedRow.id, SignedRow.edition, SignedRow.form, SignedRow.cells, SignedTable)
        .join(SignedTable, SignedTable.id == SignedRow.table_id)
        .where(SignedRow.channel_id == channel_id, SignedRow.erased.is_(False))
    )
    for number, edition, form, cells, table in db.session.execute(query).all():
        lasting = _lasting(table, edition, form, institution)
        kept = {heading: cell for heading, cell in cells.items() if heading in lasting}
        db.session.execute(
            update(SignedRow)
            .where(SignedRow.id == number)
            .values(cells=kept, salt="", erased=True)
            .execution_options(synchronize_session=False)
        )
    db.session.expire_all()


def _lasting(table: SignedTable, edition: str, form: str, institution: Institution) -> set[str]:
    """The headings of the columns that may stay: what the filing's own shell keeps, too."""
    register: Register = table.register
    if table.code == LINES:
        return {column.heading for column in register.columns if column.heading not in OF_PEOPLE}
    paths = lasting_paths(form_of(institution.code, edition, institution.forms.get(form)))
    sources = {*COLUMN_SOURCES, *paths, ""}
    return {
        column.heading
        for column in register.columns
        if column.value in sources and column.fallback in sources
    }
