"""Through whose hands a filing goes: the steps, as a school words and signs them."""

from typing import Any, Literal

from models.rules.definitions.by_kind import ByKind, for_kind
from models.rules.fields import Condition, Definition
from models.rules.fields.base import FILING_KIND, OWNER_KIND, Name, Words
from models.rules.filing_kind import FilingKind


class Step(Definition):
    """One opinion. The exceptions a school writes down: `distinct: false` lets whoever signed an
    earlier step sign this one too, `submitter_may` whoever wrote the filing or handed it in.
    """

    name: Name
    label: Words
    short: Words
    role: Literal["reporter", "head", "office"]
    of: Literal["unit", "office"]
    opinion: ByKind[str] = ""
    suggestion: ByKind[list[Words]] = []
    sign: list[str] = []
    date: str = "年    月    日"
    print_approval: bool = True
    when: Condition | None = None
    distinct: bool = True
    submitter_may: bool = False

    def printed(self, kind: FilingKind | str) -> str:
        """The words that its box has printed in a filing of this kind; '' for none."""
        return for_kind(self.opinion, kind, "").strip("\n") if self.asked_in(kind) else ""

    def suggestions(self, kind: FilingKind | str) -> list[str]:
        """The sentences to pick from in a filing of this kind, the one taken by itself first."""
        return for_kind(self.suggestion, kind, [])

    def asked_in(self, kind: FilingKind | str) -> bool:
        """Whether a filing of this kind may come to it at all (a closing promises nothing)."""
        return self.when is None or self.when.field != FILING_KIND or str(kind) in self.when.codes


class Route(Definition):
    """The steps in order; signed on the form's own sheet, or as a list for many filings."""

    signed_as: Literal["sheet", "list"] = "sheet"
    steps: list[Step] = []

    def steps_for(self, values: dict[str, Any], kind: FilingKind | str, owner_kind: str) -> list[Step]:
        """The steps this filing takes, by its answers, its kind and the kind of its unit."""
        facts = {**values, FILING_KIND: str(kind), OWNER_KIND: owner_kind}
        return [step for step in self.steps if step.when is None or step.when.holds(facts)]
