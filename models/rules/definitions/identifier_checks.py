"""What the rules for accounts and their names in a form's YAML must be beyond their shape."""

import re
from collections.abc import Iterable

from models.rules.definitions.definition import Form
from models.rules.definitions.identifiers import Identifier
from models.rules.definitions.presets import nearest
from models.rules.definitions.yaml_source import Path_, Source

_HOST = re.compile(r"(?!www\.)([a-z0-9-]+\.)+[a-z]{2,}")
# Keys that only one shape looks at.
_OWN = {"digits": "digits", "hosts": "address", "same_hosts": "address", "identified_by": "address"}


def check_identifiers(source: Source, form: Form) -> None:
    """Add every mistake in `channel.identifiers` to the source's errors."""
    channel, path = form.channel, ("channel", "identifiers")
    accounts = [item.name for item in form.items() if item.type == "account"]
    if channel.identifiers and channel.account not in accounts:
        source.complain(path, "identifier_account")
    codes = [
        code
        for item in form.items()
        if item.name in (channel.platform, channel.nature)
        for code in getattr(item, "choices", ())
    ]
    for code, rule in channel.identifiers.items():
        if code not in codes:
            source.complain((*path, code), "identifier_code", code=code, near=nearest(code, codes))
        _check_rule(source, rule, (*path, code))


def _check_rule(source: Source, rule: Identifier, path: Path_) -> None:
    for key in sorted(rule.model_fields_set & set(_OWN)):
        if rule.shape != _OWN[key]:
            source.complain((*path, key), "identifier_key", key=key, shape=_OWN[key])
    for n, host in enumerate(rule.hosts):
        if not _HOST.fullmatch(host):
            source.complain((*path, "hosts", n), "identifier_host", host=host)
    if len(rule.digits) != 2 or not 1 <= rule.digits[0] <= rule.digits[1]:
        source.complain((*path, "digits"), "identifier_digits")
    elif not rule.fits(rule.example):
        source.complain((*path, "example"), "identifier_example", example=rule.example)


def check_naming(source: Source, form: Form, owner_kinds: Iterable[str] | None) -> None:
    """The kinds of units in `channel.naming` must be the school's. None: it is unreadable."""
    for key in ("official", "personal"):
        for n, kind in enumerate(getattr(form.channel.naming, key)):
            if owner_kinds is not None and kind not in owner_kinds:
                near = nearest(kind, owner_kinds)
                source.complain(("channel", "naming", key, n), "unknown_unit_kind", kind=kind, near=near)
