"""Which channels the rows of a sheet mean: asked for many rows at once."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from models.channels.channel import CLAIMED, Channel, ChannelState
from models.database import db
from models.filings.filing import OPEN, Filing
from models.rules.answer_columns import account_key, promoted
from models.rules.definitions.definition import Form
from models.rules.fields.account_key import title_key
from models.rules.row_key import RowKey


class Identity(NamedTuple):
    """What tells a channel from others: its account on its platform, else its name in its unit."""

    unit_id: int
    platform: str
    account: str
    key: str
    title: str

    @classmethod
    def of(cls, form: Form, answers: Mapping[str, Any], unit_id: int) -> "Identity":
        columns = promoted(form, answers)
        return cls(
            unit_id,
            columns["platform"],
            columns["account"],
            account_key(form, answers),
            title_key(columns["title"]),
        )

    @property
    def text(self) -> str:
        """What two rows of one file may not share."""
        if self.key:
            return f"account {self.platform} {self.key}"
        return f"title {self.unit_id} {self.platform} {self.title}" if self.title else ""


class Known:
    """The channels that some rows may mean, and what is open about them."""

    def __init__(self, institution: str, form: Form):
        self.institution, self.form = institution, form
        self.channels: dict[int, Channel] = {}
        self.open: dict[int, Filing] = {}
        self.filings: dict[int, Filing] = {}
        self._accounts: dict[tuple[str, str], Channel] = {}
        self._drafted: dict[tuple[int, str, str], Channel] = {}
        self._titles: dict[tuple[int, str, str], list[Channel]] = defaultdict(list)

    def ask_keys(self, keys: Iterable[RowKey]) -> None:
        """The channels of hidden keys, and the filings from which the rows were written."""
        keys = list(keys)
        self.ask_ids({key.channel_id for key in keys})
        wanted = {key.filing_id for key in keys}
        current = [one.current for one in self.channels.values() if one.current is not None]
        self.filings |= {one.id: one for one in current}
        if older := wanted - set(self.filings):
            asked = select(Filing).where(
                Filing.id.in_(older), Filing.channel_id.in_({key.channel_id for key in keys})
            )
            self.filings |= {one.id: one for one in db.session.scalars(asked)}

    def ask_ids(self, ids: Iterable[int]) -> None:
        """Channels of this form by their ids."""
        if ids := set(ids):
            self._take(self._asked().where(Channel.id.in_(ids), Channel.form == self.form.code))

    def ask(self, identities: Iterable[Identity]) -> None:
        """The channels that hold these accounts; and those of these names in the same units."""
        every = set(identities)
        self._ask_accounts({one for one in every if one.key})
        self._ask_drafted({one for one in every if one.account})
        self._ask_titles({one for one in every if one.title})

    def find(self, who: Identity, closed: bool = False) -> list[Channel]:
        """The channels meant, the first of these: who holds the account, the unit's own draft of
        it, the unit's channels of that name. `closed`: of the names also those no longer in use.
        """
        for known in (self.holder(who), self._drafted.get((who.unit_id, who.platform, who.account))):
            if known is not None:
                return [known]
        named = self._titles.get((who.unit_id, who.platform, who.title), [])
        in_force = [one for one in named if one.state is ChannelState.in_force]
        planned = [one for one in named if one.state is ChannelState.planned and one.id in self.open]
        gone = [one for one in named if closed and one.state is ChannelState.closed]
        return in_force or planned[:1] or gone[:1]

    def holder(self, who: Identity) -> Channel | None:
        """The channel of the school that holds the account."""
        return self._accounts.get((who.platform, who.key)) if who.key else None

    def fingerprint(self, channel: Channel | None) -> list:
        """What a judgement looked at: when it differs later, the row has to be judged again."""
        if channel is None:
            return []
        filing, current = self.open.get(channel.id), channel.current
        return [
            channel.id,
            str(channel.state),
            channel.unit_id,
            channel.current_id,
            digest(current.answers) if current else "",
            [filing.id, filing.revision] if filing else [],
        ]

    def _ask_accounts(self, wanted: set[Identity]) -> None:
        if not wanted:
            return
        # In the index's own words, or SQLite would not use it.
        for channel in self._take(
            self._asked().where(
                Channel.platform.in_({one.platform for one in wanted}),
                Channel.account_key.in_({one.key for one in wanted}),
                CLAIMED,
            )
        ):
            self._accounts[channel.platform, channel.account_key] = channel

    def _ask_drafted(self, wanted: set[Identity]) -> None:
        """What is not handed in yet has claimed no account: it only says it."""
        if not wanted:
            return
        for channel in self._take(
            self._asked().where(
                Channel.unit_id.in_({one.unit_id for one in wanted}),
                Channel.form == self.form.code,
                Channel.state == ChannelState.planned,
                Channel.account.in_({one.account for one in wanted}),
            )
        ):
            if channel.id in self.open:
                self._drafted[channel.unit_id, channel.platform, channel.account] = channel

    def _ask_titles(self, wanted: set[Identity]) -> None:
        if not wanted:
            return
        found = self._take(
            self._asked().where(
                Channel.title_key.in_({one.title for one in wanted}),
                Channel.unit_id.in_({one.unit_id for one in wanted}),
                Channel.form == self.form.code,
                Channel.state != ChannelState.void,
            )
        )
        for channel in found:
            named = self._titles[channel.unit_id, channel.platform, channel.title_key]
            if channel not in named:
                named.append(channel)

    def _asked(self) -> Select[Channel]:
        # Asked apart: joined, the bare column names of CLAIMED could be those of another table.
        beside = (selectinload(Channel.current), selectinload(Channel.unit))
        mine = Channel.institution == self.institution
        return select(Channel).options(*beside).where(mine).order_by(Channel.id)

    def _take(self, asked: Select[Channel]) -> list[Channel]:
        """The channels found, with what is open about them."""
        found = list(db.session.scalars(asked))
        new = {one.id for one in found} - set(self.channels)
        self.channels |= {one.id: one for one in found}
        if new:
            about = select(Filing).where(Filing.channel_id.in_(new), Filing.state.in_(OPEN))
            self.open |= {one.channel_id: one for one in db.session.scalars(about)}
        return found


def digest(answers: Mapping[str, Any]) -> str:
    """A short digest of whole answers."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:16]
