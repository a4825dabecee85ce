"""A school's units as plain data: who is below whom, and who signs for whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain


@dataclass(frozen=True)
class Node:
    id: int
    name: str
    kind: str
    parent_id: int | None
    pinyin: str
    active: bool


@dataclass(frozen=True)
class Signers:
    """`heads`: ids of people by unit; `offices`: the units for which somebody holds the office's role."""

    heads: dict[int, frozenset[int]]
    offices: frozenset[int]


@dataclass(frozen=True)
class Tree:
    """`nodes` by id in the order of the tree's making; `ask_signers` gives who signs where.

    `ask_granted`: who of the active people is there in which role. Both are asked when first needed, for most
    pages need nobody.
    """

    nodes: dict[int, Node]
    ask_signers: Callable[[], Signers]
    ask_granted: Callable[[], dict[str, dict[int, frozenset[int]]]] = dict

    @cached_property
    def signers(self) -> Signers:
        return self.ask_signers()

    @property
    def heads(self) -> dict[int, frozenset[int]]:
        """A unit's heads by their ids, those who stand in for one included."""
        return self.signers.heads

    @property
    def office_heads(self) -> frozenset[int]:
        """Ids of the people who head a unit that holds the school's office."""
        return frozenset().union(*(self.heads.get(unit, ()) for unit in self.signers.offices))

    @cached_property
    def granted(self) -> dict[str, dict[int, frozenset[int]]]:
        """By role and unit, the ids of the people who report for it or are of the office there."""
        return self.ask_granted()

    @cached_property
    def children(self) -> dict[int | None, list[int]]:
        children: dict[int | None, list[int]] = {}
        for node in self.nodes.values():
            children.setdefault(node.parent_id, []).append(node.id)
        return children

    def below(self, roots: Iterable[int]) -> set[int]:
        """The given units and everything under them."""
        units, waiting = set(), list(roots)
        while waiting:
            unit = waiting.pop()
            if unit not in units:
                units.add(unit)
                waiting.extend(self.children.get(unit, ()))
        return units

    def upwards(self, unit_id: int | None) -> list[int]:
        """The unit and those above it, the nearest first."""
        units: list[int] = []
        while unit_id is not None and unit_id not in units:
            units.append(unit_id)
            unit_id = self.nodes[unit_id].parent_id
        return units

    def signing_unit(self, unit_id: int | None) -> int | None:
        """The nearest unit, from this one upwards, that has a head; None when none has."""
        return next((unit for unit in self.upwards(unit_id) if self.heads.get(unit)), None)

    def heads_for(self, unit_id: int) -> frozenset[int]:
        """Ids of the people who sign for the unit."""
        signing = self.signing_unit(unit_id)
        return frozenset() if signing is None else self.heads[signing]

    def holders(self, role: str) -> frozenset[int]:
        """Ids of the people who hold the role anywhere; of those that `granted` knows."""
        return frozenset(chain.from_iterable(self.granted.get(role, {}).values()))

    def nearest(self, role: str, unit_id: int) -> frozenset[int]:
        """Ids of the people who hold the role in the unit, or in the nearest above it where somebody does."""
        held = self.granted.get(role, {})
        return next((held[unit] for unit in self.upwards(unit_id) if unit in held), frozenset())

    def named_like(self, words: str) -> set[int]:
        """Units whose name or pinyin initials contain the words."""
        wanted = words.lower()
        return {
            node.id for node in self.nodes.values() if wanted in node.name.lower() or wanted in node.pinyin
        }

    def ordered(self) -> list[tuple[Node, int]]:
        """Every unit with its depth, a parent before its children, as a select box shows them."""
        rows: list[tuple[Node, int]] = []
        waiting = [(unit, 0) for unit in reversed(self.children.get(None, []))]
        while waiting:
            unit, depth = waiting.pop()
            rows.append((self.nodes[unit], depth))
            waiting.extend((child, depth + 1) for child in reversed(self.children.get(unit, [])))
        return rows
