"""Units as a list of accounts names them: found among those a person may file for."""

from collections import defaultdict
from difflib import get_close_matches

from models.people.person import Person
from models.people.unit import tree
from models.rules.messages import clean
from models.rules.typed_text import folded
from models.rules.workflow import Role

FULL_NAME = "请写单位全称。"
# Comparing with every name of a school takes its time.
MOST_HINTS = 50


class FilerUnits:
    """The active units of a school for which a person files.

    `names`: theirs, by id as text; `every`: those of the whole school, by id.
    """

    def __init__(self, person: Person):
        nodes = tree(person.institution).nodes
        mine = set(nodes) if person.has(Role.office) else person.units(Role.reporter)
        self.ids = {unit for unit in mine if nodes[unit].active}
        self.names = {str(unit): nodes[unit].name for unit in sorted(self.ids)}
        self.every = {node.id: node.name for node in nodes.values()}
        self._hints: dict[str, str] = {}
        self._by_key: dict[str, list[int]] = defaultdict(list)
        for unit in sorted(self.ids):
            self._by_key[_key(nodes[unit].name)].append(unit)

    def find(self, typed: str) -> int:
        """The unit of that name. Raises ValueError with a sentence."""
        units = self._by_key.get(_key(typed), [])
        if len(units) == 1:
            return units[0]
        if units:
            raise ValueError(
                f"名为“{clean(typed)}”的单位有 {len(units)} 个，看不出是哪一个。"
                "请把这些行单独存成一个表，在导入时选定单位。"
            )
        named = clean(typed)[:30]
        raise ValueError(f"您能填报的单位中没有“{named}”，{self._hint(named)}")

    def _hint(self, typed: str) -> str:
        if typed not in self._hints and len(self._hints) < MOST_HINTS:
            near = get_close_matches(typed, self.names.values(), 1, 0.5)
            self._hints[typed] = f"是不是“{near[0]}”？" if near else FULL_NAME
        return self._hints.get(typed, FULL_NAME)


def _key(name: str) -> str:
    return "".join(folded(clean(name)).split())
