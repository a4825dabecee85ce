"""A form's sheet of paper: drawn once as plain data, then shown on screen or printed as PDF."""

from blueprints.institution.paper.comparison import draw_comparison, holders, prints
from blueprints.institution.paper.drawing import draw_sheet
from blueprints.institution.paper.printing import blank, pages_of, preview, print_pages, print_sheet
from blueprints.institution.paper.sheet import Band, Cell, HeadRow, Line, Run, Sheet
from blueprints.institution.pdf import PaperError

__all__ = [
    "Band",
    "Cell",
    "HeadRow",
    "Line",
    "PaperError",
    "Run",
    "Sheet",
    "blank",
    "draw_comparison",
    "draw_sheet",
    "holders",
    "pages_of",
    "preview",
    "print_pages",
    "print_sheet",
    "prints",
]
