"""Whether something that was found is on file already, however its link was copied."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import or_, select

from models.channels.channel import CLAIMED, Channel, ChannelState
from models.database import db
from models.findings.found_account import FoundAccount, FoundState
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.fields.account_key import normalise, title_key

MOST = 5


def platforms(institution: Institution) -> list[str]:
    """The platforms that the school's forms offer by name."""
    fields = [
        form.field(form.channel.platform) for form in institution.forms.values() if form.channel.platform
    ]
    labels = [
        label for field in fields for code, label in getattr(field, "choices", {}).items() if code != "other"
    ]
    return list(dict.fromkeys(labels))


def forms_of(institution: Institution, finding: FoundAccount) -> set[str]:
    """Codes of the forms on which a found account would be filed; all while nothing tells."""
    filed = finding.filing or finding.channel
    if filed is not None:
        return {filed.form}
    offering = {
        code
        for code, form in institution.forms.items()
        if form.channel.platform
        and finding.platform in getattr(form.field(form.channel.platform), "choices", {}).values()
    }
    return offering or set(institution.forms)


def keys(institution: Institution, account: str) -> set[str]:
    """Every key under which one of the school's forms may hold this link or id."""
    rules = [rule for form in institution.forms.values() for rule in form.channel.identifiers.values()]
    return {normalise(account), *(rule.key(account) for rule in rules)} - {""}


def on_file(
    institution: Institution, title: str, platform: str, account: str, unit_ids: Collection[int] | None = None
) -> list[Channel]:
    """Channels that this may be: the same link or id first, then those of the same name.

    An id alone means nothing on another platform; an address means the same everywhere.
    `unit_ids`: only those of these units.
    """
    wanted = keys(institution, account)
    places = {platform, *(platforms(institution) if not platform or _is_address(account) else ())}
    query = select(Channel).where(Channel.institution == institution.code)
    if unit_ids is not None:
        query = query.where(Channel.unit_id.in_(unit_ids))
    same = query.where(Channel.platform.in_(places), Channel.account_key.in_(wanted), CLAIMED)
    named = query.where(
        Channel.title_key == title_key(title),
        Channel.state == ChannelState.in_force,
        or_(Channel.platform == platform, not platform),
    )
    channels = list(db.session.scalars(same.order_by(Channel.id).limit(MOST))) if wanted else []
    channels += list(db.session.scalars(named.order_by(Channel.id).limit(MOST))) if title_key(title) else []
    return list(dict.fromkeys(channels))[:MOST]


def is_same_account(institution: Institution, channel: Channel, account: str) -> bool:
    """Whether a channel found by `on_file` is this very account, not only one of its name."""
    return channel.account_key in keys(institution, account)


def noted_already(institution: str, account: str) -> FoundAccount | None:
    """The note of the same link that is still open; a settled one is no obstacle."""
    key = normalise(account)
    query = select(FoundAccount).where(
        FoundAccount.institution == institution,
        FoundAccount.account_key == key,
        FoundAccount.state != FoundState.settled,
    )
    noted = db.session.scalars(query.order_by(FoundAccount.id.desc())).all() if key else []
    return next((finding for finding in noted if not finding.is_over), None)


def prefilled(form: Form, finding: FoundAccount) -> dict[str, Any]:
    """What a first filing begins with: what was noted, and the choices that let it be asked."""
    noted = {form.channel.title: finding.title, form.channel.account: finding.account}
    if form.channel.platform and finding.platform:
        platform = form.field(form.channel.platform)
        code = platform.code_for(finding.platform) if hasattr(platform, "code_for") else None
        other = {"other": finding.platform} if getattr(platform, "has_other", False) else None
        noted[form.channel.platform] = code or other
    noted = {path: value for path, value in noted.items() if path and value and "." not in path}
    return _choices_that_ask(form, noted) | noted


def _choices_that_ask(form: Form, paths: Iterable[str]) -> dict[str, str]:
    """For each choice that these items depend on, the first answer under which all of them are asked.

    A web page has an address too, but only new media have a platform: what is on one is no web page.
    """
    items = {item.name for item in form.items()}
    codes: dict[str, list[str]] = {}
    for path in paths:
        condition = form.field(path).visible_when
        if condition and condition.field in items:
            wanted = codes.get(condition.field, condition.codes)
            codes[condition.field] = [code for code in wanted if code in condition.codes] or wanted
    return {field: wanted[0] for field, wanted in codes.items()}


def _is_address(account: str) -> bool:
    return "/" in normalise(account)
