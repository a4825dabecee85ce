"""Units as people write them in a list: by name, or by path where names repeat."""

import re
from collections import defaultdict

from models.rules.particulars import same
from models.rules.unit_tree import Tree

_BETWEEN = re.compile(r"[/／]")


def parts(text: str) -> list[str]:
    """The names of a path, from above: 校团委/青年志愿者协会; a plain name is one part."""
    return [same(part) for part in _BETWEEN.split(text) if same(part)]


class UnitNames:
    """The school's units by what they may be called."""

    def __init__(self, tree: Tree):
        self.nodes = tree.nodes
        self.named: dict[str, list[int]] = defaultdict(list)
        for node in tree.nodes.values():
            self.named[same(node.name)].append(node.id)

    def find(self, text: str) -> list[int]:
        """The ids of all units that a name or path may mean; a name with a / in it comes first."""
        if whole := self.named.get(same(text)):
            return whole
        path = parts(text)
        if not path:
            return []
        return [unit for unit in self.named.get(path[-1], ()) if self._lies_in(unit, path[:-1])]

    def path(self, unit_id: int) -> str:
        """A unit with the one above it, which tells it from others of its name."""
        node = self.nodes[unit_id]
        above = self.nodes.get(node.parent_id)
        return f"{above.name}/{node.name}" if above else node.name

    def _lies_in(self, unit_id: int, above: list[str]) -> bool:
        for name in reversed(above):
            unit_id = self.nodes[unit_id].parent_id
            if unit_id is None or same(self.nodes[unit_id].name) != name:
                return False
        return True


def too_many(text: str, paths: list[str]) -> str:
    """The sentence for a name that means several units, with what to write instead."""
    shown = "”或“".join(paths[:3])
    return f"有 {len(paths)} 个单位叫“{text}”，请写成“{shown}”，说明是哪一个。"
