"""全校通报 on paper: one signed page that says whom, what for and on what ground."""

from blueprints.institution.paper.printing import Page, print_pages
from blueprints.institution.paper.sheet import Letter
from blueprints.institution.paper.words import ROOM_TO_WRITE, date_words
from models.findings.sanction import Sanction
from models.rules.definitions.institution import Institution


def print_circular(institution: Institution, sanction: Sanction) -> bytes:
    """The paper as PDF. Raises PaperError."""
    about = f"的“{sanction.title}”" if sanction.title else ""
    basis = f"根据{sanction.basis}，" if sanction.basis else ""
    reason = sanction.reason.rstrip("。")
    text = (
        "全校各单位：\n"
        f"　　经查，{sanction.unit.name}{about}存在以下问题：{reason}。\n"
        f"　　{basis}现对{sanction.unit.name}予以{sanction.label}。\n"
        "　　请各单位引以为戒，坚持谁主办、谁负责，谁运行、谁负责，按要求办理备案和注销。"
    )
    letter = Letter(
        title=sanction.label,
        number=ROOM_TO_WRITE,
        text=text,
        sign=(f"{institution.name}{institution.office}（盖章）",),
        date=date_words(sanction.at),
        code=f"处理记录 {sanction.id}",
    )
    return print_pages([Page(letter)])
