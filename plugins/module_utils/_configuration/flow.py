# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of a configuration: what its recipes read and write."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from .._errors import Problem
from .words import Words

if t.TYPE_CHECKING:
    from .checks import Entries, Entry

Graph = dict[t.Union[str, int], list[t.Union[str, int]]]

_MAX_SHOWN = 200


def flow_problems(entries: Entries) -> list[Problem]:
    """References to nothing, datasets with two writers, recipes without outputs, and cycles."""
    declared = _Declared(entries)
    problems: list[Problem] = []
    writers: dict[str, Entry] = {}
    graph: Graph = {}
    for node, entry in enumerate(entries.of("recipes")):
        reads, writes = list(_items(entry, "inputs")), list(_items(entry, "outputs"))
        if "outputs" not in entry.author or entry.author["outputs"] in ([], None):
            problems.append(entry.problem("Recipe must have at least one output", "outputs"))
        problems += [entry.problem(fault, *item.below) for item in reads + writes if (fault := declared.fault(item))]
        for item in writes:
            if not item.is_object:
                problems += _second_writer(entry, item, writers)
        # A recipe is a node of its own, a number: many inputs times many outputs would be many edges.
        graph[node] = [item.name for item in writes if not item.is_object]
        for item in reads:
            if not item.is_object:
                graph.setdefault(item.name, []).append(node)
    order = {name: index for index, name in enumerate(entries.names("datasets"))}
    for cycle in cycles(graph, order):
        names = [name for name in cycle if isinstance(name, str)]
        shown = names if len(names) <= _MAX_SHOWN else [*names[:100], f"({len(names) - 200:,} more)", *names[-100:]]
        first = writers[names[0]] if names[0] in writers else entries.of("recipes")[0]
        problems.append(first.problem(f"Circular dependency detected: {' -> '.join(shown)}"))
    return problems


_FORMS = ("dataset", "folder", "saved_model", "evaluation_store", "knowledge_bank", "object")


class _Item(t.NamedTuple):
    """An input or output: what it names, as what, and where it stands in the recipe."""

    name: str
    form: str
    external: bool
    side: str
    below: tuple[str | int, ...]

    @property
    def is_object(self) -> bool:
        """Whether it is something of which configurations do not declare that it is there."""
        return self.form not in ("", "dataset", "folder")


def _items(entry: Entry, side: str) -> Iterator[_Item]:
    items = entry.author.get(side)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, str):
            yield _Item(item, "", False, side, (side, index))
        elif isinstance(item, dict):
            for form in _FORMS:
                if isinstance(item.get(form), str):
                    yield _Item(item[form], form, item.get("external") is True, side, (side, index, form))
                    break


class _Declared:
    """The datasets and managed folders that a configuration declares."""

    def __init__(self, entries: Entries) -> None:
        self._names = {"dataset": entries.names("datasets"), "folder": entries.names("managed_folders")}
        self._words: dict[str, Words] = {}
        # Without either section the objects of the project are kept elsewhere, and nothing is known of them.
        self._known = bool({"datasets", "managed_folders"} & entries.sections)

    def fault(self, item: _Item) -> str:
        """Why an input or output refers to nothing, or ""."""
        if not self._known or item.external or item.is_object or _is_foreign(item.name):
            return ""
        forms = (item.form,) if item.form else ("dataset", "folder")
        if any(item.name in self._names[form] for form in forms):
            return ""
        nouns = {"dataset": "dataset", "folder": "managed folder"}
        wanted = item.form or "dataset"
        message = f"Recipe {item.side.removesuffix('s')} '{item.name}' references non-existent {nouns[wanted]}"
        for form in nouns.keys() - set(forms):
            if item.name in self._names[form]:
                return f"{message}; there is a {nouns[form]} of that name"
        hint = self._hint(item, forms) or ";"
        return f"{message}{hint} declare it, or write {{{wanted}: {item.name}, external: true}}"

    def _hint(self, item: _Item, forms: tuple[str, ...]) -> str:
        if item.form not in self._words:
            self._words[item.form] = Words(name for form in forms for name in self._names[form])
        return self._words[item.form].nearest(item.name)


def _is_foreign(name: str) -> bool:
    project, dot, rest = name.partition(".")
    return bool(project and dot and rest)


def _second_writer(entry: Entry, item: _Item, writers: dict[str, Entry]) -> Iterator[Problem]:
    before = writers.setdefault(item.name, entry)
    if before is not entry:
        where = f" ({before.location})" if before.location.line else ""
        yield entry.problem(
            f"'{item.name}' is written by two recipes, '{before.name}'{where} and '{entry.name}'; keep one of them",
            *item.below,
        )


def cycles(graph: Graph, order: dict[str, int]) -> Iterator[list[str | int]]:
    """One cycle for each knot of the graph, as a path that ends where it began; linear in nodes and edges.

    A knot is a strongly connected part. Its cycle begins at the name that comes first in ``order``.
    """
    for knot in _knots(graph):
        names = [name for name in knot if isinstance(name, str)]
        yield _cycle(graph, set(knot), min(names, key=lambda name: (order.get(name, len(order)), name)))


def _cycle(graph: Graph, members: set[str | int], start: str | int) -> list[str | int]:
    """A shortest way from a member of a knot back to itself."""
    came: dict[str | int, str | int] = {}
    level = [start]
    while level:
        following = []
        for name in level:
            for target in graph[name]:
                if target == start:
                    return _way(came, name, start)
                if target in members and target not in came:
                    came[target] = name
                    following.append(target)
        level = following
    raise AssertionError("a member of a knot has a way back to itself")


def _way(came: dict[str | int, str | int], last: str | int, start: str | int) -> list[str | int]:
    path = [start]
    while last != start:
        path.append(last)
        last = came[last]
    return [*path, start][::-1]


def _knots(graph: Graph) -> Iterator[list[str | int]]:
    """The strongly connected parts that hold a cycle (Tarjan, without recursion)."""
    index: dict[str | int, int] = {}
    low: dict[str | int, int] = {}
    stack: list[str | int] = []
    on_stack: set[str | int] = set()
    for root in graph:
        if root in index:
            continue
        work: list[tuple[str | int, Iterator[str | int]]] = []
        _enter(root, graph, index, low, stack, on_stack, work)
        while work:
            name, targets = work[-1]
            for target in targets:
                if target not in index:
                    _enter(target, graph, index, low, stack, on_stack, work)
                    break
                if target in on_stack:
                    low[name] = min(low[name], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    knot = _popped(stack, on_stack, name)
                    if len(knot) > 1:
                        yield knot


def _enter(
    name: str | int,
    graph: Graph,
    index: dict[str | int, int],
    low: dict[str | int, int],
    stack: list[str | int],
    on_stack: set[str | int],
    work: list[tuple[str | int, Iterator[str | int]]],
) -> None:
    index[name] = low[name] = len(index)
    stack.append(name)
    on_stack.add(name)
    work.append((name, iter(graph.get(name, ()))))


def _popped(stack: list[str | int], on_stack: set[str | int], until: str | int) -> list[str | int]:
    knot = []
    while True:
        name = stack.pop()
        on_stack.discard(name)
        knot.append(name)
        if name == until:
            return knot
