# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sections of earlier tools that no kind has: each of their members is named in a warning, and nothing else is done."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import replace

from .._errors import Problem
from .dialect_keys import sections_not_applied
from .document import Mapping, edited, problem_at
from .files import Document


def without_foreign_sections(
    documents: Iterable[Document], kinds: AnyMapping[str, t.Any]
) -> tuple[list[Document], list[Problem]]:
    """The documents without these sections, and a warning for each member of one."""
    own = {kind.section for kind in kinds.values()}
    foreign = {section: why for section, why in sections_not_applied().items() if section not in own}
    result = []
    problems: list[Problem] = []
    for document in documents:
        found = [section for section in foreign if section in document.content]
        for section in found:
            problems += _warnings(document.content, section, foreign[section])
        content = edited(document.content, {}, found) if found else document.content
        result.append(replace(document, content=content) if found else document)
    return result, problems


def _warnings(content: Mapping, section: str, why: str) -> Iterable[Problem]:
    members = content[section]
    places: list[tuple[str | int, ...]] = [(section,)]
    if isinstance(members, list) and members:
        places = [(section, index) for index in range(len(members))]
    for place in places:
        yield problem_at(content, place, f"not applied, because {why}", "warning")
