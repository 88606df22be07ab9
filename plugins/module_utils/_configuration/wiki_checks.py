# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wiki has one home, and no two articles follow the same one (client, DSSWikiSettings)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from .._errors import Problem

if t.TYPE_CHECKING:
    from .checks import Entries, Entry


def wiki_problems(entries: Entries) -> Iterator[Problem]:
    """A second home, and articles that are declared at one place of the tree."""
    home: Entry | None = None
    places: dict[tuple[t.Any, t.Any], Entry] = {}
    for entry in entries.of("wiki_articles"):
        author = entry.author
        if author.get("home") is True:
            if home is not None:
                yield entry.problem(f"article '{home.name}' is the home of the wiki already", "home")
            home = home or entry
        if "after" not in author or isinstance(author["after"], (dict, list)):
            continue
        # The first article below a parent that is not declared may be below any.
        place = (author["after"], author.get("parent") if author["after"] is None else None)
        if author["after"] is not None or "parent" in author:
            first = places.setdefault(place, entry)
            if first is not entry:
                what = f"after '{author['after']}'" if author["after"] is not None else "the first one there"
                yield entry.problem(f"article '{first.name}' is {what} already", "after")
