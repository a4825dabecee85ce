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


class KnownChannels:
    """The channels that some rows may mean, and what is open about them."""

    def __init__(self, institution: str, form: Form):
        self.institution, self.form = institution, form
        self.channels: dict[int, Channel] = {}
        self.open: dict[int, Filing] = {}
        self.filings: dict[int, Filing] = {}
        self._accounts: dict[tuple[str, str], Channel] = {}
        self._drafted: dict[tuple[int, str, str], Channel] = {}
        self._titles: dict[tuple[int, str, str], list[Channel]] = defaultdict(list)

    def load_by_keys(self, keys: Iterable[RowKey]) -> None:
        """The channels of hidden keys, and the filings from which the rows were written."""
        keys = list(keys)
        self.load_by_ids({key.channel_id for key in keys})
        wanted = {key.filing_id for key in keys}
        current = [channel.current for channel in self.channels.values() if channel.current is not None]
        self.filings |= {filing.id: filing for filing in current}
        if older := wanted - set(self.filings):
            query = select(Filing).where(
                Filing.id.in_(older), Filing.channel_id.in_({key.channel_id for key in keys})
            )
            self.filings |= {filing.id: filing for filing in db.session.scalars(query)}

    def load_by_ids(self, ids: Iterable[int]) -> None:
        """Channels of this form by their ids."""
        if ids := set(ids):
            self._load(self._query().where(Channel.id.in_(ids), Channel.form == self.form.code))

    def load(self, identities: Iterable[Identity]) -> None:
        """The channels that hold these accounts; and those of these names in the same units."""
        every = set(identities)
        self._load_accounts({identity for identity in every if identity.key})
        self._load_drafted({identity for identity in every if identity.account})
        self._load_titles({identity for identity in every if identity.title})

    def find(self, who: Identity, closed: bool = False) -> list[Channel]:
        """The channels meant, the first of these: who holds the account, the unit's own draft of
        it, the unit's channels of that name. `closed`: of the names also those no longer in use.
        """
        for known in (self.holder(who), self._drafted.get((who.unit_id, who.platform, who.account))):
            if known is not None:
                return [known]
        named = self._titles.get((who.unit_id, who.platform, who.title), [])
        in_force = [channel for channel in named if channel.state is ChannelState.in_force]
        planned = [
            channel for channel in named if channel.state is ChannelState.planned and channel.id in self.open
        ]
        gone = [channel for channel in named if closed and channel.state is ChannelState.closed]
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

    def _load_accounts(self, wanted: set[Identity]) -> None:
        if not wanted:
            return
        # In the index's own words, or SQLite would not use it.
        for channel in self._load(
            self._query().where(
                Channel.platform.in_({identity.platform for identity in wanted}),
                Channel.account_key.in_({identity.key for identity in wanted}),
                CLAIMED,
            )
        ):
            self._accounts[channel.platform, channel.account_key] = channel

    def _load_drafted(self, wanted: set[Identity]) -> None:
        """What is not handed in yet has claimed no account: it only says it."""
        if not wanted:
            return
        for channel in self._load(
            self._query().where(
                Channel.unit_id.in_({identity.unit_id for identity in wanted}),
                Channel.form == self.form.code,
                Channel.state == ChannelState.planned,
                Channel.account.in_({identity.account for identity in wanted}),
            )
        ):
            if channel.id in self.open:
                self._drafted[channel.unit_id, channel.platform, channel.account] = channel

    def _load_titles(self, wanted: set[Identity]) -> None:
        if not wanted:
            return
        channels = self._load(
            self._query().where(
                Channel.title_key.in_({identity.title for identity in wanted}),
                Channel.unit_id.in_({identity.unit_id for identity in wanted}),
                Channel.form == self.form.code,
                Channel.state != ChannelState.void,
            )
        )
        for channel in channels:
            named = self._titles[channel.unit_id, channel.platform, channel.title_key]
            if channel not in named:
                named.append(channel)

    def _query(self) -> Select[Channel]:
        # Asked apart: joined, the bare column names of CLAIMED could be those of another table.
        beside = (selectinload(Channel.current), selectinload(Channel.unit))
        mine = Channel.institution == self.institution
        return select(Channel).options(*beside).where(mine).order_by(Channel.id)

    def _load(self, query: Select[Channel]) -> list[Channel]:
        """The channels found, with what is open about them."""
        channels = list(db.session.scalars(query))
        new = {channel.id for channel in channels} - set(self.channels)
        self.channels |= {channel.id: channel for channel in channels}
        if new:
            about = select(Filing).where(Filing.channel_id.in_(new), Filing.state.in_(OPEN))
            self.open |= {filing.channel_id: filing for filing in db.session.scalars(about)}
        return channels


def digest(answers: Mapping[str, Any]) -> str:
    """A short digest of whole answers."""
    text = json.dumps(answers, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:16]
