# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What triggers, steps and reporters name: to open ids on the way to DSS, and back to names."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from .._plan.compare import Document
from .base import Known, Neighbours
from .flow_items import BUILT, FOLDER, Named, Reference, named, reference, referring

_LISTS = ("triggers", "steps", "reporters")
_ITEMS = ("items", "datasets")
_DASHBOARD = Named("dashboard", "DASHBOARD", "dashboard")
_SINGLE = (FOLDER, _DASHBOARD, Named("webapp", "WEB_APP", "webapp"))
# These are told by a type that DSS does not have: a build without items or the like is said by its empty parameters.
_EMPTY: Mapping[str, str] = {"build_flowitem": "items", "run_scenario": "scenario", "temporal": "frequency"}


def referring_parts(author: Mapping[str, t.Any], neighbours: Neighbours) -> tuple[Document, list[Reference]]:
    """The author mapping with the ids of what is declared left open, and what it refers to."""
    references: list[Reference] = []

    def item(value: t.Any) -> t.Any:
        resolved, found = referring(value, BUILT, neighbours)
        references.extend(found)
        return resolved

    def single(entry: Named, value: t.Any) -> t.Any:
        resolved, found = reference(entry, value, neighbours)
        references.extend(found)
        return resolved

    return _each_part(author, lambda part: _translated(part, item, single)), references


def named_parts(author: Mapping[str, t.Any], known: Known) -> Document:
    """The author mapping with names in place of ids."""

    def single(entry: Named, value: t.Any) -> t.Any:
        return known.of(entry.kind).get(value, value) if isinstance(value, str) else value

    def part(value: Document) -> Document:
        translated = _translated(value, lambda item: named(item, BUILT, known), single)
        lacking = _EMPTY.get(str(value.get("type")))
        return translated if lacking is None or lacking in value else {**translated, "params": value.get("params", {})}

    return _each_part(author, part)


def _each_part(author: Mapping[str, t.Any], function: Callable[[Document], Document]) -> Document:
    return {
        key: [function(part) if isinstance(part, dict) else part for part in value]
        if key in _LISTS and isinstance(value, list)
        else value
        for key, value in author.items()
    }


def _translated(part: Document, item: Callable[[t.Any], t.Any], single: Callable[[Named, t.Any], t.Any]) -> Document:
    """A part of a scenario, or an attachment of a message, with everything that it names put through a function."""
    result = dict(part)
    for key in _ITEMS:
        if isinstance(part.get(key), list):
            result[key] = [item(member) for member in part[key]]
    for entry in _SINGLE:
        if entry.key in part:
            result[entry.key] = single(entry, part[entry.key])
    if isinstance(part.get("dashboards"), list):
        members = [value if isinstance(value, Mapping) else {"dashboard": value} for value in part["dashboards"]]
        result["dashboards"] = [_translated(dict(member), item, single) for member in members]
    if isinstance(part.get("attachments"), list):
        result["attachments"] = [
            _translated(dict(value), item, single) if isinstance(value, Mapping) else value
            for value in part["attachments"]
        ]
    return result
