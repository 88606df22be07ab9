# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections ``moved`` and ``removed``: what becomes of recorded resources that are no longer declared as they were."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import replace

from .._errors import Problem
from .checks import Entries, Entry, address_of
from .document import Mapping, Sequence, bracket, edited, mark_in, problem_at
from .files import Document
from .policies import Moved, Removed
from .policy_sections import Item, address_fault, items_of


def with_listed_changes(documents: Iterable[Document]) -> tuple[list[Document], list[Problem]]:
    """The documents in which ``moved`` and ``removed`` are lists, where they were mappings of addresses."""
    result = []
    problems: list[Problem] = []
    for document in documents:
        moved = document.content.get("moved")
        if isinstance(moved, Mapping):
            document = replace(document, content=edited(document.content, {"moved": _listed_moves(moved)}))
        value = document.content.get("removed")
        if isinstance(value, Mapping):
            for address, entry in value.items():
                if isinstance(entry, Mapping) and "resource" in entry:
                    path = ("removed", address, "resource")
                    problems.append(problem_at(document.content, path, "stands in a list only: the key is the address"))
            document = replace(document, content=edited(document.content, {"removed": _listed(value)}))
        result.append(document)
    return result, problems


def _listed_moves(moved: Mapping) -> Sequence:
    """Each item is found where the old address was written."""
    items = Sequence((), moved.file)
    for source, target in moved.items():
        mark = mark_in(moved, source)
        items.append(Mapping({"from": source, "to": target}, moved.file, {"from": mark, "to": mark} if mark else {}))
        if mark is not None:
            items.marks.append(mark)
    return items


def _listed(removed: Mapping) -> Sequence:
    """Each item and its ``resource`` are found where the address was written."""
    items = Sequence((), removed.file)
    for address, entry in removed.items():
        mark = mark_in(removed, address)
        item = Mapping((), removed.file) if entry is None else entry
        if isinstance(item, Mapping):
            item = edited(item, {"resource": address})
            if mark is not None:
                item.marks["resource"] = mark
        items.append(item)
        if mark is not None:
            items.marks.append(mark)
    return items


def moves(
    documents: Iterable[Document], kinds: AnyMapping[str, t.Any], entries: Entries, project_key: str | None
) -> tuple[tuple[Moved, ...], list[Problem]]:
    """What has another address, in the order of the files, and what is wrong with it beyond its schema."""
    declared = _declared(entries, project_key)
    items = [item for item in items_of(documents, "moved", "from") if isinstance(item.content.get("to"), str)]
    ends = _ends({str(item.content["from"]): str(item.content["to"]) for item in items}, declared)
    found: list[Moved] = []
    problems: list[Problem] = []
    first: dict[str, Item] = {}
    for item in items:
        source, target = str(item.content["from"]), str(item.content["to"])
        faults = {
            "from": address_fault(source, kinds) or _foreign(source, kinds, project_key),
            "to": address_fault(target, kinds) or _foreign(target, kinds, project_key),
        }
        for key in ("from", "to"):
            before = first.setdefault(f"{key} {item.content[key]}", item)
            if not faults[key] and before is not item:
                faults[key] = f"'{item.content[key]}' stands here twice, first at {before.place}"
        if not any(faults.values()):
            faults = _move_faults(source, target, kinds, declared, ends)
        problems += [item.problem(fault, key) for key, fault in faults.items() if fault]
        found.append(Moved(source, ends.get(source, target), item.location))
    return tuple(found), problems


def _ends(moved: dict[str, str], declared: dict[str, Entry]) -> dict[str, str]:
    """The declared address at the end of each chain of moves, by the addresses on the way."""
    before = {target: source for source, target in moved.items()}
    ends: dict[str, str] = {}
    for target in moved.values():
        source = before.get(target) if target in declared else None
        while source is not None and source not in ends:
            ends[source] = target
            source = before.get(source)
    return ends


def _move_faults(
    source: str, target: str, kinds: AnyMapping[str, t.Any], declared: dict[str, Entry], ends: dict[str, str]
) -> dict[str, str]:
    kind, other = source.partition(".")[0], target.partition(".")[0]
    if kind != other:
        return {"to": f"a {kind} cannot become a {other}: an address moves within its kind"}
    if getattr(kinds[kind], "singleton", False):
        return {"from": f"a {kind} has no name of its own that could change"}
    if source in declared:
        entry = declared[source]
        return {
            "from": f"'{source}' is still declared, at {entry.location} {bracket(entry.path)}: take out one of the two"
        }
    if source not in ends:
        return {"to": f"'{target}' is not declared: declare the resource under its new name"}
    return {}


def _declared(entries: Entries, project_key: str | None) -> dict[str, Entry]:
    return {
        address_of(entry.kind, project_key, entry.name): entry
        for listed in entries.by_section.values()
        for entry in listed
    }


def removals(
    documents: Iterable[Document], kinds: AnyMapping[str, t.Any], entries: Entries, project_key: str | None
) -> tuple[tuple[Removed, ...], list[Problem]]:
    """What leaves the state, and what is wrong with it beyond its schema."""
    declared = _declared(entries, project_key)
    removed: dict[str, Removed] = {}
    problems: list[Problem] = []
    first: dict[str, Item] = {}
    for item in items_of(documents, "removed"):
        address = item.resource
        before = first.setdefault(address, item)
        fault = address_fault(address, kinds) or _foreign(address, kinds, project_key)
        if before is not item:
            fault = f"'{address}' stands here twice, first at {before.place}"
        elif address in declared:
            entry = declared[address]
            fault = f"'{address}' is still declared, at {entry.location} {bracket(entry.path)}: take out one of the two"
        if fault:
            problems.append(item.problem(fault, "resource"))
        removed[address] = Removed(address, item.content.get("forget") is True, item.location)
    return tuple(removed.values()), problems


def _foreign(address: str, kinds: AnyMapping[str, t.Any], project_key: str | None) -> str:
    head, _dot, rest = address.partition(".")
    if kinds[head].scope != "project" or rest.partition(".")[0] == project_key:
        return ""
    return f"'{address}' belongs to another project than {project_key or 'this configuration, which declares none'}"
