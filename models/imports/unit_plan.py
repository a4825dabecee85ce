"""Where every unit of a file belongs: to one that is there, or to another line of the file.

Nothing here follows a chain by calling itself: a list of 5 000 units may be one chain.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from models.imports.unit_names import UnitNames, parts, too_many
from models.rules.messages import say
from models.rules.particulars import same, tidy
from models.rules.unit_tree import Tree

# A unit of the school by its id, or one that the file adds, by its name and what is above it.
Key = tuple[str, str]
Ref = int | Key


@dataclass
class Entry:
    """What one line says. `kind`: a code, '' not said; `active`: None not said.

    `errors`: path -> sentence, of the line's own cells. `new`: it was already decided that the
    line means no unit that is there.
    """

    name: str
    above: str
    kind: str = ""
    active: bool | None = None
    errors: dict[str, str] = field(default_factory=dict)
    new: bool = False


@dataclass
class Place:
    """A unit that the file names, with its first line. `parent`: None at the very top."""

    entry: Entry
    ref: Ref
    parent: Ref | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return not isinstance(self.ref, int)


class Plan:
    """The school's tree as it is together with the file's lines.

    `own_names`: what the school itself is called; in a school without units, the line of that
    name becomes the top.
    """

    def __init__(self, tree: Tree, entries: Iterable[Entry], own_names: Collection[str]):
        self.tree, self.names = tree, UnitNames(tree)
        self.top = next(iter(tree.children.get(None, [])), None)
        self.places: dict[Key, Place] = {}
        self.named: dict[str, list[Key]] = defaultdict(list)
        for entry in entries:
            key = self._key(entry)
            if key not in self.places:
                self.places[key] = Place(entry, ref=key)
                self.named[key[0]].append(key)
        for key, place in self.places.items():
            self._find_unit(key, place)
        self._find_top(own_names)
        # The first line about a unit counts.
        self.by_ref = {place.ref: place for place in reversed(self.places.values())}
        for place in self.places.values():
            self._find_parent(place)
        self.parents: dict[Ref, Ref | None] = {
            ref: place.parent for ref, place in self.by_ref.items() if place.is_new or not place.errors
        }
        self._find_faults_above()
        self.below: dict[Ref | None, set[Ref]] = defaultdict(set)
        for ref in {*tree.nodes, *self.by_ref}:
            self.below[self.parent_of(ref)].add(ref)

    def place(self, entry: Entry) -> Place:
        """The place that a line of the file names."""
        return self.places[self._key(entry)]

    def parent_of(self, ref: Ref) -> Ref | None:
        """What a unit will be under."""
        if ref in self.parents:
            return self.parents[ref]
        return self.tree.nodes[ref].parent_id

    def name_of(self, ref: Ref | None) -> str:
        if ref is None:
            return ""
        return self.tree.nodes[ref].name if isinstance(ref, int) else self.places[ref].entry.name

    def is_active(self, ref: Ref) -> bool:
        """Whether the unit will be in use."""
        place = self.by_ref.get(ref)
        if place is None or place.entry.active is None:
            return self.tree.nodes[ref].active if isinstance(ref, int) else True
        return place.entry.active

    def upwards(self, ref: Ref) -> list[Ref]:
        """A unit and those it will be under, the nearest first."""
        way: list[Ref] = []
        at: Ref | None = ref
        while at is not None:
            way.append(at)
            at = self.parent_of(at)
        return way

    def _key(self, entry: Entry) -> Key:
        """Lines of one name whose 上级单位 mean the same unit, however written, are one place."""
        name, above = same(entry.name), same(entry.above)
        unit_ids = self.names.find(entry.above)
        if not above and isinstance(self.top, int) and name not in self.names.named:
            unit_ids = [self.top]
        return name, f"#{unit_ids[0]}" if len(unit_ids) == 1 else above

    def _find_top(self, own_names: Collection[str]) -> None:
        mine = {same(name) for name in own_names}
        if self.top is None:
            self.top = next(
                (key for key, place in self.places.items() if key[0] in mine and not place.entry.above), None
            )

    def _find_unit(self, key: Key, place: Place) -> None:
        """The unit that is there: in that place, or the only one of the name, to be moved."""
        alike = self.names.named.get(key[0], [])
        nodes, above = self.tree.nodes, place.entry.above
        if above:
            parents = self.names.find(above)
            here = [unit for unit in alike if nodes[unit].parent_id in parents]
        elif len(alike) > 1:
            here = [unit for unit in alike if nodes[unit].parent_id in (None, self.top)] or alike
        else:
            here = alike
        only_one = len(alike) == 1 and len(self.named[key[0]]) == 1
        if len(here) == 1:
            place.ref = here[0]
        elif here:
            paths = [self.names.path(unit) for unit in here]
            place.errors["parent"] = too_many(place.entry.name, paths)
        elif only_one and not place.entry.new:
            place.ref = alike[0]

    def _find_parent(self, place: Place) -> None:
        above = tidy(place.entry.above)
        now = None if place.is_new else self.tree.nodes[place.ref].parent_id
        if place.is_new and not place.entry.kind and "kind" not in place.entry.errors:
            place.errors["kind"] = say("required_choice", label="单位类别")
        if "parent" in place.errors:
            return
        if not above or (now is not None and now in self.names.find(above)):
            place.parent = self.top if place.is_new and place.ref != self.top else now
            return
        parents = self._meant_by(above)
        if len(parents) == 1:
            place.parent = parents[0]
        elif parents:
            paths = [self._path(ref) for ref in parents]
            place.errors["parent"] = too_many(above, paths)
        else:
            place.errors["parent"] = (
                f"没有叫“{above[:50]}”的单位，本表中也没有。请核对名称，或先把它加到表里。"
            )

    def _meant_by(self, text: str) -> list[Ref]:
        """Every unit, of the school or of the file, that a name or path may mean."""
        whole = [self.places[key].ref for key in self.named.get(same(text), ())]
        refs = [*self.names.find(text), *whole]
        if not refs and (path := parts(text)):
            refs = [
                self.places[key].ref
                for key in self.named.get(path[-1], ())
                if _agree(path[:-1], parts(self._above(self.places[key])))
            ]
        return list(dict.fromkeys(refs))

    def _above(self, place: Place) -> str:
        return place.entry.above or self.name_of(self.top)

    def _path(self, ref: Ref) -> str:
        if isinstance(ref, int):
            return self.names.path(ref)
        place = self.places[ref]
        above = self._above(place)
        return f"{above}/{place.entry.name}" if above else place.entry.name

    def _find_faults_above(self) -> None:
        """A circle has no way up to anyone who signs; and below a faulty line nothing can stand."""
        sound: dict[Ref, bool] = {}
        for start in self.by_ref:
            way: dict[Ref, None] = {}
            at: Ref | None = start
            while at is not None and at not in sound and at not in way:
                way[at] = None
                at = self.parent_of(at)
            if at in way:
                self._break_circle(list(way)[list(way).index(at) :])
            for ref in reversed(way):
                sound[ref] = self._stands(ref, sound)

    def _break_circle(self, circle: list[Ref]) -> None:
        """The lines of a circle are wrong, and what they asked for is left out of account."""
        for ref in circle:
            if ref in self.by_ref:
                self.by_ref[ref].errors["parent"] = "不能放到它自己或它的下级单位下面，请改上级单位。"
                self.parents[ref] = self.tree.nodes[ref].parent_id if isinstance(ref, int) else None

    def _stands(self, ref: Ref, sound: dict[Ref, bool]) -> bool:
        """Whether others can be put under it. A unit that is there can, whatever its line says."""
        place, parent = self.by_ref.get(ref), self.parent_of(ref)
        if place is None:
            return True
        if not sound.get(parent, True) and "parent" not in place.errors:
            name = self.name_of(parent)
            place.errors["parent"] = f"上级单位“{name}”也在本表中，但那一行有错误，请先改好它。"
        return not place.is_new or not (place.errors or place.entry.errors)


def _agree(path: list[str], other: list[str]) -> bool:
    """Whether two paths, each written as far up as somebody cared to, can be the same."""
    pairs = zip(reversed(path), reversed(other), strict=False)
    return bool(other) and all(a == b for a, b in pairs)
