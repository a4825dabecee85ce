"""备案工作: its list, how it is set, the units' reports and the office's board."""

# Each puts its pages on the mould.
from blueprints.institution.campaigns import (  # noqa: F401
    archive,
    board,
    board_files,
    contacting,
    listing,
    reminding,
    report_receipt,
    setup,
    signed_tables,
    supplements,
    unit_report,
)
