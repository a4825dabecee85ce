"""What each row of a slice would do: a new filing, a change, nothing; or why it cannot be read."""

from collections.abc import Sequence
from typing import Any

from models.channels.channel import Channel, ChannelState
from models.filings.filing import Filing
from models.imports.filing_row import FilingRow, filing_rows
from models.imports.form_headings import registers_over
from models.imports.matching import Identity, KnownChannels
from models.imports.row_reading import RowReader, RowReading, value_at
from models.imports.target import Line, RowState
from models.people.unit import Unit
from models.reports.summary import Editions, item_paths
from models.rules.answer_columns import carried_on
from models.rules.answer_diff import differences
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean

UNKNOWN_KEY = "这一行的“系统行号”在您单位的台账里找不到。请从台账重新导出后再改；如果要新增，请清空这一格。"
OVERTAKEN = "导出以后这一行在台账上已更新，请重新导出后再改。"
CLOSE_THERE = "导入不能办理注销，请到该账号页面办理注销；如果没有注销，请去掉名称后的“已注销”字样。"


class Judging:
    """One slice: everything is asked for all its rows at once."""

    def __init__(self, institution: Institution, form: Form, reader: RowReader, unit: Unit | None):
        self.form, self.reader, self.institution = form, reader, institution
        self.default_unit = unit.id if unit is not None else None
        self.known, self.row_keys = KnownChannels(institution.code, form), RowKeys(institution, form)

    def judge(self, lines: Sequence[Line]) -> None:
        """Fills in everything from `state` on."""
        rows = filing_rows(lines, self.institution, self.form, self.reader)
        self.known.load_by_keys(row.key for row in rows if row.key)
        for row in rows:
            self._read(row)
        self.known.load(row.who for row in rows if row.who)
        for row in rows:
            if not row.is_settled:
                self._decide(row)
            row.finish()

    def _read(self, row: FilingRow) -> None:
        """Reads the row: over what is on file where it has a key of ours, else as a new one."""
        if row.has_key:
            channel = self.known.channels.get(row.key.channel_id) if row.key else None
            if channel is None or channel.current is None or (channel.unit_id not in self.reader.units.ids):
                row.refuse(UNKNOWN_KEY)
                return
            row.channel = channel
            row.find_unit(self.reader.units, channel.unit_id, of_channel=channel)
            if not row.is_marked and self._says_only(row, channel.current):
                row.who = Identity.of(self.form, channel.current.answers, channel.unit_id)
                row.settle(RowState.same)
            else:
                self._read_over(row, channel.current, FilingKind.change)
        else:
            row.find_unit(self.reader.units, self.default_unit)
            self._read_as(row, FilingKind.first, row.presets)

    def _read_over(self, row: FilingRow, filing: Filing, kind: FilingKind) -> None:
        self._read_as(row, kind, carried_on(self.form, filing.answers))

    def _read_as(self, row: FilingRow, kind: FilingKind, base: dict[str, Any]) -> None:
        base = base | row.unit_answer(self.reader, base)
        row.reading = self.reader.read(row.line, kind, base, erases=row.has_key)
        row.kind = kind
        if row.unit_id is not None:
            row.who = Identity.of(self.form, row.reading.values, row.unit_id)

    def _decide(self, row: FilingRow) -> None:
        if row.channel is not None:
            self._decide_keyed(row, row.channel)
        elif row.who is None:
            row.settle(RowState.wrong)
        else:
            self._decide_matched(row, self.known.find(row.who, closed=row.is_marked))

    def _decide_keyed(self, row: FilingRow, channel: Channel) -> None:
        is_current = row.key.filing_id == channel.current_id
        if channel.state is ChannelState.closed and row.is_marked:
            row.settle(RowState.same)
        elif row.is_marked:
            row.refuse(CLOSE_THERE if is_current else OVERTAKEN, row.title_path)
        elif self.row_keys.untouched(row, self.known.filings.get(row.key.filing_id)):
            row.settle(RowState.same)
        elif channel.state is ChannelState.closed:
            row.refuse(f"“{channel.title}”已经注销，不能变更。请删去这一行。")
        else:
            self._compare(row, channel)

    def _decide_matched(self, row: FilingRow, channels: list[Channel]) -> None:
        """What a row without a key means, by the channels that it could mean."""
        if not channels:
            self._begin(row, None)
        elif len(channels) > 1:
            row.refuse(
                f"本单位有 {len(channels)} 个同名的{self.form.noun}在册，看不出是哪一个。"
                "请从台账导出，在导出的表里改。",
                row.title_path,
            )
        elif not self._is_own(row, channels[0]):
            row.settle(RowState.double, _held(channels[0]))
        elif row.is_marked and channels[0].state is ChannelState.in_force:
            row.refuse(CLOSE_THERE, row.title_path)
        else:
            self._meet(row, channels[0])

    def _is_own(self, row: FilingRow, channel: Channel) -> bool:
        """Whether the row may be about this channel; one that names no unit takes the channel's."""
        if channel.form != self.form.code:
            return False
        if not row.says_unit and channel.unit_id in self.reader.units.ids:
            row.unit_id = channel.unit_id
        return row.unit_id == channel.unit_id

    def _meet(self, row: FilingRow, channel: Channel) -> None:
        row.channel, filing = channel, self.known.open.get(channel.id)
        if channel.state is ChannelState.in_force and self._says_only(row, channel.current):
            row.settle(RowState.same)
        elif channel.state is ChannelState.in_force:
            self._read_over(row, channel.current, FilingKind.change)
            self._compare(row, channel)
        elif filing is not None:
            self._compare_open(row, filing)
        elif row.is_marked:
            row.settle(RowState.same)
        else:
            self._begin(row, channel)

    def _begin(self, row: FilingRow, channel: Channel | None) -> None:
        """A first filing: of a new channel, or of one that was closed."""
        if row.is_marked:
            row.settle(RowState.same, "台账里没有这一个，又标了注销，不必导入。")
            return
        if channel is not None and channel.current is not None:
            self._read_over(row, channel.current, FilingKind.first)
            row.reading.notes.append(f"“{channel.title}”曾经注销，确认后作为重新备案。")
        self._write(row, RowState.add, channel)

    def _compare(self, row: FilingRow, channel: Channel) -> None:
        """A row about a channel in force."""
        changes = self._changes(FilingKind.first, channel.current.answers, row)
        filing = self.known.open.get(channel.id)
        if not changes and not row.errors:
            row.settle(RowState.same)
        elif row.has_key and not self.row_keys.is_current(row, channel.current):
            row.refuse(OVERTAKEN)
        elif row.errors:
            row.settle(RowState.wrong)
        elif filing is not None:
            self._compare_open(row, filing)
        elif FilingKind.change not in self.form.kinds:
            row.refuse(f"“{channel.title}”已经在册，“{self.form.short}”不办理变更。")
        else:
            self._write(row, RowState.change, channel, changes)

    def _compare_open(self, row: FilingRow, filing: Filing) -> None:
        """A row about a channel with a filing under way: that one is to be written on instead."""
        under_way = f"“{filing.title or row.title}”有一件{filing.kind.label}正在办理"
        if self._says_only(row, filing):
            row.settle(RowState.same, f"{under_way}（{filing.state.label}），内容相同。")
            return
        if filing.kind is not FilingKind.close:
            self._read_as(row, filing.kind, dict(filing.answers))
            if not row.errors and not self._changes(filing.kind, filing.answers, row):
                row.settle(RowState.same, f"{under_way}（{filing.state.label}），内容相同。")
                return
        row.settle(
            RowState.wrong if row.errors else RowState.double,
            f"{under_way}（{filing.state.label}），内容与这一行不同，请到那一件里修改。",
        )

    def _write(
        self, row: FilingRow, state: RowState, channel: Channel | None, changes: Sequence[dict] = ()
    ) -> None:
        holder = self.known.holder(row.who)
        if holder is not None and holder is not channel:
            row.settle(RowState.double, _held(holder))
            return
        values = row.reading.values
        opened = row.kind is not FilingKind.first or any(
            item.later and not item.is_upload and values.get(item.name) is not None
            for item in self.form.items(FilingKind.first)
        )
        row.write(
            state,
            self.reader.missing(row.kind, row.reading, opened),
            {
                "channel": channel.id if channel else None,
                "kind": str(row.kind),
                "unit": row.unit_id,
                "answers": values,
                "opened": opened,
                "changes": list(changes),
                "who": list(row.who),
                "seen": self.known.fingerprint(channel),
                "read": read_as(self.reader, row.line, row.reading),
            },
        )

    def _says_only(self, row: FilingRow, filing: Filing) -> bool:
        """Whether the row says what the filing does, word for word: the cheap way to see it."""
        return (
            row.unit_id == filing.unit_id
            and not row.errors
            and self.reader.says_only(row.line, filing.answers, erases=row.has_key)
        )

    def _changes(self, kind: FilingKind, before: dict[str, Any], row: FilingRow) -> list[dict]:
        """What the row says otherwise than the answers before, in people's words."""
        after, unit = row.reading.values, self.reader.unit_item
        if all(before.get(item.name) == after.get(item.name) for item in self.form.items(kind)):
            return []
        changes = differences(self.form, kind, before, after)
        same_unit = (before.get(unit) or {}).get("id") == (after.get(unit) or {}).get("id")
        return [change for change in changes if change["path"] != unit or not same_unit]


def _held(channel: Channel) -> str:
    return (
        f"该账号已由“{channel.unit.name}”备案，名称为“{channel.title}”"
        f"（{channel.state_label}）。一号一报备，请核对账号，或联系该单位办理变更。"
    )


def read_as(reader: RowReader, line: Line, reading: RowReading) -> dict[str, str]:
    """The answers in people's words, by the path of the cell that gave them.

    2024.3 is read as 2024年3月 and 0.12 in a column of 万 as 1200人: who confirms must see it.
    """
    readings = {}
    for path, column in reader.columns.items():
        if path not in line.words or column.path not in reading.filled:
            continue
        text = column.item.text(value_at(reading.values, column.path))
        unit, typed = getattr(column.item, "unit", ""), _bare(line.words[path])
        if text and typed not in (_bare(text), _bare(text + unit)):
            readings[path] = text + unit
    return readings


def _bare(text: str) -> str:
    return "".join(clean(text).split())


class RowKeys:
    """The hidden keys of a form's rows. Which of its registers wrote a row, nobody can tell any more."""

    def __init__(self, institution: Institution, form: Form):
        self.form = form
        self.registers = [
            (item_paths(register), Editions(register, institution))
            for register in registers_over(institution, form)
        ]

    def untouched(self, row: FilingRow, filing: Filing | None) -> bool:
        """Whether a row still says what it said when it was written.

        In: the filing that it was written from, as it is now. Unit and tier are not in the key.
        """
        if filing is None or filing.channel_id != row.key.channel_id:
            return False
        tier, values = self.form.channel.tier, row.reading.values
        if row.says_unit and row.unit_id != filing.unit_id:
            return False
        if tier and value_at(values, tier) != value_at(filing.answers, tier):
            return False
        return self._fits(row, filing, values, row.answered)

    def is_current(self, row: FilingRow, filing: Filing) -> bool:
        """Whether the row was written from what is in force now, not completed since either."""
        return row.key.filing_id == filing.id and self._fits(row, filing, filing.answers, None)

    def _fits(self, row: FilingRow, filing: Filing, answers: dict, mapped: set | None) -> bool:
        """`mapped`: only the registers all of whose items stand in the sheet can have written the key."""
        return any(
            editions.of(filing.edition_digest).key(row.key.channel_id, filing.id, answers)
            == row.line.key.strip()
            for paths, editions in self.registers
            if mapped is None or mapped.issuperset(paths)
        )
