"""请留意: what is allowed but probably a slip, said beside the item while it is typed.

Reviewers read the same beside the sheet. Nothing here refuses anything.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from flask import g, url_for
from flask_login import current_user

from blueprints.institution.loading import FilingCase, is_within_scope
from blueprints.institution.pdf.unprintable import unprintable
from models.channels.channel import Channel, ChannelState, holder
from models.filings.barring import bar_of
from models.people.unit import tree
from models.register.duplicates import named_alike, on_same_platform, typed_elsewhere
from models.rules import answers
from models.rules.answer_columns import account_key, promoted, unit_item
from models.rules.fields.account_key import title_key
from models.rules.filing_kind import FilingKind
from models.rules.similar_names import names_unit, school_name_in
from models.rules.workflow import State

MOST_NAMES = 3


@dataclass(frozen=True)
class Caution:
    """One sentence; where `url` is given, its `words` lead there."""

    sentence: str
    words: str = ""
    url: str = ""


def cautions(case: FilingCase, values: Mapping[str, Any], only: str = "") -> dict[str, list[Caution]]:
    """What deserves a second look, by item.

    A number that is unlikely, a character no font has, an account that somebody has filed already
    (一号一报备; handing in refuses it, but it is kinder to say so at once), a name that is hard to
    tell from another's. `only`: the one item that is drawn; nothing else is looked up.
    """
    by_item = defaultdict(list)
    plain = [*answers.warnings(case.form, values), *unprintable(case.form, values).items()]
    for name, sentence in plain:
        by_item[name].append(Caution(sentence))
    for name, looked_up in _Look(case, values).by_item().items():
        if not only or name == only:
            by_item[name] += list(looked_up)
    return dict(by_item)


def for_reviewers(case: FilingCase) -> list[Caution]:
    """The same for whoever reads a filing in review; what cannot be printed is said elsewhere."""
    filing = case.filing
    if filing.state is not State.in_review:
        return []
    plain = [Caution(sentence) for _, sentence in answers.warnings(case.form, filing.answers)]
    return plain + list(chain(*_Look(case, filing.answers).by_item().values()))


class _Look:
    """One look at the account and the name of a filing, as they are typed now."""

    def __init__(self, case: FilingCase, values: Mapping[str, Any]):
        self.filing, self.form, self.values = case.filing, case.form, values
        self.naming, self.columns = self.form.channel.naming, promoted(self.form, values)
        filing = self.filing
        chosen = values.get(unit_item(self.form, filing.kind)) or {"id": filing.unit_id}
        self.unit = tree(filing.institution).nodes[int(chosen["id"])]

    @cached_property
    def visible(self) -> set[int] | None:
        return current_user.visible_units()

    def by_item(self) -> dict[str, Iterator[Caution]]:
        """Item to its cautions, which are looked up only when they are read."""
        channel = self.form.channel
        looks = {
            channel.account: self._account(),
            channel.platform: self._platform(),
            channel.title: self._title(),
        }
        by_item = {path.partition(".")[0]: look for path, look in looks.items()}
        unit = unit_item(self.form, self.filing.kind) or channel.title
        by_item[unit] = chain(self._barred(), by_item.get(unit, ()))
        return by_item

    def _barred(self) -> Iterator[Caution]:
        """What the school took from the unit, or one above it, for this year."""
        bar = bar_of(g.institution, self.filing, self.values, self.unit.id)
        if bar is not None:
            yield Caution(f"{bar.words}请先与{g.institution.office}联系。")

    def _account(self) -> Iterator[Caution]:
        """Who has it, or is about to: 一号一报备."""
        platform, key = self.columns["platform"], account_key(self.form, self.values)
        other = holder(self.filing.institution, platform, key, besides=self.filing.channel)
        if other is not None:
            standing = "正在备案" if other.state is ChannelState.planned else "已备案"
            named = f"名称为“{other.title}”（{other.state_label}）"
            yield self._linked(f"“{other.unit.name}”{standing}这个账号，{named}，请核对。", other)
            return
        filing = typed_elsewhere(self.filing, g.institution, platform, key)
        if filing is not None:
            yield Caution("另一件正在填写的备案也填了这个账号。一号一报备，请与同事核对由谁报送。")

    def _platform(self) -> Iterator[Caution]:
        """One account of a unit on each platform, where the school wants it so."""
        platform = self.columns["platform"]
        if not self.naming.one_per_platform or not platform or not self._is_first:
            return
        other = on_same_platform(self.filing, self.unit.id, platform)
        if other is not None:
            yield self._linked(
                f"本单位在{platform}平台已有在册账号“{other.title}”，原则上一个单位同一平台只开设一个。",
                other,
            )

    def _title(self) -> Iterator[Caution]:
        """Names like this one, and whether it bears the school's name as it should."""
        title = self.columns["title"]
        if not title or not (self._is_first or title_key(title) != self.filing.channel.title_key):
            return
        platform, names = self.columns["platform"], g.institution.names
        alike = named_alike(self.filing, title, self.unit.id, platform, names)
        for other in alike[:MOST_NAMES]:
            how = "相同" if other.title_key == title_key(title) else "相近"
            where = f"（{other.platform}）" if other.platform else ""
            yield self._linked(
                f"名称与“{other.unit.name}”的“{other.title}”{where}{how}，"
                "请核对是否重复，或换一个容易区分的名称。",
                other,
            )
        yield from self._bearing(title)

    def _bearing(self, title: str) -> Iterator[Caution]:
        """Whose name it bears.

        The schools' notices put an account in scope for the school's name in its own, whoever runs
        it, persons included (通知一): what a person or a class calls so, the reviewer should see at
        once. Of an official account that bears neither the school's nor its unit's name nobody can
        tell that it is one.
        """
        name = school_name_in(title, g.institution.names)
        if name and self.unit.kind in self.naming.personal:
            kind = g.institution.unit_kinds.get(self.unit.kind, self.unit.kind)
            yield Caution(
                f"名称含有校名“{name}”，而开设者属于“{kind}”。以校名命名的账号须经审核，请确认可以这样命名。"
            )
        official = self.unit.kind in self.naming.official
        if not name and official and not names_unit(title, self.unit.name):
            names = "、".join(g.institution.names)
            yield Caution(f"名称里没有校名（{names}），也看不出是“{self.unit.name}”开设的，请核对。")

    @property
    def _is_first(self) -> bool:
        return self.filing.kind is FilingKind.first

    def _linked(self, sentence: str, other: Channel) -> Caution:
        """A sentence about a channel, whose name leads there for those who may look at it."""
        if not other.title or not is_within_scope(other, self.visible):
            return Caution(sentence)
        return Caution(sentence, other.title, url_for(".channel", channel_id=other.id))
