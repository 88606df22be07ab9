# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts of other tools that become something else here: checks are rules, pages have titles."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._errors import Problem
from .dialect_keys import not_applied
from .document import Mapping, Sequence, ValuePath, edited, mark_in, problem_at, relisted, renamed

_RULES: dict[str, dict[str, t.Any]] = {
    "not_null": {"type": "ColumnNotEmptyRule", "threshold": "ENTIRE_COLUMN_NOT_EMPTY"},  # dss-api.md 2.5
    "unique": {"type": "ColumnUniqueValuesRule"},  # that it needs nothing but its columns is unverified
}
_NAMES = {"not_null": "not empty", "unique": "unique"}
_NO_RULES = not_applied("datasets.checks")
_NOT_APPLIED_IN_PAGES = not_applied("dashboards.pages")
_NOT_APPLIED_IN_GIT = not_applied("project.settings.git")
_PEER_TILES = ("chart", "metric")
_ROLES = {"read": ("read_project_content",), "write": ("read_project_content", "write_project_content")}


@dataclass
class Notes:
    """What was found in one document."""

    root: object
    problems: list[Problem] = field(default_factory=list)

    def ignored(self, path: ValuePath, why: str) -> None:
        self.problems.append(problem_at(self.root, path, f"not applied, because {why}", "warning"))

    def wrong(self, path: ValuePath, message: str) -> None:
        self.problems.append(problem_at(self.root, path, message))


def with_rules(author: Mapping, path: ValuePath, notes: Notes) -> Mapping:
    """A dataset whose checks are data quality rules of DSS."""
    checks = author.get("checks")
    if not isinstance(checks, list) or not any(_is_peer_check(check) for check in checks):
        return author
    kept = Sequence((), author.file)
    for number, check in enumerate(checks):
        kind = check.get("type") if isinstance(check, Mapping) else None
        if kind in _NO_RULES:
            notes.ignored((*path, "checks", number), _NO_RULES[kind])
            continue
        kept.append(_rule(check) if _is_peer_check(check) else check)
        kept.marks += getattr(checks, "marks", [])[number : number + 1]
    return edited(author, {"checks": kept}) if kept else edited(author, {}, ("checks",))


def with_compression(author: Mapping, params: Mapping, path: ValuePath, notes: Notes) -> Mapping:
    """A dataset whose compression is a parameter of its format; ``params`` keep theirs."""
    if "compression" not in params:
        return author
    own = author.get("format_params")
    if author.get("format_type") != "parquet" or not isinstance(params["compression"], str):
        notes.ignored((*path, "params", "compression"), "only parquet is told how to compress, in format_params")
        return author
    base = own if isinstance(own, Mapping) else Mapping((), author.file)
    settings = edited(base, {"compression": params["compression"].upper(), **base})
    mark = mark_in(params, "compression")
    if "compression" not in base and mark is not None:
        settings.marks["compression"] = mark
    return edited(author, {"format_params": settings})


def _is_peer_check(check: t.Any) -> bool:
    return isinstance(check, Mapping) and (check.get("type") in _RULES or check.get("type") in _NO_RULES)


def _rule(check: Mapping) -> Mapping:
    """A rule that is known by its columns and what it asks of them."""
    columns = check.get("columns")
    listed = ", ".join(map(str, columns)) if isinstance(columns, list) else str(columns)
    name = f"{listed} {_NAMES[check['type']]}"
    marks = {key: check.marks["type"] for key in ("name", "threshold") if "type" in check.marks}
    rule = edited(check, {"name": name, **_RULES[check["type"]]})
    rule.marks.update(marks)
    return rule


def dashboard(item: Mapping, path: ValuePath, notes: Notes) -> Mapping:
    """Pages by ``title``; tiles that describe a chart of their own need an insight first."""
    pages = item.get("pages")
    if not isinstance(pages, list):
        return item
    result = []
    for number, page in enumerate(pages):
        if isinstance(page, Mapping):
            page = renamed(page, "name", "title") if "name" in page and "title" not in page else page
            tiles = page.get("tiles")
            if isinstance(tiles, list):
                page = edited(page, {"tiles": _tiles(tiles, (*path, "pages", number, "tiles"), notes)})
        result.append(page)
    return edited(item, {"pages": relisted(pages, result)})


def _tiles(tiles: list[t.Any], path: ValuePath, notes: Notes) -> list[t.Any]:
    kept = Sequence((), getattr(tiles, "file", ""))
    for number, tile in enumerate(tiles):
        if isinstance(tile, dict) and tile.get("type") in _PEER_TILES:
            notes.ignored((*path, number), _NOT_APPLIED_IN_PAGES["tiles"])
        else:
            kept.append(tile)
            kept.marks += getattr(tiles, "marks", [])[number : number + 1]
    return kept if len(kept) < len(tiles) else tiles


def with_permissions(content: Mapping, notes: Notes) -> Mapping:
    """The content in which the roles of groups in the settings of the project are rights in ``permissions``."""
    project = content.get("project")
    settings = project.get("settings") if isinstance(project, Mapping) else None
    listed = settings.get("permissions") if isinstance(settings, Mapping) else None
    if not isinstance(project, Mapping) or not isinstance(settings, Mapping) or not isinstance(listed, Sequence):
        return content
    own = content.get("permissions")
    declared = own if isinstance(own, Mapping) else Mapping((), content.file)
    groups = {}
    for number, entry in enumerate(listed):
        role = entry.get("role") if isinstance(entry, Mapping) else None
        if isinstance(entry, Mapping) and isinstance(entry.get("group"), str) and role in _ROLES:
            groups[entry["group"]] = Sequence(_ROLES[str(role)], content.file)
        else:
            place = ("project", "settings", "permissions", number)
            notes.wrong(place, "must be a group with a role, read or write: {group: NAME, role: read}")
    project = _less_setting(project, settings, "permissions")
    # What stands in permissions itself wins.
    granted = edited(declared, {"groups": Mapping({**groups, **(declared.get("groups") or {})}, content.file)})
    changed = edited(content, {"project": project, "permissions": granted})
    mark = mark_in(settings, "permissions")
    if "permissions" not in content and mark is not None:
        changed.marks["permissions"] = mark
    return changed


def with_remote(content: Mapping, notes: Notes) -> Mapping:
    """The content in which the Git remote of the settings of the project stands in ``project_git``."""
    project = content.get("project")
    settings = project.get("settings") if isinstance(project, Mapping) else None
    git = settings.get("git") if isinstance(settings, Mapping) else None
    if not isinstance(project, Mapping) or not isinstance(settings, Mapping) or not isinstance(git, Mapping):
        return content
    for key in git:
        if key != "remote":
            why = _NOT_APPLIED_IN_GIT.get(key, "a Git remote has no such setting")
            notes.ignored(("project", "settings", "git", key), why)
    changed = edited(content, {"project": _less_setting(project, settings, "git")})
    own = content.get("project_git")
    if "remote" not in git or (isinstance(own, Mapping) and "remote" in own):
        return changed
    remote = Mapping(
        {"remote": git["remote"]}, git.file, {key: git.marks[key] for key in ("remote",) if key in git.marks}
    )
    return edited(changed, {"project_git": edited(own, remote) if isinstance(own, Mapping) else remote})


def _less_setting(project: Mapping, settings: Mapping, key: str) -> Mapping:
    rest = edited(settings, {}, (key,))
    return edited(project, {"settings": rest}) if rest else edited(project, {}, ("settings",))
