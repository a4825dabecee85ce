"""请留意: what is allowed but probably a slip, said beside the item while it is typed."""

from collections.abc import Mapping
from typing import Any

from blueprints.institution.unprintable import unprintable
from models import answers
from models.channel import holder
from models.definition import Form
from models.filing import Filing
from models.promotion import account_key, promoted


def cautions(filing: Filing, definition: Form, values: Mapping[str, Any]) -> dict[str, str]:
    """A sentence for each item that deserves a second look.

    A number that is unlikely, a character no font has, an account that somebody has filed already
    (一号一报备; handing in refuses it, but it is kinder to say so at once).
    """
    found = dict(answers.warnings(definition, values)) | unprintable(definition, values)
    platform = promoted(definition, values)["platform"]
    other = holder(
        filing.institution, platform, account_key(definition, values), besides=filing.channel
    )
    if other is not None:
        item = definition.channel.account.partition(".")[0]
        found[item] = f"“{other.unit.name}”已备案这个账号，名称为“{other.title}”，请核对。"
    return found
