"""Somebody was faster: who, with what, and when."""

from models.clock import campus_time
from models.rules.event_labels import CHANGE_NOTHING
from models.rules.workflow import LostUpdate


class Conflict(LostUpdate):
    """The filing changed since the page was drawn.

    `event` is the last event that changed it, None for a draft's.
    `str()` is the Chinese sentence that names who did what and when.
    """

    def __init__(self, filing):
        self.filing = filing
        changes = [event for event in filing.events if event.verb not in CHANGE_NOTHING]
        last = changes[-1] if changes else None
        self.event = last if last and last.at >= filing.updated_at else None
        self.at = self.event.at if self.event else filing.updated_at
        self.who = self.event.actor_name if self.event else filing.updated_by.name
        self.what = self.event.label if self.event else "修改了内容"
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        moment = campus_time(self.at)
        return (
            f"{self.who}在{moment.month}月{moment.day}日 {moment:%H:%M} 已“{self.what}”，"
            f"这件备案现在是“{self.filing.state.label}”。您的操作没有生效，请看过最新内容再决定。"
        )
