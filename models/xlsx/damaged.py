"""The one exception of reading workbooks, and the sentence for what nobody can name closer."""

SAVE_ANEW = "请用 Excel 或 WPS 打开它，确认能看到内容，再“另存为”.xlsx 后重新上传。"


class BadWorkbook(Exception):
    """The file cannot be read; its text is a Chinese sentence that says what to do."""


def damaged() -> BadWorkbook:
    """For what is broken inside: cut off, changed, written by a faulty program."""
    return BadWorkbook(f"文件已损坏，读不了。{SAVE_ANEW}")
