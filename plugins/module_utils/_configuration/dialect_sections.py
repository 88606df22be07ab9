# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections and steps of earlier tools that no kind has: each is named in a warning, and nothing else is done."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import replace

from .._errors import Problem
from .dialect_keys import not_applied, sections_not_applied
from .document import Mapping, Sequence, edited, problem_at, relisted
from .files import Document


def without_foreign_parts(
    documents: Iterable[Document], kinds: AnyMapping[str, t.Any]
) -> tuple[list[Document], list[Problem]]:
    """The documents without these sections and steps, and a warning for each of their members.

    They go before variables are replaced: a variable in what is not applied needs no value.
    """
    own = {kind.section for kind in kinds.values()}
    foreign = {section: why for section, why in sections_not_applied().items() if section not in own}
    refused = not_applied("scenarios.steps")
    result = []
    problems: list[Problem] = []
    for document in documents:
        found = [section for section in foreign if section in document.content]
        for section in found:
            problems += _warnings(document.content, section, foreign[section])
        content = edited(document.content, {}, found) if found else document.content
        content, wrong = _without_steps(content, refused)
        problems += wrong
        result.append(document if content is document.content else replace(document, content=content))
    return result, problems


def _without_steps(content: Mapping, refused: AnyMapping[str, str]) -> tuple[Mapping, list[Problem]]:
    """The content without the steps of scenarios that DSS does not have, which are ``refused`` for a reason."""
    scenarios = content.get("scenarios")
    problems: list[Problem] = []
    result: list[t.Any] = []
    if not isinstance(scenarios, Sequence):
        return content, problems
    for index, item in enumerate(scenarios):
        steps = item.get("steps") if isinstance(item, Mapping) else None
        kept = Sequence((), content.file)
        for number, step in enumerate(steps if isinstance(steps, Sequence) else ()):
            why = refused.get(str(step.get("type"))) if isinstance(step, Mapping) else None
            if why is None:
                kept.append(step)
                kept.marks += getattr(steps, "marks", [])[number : number + 1]
            else:
                place = ("scenarios", index, "steps", number)
                problems.append(problem_at(content, place, f"not applied, because {why}", "warning"))
        result.append(edited(item, {"steps": kept}) if isinstance(steps, Sequence) and len(kept) < len(steps) else item)
    return (edited(content, {"scenarios": relisted(scenarios, result)}) if problems else content), problems


def _warnings(content: Mapping, section: str, why: str) -> Iterable[Problem]:
    members = content[section]
    places: list[tuple[str | int, ...]] = [(section,)]
    if isinstance(members, list) and members:
        places = [(section, index) for index in range(len(members))]
    for place in places:
        yield problem_at(content, place, f"not applied, because {why}", "warning")
